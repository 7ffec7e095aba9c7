//! Floor 3: expressions that the next flush writes to columns.
//!
//! Until then a column reads as before. Invariant: of a column's edit and its expression the later one counts; a
//! rollback forgets the expressions that were set since the transaction began.

use std::sync::Arc;

use super::undo::Undo;
use super::{EntityState, Locked, Node};
use crate::error::Error;
use crate::model::ColumnSet;
use crate::query::{Expression, Sql};

/// An expression for a column.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) column: usize,
    pub(crate) expression: Expression,
    /// The expression by itself, by which those that differ in values alone are found.
    pub(crate) sql: Sql,
}

impl Assignment {
    /// What a model says of a column, as SQL.
    pub(crate) fn of_model(column: usize, sql: &'static str) -> Self {
        let expression = Expression::Literal(sql);
        Self { column, sql: expression.to_sql("$", 1), expression }
    }
}

/// The expressions for a row, in the table's order.
pub(crate) type Assignments = Vec<Arc<Assignment>>;

impl Locked<'_> {
    /// Lets the next flush write an expression to a column.
    pub(crate) fn assign(&mut self, node: Node, column: usize, expression: Expression) {
        if let Some(misuse) = self.refuse_assignment(node, column, &expression) {
            return self.report(misuse);
        }
        let facts = &self.table(node.model).columns[column];
        // A declared type may be a domain: what is cast is assigned to it.
        let expression = match facts.declared_type {
            Some(_) => Expression::Cast(Box::new(expression), facts.parameter_type()),
            None => expression,
        };
        let sql = expression.to_sql("$", 1);
        let mut assignments = self.assignments(node).to_vec();
        assignments.retain(|assignment| assignment.column != column);
        assignments.push(Arc::new(Assignment { column, expression, sql }));
        assignments.sort_by_key(|assignment| assignment.column);
        self.set_assignments(node, assignments);
        self.log(node);
        self.queue(node);
    }

    fn refuse_assignment(&self, node: Node, column: usize, expression: &Expression) -> Option<Error> {
        let table = self.table(node.model);
        let field = table.columns[column].field;
        let is_version = table.counter().is_some_and(|version| version.column == column);
        match self.record(node).state {
            EntityState::Persistent | EntityState::Pending => {}
            _ => return Some(Error::not_persistent(table.model, "set")),
        }
        if table.is_read_only(column) {
            return Some(Error::read_only(table.model, field));
        }
        let why = if is_version {
            "the session counts it: edit it to set it by hand"
        } else if !expression.reads_only(table) {
            "the expression reads another table"
        } else if self.record(node).is_pending() && expression.reads_columns() {
            "the expression reads the row, which is not there yet"
        } else {
            return None;
        };
        Some(Error::unwritable(table.model, field, why))
    }

    /// The expressions that the next flush writes.
    pub(crate) fn assignments(&self, node: Node) -> &[Arc<Assignment>] {
        self.model(node.model).assignments.get(&node.position).map_or(&[], Vec::as_slice)
    }

    /// These columns' expressions count no more.
    pub(crate) fn forget_assignments(&mut self, node: Node, columns: ColumnSet) {
        self.keep_assignments(node, |assignment| !columns.contains(assignment.column));
    }

    /// A flush has written these expressions; what was set meanwhile stays.
    pub(crate) fn end_assignments(&mut self, node: Node, written: &[Arc<Assignment>]) {
        self.keep_assignments(node, |assignment| !written.iter().any(|other| Arc::ptr_eq(assignment, other)));
    }

    fn keep_assignments(&mut self, node: Node, keep: impl Fn(&Arc<Assignment>) -> bool) {
        if self.assignments(node).iter().all(&keep) {
            return;
        }
        let kept = self.assignments(node).iter().filter(|assignment| keep(assignment)).cloned().collect();
        self.set_assignments(node, kept);
    }

    fn set_assignments(&mut self, node: Node, assignments: Assignments) {
        let before = self.swap_assignments(node, assignments);
        self.state.undo.push(Undo::Assignments { node, before });
    }

    /// The expressions are those from before, without a note.
    pub(super) fn restore_assignments(&mut self, node: Node, before: Assignments) {
        self.swap_assignments(node, before);
        self.queue(node);
    }

    fn swap_assignments(&mut self, node: Node, assignments: Assignments) -> Assignments {
        let all = &mut self.model_mut(node.model).assignments;
        let before = match assignments.is_empty() {
            true => all.remove(&node.position),
            false => all.insert(node.position, assignments),
        };
        before.unwrap_or_default()
    }
}
