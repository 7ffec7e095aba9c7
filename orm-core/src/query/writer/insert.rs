//! Floor 2: how INSERT statements are written, on one line.

use super::Writer;
use super::change::Naming;
use crate::model::{Default, Table};
use crate::query::{
    ConflictTarget, ConflictUpdate, Expression, InsertSource, InsertStatement, OnConflict, TableReference,
    draw,
};

/// The name of the column that says which input row an output row belongs to.
const ORDINAL: &str = "orm_ordinal";

impl Writer {
    /// Writes an INSERT statement. The parameters of its rows stand before those of this writer.
    pub(crate) fn insert(&mut self, statement: &InsertStatement) {
        self.insert_naming(statement, Naming::Nothing);
    }

    pub(super) fn insert_naming(&mut self, statement: &InsertStatement, naming: Naming) {
        self.with(&statement.with);
        if let Some(by) = statement.numbered_by() {
            return self.numbered_insert(statement, &by);
        }
        self.insert_into(statement.table);
        if statement.columns.is_empty() {
            self.text(" DEFAULT VALUES");
        } else {
            self.text(" ");
            self.names(statement.table, statement.columns.iter().copied());
            self.rows(statement);
        }
        self.conflict(statement);
        self.returning(&statement.outputs, &statement.returning, naming);
    }

    /// Keys that the server makes are drawn before the rows go in, next to the rows' ordinals: nothing hangs on the order of
    /// RETURNING. What comes back is joined with the rows by columns in which they are the same.
    fn numbered_insert(&mut self, statement: &InsertStatement, by: &[usize]) {
        let table = statement.table;
        let columns: Vec<usize> = statement.drawn().chain(statement.columns.iter().copied()).collect();
        self.fresh(statement);
        self.text(", orm_done AS (");
        self.insert_into(table);
        self.text(" ");
        self.names(table, columns.iter().copied());
        if statement.drawn().any(|column| table.columns[column].default == Default::Identity) {
            // A column that is always generated takes no other values, although these are its own.
            self.text(" OVERRIDING SYSTEM VALUE");
        }
        self.text(" SELECT ");
        self.separated(&columns, ", ", |writer, &column| writer.identifier(table.columns[column].name));
        self.text(" FROM orm_fresh");
        self.conflict(statement);
        self.text(" RETURNING ");
        let by_names = (0..by.len()).map(|n| format!("orm_by_{n}"));
        let named = statement.outputs.iter().chain(&statement.returning).enumerate();
        named.for_each(|(n, output)| {
            self.expression(output);
            self.display(&format_args!(" AS orm_{n}, "));
        });
        self.separated(by.iter().zip(by_names), ", ", |writer, (&column, name)| {
            writer.column(TableReference::of(table), column);
            writer.display(&format_args!(" AS {name}"));
        });
        self.text(") SELECT ");
        self.rejoined(statement, by);
    }

    /// `WITH orm_fresh AS ..`: the rows with their ordinals and the keys that are drawn for them.
    fn fresh(&mut self, statement: &InsertStatement) {
        let table = statement.table;
        self.text("WITH orm_fresh AS MATERIALIZED (SELECT ");
        for column in statement.drawn() {
            self.text(&draw(table, column));
            self.text(" AS ");
            self.identifier(table.columns[column].name);
            self.text(", ");
        }
        self.text("orm_input.* FROM ");
        self.arrays(statement);
        self.text(" WITH ORDINALITY AS orm_input (");
        for &column in &statement.columns {
            self.identifier(table.columns[column].name);
            self.text(", ");
        }
        self.text(ORDINAL);
        self.text("))");
    }

    /// What came back of each row, and its ordinal. Of rows that were given twice, and inserted once, the first counts.
    fn rejoined(&mut self, statement: &InsertStatement, by: &[usize]) {
        let table = statement.table;
        let outputs = statement.outputs.len() + statement.returning.len();
        let keys: Vec<String> = (0..by.len()).map(|n| format!("orm_done.orm_by_{n}")).collect();
        if statement.leaves_out() {
            self.display(&format_args!("DISTINCT ON ({}) ", keys.join(", ")));
        }
        (0..outputs).for_each(|n| self.display(&format_args!("orm_done.orm_{n}, ")));
        self.display(&format_args!("orm_fresh.{ORDINAL} FROM orm_done JOIN orm_fresh ON "));
        self.separated(by.iter().zip(&keys), " AND ", |writer, (&column, key)| {
            writer.text(key);
            writer.text(" = orm_fresh.");
            writer.identifier(table.columns[column].name);
        });
        if statement.leaves_out() {
            self.display(&format_args!(" ORDER BY {}, orm_fresh.{ORDINAL}", keys.join(", ")));
        }
    }

    fn insert_into(&mut self, table: &Table) {
        self.text("INSERT INTO ");
        self.table(table);
    }

    /// `unnest(..)` of a parameter for each column.
    fn arrays(&mut self, statement: &InsertStatement) {
        let types = statement.columns.iter().map(|&column| statement.table.columns[column].parameter_type());
        self.text("unnest");
        self.parenthesized(|writer| {
            writer.separated((1..).zip(types), ", ", |writer, (n, ty)| {
                writer.display(&format_args!("${n}::{}", ty.array()));
            });
        });
    }

    fn rows(&mut self, statement: &InsertStatement) {
        let types = statement.columns.iter().map(|&column| statement.table.columns[column].parameter_type());
        match &statement.source {
            InsertSource::Arrays => {
                self.text(" SELECT * FROM ");
                self.arrays(statement);
            }
            InsertSource::Row => {
                self.text(" VALUES ");
                self.parenthesized(|writer| {
                    writer.separated((1..).zip(types), ", ", |writer, (n, ty)| {
                        writer.display(&format_args!("${n}::{ty}"));
                    });
                });
            }
            InsertSource::Given { many, values } => {
                self.text(if *many { " SELECT * FROM unnest(" } else { " VALUES (" });
                self.separated(values.iter().zip(types), ", ", |writer, (value, ty)| {
                    writer.parameter(value);
                    writer.display(&format_args!("::{}", if *many { ty.array() } else { ty }));
                });
                self.text(")");
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

    fn conflict(&mut self, statement: &InsertStatement) {
        let table = statement.table;
        let Some(OnConflict { target, update }) = &statement.conflict else { return };
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
