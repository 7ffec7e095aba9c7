//! Floor 3: rows that stay when they are deleted, and only say that they are (`soft_delete`).
//!
//! Invariant: the entity of such a row has left the session, as any that is deleted; what led to it leads to what is not
//! seen. `add` takes the mark away, deleting for good takes the row.

use super::links::Side;
use super::record::IN_DOUBT;
use super::{Change, EntityState, Locked, Node};
use crate::error::Error;
use crate::model::{ColumnSet, Table};

impl Locked<'_> {
    /// Whether the row says that it is deleted, in the database and in memory.
    pub(crate) fn is_marked(&self, node: Node) -> bool {
        let arena = self.arena(node.model);
        let is_set = |column: usize| {
            let versions = [self.record(node).base, arena.publish(node.position)];
            versions.into_iter().all(|version| !arena.value(version, column).is_null())
        };
        self.table(node.model).soft_delete().is_some_and(is_set)
    }

    /// Marks a row for deletion, whatever its model says of deleted rows.
    pub(crate) fn doom_for_good(&mut self, node: Node) {
        if self.record(node).row_stays && !self.come_back(node) {
            return;
        }
        if self.record(node).is_persistent() {
            self.log(node);
            self.record_mut(node).for_good = true;
        }
        self.doom(node);
    }

    /// A row that was marked as deleted is one like any other again.
    pub(crate) fn unmark_row(&mut self, node: Node) {
        if !self.come_back(node) {
            return;
        }
        self.take_mark(node);
        self.add_linked_again(node);
    }

    /// The row does not say any more that it is deleted, once that is written.
    pub(crate) fn take_mark(&mut self, node: Node) {
        let Some(column) = self.table(node.model).soft_delete() else { return };
        let arena = self.arena(node.model);
        let head = arena.publish(node.position);
        let version = arena.derive(head, &[(column, Change::Null)]).expect("NULL decodes nothing");
        arena.set_head(node.position, version);
        self.forget_assignments(node, [column].into_iter().collect::<ColumnSet>());
        self.queue(node);
    }

    /// An entity whose row is marked stands for it again, unless another one does.
    fn come_back(&mut self, node: Node) -> bool {
        let (table, arena) = (self.table(node.model), self.arena(node.model));
        let base = self.record(node).base;
        let key: Vec<_> = table.primary_key.iter().map(|&column| arena.value(base, column)).collect();
        if self.find(node.model, &key).is_some() {
            let key = self.key_in_words(node);
            self.report(Error::already_present(table.model, &key));
            return false;
        }
        self.log(node);
        let record = self.record_mut(node);
        let was_flushed_before = record.state == EntityState::Detached;
        record.state = EntityState::Persistent;
        record.expunged = false;
        record.doomed = false;
        record.row_stays = false;
        if was_flushed_before {
            record.fresh = IN_DOUBT;
        }
        self.enter(node);
        self.queue(node);
        true
    }

    /// A flush has marked these rows, of one model: they leave the session.
    pub(crate) fn marked(&mut self, node: Node) {
        if !self.record(node).is_persistent() {
            return;
        }
        self.log(node);
        let goes_along = self.goes_along(node);
        if !self.record(node).doomed && !goes_along {
            // It was added again while its row was marked.
            return self.take_mark(node);
        }
        self.leave(node);
        let record = self.record_mut(node);
        record.state = EntityState::Deleted;
        record.doomed = false;
        record.row_stays = true;
        self.model_mut(node.model).has_left = true;
    }

    /// What refers to these rows over a relationship leads to what is not seen.
    pub(crate) fn hide_from(
        &mut self,
        model: usize,
        positions: &[u32],
        table: &'static Table,
        relationship: usize,
    ) {
        let child_model = (table.number)();
        if !self.graph.has_arena(child_model) {
            return;
        }
        self.note_hidden(model, false);
        let key = table.relationships[relationship].foreign_key(table);
        let mut children = Vec::new();
        for &position in positions {
            let arena = self.arena(model);
            let base = self.record(Node { model, position }).base;
            let values: Vec<_> = (key.references)().iter().map(|&column| arena.value(base, column)).collect();
            children.extend(self.referrers(child_model, key.columns, &values));
        }
        self.note_unseen(child_model, relationship, &children);
    }

    /// Whether a row that has left the session as deleted is seen by others that lead to it.
    pub(super) fn is_out_of_sight(&self, side: Side, position: u32) -> bool {
        let target = ((side.facts.target)().number)();
        self.model(target).records[position as usize].row_stays && !self.record(side.node).row_stays
    }
}
