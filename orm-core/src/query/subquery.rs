//! Floor 2: statements within statements.
//!
//! Invariant: what a subselect yields is called outside as it is inside, but for the alias before it, so that columns
//! and order can be said once.

use super::source::Join;
use super::{Alias, Expression, JoinKind, SelectStatement, Source, TableReference};

/// A query as a part of another.
#[doc(hidden)]
#[derive(Debug)]
pub struct SubqueryStatement(pub(crate) SelectStatement);

impl SelectStatement {
    /// The same rows and columns in the same order, from this statement as a subselect: what is joined to it
    /// afterwards does not count towards the limit.
    ///
    /// The output must be the columns of one source, and the order must be by them.
    pub(crate) fn into_subquery(self, alias: Alias) -> Self {
        let outside = self.seen_through(alias, |_| true);
        Self { from: Some(Source::Subquery(Box::new(self), alias)), ..outside }
    }

    /// This statement once for each of the rows of `keys`, whose columns it may name.
    ///
    /// The output must be columns of `source`, and the order by them or by what is joined outside too.
    pub(crate) fn for_each(self, source: TableReference, keys: Source, alias: Alias) -> Self {
        let outside = self.seen_through(alias, |other| other.is(source));
        let source = Source::Subquery(Box::new(self), alias);
        let on = Expression::And(Vec::new());
        let each = Join { kind: JoinKind::CrossLateral, source, on, along: None };
        Self { from: Some(keys), joins: vec![each], ..outside }
    }

    /// Columns and order as they are called where the statement is a source.
    fn seen_through(&self, alias: Alias, is_inside: impl Fn(TableReference) -> bool) -> Self {
        let outside = |source: TableReference| match is_inside(source) {
            true => TableReference::aliased(source.table, alias),
            false => source,
        };
        let outputs = self.outputs.iter().cloned().map(|output| output.map_sources(&outside)).collect();
        let order = self.order.iter().cloned().map(|order| order.map_sources(&outside)).collect();
        Self { outputs, order, ..Self::default() }
    }

    /// The same rows with no more than these columns of one of the sources; in no order, unless that says which rows.
    pub(crate) fn only(self, source: TableReference, columns: &[usize]) -> Self {
        let order = if self.is_limited() { self.order } else { Vec::new() };
        Self { outputs: columns.iter().map(|&column| source.column(column)).collect(), order, ..self }
    }

    /// These columns of the rows of a subselect, by the alias of `source`.
    pub(crate) fn from_rows(rows: Self, source: TableReference, columns: &[usize]) -> Self {
        let alias = source.alias.unwrap_or(Alias::anonymous(1));
        let outputs = columns.iter().map(|&column| source.column(column)).collect();
        Self { outputs, from: Some(Source::Subquery(Box::new(rows), alias)), ..Self::default() }
    }
}
