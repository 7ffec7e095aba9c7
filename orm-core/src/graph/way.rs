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
    /// What the server takes for the same key is the same here.
    joins_tell: bool,
}

impl<'g> Way<'g> {
    pub(crate) fn of(locked: &Locked<'g>, model: usize, relationship: usize) -> Self {
        let table = locked.table(model);
        let facts = &table.relationships[relationship];
        let (key, target) = (facts.foreign_key(table), (facts.target)());
        let (references, number) = ((key.references)(), (target.number)());
        let is_plain = |&column: &usize| table.columns[column].parameter_type().is_plain();
        Self {
            model,
            relationship,
            facts,
            key,
            references,
            target: number,
            own: locked.arena(model),
            other: locked.arena(number),
            is_in_doubt: locked.was_changed() || locked.model(number).has_left,
            joins_tell: references == target.primary_key && key.columns.iter().all(is_plain),
        }
    }

    /// The relationship of one node.
    pub(crate) fn side(&self, position: u32) -> Side {
        let node = Node { model: self.model, position };
        Side { node, relationship: self.relationship, facts: self.facts }
    }

    /// Where a node leads; `hints` is where it is expected to.
    pub(crate) fn follow(&self, locked: &mut Locked<'_>, position: u32, hints: &[u32]) -> Link {
        let side = self.side(position);
        if self.is_in_doubt {
            return locked.link(side);
        }
        let known = locked.slot(side);
        if known != Link::Unknown {
            return known;
        }
        let version = self.own.publish(position);
        match self.lead(locked, version, hints) {
            Some(hint) => {
                locked.set_slot(side, Link::To(hint));
                Link::To(hint)
            }
            None => locked.link(side),
        }
    }

    /// The same for a node whose row was new to memory, and came joined to that of `found`.
    pub(crate) fn follow_join(&self, locked: &mut Locked<'_>, position: u32, found: u32) {
        let side = self.side(position);
        match self.joins_tell && !self.is_in_doubt && locked.slot(side) == Link::Unknown {
            true => locked.set_slot(side, Link::To(found)),
            false => {
                self.follow(locked, position, &[found]);
            }
        }
    }

    /// Which of these entities has the key of a version.
    fn lead(&self, locked: &Locked<'_>, version: u32, hints: &[u32]) -> Option<u32> {
        let own = |part: usize| self.own.value(version, self.key.columns[part]);
        let first = own(0);
        let leads = |&hint: &u32| {
            let target = locked.record(Node { model: self.target, position: hint });
            let theirs = |part: usize| self.other.value(target.base, self.references[part]);
            let mut others = 1..self.references.len();
            target.is_persistent()
                && first.is_same(theirs(0))
                && others.all(|part| own(part).is_same(theirs(part)))
        };
        hints.iter().copied().find(leads)
    }
}
