//! Floor 2: how UPDATE and DELETE statements are written, on one line.

use super::Writer;
use crate::query::change::OLD;
use crate::query::{ChangeStatement, Expression, TableReference};

impl Writer {
    /// Writes an UPDATE or a DELETE statement.
    pub(crate) fn change(&mut self, statement: &ChangeStatement) {
        match &statement.set {
            Some(set) => {
                self.text("UPDATE ");
                self.table(statement.table);
                self.text(" SET ");
                self.assignments(statement.table, set);
            }
            None => {
                self.text("DELETE FROM ");
                self.table(statement.table);
            }
        }
        let old = statement.joins_old.then(|| TableReference::aliased(statement.table, OLD));
        let others: Vec<_> = old.into_iter().chain(statement.others.iter().copied()).collect();
        if !others.is_empty() {
            self.text(if statement.is_delete() { " USING " } else { " FROM " });
            self.separated(others, ", ", |writer, other| writer.source(&other.into()));
        }
        self.filter(statement.filter.as_ref());
        self.returning(statement.outputs.iter().chain(&statement.returning));
    }

    /// Writes a RETURNING clause, if anything is to come back.
    pub(super) fn returning<'e>(&mut self, outputs: impl Iterator<Item = &'e Expression>) {
        let mut outputs = outputs.peekable();
        if outputs.peek().is_some() {
            self.text(" RETURNING ");
            self.separated(outputs, ", ", Self::expression);
        }
    }
}
