//! Floor 3: entities leave the session, and come back.
//!
//! Invariant: the identity of what was expunged is free. A rollback does not bring it back. What leads to it from inside
//! the session is looked for again (see `Locked::link`); what it leads to stays readable.

use super::links::Side;
use super::record::{IN_DOUBT, NO_BATCH};
use super::{EntityState, Locked, Node};
use crate::error::Error;
use crate::model::{Action, ColumnSet, Kind};
use crate::types::Value;

impl Locked<'_> {
    /// Takes an entity out of the session, and with it those that would be deleted with it, as far as they are in
    /// memory. One that is not in it is left alone.
    pub(crate) fn expunge(&mut self, node: Node) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            let state = self.record(node).state;
            if matches!(state, EntityState::Transient | EntityState::Detached) {
                continue;
            }
            open.extend(self.owned(node));
            match state {
                EntityState::Pending => self.take_out(node),
                EntityState::Persistent => self.leave(node),
                _ => {}
            }
            let record = self.record_mut(node);
            record.expunged = true;
            record.doomed = state == EntityState::Deleted;
            if state != EntityState::Pending {
                record.state = EntityState::Detached;
            }
            self.model_mut(node.model).has_left = true;
        }
    }

    /// What is deleted with the node's row, here or in the database, as far as it is in memory.
    fn owned(&self, node: Node) -> Vec<Node> {
        let table = self.table(node.model);
        let mut owned = Vec::new();
        for (relationship, facts) in table.relationships.iter().enumerate() {
            let by_key = || facts.foreign_key(table).on_delete == Action::Cascade;
            if facts.cascade.deletes() || facts.kind.is_has() && by_key() {
                let side = Side { node, relationship, facts };
                let model = ((facts.target)().number)();
                owned.extend(self.held(side).into_iter().map(|position| Node { model, position }));
            }
        }
        owned
    }

    /// What is known to be on the far side of a relationship, loaded or not.
    pub(super) fn held(&self, side: Side) -> Vec<u32> {
        match side.facts.kind {
            Kind::HasMany => self.known_items(side),
            _ => self.slot(side).position().into_iter().collect(),
        }
    }

    /// A row that was let go comes back, unless another object has taken its place.
    pub(crate) fn take_back(&mut self, node: Node) {
        let (table, arena) = (self.table(node.model), self.arena(node.model));
        let base = self.record(node).base;
        let key: Vec<&dyn Value> =
            table.primary_key.iter().map(|&column| arena.value(base, column)).collect();
        if self.find(node.model, &key).is_some() {
            let key = self.key_in_words(node);
            return self.report(Error::already_present(table.model, &key));
        }
        let record = self.record_mut(node);
        record.state = EntityState::Persistent;
        record.expunged = false;
        record.batch = NO_BATCH;
        record.fresh = IN_DOUBT;
        self.enter(node);
        self.queue(node);
        self.leave_who_is_gone(node);
        self.add_linked_again(node);
    }

    /// Who was deleted while a row was out may have been replaced: where it leads is looked for again.
    fn leave_who_is_gone(&mut self, node: Node) {
        for (relationship, facts) in self.table(node.model).relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            let target = |position| Node { model: ((facts.target)().number)(), position };
            if facts.kind == Kind::BelongsTo
                && self.slot(side).position().is_some_and(|position| self.is_gone(target(position)))
            {
                self.follow_again(side);
            }
        }
    }

    /// A row that was deleted is to be inserted once more, with the values and the key that it had.
    pub(crate) fn insert_again(&mut self, node: Node) {
        self.log(node);
        let all = ColumnSet::first(self.table(node.model).columns.len());
        self.model_mut(node.model).given.insert(node.position, all);
        let record = self.record_mut(node);
        record.state = EntityState::Pending;
        record.doomed = false;
        record.expunged = false;
        record.born_here = true;
        self.queue(node);
        self.add_linked_again(node);
    }
}
