//! Floor 2: how statements made of statements, and derived tables, are written.

use super::Writer;
use crate::query::source::{Derived, DerivedBody};
use crate::query::{CommonTable, SetOperation, SetOperator, TableReference};

impl Writer {
    /// Writes common tables, if there are any.
    pub(crate) fn with(&mut self, tables: &[CommonTable]) {
        if tables.is_empty() {
            return;
        }
        self.text(if tables.iter().any(|table| table.recursive) { "WITH RECURSIVE " } else { "WITH " });
        self.separated(tables, ", ", |writer, table| {
            writer.named_columns(table.reference);
            writer.text(match table.materialized {
                None => " AS ",
                Some(true) => " AS MATERIALIZED ",
                Some(false) => " AS NOT MATERIALIZED ",
            });
            writer.parenthesized(|writer| writer.select(&table.query));
        });
        self.text(" ");
    }

    pub(super) fn set_operation(&mut self, set: &SetOperation) {
        self.parenthesized(|writer| writer.select(&set.left));
        self.text(match set.operator {
            SetOperator::Union => " UNION ",
            SetOperator::Intersect => " INTERSECT ",
            SetOperator::Except => " EXCEPT ",
        });
        if set.all {
            self.text("ALL ");
        }
        self.parenthesized(|writer| writer.select(&set.right));
    }

    pub(super) fn derived(&mut self, derived: &Derived) {
        if derived.lateral {
            self.text("LATERAL ");
        }
        match &derived.body {
            DerivedBody::Select(query) => self.parenthesized(|writer| writer.select(query)),
            DerivedBody::Call(call) => self.expression(call),
        }
        if derived.with_ordinality {
            self.text(" WITH ORDINALITY");
        }
        self.text(" AS ");
        self.named_columns(derived.reference);
    }

    /// Writes the name of a source and those of its columns.
    fn named_columns(&mut self, reference: TableReference) {
        match reference.alias {
            Some(alias) => self.alias(alias),
            None => self.identifier(reference.table.name),
        }
        self.text(" ");
        self.parenthesized(|writer| {
            writer.separated(reference.table.columns, ", ", |writer, column| writer.identifier(column.name));
        });
    }
}
