//! Floor 2: how UPDATE and DELETE statements are written, on one line.

use super::Writer;
use crate::query::change::OLD;
use crate::query::{ChangeStatement, Expression, TableReference};

/// What of RETURNING has names: `orm_0` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    Nothing,
    Brought,
    All,
}

impl Writer {
    /// Writes an UPDATE or a DELETE statement.
    pub(crate) fn change(&mut self, statement: &ChangeStatement) {
        self.change_naming(statement, Naming::Nothing);
    }

    pub(super) fn change_naming(&mut self, statement: &ChangeStatement, naming: Naming) {
        self.with(&statement.with);
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
        self.returning(&statement.outputs, &statement.returning, naming);
    }

    /// Writes a RETURNING clause, if anything is to come back.
    pub(super) fn returning(&mut self, wanted: &[Expression], brought: &[Expression], naming: Naming) {
        if !wanted.is_empty() || !brought.is_empty() {
            let unnamed = match naming {
                Naming::Nothing => usize::MAX,
                Naming::Brought => wanted.len(),
                Naming::All => 0,
            };
            self.text(" RETURNING ");
            self.separated(wanted.iter().chain(brought).enumerate(), ", ", |writer, (place, output)| {
                writer.expression(output);
                if let Some(number) = place.checked_sub(unnamed) {
                    writer.display(&format_args!(" AS orm_{number}"));
                }
            });
        } else if naming == Naming::All {
            self.text(" RETURNING 1");
        }
    }
}
