//! Floor 3: an edit guard's changes are applied.
//!
//! Three-way: only the columns that the guard changed are taken, so that two guards open at once lose nothing of each
//! other.

use super::undo::Undo;
use super::{Locked, Node};
use crate::error::Error;
use crate::model::{ColumnSet, Model};

/// Where an edit started: a version, or a copy of what was drafted.
pub(crate) enum Start<M> {
    Version(u32),
    Draft(M),
}

impl Locked<'_> {
    /// Applies what changed between `start` and `edited` to the node's draft.
    ///
    /// A column that only the server writes stays as it is, and the next flush reports it.
    pub(crate) fn apply_edit<M: Model>(&mut self, node: Node, start: &Start<M>, mut edited: M) {
        let arena = self.graph.arena::<M>();
        let (started_at, before) = match start {
            Start::Version(version) => (Some(*version), arena.version(*version)),
            Start::Draft(draft) => (None, draft),
        };
        // What is not loaded says nothing; a value may have come from elsewhere.
        for column in M::TABLE.deferred().iter() {
            if !edited.value(column).is_loaded() {
                edited.value_mut(column).assign(before.value(column));
            }
        }
        let mut changed: ColumnSet = (0..M::TABLE.columns.len())
            .filter(|&column| !before.value(column).is_same(edited.value(column)))
            .collect();
        for column in changed.iter().filter(|&column| M::TABLE.is_read_only(column)) {
            edited.value_mut(column).assign(before.value(column));
            changed.remove(column);
            self.report(Error::read_only(M::TABLE.model, M::TABLE.columns[column].field));
        }
        if changed.is_empty() {
            return;
        }
        self.log(node);
        arena.change_draft(node.position, started_at, edited, changed);
        self.give(node, changed);
        self.forget_assignments(node, changed);
        self.queue(node);
        self.follow_keys(node, changed);
    }

    /// These columns of a new row are given by the application from now on.
    pub(crate) fn give(&mut self, node: Node, columns: ColumnSet) {
        // What is changed once it is a row is taken back with the row.
        let is_row = self.record(node).is_persistent();
        let given = self.model(node.model).given.get(&node.position).filter(|_| !is_row);
        let Some(&before) = given else { return };
        if self.table(node.model).primary_key.iter().any(|&column| columns.contains(column)) {
            self.note_pending_key(node);
        }
        let given: ColumnSet = before.iter().chain(columns.iter()).collect();
        if given != before {
            self.model_mut(node.model).given.insert(node.position, given);
            self.state.undo.push(Undo::Given { node, before });
        }
    }
}
