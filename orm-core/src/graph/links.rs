//! Floor 3: relationships in memory; changing one side changes the other.
//!
//! Invariant: if a node's to-one leads to an entity, then that entity's inverse, as far as it is known, holds the node,
//! and the other way round. What is not known stays unknown: it is never shown as empty.

use hashbrown::HashSet;

use super::collections::Collection;
use super::items::Items;
use super::undo::Undo;
use super::{Arena, Change, EntityState, Locked, Node};
use crate::model::{ColumnSet, Kind, RelationshipFacts};

/// Where a to-one relationship leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Not known in memory.
    Unknown,
    /// Nowhere.
    Absent,
    /// To the entity at this position.
    To(u32),
}

/// One to-one relationship of a model, by the node's position. Short: what is beyond the end is unknown.
#[derive(Debug, Clone, Default)]
pub(crate) struct ToOne(Vec<u32>);

impl ToOne {
    fn get(&self, position: u32) -> Link {
        match self.0.get(position as usize).copied().unwrap_or(0) {
            0 => Link::Unknown,
            1 => Link::Absent,
            other => Link::To(other - 2),
        }
    }

    fn set(&mut self, position: u32, link: Link) {
        let position = position as usize;
        if self.0.len() <= position {
            // By leaps, since others follow.
            self.0.resize((position + 1).next_power_of_two(), 0);
        }
        self.0[position] = match link {
            Link::Unknown => 0,
            Link::Absent => 1,
            Link::To(other) => other + 2,
        };
    }
}

/// A relationship of one node, and what is static about it.
#[derive(Clone, Copy)]
pub(crate) struct Side {
    pub(crate) node: Node,
    pub(crate) relationship: usize,
    pub(crate) facts: &'static RelationshipFacts,
}

