//! Floor 3: the far side of a relationship follows the side that holds the key.

use hashbrown::{HashMap, HashSet};

use super::collections::Collection;
use super::links::Side;
use super::undo::Undo;
use super::{Link, Locked, Node};
use crate::model::Kind;

impl Locked<'_> {
    /// Takes a node out of the inverse of where it led.
    pub(crate) fn detach(&mut self, side: Side, from: Link) {
        let Link::To(position) = from else { return };
        let Some(inverse) = self.inverse(side, position) else { return };
        if self.record(side.node).expunged {
            return;
        }
        match inverse.facts.kind {
            Kind::HasMany => self.remove_item(inverse, side.node.position),
            _ if self.slot(inverse) == Link::To(side.node.position) => {
                self.log_slot(inverse);
                self.set_slot(inverse, Link::Absent);
            }
            _ => {}
        }
    }

    /// Puts a node into the inverse of where it leads.
    pub(crate) fn attach(&mut self, side: Side, to: Option<u32>) {
        let Some(inverse) = to.and_then(|position| self.inverse(side, position)) else { return };
        if self.record(side.node).expunged {
            return;
        }
        if inverse.facts.kind == Kind::HasMany {
            self.add_item(inverse, side.node.position);
            return;
        }
        let before = self.slot(inverse);
        self.log_slot(inverse);
        self.set_slot(inverse, Link::To(side.node.position));
        if let Link::To(other) = before
            && other != side.node.position
            && !(self.is_stored(inverse, side.node.position) && self.is_stored(inverse, other))
        {
            self.displace(side, other);
        }
    }

    /// The one that was there before loses its parent. (If both were read there, it has been moved in the database since
    /// it was read, and nothing is to be written.)
    fn displace(&mut self, side: Side, other: u32) {
        let node = Node { position: other, ..side.node };
        self.set_link(Side { node, ..side }, None);
    }

    /// Takes nodes of one model out of the inverses of where a relationship leads them; each collection is gone through
    /// once.
    pub(crate) fn detach_all(&mut self, model: usize, relationship: usize, positions: &[u32]) {
        let mut by_inverse: HashMap<u32, HashSet<u32>> = HashMap::new();
        for &position in positions {
            let side = self.side(Node { model, position }, relationship);
            match self.link(side) {
                Link::To(parent)
                    if self.inverse(side, parent).is_some_and(|it| it.facts.kind == Kind::HasMany) =>
                {
                    by_inverse.entry(parent).or_default().insert(position);
                }
                link => self.detach(side, link),
            }
        }
        for (parent, gone) in by_inverse {
            let side = self.side(Node { model, position: positions[0] }, relationship);
            let Some(inverse) = self.inverse(side, parent) else { continue };
            let collection = self.collection_mut(inverse);
            let before = Some(Box::new(collection.clone()));
            collection.items = collection.items.without(&gone);
            collection.part = collection.part.as_ref().map(|part| Box::new(part.without(&gone)));
            self.state.undo.push(Undo::Collection { side: (inverse.node, inverse.relationship), before });
        }
    }

    fn add_item(&mut self, inverse: Side, item: u32) {
        if !self.was_changed() {
            self.collection_mut(inverse).items.close_gaps();
        }
        self.collection_mut(inverse).items.push(item);
        self.state.undo.push(Undo::Added { side: (inverse.node, inverse.relationship), item });
    }

    fn remove_item(&mut self, inverse: Side, item: u32) {
        let side = (inverse.node, inverse.relationship);
        let Collection { items, part, .. } = self.collection_mut(inverse);
        let shown = part.as_mut().and_then(|part| part.remove(item));
        let place = items.remove(item);
        let of_part = shown.map(|place| Undo::Removed { side, item, place, of_part: true });
        let of_all = place.map(|place| Undo::Removed { side, item, place, of_part: false });
        of_part.into_iter().chain(of_all).for_each(|entry| self.state.undo.push(entry));
    }
}
