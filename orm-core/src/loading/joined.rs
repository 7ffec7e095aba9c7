//! Floor 6: `joinedload`: relationships in the statement of their parents.

use hashbrown::{HashMap, HashSet};
use tokio_postgres::Row;

use super::fetch::{cell_error, each_once};
use super::option::{Load, Strategy};
use crate::connection::Reply;
use crate::error::Result;
use crate::graph::{Freshness, Locked};
use crate::model::{Kind, Table};
use crate::query::{Alias, Expression, SelectStatement, TableReference};

/// What was joined to a select, and where its cells are.
pub(super) struct Joins<'o> {
    joins: Vec<Joined<'o>>,
}

struct Joined<'o> {
    load: &'o Load,
    start: usize,
    below: Joins<'o>,
}

/// A joined relationship's entities, for the options below it.
pub(super) type Found<'o> = (&'o Load, Vec<u32>);

impl<'o> Joins<'o> {
    /// Adds the joins of the options to a select. With a to-many among them, a limit moves into a subselect.
    pub(super) fn add(
        mut statement: SelectStatement,
        table: &'static Table,
        options: &'o [Load],
    ) -> (SelectStatement, Self) {
        let mut source = TableReference::of(table);
        if statement.is_limited() && options.iter().any(multiplies) {
            let alias = Alias::anonymous(1);
            statement = statement.into_subquery(alias);
            source = TableReference::aliased(table, alias);
        }
        Self::below(statement, source, options)
    }

    fn below(
        mut statement: SelectStatement,
        source: TableReference,
        options: &'o [Load],
    ) -> (SelectStatement, Self) {
        let mut joins = Vec::new();
        for load in options.iter().filter(|load| load.strategy == Strategy::Joined) {
            let target = TableReference::aliased(load.target(), statement.free_alias(load.target()));
            statement = statement.left_join(target, on(load, source, target));
            let start = statement.add_source_columns(target);
            let (deeper, below) = Self::below(statement, target, &load.below);
            statement = deeper;
            joins.push(Joined { load, start, below });
        }
        (statement, Self { joins })
    }

    /// Checks the data types of all joined columns.
    pub(super) fn check(&self, reply: &Reply) -> Result<()> {
        for join in &self.joins {
            let table = join.load.target();
            reply.check((0..table.columns.len()).map(|column| (table, column)), join.start)?;
            join.below.check(reply)?;
        }
        Ok(())
    }

    /// Takes in the joined entities and links them to their parents, which stand in `parents` row by row.
    pub(super) fn absorb(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        parents: &[Option<u32>],
        freshness: Freshness,
        found: &mut Vec<Found<'o>>,
    ) -> Result<()> {
        for join in &self.joins {
            let table = join.load.target();
            (join.load.prepare)(locked);
            let arena = locked.graph.any((table.number)());
            let positions = arena.absorb(locked, rows, join.start, freshness);
            let children = positions.map_err(|error| cell_error(table, error))?;
            join.link(locked, parents, &children);
            join.below.absorb(locked, rows, &children, freshness, found)?;
            found.push((join.load, each_once(children)));
        }
        Ok(())
    }
}

impl Joined<'_> {
    fn link(&self, locked: &mut Locked<'_>, parents: &[Option<u32>], children: &[Option<u32>]) {
        let model = (self.load.source.number)();
        let distinct = each_once(parents.iter().copied());
        if self.load.facts().kind == Kind::BelongsTo {
            locked.follow_all(model, self.load.relationship, &distinct);
            return;
        }
        // Deeper joins repeat a child.
        let mut seen = HashSet::new();
        let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
        for (parent, child) in parents.iter().zip(children) {
            if let (Some(parent), Some(child)) = (*parent, *child)
                && seen.insert((parent, child))
            {
                groups.entry(parent).or_default().push(child);
            }
        }
        let ordered: Vec<u32> =
            distinct.iter().flat_map(|parent| groups.remove(parent).unwrap_or_default()).collect();
        locked.merge_loaded(model, self.load.relationship, &distinct, &ordered);
    }
}

/// Whether the join makes several rows of one.
fn multiplies(load: &Load) -> bool {
    load.strategy == Strategy::Joined
        && (load.facts().kind == Kind::HasMany || load.below.iter().any(multiplies))
}

/// The condition over the relationship's key.
fn on(load: &Load, source: TableReference, target: TableReference) -> Expression {
    let key = load.facts().foreign_key(load.source);
    let (own, referred) = match load.facts().kind {
        Kind::BelongsTo => (source, target),
        _ => (target, source),
    };
    let pairs = key.columns.iter().zip((key.references)());
    Expression::and(pairs.map(|(&column, &reference)| own.column(column).equal(referred.column(reference))))
}
