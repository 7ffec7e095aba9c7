//! Floor 3: a to-one relationship of many nodes, whose rows came together with those that they lead to.
//!
//! Nothing has to be looked for then. Invariant: a way leads only where the key's columns say.

use super::links::{Link, Side};
use super::{Arena, Locked, Node};
use crate::model::{ForeignKey, RelationshipFacts};

/// What is the same for all nodes of a to-one relationship over a key.
pub(crate) struct Way<'g> {
    model: usize,
    relationship: usize,
    facts: &'static RelationshipFacts,
    key: &'static ForeignKey,
    references: &'static [usize],
    target: usize,
    own: &'g Arena,
    other: &'g Arena,
    /// Keys may have changed in memory, or entities have left: each is looked for.
    is_in_doubt: bool,
}

impl<'g> Way<'g> {
    pub(crate) fn of(locked: &Locked<'g>, model: usize, relationship: usize) -> Self {
        let table = locked.table(model);
        let facts = &table.relationships[relationship];
        let (key, target) = (facts.foreign_key(table), ((facts.target)().number)());
        Self {
            model,
            relationship,
            facts,
            key,
            references: (key.references)(),
            target,
            own: locked.arena(model),
            other: locked.arena(target),
            is_in_doubt: locked.was_changed() || locked.model(target).has_left,
        }
    }

    /// The relationship of one node.
    pub(crate) fn side(&self, position: u32) -> Side {
        let node = Node { model: self.model, position };
        Side { node, relationship: self.relationship, facts: self.facts }
    }

    /// Where a node leads; `hint` is where it is expected to.
    pub(crate) fn follow(&self, locked: &mut Locked<'_>, position: u32, hint: Option<u32>) -> Link {
        let side = self.side(position);
        if let Some(hint) = hint.filter(|_| !self.is_in_doubt) {
            let led = Link::To(hint);
            match locked.slot(side) {
                Link::Unknown if self.leads(locked, position, hint) => {
                    locked.set_slot(side, led);
                    return led;
                }
                known if known == led => return led,
                _ => {}
            }
        }
        locked.link(side)
    }

    /// Whether the key is that of this entity.
    fn leads(&self, locked: &Locked<'_>, position: u32, hint: u32) -> bool {
        let target = locked.record(Node { model: self.target, position: hint });
        let version = self.own.publish(position);
        let mut pairs = self.key.columns.iter().zip(self.references);
        let is_same = |(&column, &reference): (&usize, &usize)| {
            self.own.value(version, column).is_same(self.other.value(target.base, reference))
        };
        target.is_persistent() && pairs.all(is_same)
    }
}
