//! Floor 2: how INSERT statements are written, on one line.

use super::Writer;
use crate::model::Table;
use crate::query::{ConflictTarget, ConflictUpdate, Expression, InsertSource, InsertStatement, OnConflict};

impl Writer {
    /// Writes an INSERT statement. The parameters of its rows stand before those of this writer.
    pub(crate) fn insert(&mut self, statement: &InsertStatement) {
        let (table, columns) = (statement.table, &statement.columns);
        self.text("INSERT INTO ");
        self.table(table);
        if columns.is_empty() {
            self.text(" DEFAULT VALUES");
        } else {
            self.text(" ");
            self.names(table, columns.iter().copied());
            self.rows(statement);
        }
        if let Some(conflict) = &statement.conflict {
            self.conflict(table, conflict);
        }
        self.returning(&statement.returning);
    }

    fn rows(&mut self, statement: &InsertStatement) {
        let types = statement.columns.iter().map(|&column| statement.table.columns[column].parameter_type());
        match &statement.source {
            InsertSource::Arrays => {
                self.text(" SELECT * FROM unnest");
                self.parenthesized(|writer| {
                    writer.separated((1..).zip(types), ", ", |writer, (n, ty)| {
                        writer.display(&format_args!("${n}::{}", ty.array()));
                    });
                });
            }
            InsertSource::Row => {
                self.text(" VALUES ");
                self.parenthesized(|writer| {
                    writer.separated((1..).zip(types), ", ", |writer, (n, ty)| {
                        writer.display(&format_args!("${n}::{ty}"));
                    });
                });
            }
            InsertSource::Select(query) => {
                self.text(" ");
                self.select(query);
            }
        }
    }

    /// Columns in parentheses, without their source.
    fn names(&mut self, table: &Table, columns: impl Iterator<Item = usize>) {
        self.parenthesized(|writer| {
            writer.separated(columns, ", ", |writer, column| writer.identifier(table.columns[column].name));
        });
    }

    fn conflict(&mut self, table: &Table, OnConflict { target, update }: &OnConflict) {
        self.text(" ON CONFLICT");
        match target {
            ConflictTarget::Any => {}
            ConflictTarget::Columns(columns, condition) => {
                self.text(" ");
                self.names(table, columns.iter());
                self.filter(condition.as_ref());
            }
            ConflictTarget::Constraint(name) => {
                self.text(" ON CONSTRAINT ");
                self.identifier(name);
            }
        }
        match update {
            None => self.text(" DO NOTHING"),
            Some(ConflictUpdate { set, filter, .. }) => {
                self.text(" DO UPDATE SET ");
                self.assignments(table, set);
                self.filter(filter.as_ref());
            }
        }
    }

    /// What columns are set to.
    pub(super) fn assignments(&mut self, table: &Table, set: &[(usize, Expression)]) {
        self.separated(set, ", ", |writer, (column, value)| {
            writer.identifier(table.columns[*column].name);
            writer.text(" = ");
            writer.expression(value);
        });
    }
}
