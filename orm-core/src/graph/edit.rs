//! Floor 3: an edit guard's changes are applied.
//!
//! Three-way: only the columns that the guard changed are taken, so that two guards open at once lose nothing of each
//! other.

use super::undo::Undo;
use super::{Arena, Locked, Node};
use crate::error::Error;
use crate::model::{AnyModel, ColumnSet};

/// Where an edit started: a version, or a copy of what was drafted.
pub(crate) enum Start {
    Version(u32),
    Draft(Box<dyn AnyModel>),
}

impl Start {
    /// The row as it was.
    pub(crate) fn row<'a>(&'a self, arena: &'a Arena) -> &'a dyn AnyModel {
        match self {
            Self::Version(version) => arena.version(*version),
            Self::Draft(draft) => &**draft,
        }
    }
}

impl Locked<'_> {
    /// Applies what changed between `start` and `edited` to the node's draft; `edited` is not needed afterwards.
    ///
    /// A column that only the server writes stays as it is, and the next flush reports it.
    pub(crate) fn apply_edit(&mut self, node: Node, start: &Start, edited: &mut dyn AnyModel) {
        let arena = self.arena(node.model);
        let (before, table) = (start.row(arena), arena.table());
        let started_at = if let Start::Version(version) = start { Some(*version) } else { None };
        // What is not loaded says nothing; a value may have come from elsewhere.
        for column in table.deferred().iter() {
            if !edited.value(column).is_loaded() {
                edited.value_mut(column).assign(before.value(column));
            }
        }
        let mut changed: ColumnSet = (0..table.columns.len())
            .filter(|&column| !before.value(column).is_same(edited.value(column)))
            .collect();
        for column in changed.iter().filter(|&column| table.is_read_only(column)) {
            edited.value_mut(column).assign(before.value(column));
            changed.remove(column);
            self.report(Error::read_only(table.model, table.columns[column].field));
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
