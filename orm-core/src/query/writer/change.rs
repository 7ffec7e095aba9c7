//! Floor 2: how UPDATE and DELETE statements are written, on one line.

use super::Writer;
use crate::query::change::OLD;
use crate::query::{ChangeStatement, Expression};

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
        if statement.joins_old {
            self.text(" FROM ");
            self.table(statement.table);
            self.text(" AS ");
            self.alias(OLD);
        }
        self.filter(statement.filter.as_ref());
        self.returning(&statement.returning);
    }

    /// Writes a RETURNING clause, if anything is to come back.
    pub(crate) fn returning(&mut self, outputs: &[Expression]) {
        if !outputs.is_empty() {
            self.text(" RETURNING ");
            self.expressions(outputs);
        }
    }
}
