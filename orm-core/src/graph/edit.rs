//! Floor 3: an edit guard's changes are applied.
//!
//! Three-way: only the columns that the guard changed are taken, so that two guards open at once lose nothing of each
//! other.

use super::{Locked, Node};
use crate::model::{ColumnSet, Model};

impl Locked<'_> {
    /// Applies what changed between `start` and `edited` to the node's draft.
    pub(crate) fn apply_edit<M: Model>(&mut self, node: Node, start: &M, edited: &M) {
        let changed: ColumnSet = (0..M::TABLE.columns.len())
            .filter(|&column| !start.value(column).is_same(edited.value(column)))
            .collect();
        if changed.is_empty() {
            return;
        }
        self.log(node);
        self.graph.arena::<M>().change_draft(node.position, |draft| {
            for column in changed.iter() {
                draft.value_mut(column).assign(edited.value(column));
            }
        });
        self.give(node, changed);
        self.queue(node);
        self.follow_keys(node, changed);
    }

    /// These columns of a new row are given by the application from now on.
    pub(crate) fn give(&mut self, node: Node, columns: ColumnSet) {
        if let Some(given) = self.model_mut(node.model).given.get_mut(&node.position) {
            columns.iter().for_each(|column| given.insert(column));
        }
    }
}