impl Locked<'_> {
    pub(crate) fn side(&self, node: Node, relationship: usize) -> Side {
        let facts = &self.table(node.model).relationships[relationship];
        Side { node, relationship, facts }
    }

    /// Where a to-one leads; over a key, also by the identity map.
    pub(crate) fn link(&mut self, side: Side) -> Link {
        let known = self.slot(side);
        let is_lost = known.position().is_some_and(|position| self.has_left(side, position));
        if known != Link::Unknown && !is_lost {
            return known;
        }
        if side.facts.kind != Kind::BelongsTo {
            let is_absent = self.record(side.node).born_here && !is_lost;
            return if is_absent { Link::Absent } else { Link::Unknown };
        }
        let found = self.follow(side);
        if let Link::To(_) = found {
            if self.was_changed() {
                // Under another key, or as another object, it may be there only until a rollback.
                self.state.undo.push(Undo::Slot { side: (side.node, side.relationship), old: known });
            }
            self.set_slot(side, found);
        }
        found
    }

    /// What a to-many holds: `None` if it is not loaded.
    pub(crate) fn collection(&self, side: Side) -> Option<&Items> {
        static NOBODY: Items = Items::new();
        match self.noted(side) {
            Some(Collection { loaded, items, .. }) => {
                let is_known = *loaded && !self.have_left(side, items.iter());
                is_known.then_some(items)
            }
            None => self.record(side.node).born_here.then_some(&NOBODY),
        }
    }

    /// Whether what a relationship led to has left although its row is there. The row is another object, once it is loaded again.
    fn has_left(&self, side: Side, position: u32) -> bool {
        let model = self.model(((side.facts.target)().number)());
        let is_expunged = || model.records[position as usize].expunged && !self.record(side.node).expunged;
        model.has_left && (is_expunged() || self.is_out_of_sight(side, position))
    }

    /// Whether one of the members of a to-many has.
    fn have_left(&self, side: Side, mut items: impl Iterator<Item = u32>) -> bool {
        let model = ((side.facts.target)().number)();
        self.graph.has_arena(model)
            && self.model(model).has_left
            && items.any(|item| self.has_left(side, item))
    }

    /// What a to-many shows: all, or the part that was asked for and what was added; `None` if neither is known.
    pub(crate) fn shown(&self, side: Side) -> Option<Vec<u32>> {
        if let Some(items) = self.collection(side) {
            return Some(items.to_vec());
        }
        let Collection { items, part, .. } = self.noted(side)?;
        let mut shown = part.as_ref()?.to_vec();
        if !items.is_empty() {
            let there: HashSet<u32> = shown.iter().copied().collect();
            shown.extend(items.iter().filter(|item| !there.contains(item)));
        }
        (!self.have_left(side, shown.iter().copied())).then_some(shown)
    }

    /// Whether a to-many shows only what a filter or a limit let through.
    pub(crate) fn is_part(&self, side: Side) -> bool {
        self.noted(side).is_some_and(|collection| !collection.loaded && collection.part.is_some())
    }

    fn noted(&self, side: Side) -> Option<&Collection> {
        self.model(side.node.model).to_many[side.relationship].get(side.node.position)
    }

    /// What a to-many is known to hold, whether it is loaded or not.
    pub(crate) fn known_items(&self, side: Side) -> Vec<u32> {
        self.noted(side).map_or_else(Vec::new, |collection| collection.items.to_vec())
    }

    /// Lets the key's side of a relationship lead elsewhere, in memory, on both sides. What was only added and is an
    /// orphan now leaves the session.
    pub(crate) fn set_link(&mut self, side: Side, to: Option<u32>) {
        let old = if to.is_some() { self.link_before(side) } else { self.link(side) };
        let new = to.map_or(Link::Absent, Link::To);
        if old == new {
            return;
        }
        self.detach(side, old);
        self.log_slot(side);
        self.set_slot(side, new);
        let arena = self.arena(side.node.model);
        let before = arena.publish(side.node.position);
        self.copy_key(side, to);
        self.attach(side, to);
        self.queue(side.node);
        // A column of the key may be part of other keys.
        let changed = arena.difference(before, arena.publish(side.node.position));
        self.follow_keys_but(side.node, changed, Some(side.relationship));
        self.take_out_orphans(side, old);
    }

    /// Where a side led before it is set. The key of a new row says nothing while it is not given.
    fn link_before(&mut self, side: Side) -> Link {
        let key = side.facts.foreign_key(self.table(side.node.model));
        match self.slot(side) {
            Link::Unknown if self.record(side.node).is_pending() && !self.has_key(side.node, key.columns) => {
                Link::Unknown
            }
            _ => self.link(side),
        }
    }

    /// After columns of a node changed: the relationships over them lead where the new keys say.
    pub(crate) fn follow_keys(&mut self, node: Node, changed: ColumnSet) {
        self.follow_keys_but(node, changed, None);
    }

    fn follow_keys_but(&mut self, node: Node, changed: ColumnSet, but: Option<usize>) {
        let table = self.table(node.model);
        for (relationship, facts) in table.relationships.iter().enumerate() {
            if facts.kind != Kind::BelongsTo || but == Some(relationship) {
                continue;
            }
            let over = facts.foreign_key(table);
            let touched = over.columns.iter().any(|&column| changed.contains(column));
            let side = Side { node, relationship, facts };
            if touched && !self.still_leads_there(side) {
                self.follow_again(side);
            }
        }
    }

    /// Lets a relationship lead where its key says.
    pub(crate) fn follow_again(&mut self, side: Side) {
        self.detach(side, self.slot(side));
        self.log_slot(side);
        self.set_slot(side, Link::Unknown);
        let to = self.link(side);
        self.attach(side, to.position());
    }

    /// Whether the key is that of the persistent entity which a side leads to.
    pub(crate) fn still_leads_there(&self, side: Side) -> bool {
        let Link::To(position) = self.slot(side) else { return false };
        let parent = Node { model: ((side.facts.target)().number)(), position };
        self.record(parent).is_persistent() && !self.has_other_key(side, parent)
    }

    /// Relationships that were cleared while their keys, which are not nullable, stayed: they lead where the keys say.
    pub(crate) fn find_lost_parents(&mut self, node: Node) {
        for (relationship, facts) in self.table(node.model).relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            if facts.kind == Kind::BelongsTo
                && self.slot(side) == Link::Absent
                && self.follow(side) != Link::Absent
            {
                self.follow_again(side);
            }
        }
    }

    /// The inverse of a side, at the node that it leads to.
    pub(crate) fn inverse(&self, side: Side, position: u32) -> Option<Side> {
        let relationship = side.facts.inverse?;
        let model = ((side.facts.target)().number)();
        Some(self.side(Node { model, position }, relationship))
    }

    /// What is noted of a to-one, without asking the identity map.
    pub(crate) fn slot(&self, side: Side) -> Link {
        self.model(side.node.model).to_one[side.relationship].get(side.node.position)
    }

    pub(crate) fn set_slot(&mut self, side: Side, link: Link) {
        self.model_mut(side.node.model).to_one[side.relationship].set(side.node.position, link);
    }

    /// Notes how a to-one was, so that a rollback brings it back.
    pub(crate) fn log_slot(&mut self, side: Side) {
        let old = self.slot(side);
        self.log(side.node);
        self.state.undo.push(Undo::Slot { side: (side.node, side.relationship), old });
    }

    pub(crate) fn collection_mut(&mut self, side: Side) -> &mut Collection {
        let loaded = self.record(side.node).born_here;
        let collections = &mut self.model_mut(side.node.model).to_many[side.relationship];
        collections.get_or_insert(side.node.position, || Collection { loaded, ..Collection::default() })
    }

    /// Where the key leads by the identity map.
    fn follow(&mut self, side: Side) -> Link {
        let key = side.facts.foreign_key(self.table(side.node.model));
        let arena = self.arena(side.node.model);
        let version = arena.publish(side.node.position);
        let value = |part: usize| arena.value(version, key.columns[part]);
        if (0..key.columns.len()).any(|part| value(part).is_null()) {
            return Link::Absent;
        }
        let target = ((side.facts.target)().number)();
        if !self.graph.has_arena(target) {
            return Link::Unknown;
        }
        match self.find_where(target, (key.references)(), &value) {
            Some(found) => Link::To(found.position),
            None => Link::Unknown,
        }
    }

    /// Copies the key of the entity that a side leads to (while that is pending, what stands for it), or NULL into the
    /// columns that take it.
    pub(crate) fn copy_key(&mut self, side: Side, to: Option<u32>) {
        let table = self.table(side.node.model);
        let key = side.facts.foreign_key(table);
        let target = to.map(|position| Node { model: ((side.facts.target)().number)(), position });
        let mut changes = Vec::new();
        for (&column, &reference) in key.columns.iter().zip((key.references)()) {
            if target.is_some() || table.columns[column].nullable {
                changes.push((column, self.key_part(target, reference)));
            }
        }
        let arena = self.arena(side.node.model);
        let head = arena.publish(side.node.position);
        let changed = derive_if_changed(arena, head, &changes);
        drop(changes);
        self.log(side.node);
        arena.set_head(side.node.position, changed);
        if target.is_none_or(|target| self.has_key(target, (key.references)())) {
            self.give(side.node, key.columns.iter().copied().collect());
        }
    }

    fn key_part(&self, target: Option<Node>, column: usize) -> Change<'_> {
        match target {
            None => Change::Null,
            Some(target) => {
                let arena = self.arena(target.model);
                Change::Copy(arena.value(self.key_version(target), column))
            }
        }
    }

    /// The version that holds the key by which others refer to a node: an edited key counts when it is written.
    fn key_version(&self, node: Node) -> u32 {
        let record = self.record(node);
        if record.is_persistent() { record.base } else { self.arena(node.model).publish(node.position) }
    }

    /// Whether a key's columns do not hold the key of this persistent parent.
    pub(crate) fn has_other_key(&self, side: Side, parent: Node) -> bool {
        let version = || self.arena(side.node.model).publish(side.node.position);
        self.record(parent).is_persistent() && !self.has_key_of(side, version(), parent)
    }

    /// Whether the key's columns in a version hold the key that this parent has in the database.
    pub(crate) fn has_key_of(&self, side: Side, version: u32, parent: Node) -> bool {
        let key = side.facts.foreign_key(self.table(side.node.model));
        let (own, other) = (self.arena(side.node.model), self.arena(parent.model));
        let base = self.record(parent).base;
        let mut pairs = key.columns.iter().zip((key.references)());
        pairs.all(|(&column, &reference)| own.value(version, column).is_same(other.value(base, reference)))
    }

    /// Whether the server has no part in these columns any more.
    pub(crate) fn has_key(&self, node: Node, columns: &[usize]) -> bool {
        let given = self.model(node.model).given.get(&node.position);
        match self.record(node).state {
            EntityState::Pending | EntityState::Transient => {
                given.is_some_and(|given| columns.iter().all(|&column| given.contains(column)))
            }
            _ => true,
        }
    }
}

/// The version itself if the changes change nothing.
fn derive_if_changed(arena: &Arena, version: u32, changes: &[(usize, Change<'_>)]) -> u32 {
    let same = |(column, change): &(usize, Change<'_>)| match change {
        Change::Copy(value) => arena.value(version, *column).is_same(*value),
        Change::Null => arena.value(version, *column).is_null(),
        Change::Cell(..) | Change::Forget => false,
    };
    if changes.iter().all(same) {
        return version;
    }
    arena.derive(version, changes).expect("copying decodes nothing")
}

impl Link {
    pub(crate) fn position(self) -> Option<u32> {
        match self {
            Self::To(position) => Some(position),
            Self::Unknown | Self::Absent => None,
        }
    }
}
