//! Floor 3: the far side of a relationship is filled with what was loaded.
//!
//! Invariant: what was changed in memory and is not flushed wins over what the database said.

use hashbrown::HashMap;

use super::links::Side;
use super::undo::Undo;
use super::{Link, Locked, Node};
use crate::model::Kind;

impl Locked<'_> {
    /// For each of these nodes: what its to-many (or one-to-one) holds, given all rows that the database has for them,
    /// in the order in which they are to stand.
    pub(crate) fn merge_loaded(&mut self, model: usize, relationship: usize, parents: &[u32], found: &[u32]) {
        let mut by_parent = self.by_parent(model, relationship, found);
        for &position in parents {
            let side = self.side(Node { model, position }, relationship);
            let found = by_parent.remove(&position).unwrap_or_default();
            if side.facts.kind == Kind::HasMany {
                self.fill_collection(side, found);
            } else {
                self.fill_one(side, &found);
            }
        }
    }

    fn by_parent(&mut self, model: usize, relationship: usize, found: &[u32]) -> HashMap<u32, Vec<u32>> {
        let mut by_parent: HashMap<u32, Vec<u32>> = HashMap::new();
        let facts = &self.table(model).relationships[relationship];
        let Some(inverse) = facts.inverse else { return by_parent };
        let target = ((facts.target)().number)();
        for &position in found {
            let child = self.side(Node { model: target, position }, inverse);
            if let Link::To(parent) = self.link(child) {
                by_parent.entry(parent).or_default().push(position);
            }
        }
        by_parent
    }

    fn fill_collection(&mut self, side: Side, mut found: Vec<u32>) {
        self.log_filled(side);
        let collection = self.collection_mut(side);
        collection.loaded = true;
        let before = std::mem::take(&mut collection.items);
        for item in before {
            if self.is_changed_into(side, item) && !found.contains(&item) {
                found.push(item);
            }
        }
        self.collection_mut(side).items = found;
    }

    fn fill_one(&mut self, side: Side, found: &[u32]) {
        if let Link::To(item) = self.slot(side)
            && self.is_changed_into(side, item)
        {
            return;
        }
        self.log_filled(side);
        self.set_slot(side, found.first().map_or(Link::Absent, |&item| Link::To(item)));
    }

    /// What is loaded after changes of this transaction shows them, and must not after a rollback.
    fn log_filled(&mut self, Side { node, relationship, facts }: Side) {
        if self.state.undo.is_empty() {
            return;
        }
        let side = (node, relationship);
        if facts.kind == Kind::HasMany {
            let old = self.model(node.model).to_many[relationship].get(&node.position).cloned();
            self.state.undo.push(Undo::Filled { side, old });
        } else {
            let old = self.slot(Side { node, relationship, facts });
            self.state.undo.push(Undo::Slot { side, old });
        }
    }

    /// Whether the item leads here by a change that is not flushed.
    fn is_changed_into(&mut self, side: Side, item: u32) -> bool {
        let Some(child) = self.inverse(side, item) else { return false };
        self.record(child.node).queued && self.link(child) == Link::To(side.node.position)
    }
}
