//! Floor 5: what the database has after a step, known before it is sent: later steps of the flight build on it.
//!
//! Only what the server makes is missing; it is laid on top when the answer comes.

use super::changes::Row;
use super::execute::{Execution, Written};
use super::follow::{Moved, follow};
use super::plan::{Step, StepAction};
use super::versions::Versions;
use crate::graph::Change;
use crate::model::ColumnSet;

impl Execution<'_> {
    /// What the database has after a step, but for what the server makes, is known before it is sent; later steps of the
    /// flight build on it.
    pub(super) fn foresee(&self, step: &Step, versions: &Versions, written: &mut Written) {
        let mut moved = Moved::new();
        for row in &step.rows {
            let before = written.before(row);
            let after = match step.action {
                StepAction::Update(columns) => {
                    let after = self.updated(row, columns, before, written);
                    versions.count(self.graph, row, after)
                }
                StepAction::Insert(_) => self.inserted(row, written),
                StepAction::Delete | StepAction::SetNull(_) => return,
            };
            written.0.insert(row.node, after);
            if row.rekeys {
                moved.insert(row.node, (before, after));
            }
        }
        if !moved.is_empty() {
            follow(self.graph, &moved, written);
        }
    }

    /// The version of a new row with the keys of its parents.
    fn inserted(&self, row: &Row, written: &Written) -> u32 {
        let columns = row.needs.iter().flat_map(|need| need.columns.iter().copied());
        let columns = columns.chain(row.nulls.iter()).collect();
        self.updated(row, columns, row.version, written)
    }

    /// The version of a row with these columns written: its own, if no others differ.
    fn updated(&self, row: &Row, columns: ColumnSet, before: u32, written: &Written) -> u32 {
        let arena = self.graph.any(row.node.model);
        let plain = |column: usize| columns.contains(column) && !row.nulls.contains(column);
        if columns.is_empty()
            || row.needs.is_empty() && arena.difference(before, row.version).iter().all(plain)
        {
            return row.version;
        }
        let change = |column| match self.value(row, column, written) {
            Some(value) => (column, Change::Copy(value)),
            None => (column, Change::Null),
        };
        let changes: Vec<_> = columns.iter().map(change).collect();
        arena.derive(before, &changes).expect("copying decodes nothing")
    }
}
