//! Floor 2: how SELECT statements are written, on one line.

use super::Writer;
use crate::query::source::Join;
use crate::query::{Alias, Expression, JoinKind, Ordering, Parameter, SelectStatement, Source};

impl Writer {
    /// Writes a SELECT statement.
    pub(crate) fn select(&mut self, statement: &SelectStatement) {
        self.with(&statement.with);
        match &statement.set {
            Some(set) => self.set_operation(set),
            None => self.select_core(statement),
        }
        self.order(&statement.order);
        if statement.with_ties && statement.limit.is_some() {
            self.row_count(" FETCH FIRST ", statement.limit.as_ref());
            self.text(" ROWS WITH TIES");
        } else {
            self.row_count(" LIMIT ", statement.limit.as_ref());
        }
        self.row_count(" OFFSET ", statement.offset.as_ref());
        self.lock(statement);
    }

    fn select_core(&mut self, statement: &SelectStatement) {
        self.text("SELECT ");
        self.distinct(statement.distinct.as_deref());
        self.expressions(&statement.outputs);
        if let Some(source) = &statement.from {
            self.text(" FROM ");
            self.source(source);
        }
        for join in &statement.joins {
            self.join(join);
        }
        self.filter(statement.filter.as_ref());
        self.groups(statement);
    }

    /// Writes a WHERE clause, if there is a condition.
    pub(crate) fn filter(&mut self, condition: Option<&Expression>) {
        if let Some(condition) = condition {
            self.text(" WHERE ");
            self.expression(condition);
        }
    }

    pub(super) fn source(&mut self, source: &Source) {
        match source {
            Source::Table(source) => {
                self.table(source.table);
                source.alias.into_iter().for_each(|alias| self.as_alias(alias));
            }
            Source::Subquery(query, alias) => {
                self.parenthesized(|writer| writer.select(query));
                self.as_alias(*alias);
            }
            Source::Numbered(query, alias, columns) => {
                self.parenthesized(|writer| writer.select(query));
                self.as_alias(*alias);
                self.text(" ");
                self.parenthesized(|writer| writer.separated(0..*columns, ", ", Self::numbered));
            }
            Source::Function(name, arguments) => self.call(name, arguments),
            Source::Derived(derived) => self.derived(derived),
            Source::Keys(arrays, source, columns) => {
                self.call("unnest", arrays);
                source.alias.into_iter().for_each(|alias| self.as_alias(alias));
                self.text(" ");
                self.parenthesized(|writer| {
                    writer.separated(columns, ", ", |writer, &column| {
                        writer.identifier(source.table.columns[column].name);
                    });
                });
            }
        }
    }

    /// Writes what a subselect's column of this number is called.
    pub(super) fn numbered(&mut self, column: usize) {
        self.text("c");
        self.display(&(column + 1));
    }

    fn as_alias(&mut self, alias: Alias) {
        self.text(" AS ");
        self.alias(alias);
    }

    fn join(&mut self, join: &Join) {
        self.text(match join.kind {
            JoinKind::Inner => " JOIN ",
            JoinKind::Left => " LEFT JOIN ",
            JoinKind::Right => " RIGHT JOIN ",
            JoinKind::Full => " FULL JOIN ",
            JoinKind::Cross => " CROSS JOIN ",
            JoinKind::CrossLateral => " CROSS JOIN LATERAL ",
        });
        self.source(&join.source);
        if matches!(join.kind, JoinKind::Cross | JoinKind::CrossLateral) {
            return;
        }
        self.text(" ON ");
        self.expression(&join.on);
    }

    fn distinct(&mut self, distinct: Option<&[Expression]>) {
        match distinct {
            None => {}
            Some([]) => self.text("DISTINCT "),
            Some(on) => {
                self.text("DISTINCT ON ");
                self.parenthesized(|writer| writer.expressions(on));
                self.text(" ");
            }
        }
    }

    fn groups(&mut self, statement: &SelectStatement) {
        if !statement.group_by.is_empty() {
            self.text(" GROUP BY ");
            self.expressions(&statement.group_by);
        }
        if let Some(condition) = &statement.having {
            self.text(" HAVING ");
            self.expression(condition);
        }
        if !statement.windows.is_empty() {
            self.text(" WINDOW ");
            self.separated(&statement.windows, ", ", |writer, (name, window)| {
                writer.identifier(name);
                writer.text(" AS ");
                writer.window(window);
            });
        }
    }

    pub(super) fn order(&mut self, order: &[Ordering]) {
        if order.is_empty() {
            return;
        }
        self.text(" ORDER BY ");
        self.terms(order);
    }

    /// Writes terms of an order.
    pub(super) fn terms(&mut self, order: &[Ordering]) {
        self.separated(order, ", ", |writer, term| {
            writer.expression(&term.expression);
            writer.text(term.direction);
            writer.text(term.nulls);
        });
    }

    fn row_count(&mut self, clause: &str, rows: Option<&Parameter>) {
        if let Some(rows) = rows {
            self.text(clause);
            self.parameter(rows);
        }
    }
}
