//! Floor 3: who leaves the session together, and who leaves it when nobody holds it any more.
//!
//! Only pending entities leave at once; what becomes of rows is for the next flush to find out. Invariant: an entity that
//! left keeps its own links, so that adding it again brings it back with them.

use hashbrown::HashSet;

use super::links::Side;
use super::{EntityState, Link, Locked, Node};
use crate::model::{Cascade, Kind};

impl Locked<'_> {
    /// A to-one has led elsewhere: what is pending and was let go by a relationship that deletes orphans leaves.
    pub(super) fn take_out_orphans(&mut self, side: Side, old: Link) {
        let Link::To(old) = old else { return };
        let held =
            self.inverse(side, old).is_some_and(|parent| parent.facts.cascade == Cascade::DeleteOrphan);
        if held && self.slot(side) == Link::Absent && self.record(side.node).is_pending() {
            self.take_out(side.node);
        }
        if side.facts.cascade == Cascade::DeleteOrphan {
            self.take_target_out(side, old);
        }
    }

    /// A pending entity leaves the session and the collections that it was put into, and what hangs on it leaves with it
    /// or loses its parent, as the relationships say.
    pub(crate) fn take_out(&mut self, node: Node) {
        self.leave_session(node, None);
    }

    /// The one that it leaves with keeps holding it.
    fn leave_session(&mut self, node: Node, along: Option<usize>) {
        self.log(node);
        self.record_mut(node).state = EntityState::Transient;
        for (relationship, facts) in self.table(node.model).relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            if facts.kind.is_has() {
                self.let_children_go(side);
            } else if facts.kind == Kind::BelongsTo && along != Some(relationship) {
                let link = self.link(side);
                self.detach(side, link);
                if let (true, Some(target)) = (facts.cascade.deletes(), link.position()) {
                    self.take_target_out(side, target);
                }
            }
        }
    }

    fn let_children_go(&mut self, side: Side) {
        let children = match side.facts.kind {
            Kind::HasMany => self.known_items(side),
            _ => self.slot(side).position().into_iter().collect(),
        };
        // Those that came last go first: they are found at a collection's end.
        for child in
            children.into_iter().rev().filter_map(|child| self.inverse(side, child)).collect::<Vec<_>>()
        {
            if side.facts.hidden {
                // A link without one of its sides is none.
                self.doom(child.node);
            } else if side.facts.cascade.deletes() && self.record(child.node).is_pending() {
                self.leave_session(child.node, Some(child.relationship));
            } else {
                self.set_link(child, None);
            }
        }
    }

    /// A pending entity that belonged to the one at `side` alone leaves, unless it belongs to another by now.
    fn take_target_out(&mut self, side: Side, position: u32) {
        let target = Node { model: ((side.facts.target)().number)(), position };
        if self.record(target).is_pending() && !self.is_held_by_another(side, position) {
            self.take_out(target);
        }
    }

    /// Whether another node of the same model leads there. Without an inverse that says so, the changed ones are asked.
    fn is_held_by_another(&self, side: Side, position: u32) -> bool {
        if let Some(inverse) = self.inverse(side, position) {
            return self.slot(inverse).position().is_some_and(|holder| holder != side.node.position);
        }
        self.model(side.node.model).changed.iter().any(|&holder| {
            let node = Node { position: holder, ..side.node };
            holder != side.node.position
                && self.record(node).is_in_session()
                && self.slot(Side { node, ..side }) == Link::To(position)
        })
    }

    /// The flush that has its plan now deletes these along.
    pub(crate) fn let_go_along(&mut self, nodes: &HashSet<Node>) {
        self.state.going.clone_from(nodes);
    }

    /// Whether the flush under way deletes this one along, and nobody has added it again meanwhile.
    pub(crate) fn goes_along(&self, node: Node) -> bool {
        self.state.going.contains(&node)
    }
}
