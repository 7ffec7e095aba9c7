//! Floor 2: statements within statements.
//!
//! Invariant: what a subselect yields is called outside as it is inside, but for the alias before it, so that columns
//! and order can be said once.

use super::source::Join;
use super::{Alias, Expression, JoinKind, Ordering, SelectStatement, Source, TableReference};
use crate::model::Table;

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

    /// The same rows from this statement as a subselect whose columns, so many, are called by numbers. The last column is
    /// the row's own number, so that a row which a join repeats is known again.
    pub(crate) fn numbered(mut self, columns: usize, alias: Alias, any: &'static Table) -> Self {
        // What writes stands at the top.
        let with = std::mem::take(&mut self.with);
        let all = ["*", "row_number() OVER ()"].map(Expression::Literal).to_vec();
        let rows = Source::Subquery(Box::new(self), alias);
        let numbered = Self { outputs: all, from: Some(rows), ..Self::default() };
        let source = Source::Numbered(Box::new(numbered), alias, columns + 1);
        // Only the alias and the number are written.
        let column = |column| TableReference::numbered(any, alias, 0).column(column);
        let order = vec![Ordering::ascending(column(columns))];
        Self {
            with,
            outputs: (0..=columns).map(column).collect(),
            from: Some(source),
            order,
            ..Self::default()
        }
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
