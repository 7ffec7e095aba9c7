//! Floor 2: how statements made of statements, and derived tables, are written.

use super::Writer;
use super::change::Naming;
use crate::query::source::{Derived, DerivedBody};
use crate::query::{
    CommonBody, CommonTable, Search, SetOperation, SetOperator, TableReference, WriteStatement,
};

impl Writer {
    /// Writes common tables, if there are any.
    pub(crate) fn with(&mut self, tables: &[CommonTable]) {
        self.with_main(tables, None);
    }

    /// The same with a statement that writes as the last one.
    pub(crate) fn with_main(&mut self, tables: &[CommonTable], main: Option<&WriteStatement>) {
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
            writer.parenthesized(|writer| match &table.body {
                CommonBody::Query(query) => writer.select(query),
                CommonBody::Write(write) => writer.write(&write.statement, false),
            });
            writer.search(table);
        });
        if let Some(main) = main {
            self.text(", orm_main AS (");
            self.write(main, true);
            self.text(")");
        }
        self.text(" ");
    }

    fn write(&mut self, statement: &WriteStatement, is_main: bool) {
        let naming = if is_main { Naming::All } else { Naming::Brought };
        match statement {
            WriteStatement::Change(change) => self.change_naming(change, naming),
            WriteStatement::Insert(insert) => self.insert_naming(insert, naming),
        }
    }

    /// Writes in which order a recursive table finds its rows, and how it knows that it goes in circles.
    fn search(&mut self, table: &CommonTable) {
        let names = |writer: &mut Self, columns: &[usize]| {
            writer.separated(columns, ", ", |writer, &column| {
                writer.identifier(table.reference.table.columns[column].name);
            });
        };
        if let Some((search, by)) = &table.search {
            self.text(match search {
                Search::DepthFirst => " SEARCH DEPTH FIRST BY ",
                Search::BreadthFirst => " SEARCH BREADTH FIRST BY ",
            });
            names(self, by);
            self.text(" SET orm_order");
        }
        if let Some(by) = &table.cycle {
            self.text(" CYCLE ");
            names(self, by);
            self.text(" SET orm_is_cycle USING orm_path");
        }
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
