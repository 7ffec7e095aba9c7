//! Floor 3: what criteria leave out of results.
//!
//! Such rows are there all the same: the unit of work concludes nothing from not having seen them. Invariant: that a to-one
//! was looked for and not seen counts as long as its key is the one that was looked for.

use super::identity::hash;
use super::links::Side;
use super::{Link, Locked, Node};

impl Locked<'_> {
    /// Rows of a model may be left out; `alive` are those that are not marked as deleted.
    pub(crate) fn note_hidden(&mut self, model: usize, alive: bool) {
        let state = self.model_mut(model);
        state.hides = true;
        state.hides_alive |= alive;
    }

    /// Whether rows of a model may be in the database that results have left out.
    pub(crate) fn hides(&self, model: usize) -> bool {
        self.graph.has_arena(model) && (self.model(model).hides || self.table(model).soft_delete().is_some())
    }

    /// Whether some of these may be rows that are not marked as deleted.
    pub(crate) fn hides_alive(&self, model: usize) -> bool {
        self.graph.has_arena(model) && self.model(model).hides_alive
    }

    /// A to-one of these nodes has been looked for: where it is still not known, it leads to what criteria leave out.
    pub(crate) fn note_unseen(&mut self, model: usize, relationship: usize, positions: &[u32]) {
        let target = ((self.table(model).relationships[relationship].target)().number)();
        if !self.graph.has_arena(target) || !self.model(target).hides {
            return;
        }
        for &position in positions {
            let side = self.side(Node { model, position }, relationship);
            let hash = if self.link(side) == Link::Unknown { self.key_hash(side) } else { None };
            let unseen = &mut self.model_mut(model).unseen;
            match hash {
                Some(hash) => unseen.insert((relationship, position), hash),
                None => unseen.remove(&(relationship, position)),
            };
        }
    }

    /// Whether a to-one that is not known leads to a row that criteria have left out.
    pub(crate) fn is_unseen(&self, side: Side) -> bool {
        let unseen = &self.model(side.node.model).unseen;
        let key = unseen.get(&(side.relationship, side.node.position)).copied();
        key.is_some() && key == self.key_hash(side)
    }

    /// What was not seen is looked for again.
    pub(crate) fn forget_unseen(&mut self, node: Node) {
        let relationships = self.table(node.model).relationships.len();
        let unseen = &mut self.model_mut(node.model).unseen;
        if !unseen.is_empty() {
            (0..relationships).for_each(|relationship| {
                unseen.remove(&(relationship, node.position));
            });
        }
    }

    fn key_hash(&self, side: Side) -> Option<u64> {
        let table = self.table(side.node.model);
        let arena = self.arena(side.node.model);
        let version = arena.publish(side.node.position);
        hash(side.facts.foreign_key(table).columns.iter().map(|&column| arena.value(version, column)))
    }
}
