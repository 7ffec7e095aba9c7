//! Floor 6: the statements of relationships.
//!
//! The one place where it is said which rows a relationship leads to: from keys, from the rows of another statement, and
//! as the condition of a join. Invariant: rows come in an order that is the same every time, or memory puts them in order
//! (`order_of`).

use std::sync::Arc;

use crate::graph::Order;
use crate::model::{ForeignKey, Kind, Table};
use crate::query::{
    Alias, Expression, JoinKind, Load, Ordering, SelectStatement, Source, Strategy, TableReference,
};
use crate::types::Value;

/// Key values: a list for each column of a key.
pub(super) type Keys = Vec<Vec<Arc<dyn Value>>>;

/// A statement and the source in it whose rows are meant.
#[derive(Clone)]
pub(super) struct Rows {
    pub(super) statement: SelectStatement,
    pub(super) source: TableReference,
}

impl Rows {
    /// All rows of a table.
    pub(super) fn of(table: &'static Table) -> Self {
        Self { statement: SelectStatement::of(table), source: TableReference::of(table) }
    }

    fn filter(self, condition: Expression) -> Self {
        Self { statement: self.statement.filter(condition), ..self }
    }

    /// Links with their far side, where what a load wants speaks of that.
    fn with_far_side(mut self, load: &Load) -> Self {
        let far =
            load.below.joined().find(|below| load.far.is_some() && below.strategy == Strategy::Contains);
        if let Some(far) = far {
            self.statement = along(self.statement, JoinKind::Inner, (self.source, far.relationship), None);
        }
        self
    }

    /// Of these, the ones that a load wants, in its order.
    fn narrow(self, load: &Load) -> Self {
        let Self { mut statement, source } = self.with_far_side(load);
        statement = load.narrow.filter.iter().cloned().fold(statement, SelectStatement::filter);
        if load.facts().kind != Kind::BelongsTo && order_of(load) == Order::AsFound {
            let key = source.table.primary_key.iter();
            let key = key.map(|&column| Ordering::ascending(source.column(column)));
            let order = load.narrow.order.iter().cloned().chain(key);
            statement = order.fold(statement, SelectStatement::order_by);
        }
        Self { statement, source }
    }
}

/// Who puts the members of a to-many in order: memory does it where they stand in that of their keys and it compares these
/// as the server does. It has few to compare for each parent; the server would sort all, and send none before.
pub(super) fn order_of(load: &Load) -> Order {
    let table = load.target();
    // What leads to the parent is the same for all its members.
    let (parents, _) = ends(load.source, load.relationship);
    let is_plain =
        |&column: &usize| parents.contains(&column) || table.columns[column].parameter_type().is_plain();
    let by_keys = load.narrow.order.is_empty() && load.narrow.limit.is_none();
    match by_keys && table.primary_key.iter().all(is_plain) {
        true => Order::ByKeys,
        false => Order::AsFound,
    }
}

/// The rows that a relationship leads to from entities with these keys.
pub(super) fn by_keys(load: &Load, keys: Keys) -> Rows {
    let (columns, _) = ends(load.source, load.relationship);
    let rows = Rows::of(load.target());
    let source = rows.source;
    let one = keys[0].len() == 1;
    match load.narrow.limit {
        Some(limit) if !one || load.far.is_some() => return limited_each(load, keys, limit),
        Some(limit) => {
            let one = Expression::key_is(source, columns, keys.into_iter().flatten().collect());
            let Rows { statement, source } = rows.filter(one).narrow(load);
            return Rows { statement: statement.limit(limit), source };
        }
        None => {}
    }
    let condition = match one {
        true => Expression::key_is(source, columns, keys.into_iter().flatten().collect()),
        false => Expression::key_in(source, columns, keys),
    };
    rows.filter(condition).narrow(load)
}

/// The first rows of each key: the keys as rows, and for each of them a subselect.
fn limited_each(load: &Load, keys: Keys, limit: u64) -> Rows {
    let (columns, _) = ends(load.source, load.relationship);
    let each = TableReference::aliased(load.target(), Alias::anonymous(1));
    let rows = Rows::of(load.target());
    let equal = columns.iter().map(|&column| rows.source.column(column).equal(each.column(column)));
    let (condition, source) = (Expression::and(equal), rows.source);
    let first = rows.filter(condition).narrow(load).statement.limit(limit);
    let alias = Alias::anonymous(2);
    let statement = first.for_each(source, Source::keys(each, columns, keys), alias);
    Rows { statement, source: TableReference::aliased(load.target(), alias) }.with_far_side(load)
}

/// The rows that a relationship leads to from the rows of a statement.
pub(super) fn among(load: &Load, parents: Rows) -> Rows {
    let (columns, theirs) = ends(load.source, load.relationship);
    let keys = parents.statement.only(parents.source, theirs);
    let rows = Rows::of(load.target());
    let condition = Expression::key_among(rows.source, columns, keys);
    rows.filter(condition)
}

/// The same for the far side of a key, next to the keys of the parents, which come first: also of those that have none,
/// so that it is known whose rows these are. How many columns the keys have is the second that is returned.
pub(super) fn beside(load: &Load, parents: Rows) -> (Rows, usize) {
    let (_, theirs) = ends(load.source, load.relationship);
    if load.facts().kind == Kind::BelongsTo {
        return (among(load, parents), 0);
    }
    let parent = TableReference::aliased(parents.source.table, Alias::anonymous(1));
    let keys = parents.statement.only(parents.source, theirs);
    let target = TableReference::of(load.target());
    let statement = SelectStatement::from_rows(keys, parent, theirs);
    let mut statement = statement.left_join(target, on(load.relationship, parent, target));
    let start = statement.add_source_columns(target);
    (Rows { statement, source: target }.narrow(load), start)
}

/// Joins along a relationship of a source.
pub(super) fn along(
    statement: SelectStatement,
    kind: JoinKind,
    (source, relationship): (TableReference, usize),
    target: Option<TableReference>,
) -> SelectStatement {
    statement
        .join_along(kind, (source, relationship), target, |source, target| on(relationship, source, target))
}

/// The condition over a relationship's key.
pub(super) fn on(relationship: usize, source: TableReference, target: TableReference) -> Expression {
    let (theirs, own) = ends(source.table, relationship);
    let holds_key = source.table.relationships[relationship].kind == Kind::BelongsTo;
    Expression::and(own.iter().zip(theirs).map(|(&own, &theirs)| match holds_key {
        true => source.column(own).equal(target.column(theirs)),
        false => target.column(theirs).equal(source.column(own)),
    }))
}

/// The columns of the target, and those of the source, that are equal.
pub(crate) fn ends(source: &'static Table, relationship: usize) -> (&'static [usize], &'static [usize]) {
    let facts = &source.relationships[relationship];
    let ForeignKey { columns, references, .. } = facts.foreign_key(source);
    match facts.kind {
        Kind::BelongsTo => (references(), columns),
        _ => (columns, references()),
    }
}
