//! Floor 5: which versions of its rows a flush expects and writes.
//!
//! A row that is written twice in one flush is expected the second time as the first left it, without waiting for the
//! first one's answer: a counter is counted on here, and what the server makes is not asked for again.

use hashbrown::HashMap;

use super::changes::Row;
use super::plan::{Plan, Step, StepAction};
use crate::graph::{AnyArena, Change, Graph, Node};
use crate::model::{ColumnSet, Version};
use crate::types::Value;

/// For each row that was written, the version that the last statement for it leaves.
#[derive(Default)]
pub(super) struct Versions(HashMap<Node, u32>);

/// What a statement goes by for one row.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// What the row must have; `None` is anything.
    pub(super) before: Option<&'a dyn Value>,
    /// The version that an update makes of it; nothing if the server makes it.
    pub(super) after: Option<&'a dyn Value>,
}

impl Versions {
    /// What the statements of a step go by, row by row; nothing where there are no versions.
    pub(super) fn expect<'g>(&mut self, graph: &'g Graph, step: &Step) -> Vec<Expected<'g>> {
        match (step.action, step.table.version) {
            (StepAction::Update(_) | StepAction::Delete, Some(version)) => {
                step.rows.iter().map(|row| self.write(graph, row, version)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What an update or a delete of a row goes by.
    fn write<'g>(&mut self, graph: &'g Graph, row: &Row, version: Version) -> Expected<'g> {
        let arena = graph.any(row.node.model);
        let last = self.0.get(&row.node).copied();
        let is_first = last.is_none() && !row.is_new;
        let before = last.unwrap_or(if row.is_new { row.version } else { row.base });
        let value = |of: u32| arena.value(of, version.column);
        let Some(next) = version.next(Some(value(before))) else {
            self.0.insert(row.node, before);
            return Expected { before: is_first.then(|| value(before)), after: None };
        };
        let by_hand = is_first && !value(row.version).is_same(value(row.base));
        let after = if by_hand { row.version } else { set(arena, before, version.column, &*next) };
        self.0.insert(row.node, after);
        Expected { before: Some(value(before)), after: Some(value(after)) }
    }

    /// Rows that lose their keys with their parents, and then go: the server has made other versions of them. (The
    /// session counts only what it writes row by row.)
    pub(super) fn pass_released(&mut self, step: &Step, plan: &Plan) {
        let by_server = step.table.version.is_some_and(|version| !version.is_counter());
        if let StepAction::SetNull(_) = step.action
            && by_server
        {
            let deletes = plan.steps.iter().filter(|other| other.action == StepAction::Delete);
            for row in deletes.filter(|other| other.table.is(step.table)).flat_map(|other| &other.rows) {
                self.0.entry(row.node).or_insert(row.base);
            }
        }
    }

    /// A row's version with the count that was written last, where the session counts.
    pub(super) fn count(&self, graph: &Graph, row: &Row, version: u32) -> u32 {
        let (Some(counter), Some(&last)) = (row.table.counter(), self.0.get(&row.node)) else {
            return version;
        };
        let arena = graph.any(row.node.model);
        let value = arena.value(last, counter.column);
        match value.is_same(arena.value(version, counter.column)) {
            true => version,
            false => set(arena, version, counter.column, value),
        }
    }
}

fn set(arena: &dyn AnyArena, from: u32, column: usize, value: &dyn Value) -> u32 {
    arena.derive(from, &[(column, Change::Copy(value))]).expect("copying decodes nothing")
}

impl Row {
    /// The columns that an update of the row writes: its version is one of them.
    pub(super) fn with_version(&self) -> ColumnSet {
        let mut columns = self.columns;
        if let Some(version) = self.table.counter() {
            columns.insert(version.column);
        }
        columns
    }
}
