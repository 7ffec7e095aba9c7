//! Floor 2: which deferred columns are loaded along with a model's rows, as data.
//!
//! Invariant: of a column the last word counts; of one that nobody speaks of, its model's.

use std::fmt;

use crate::model::{ColumnSet, Table};

/// What is done about a deferred column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnStrategy {
    /// It comes with its row.
    Undefer,
    /// It is loaded when it is awaited.
    Defer,
    /// Not at all: to await it is an error.
    Raise,
}

/// What is said of deferred columns of one table.
#[derive(Clone, Default)]
pub(crate) struct ColumnLoads(Vec<(&'static Table, usize, ColumnStrategy)>);

impl ColumnLoads {
    /// Says this of some columns; those that always come are left alone.
    pub(crate) fn say(&mut self, table: &'static Table, columns: ColumnSet, strategy: ColumnStrategy) {
        self.0.retain(|&(_, column, _)| !columns.contains(column));
        let deferred = table.deferred();
        let said = columns.iter().filter(|&column| deferred.contains(column));
        self.0.extend(said.map(|column| (table, column, strategy)));
    }

    pub(crate) fn extend(&mut self, others: Self) {
        for (table, column, strategy) in others.0 {
            self.say(table, ColumnSet::from_iter([column]), strategy);
        }
    }

    /// Refuses to load what was said to be loaded when it is awaited.
    pub(crate) fn raise(&mut self) {
        for (.., strategy) in &mut self.0 {
            if *strategy == ColumnStrategy::Defer {
                *strategy = ColumnStrategy::Raise;
            }
        }
    }

    /// The columns that come with their rows.
    pub(crate) fn undeferred(&self) -> ColumnSet {
        let comes = self.0.iter().filter(|said| said.2 == ColumnStrategy::Undefer);
        comes.map(|said| said.1).collect()
    }

    /// The columns of the table that do not.
    pub(crate) fn left_out(&self, table: &'static Table) -> ColumnSet {
        table.deferred().without(self.undeferred())
    }

    /// Whether to await a column that is not loaded is an error.
    pub(crate) fn refuses(&self, table: &'static Table, column: usize) -> bool {
        match self.0.iter().find(|said| said.1 == column) {
            Some(said) => said.2 == ColumnStrategy::Raise,
            None => table.columns[column].deferred.is_some_and(|deferral| deferral.raise),
        }
    }

    /// Whether something is said that counts when the statement is done.
    pub(crate) fn outlast(&self) -> bool {
        self.0.iter().any(|said| said.2 != ColumnStrategy::Undefer)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Document::text (Undefer)`, one by one.
    pub(crate) fn shown(&self) -> impl Iterator<Item = impl fmt::Debug> {
        self.0.iter().map(|(table, column, strategy)| {
            let field = table.columns[*column].field;
            fmt::from_fn(move |f| write!(f, "{}::{field} ({strategy:?})", table.model))
        })
    }
}
