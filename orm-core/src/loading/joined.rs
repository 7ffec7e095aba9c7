//! Floor 6: `joinedload`: relationships in the statement of their parents.

use hashbrown::{HashMap, HashSet};

use super::statement::on;
use super::step::{Found, each_once};
use crate::error::{Error, Result};
use crate::graph::{Extent, Freshness, Incoming, Locked, Order, Part, Portion, Read, Way};
use crate::model::{Kind, Table};
use crate::query::{Alias, Load, Loads, SelectStatement, Strategy, TableReference};

/// What was joined to a select, and where its cells are.
pub(super) struct Joins<'o> {
    joins: Vec<Joined<'o>>,
}

struct Joined<'o> {
    load: &'o Load,
    portion: Portion<'static>,
    below: Joins<'o>,
}

impl<'o> Joins<'o> {
    /// Adds the joins of the options to a select. With a to-many among them, a limit moves into a subselect.
    pub(super) fn add(
        mut statement: SelectStatement,
        mut source: TableReference,
        options: &'o Loads,
    ) -> (SelectStatement, Self) {
        // With joins of its own the limit counts their rows, and nothing that multiplies is joined.
        if statement.is_limited() && !statement.has_joins() && options.joined().any(Load::multiplies) {
            let alias = Alias::anonymous(1);
            statement = statement.into_subquery(alias);
            source = TableReference::aliased(source.table, alias);
        }
        Self::below(statement, source, options)
    }

    /// Adds the joins of a source that a limit does not concern.
    pub(super) fn below(
        mut statement: SelectStatement,
        source: TableReference,
        options: &'o Loads,
    ) -> (SelectStatement, Self) {
        let mut joins = Vec::new();
        for load in options.joined().map(Load::asked) {
            let own = statement.joined_along(source, load.relationship);
            let target = own.filter(|_| load.strategy == Strategy::Contains).unwrap_or_else(|| {
                TableReference::aliased(load.target(), statement.free_alias(load.target()))
            });
            if load.strategy == Strategy::Joined {
                statement = statement.left_join(target, on(load.relationship, source, target));
            }
            let start = statement.add_source_columns(target);
            let left_out = load.below.columns.left_out(load.target());
            let (deeper, below) = Self::below(statement.leave_out(start, left_out), target, &load.below);
            statement = deeper;
            let comes_again = load.facts().kind == Kind::BelongsTo;
            let portion = Portion { comes_again, ..Portion::new(start, left_out) };
            joins.push(Joined { load, portion, below });
        }
        (statement, Self { joins })
    }

    /// Adds the tables that are joined.
    pub(super) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        for join in &self.joins {
            tables.push(join.load.target());
            join.below.collect_tables(tables);
        }
    }

    /// Adds what is read of each row for what is joined.
    pub(super) fn collect_reads<'g>(&self, locked: &mut Locked<'g>, reads: &mut Vec<Read<'g>>) {
        for join in &self.joins {
            reads.push(Read { arena: locked.make_arena(join.load.target()), part: Part::Row(join.portion) });
            join.below.collect_reads(locked, reads);
        }
    }

    /// Takes in the joined entities, which were read in the order of `collect_reads`, and links them to their parents,
    /// which stand row by row. Of the parents' model so many were there before these rows came.
    pub(super) fn take_in(
        &self,
        locked: &mut Locked<'_>,
        incoming: &mut impl Iterator<Item = Incoming>,
        (parents, before): (&[Option<u32>], usize),
        freshness: Freshness,
        found: &mut Vec<Found<'o>>,
    ) -> Result<()> {
        for join in &self.joins {
            let table = join.load.target();
            let read = incoming.next().ok_or_else(Error::closed)?;
            let arena = locked.make_arena(table);
            let known = locked.count((table.number)());
            let children = arena.take_in(locked, read, freshness);
            join.link(locked, (parents, before), &children, freshness);
            found.push(Found::rows(table, &join.load.below, each_once(children.iter().copied())));
            join.below.take_in(locked, incoming, (&children, known), freshness, found)?;
        }
        Ok(())
    }
}

impl Joined<'_> {
    fn link(
        &self,
        locked: &mut Locked<'_>,
        (parents, before): (&[Option<u32>], usize),
        children: &[Option<u32>],
        freshness: Freshness,
    ) {
        let model = (self.load.source.number)();
        let distinct = each_once(parents.iter().copied());
        if self.load.facts().kind == Kind::BelongsTo {
            let way = Way::of(locked, model, self.load.relationship);
            for (parent, child) in parents.iter().zip(children) {
                match (*parent, *child) {
                    (Some(parent), Some(child)) if parent as usize >= before => {
                        way.follow_join(locked, parent, child);
                    }
                    (Some(parent), _) => {
                        way.follow(locked, parent, child.as_slice());
                    }
                    (None, _) => {}
                }
            }
            locked.note_unseen(model, self.load.relationship, &distinct);
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
        // The select's own condition may have left some out.
        let extent = if self.load.strategy == Strategy::Contains { Extent::Part } else { Extent::All };
        let found = (&*ordered, Order::AsFound);
        locked.merge_loaded((model, self.load.relationship), &distinct, found, extent, freshness);
    }
}

/// Whether the select joins what is to be taken from its joins.
///
/// # Errors
/// If it does not.
pub(super) fn check(
    statement: &SelectStatement,
    source: Option<TableReference>,
    options: &Loads,
) -> Result<()> {
    for load in options.iter().filter(|load| load.strategy.is_eager()) {
        let target = match load.strategy {
            Strategy::Contains => {
                let asked = load.asked();
                let target = source.and_then(|source| statement.joined_along(source, asked.relationship));
                let missing = || Error::not_joined(load.source.model, load.facts().name);
                let target = target.ok_or_else(missing)?;
                match asked.far {
                    Some(far) => Some(statement.joined_along(target, far).ok_or_else(missing)?),
                    None => Some(target),
                }
            }
            _ => None,
        };
        check(statement, target, &load.below)?;
    }
    Ok(())
}
