//! Floor 5: which versions of its rows a flush expects and writes.
//!
//! A row that is written twice in one flush is expected the second time as the first left it, without waiting for the
//! first one's answer: a counter is counted on here, and what the server makes is not asked for again, since the row is
//! locked from the first time on.

use hashbrown::HashSet;

use super::changes::Row;
use super::execute::{Execution, Written};
use super::plan::{Plan, Step, StepAction};
use crate::graph::Node;
use crate::model::{ColumnSet, Version};
use crate::types::Value;

/// Rows that were written, by statements for others.
#[derive(Default)]
pub(super) struct Passed(HashSet<Node>);

/// What a statement goes by for one row.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The version that the row must have; `None` is anything.
    pub(super) before: Option<&'a dyn Value>,
    /// Where the session counts: the row as an update leaves it.
    pub(super) after: Option<u32>,
}

impl Passed {
    /// Rows that lose their keys with their parents, and then go: the server has made other versions of them. (The
    /// session counts only what it writes row by row.)
    pub(super) fn note(&mut self, step: &Step, plan: &Plan) {
        let by_server = step.table.version.is_some_and(|version| !version.is_counter());
        if let StepAction::SetNull(_) = step.action
            && by_server
        {
            let deletes = plan.steps.iter().filter(|other| other.action == StepAction::Delete);
            let rows = deletes.filter(|other| other.table.is(step.table)).flat_map(|other| &other.rows);
            self.0.extend(rows.map(|row| row.node));
        }
    }
}

impl Execution<'_> {
    /// What the statements of a step go by, row by row; nothing where there are no versions.
    pub(super) fn expect(&self, step: &Step, written: &Written, passed: &Passed) -> Vec<Expected<'_>> {
        let Some(version) = step.table.version else { return Vec::new() };
        let rows = step.rows.iter();
        match step.action {
            StepAction::Update(columns) => {
                rows.map(|row| self.expect_row(row, version, Some(columns), written, passed)).collect()
            }
            StepAction::Delete => {
                rows.map(|row| self.expect_row(row, version, None, written, passed)).collect()
            }
            StepAction::Insert(_) | StepAction::SetNull(_) | StepAction::Unlink(_) => Vec::new(),
        }
    }

    fn expect_row(
        &self,
        row: &Row,
        version: Version,
        columns: Option<ColumnSet>,
        written: &Written,
        passed: &Passed,
    ) -> Expected<'_> {
        let arena = self.graph.any(row.node.model);
        let value = |of: u32| arena.value(of, version.column);
        let is_first = !row.is_new && !written.0.contains_key(&row.node);
        let before = written.before(row);
        let Some(next) = version.next(Some(value(before))) else {
            let is_known = is_first && !passed.0.contains(&row.node);
            return Expected { before: is_known.then(|| value(before)), after: None };
        };
        let by_hand = is_first && !value(row.version).is_same(value(row.base));
        let next = if by_hand { value(row.version) } else { &*next };
        let after = |columns| self.updated(row, columns, before, Some((version.column, next)), written);
        Expected { before: Some(value(before)), after: columns.map(after) }
    }
}

impl Row {
    /// The columns that an update of the row writes: a counter is one of them.
    pub(super) fn with_version(&self) -> ColumnSet {
        let mut columns = self.columns;
        if let Some(version) = self.table.counter() {
            columns.insert(version.column);
        }
        columns
    }
}
