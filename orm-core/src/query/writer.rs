//! Floor 2: from data to text and parameters.
//!
//! Invariant: names are quoted where they need it and values never enter the text; parameters are numbered in the
//! order in which they are written. Statements of every kind are written with the same few methods.

mod aggregate;
mod change;
mod combined;
mod expression;
mod insert;
mod select;
#[cfg(test)]
mod structure;

use std::fmt::{self, Write};

use super::{Alias, Parameter, TableReference, quote, quote_table};
use crate::model::Table;
use crate::schema::identifier;

/// A statement as it is sent: its text, and the values of `$1`, `$2`, ...
///
/// Its `Display` form is the text; its `Debug` form shows no values either, see [`Parameter`].
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let sql = select::<User>().filter(User::id.eq(1)).to_sql();
/// assert_eq!(sql.text, "SELECT users.id, users.name, users.email FROM users WHERE users.id = $1");
/// assert_eq!(sql.to_string(), sql.text);
/// assert_eq!(sql.parameters.len(), 1);
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Sql {
    /// The text.
    pub text: String,
    /// The parameters, in the order of their numbers.
    pub parameters: Vec<Parameter>,
    /// Whether what it means depends on the transaction around it: it locks, or asks when that began; or nobody knows, since
    /// it is the application's own.
    pub(crate) is_of_transaction: bool,
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Writes one statement.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    sql: Sql,
    /// What stands before a parameter's number.
    word: &'static str,
    /// The number of the first parameter.
    first: usize,
}

impl Writer {
    /// An empty statement.
    pub(crate) fn new() -> Self {
        Self::naming("$", 1)
    }

    /// A part of a statement that is written elsewhere: its parameters are called by this word and a number from this
    /// one on.
    pub(crate) fn naming(word: &'static str, first: usize) -> Self {
        let text = String::with_capacity(256);
        Self { sql: Sql { text, ..Sql::default() }, word, first }
    }

    /// The statement.
    pub(crate) fn finish(self) -> Sql {
        self.sql
    }

    /// Writes key words and punctuation.
    pub(crate) fn text(&mut self, text: &str) {
        self.sql.text.push_str(text);
    }

    /// Notes that the statement's meaning depends on the transaction around it.
    pub(super) fn of_transaction(&mut self) {
        self.sql.is_of_transaction = true;
    }

    /// Writes a name, quoted if it needs to be.
    pub(crate) fn identifier(&mut self, name: &str) {
        self.text(&quote(name));
    }

    /// Writes a table's name.
    pub(crate) fn table(&mut self, table: &Table) {
        self.text(&quote_table(table));
    }

    /// Writes an alias.
    pub(crate) fn alias(&mut self, alias: Alias) {
        match alias.number {
            0 => self.identifier(alias.name),
            _ if identifier::is_plain(alias.name) => self.display(&alias),
            _ => self.identifier(&alias.to_string()),
        }
    }

    /// Writes a column, with its source before it.
    pub(crate) fn column(&mut self, source: TableReference, column: usize) {
        match source.alias {
            Some(alias) => self.alias(alias),
            None => self.table(source.table),
        }
        self.text(".");
        match source.first {
            Some(first) => self.numbered(first + column),
            None => self.identifier(source.table.columns[column].name),
        }
    }

    /// Writes the number of a parameter, and keeps the parameter. One that stands in the statement already, since the
    /// expression that it belongs to was cloned, keeps its number: so the server sees that the two expressions are the
    /// same, as GROUP BY wants it.
    pub(crate) fn parameter(&mut self, parameter: &Parameter) {
        let parameters = &mut self.sql.parameters;
        let known = parameter.is_shared().then(|| parameters.iter().position(|other| other.is(parameter)));
        let place = known.flatten().unwrap_or_else(|| {
            parameters.push(parameter.clone());
            parameters.len() - 1
        });
        self.text(self.word);
        self.display(&(self.first + place));
    }

    /// Writes the items with a separator between them.
    pub(crate) fn separated<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut write: impl FnMut(&mut Self, T),
    ) {
        for (position, item) in items.into_iter().enumerate() {
            if position > 0 {
                self.text(separator);
            }
            write(self, item);
        }
    }

    /// Writes within parentheses.
    pub(crate) fn parenthesized(&mut self, write: impl FnOnce(&mut Self)) {
        self.text("(");
        write(self);
        self.text(")");
    }

    fn display(&mut self, value: &dyn fmt::Display) {
        write!(self.sql.text, "{value}").expect("a string takes all text");
    }
}
