//! Floor 3: the far side of a relationship is filled with what was loaded.
//!
//! Invariant: what was changed in memory and is not flushed wins over what the database said.

use std::cmp::Ordering;

use hashbrown::{HashMap, HashSet};

use super::links::Side;
use super::undo::Undo;
use super::way::Way;
use super::{Change, Freshness, Link, Locked, Node};
use crate::model::Kind;

/// How much of what the database has was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All rows.
    All,
    /// Those that a filter or a limit let through.
    Part,
}

/// How what was found is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As it is given.
    AsFound,
    /// By the keys.
    ByKeys,
}

impl Locked<'_> {
    /// For each of these nodes: what its to-many (or one-to-one) holds, given all rows that the database has for them.
    /// If these are a part, a to-many shows them, and is not loaded.
    pub(crate) fn merge_loaded(
        &mut self,
        (model, relationship): (usize, usize),
        parents: &[u32],
        (found, order): (&[u32], Order),
        extent: Extent,
        freshness: Freshness,
    ) {
        let (starts, mut children) = self.by_parent((model, relationship), parents, found);
        if order == Order::ByKeys {
            self.sort_by_keys((model, relationship), &starts, &mut children);
        }
        for (&position, bounds) in parents.iter().zip(starts.windows(2)) {
            let side = self.side(Node { model, position }, relationship);
            let found = &children[bounds[0]..bounds[1]];
            // One that has left since it was asked for keeps what it had.
            if !self.record(side.node).is_persistent() {
                continue;
            }
            if side.facts.kind == Kind::HasMany {
                self.fill_collection(side, found, extent, freshness);
            } else {
                self.fill_one(side, found, freshness);
            }
        }
    }

    /// Where the children of each of these parents begin, and the children, parent by parent.
    fn by_parent(
        &mut self,
        (model, relationship): (usize, usize),
        parents: &[u32],
        found: &[u32],
    ) -> (Vec<usize>, Vec<u32>) {
        let pairs = self.with_parents((model, relationship), parents, found);
        let mut starts = vec![0; parents.len() + 1];
        pairs.iter().for_each(|&(place, _)| starts[place + 1] += 1);
        (1..starts.len()).for_each(|place| starts[place] += starts[place - 1]);
        let (mut next, mut children) = (starts.clone(), vec![0; pairs.len()]);
        for (place, child) in pairs {
            children[next[place]] = child;
            next[place] += 1;
        }
        (starts, children)
    }

    /// The children that lead to one of these parents, each with the parent's place.
    fn with_parents(
        &mut self,
        (model, relationship): (usize, usize),
        parents: &[u32],
        found: &[u32],
    ) -> Vec<(usize, u32)> {
        let mut pairs = Vec::with_capacity(found.len());
        let facts = &self.table(model).relationships[relationship];
        let Some(inverse) = facts.inverse.filter(|_| !parents.is_empty()) else { return pairs };
        let mut places: Option<HashMap<u32, usize>> = None;
        let all = || (0..).zip(parents).map(|(place, &parent)| (parent, place)).collect();
        let way = Way::of(self, ((facts.target)().number)(), inverse);
        let (mut last, mut moves) = (0, false);
        for &position in found {
            // A row that was deleted since it was read is not in it.
            if !self.record(way.side(position).node).is_persistent() {
                continue;
            }
            // Those of one parent often come one after the other, or one of each parent after the other.
            let expected = &parents[last..parents.len().min(last + 2)];
            let link = match *expected {
                [one, next] if moves => way.follow(self, position, &[next, one]),
                _ => way.follow(self, position, expected),
            };
            let Link::To(parent) = link else { continue };
            let before = last;
            last = match expected.iter().position(|&expected| expected == parent) {
                Some(next) => last + next,
                None => match places.get_or_insert_with(all).get(&parent) {
                    Some(&place) => place,
                    None => continue,
                },
            };
            moves = last != before;
            pairs.push((last, position));
        }
        pairs
    }

    /// Puts the children of each parent in the order of their keys.
    fn sort_by_keys(&self, (model, relationship): (usize, usize), starts: &[usize], children: &mut [u32]) {
        let facts = &self.table(model).relationships[relationship];
        let target = (facts.target)();
        let (arena, records) = (self.arena((target.number)()), &self.model((target.number)()).records);
        // What leads to the parent is the same for all of its children.
        let parents = facts.foreign_key(self.table(model)).columns;
        let key: Vec<usize> =
            target.primary_key.iter().copied().filter(|column| !parents.contains(column)).collect();
        let value = |position: u32, column: usize| arena.value(records[position as usize].base, column);
        let order = |&one: &u32, &other: &u32| {
            let mut parts = key.iter().map(|&column| value(one, column).order(value(other, column)));
            parts.find(|part| part.is_ne()).unwrap_or(Ordering::Equal)
        };
        for bounds in starts.windows(2) {
            children[bounds[0]..bounds[1]].sort_by(order);
        }
    }

    fn fill_collection(&mut self, side: Side, found: &[u32], extent: Extent, freshness: Freshness) {
        self.log_collection(side);
        let mut changed = self.known_items(side);
        if !changed.is_empty() {
            let there: HashSet<u32> = found.iter().copied().collect();
            changed.retain(|&item| self.is_changed_into(side, item) && !there.contains(&item));
        }
        if freshness == Freshness::Overwrite {
            changed.retain(|&item| !self.revert(side, item));
        }
        let collection = self.collection_mut(side);
        collection.loaded = extent == Extent::All;
        let found = found.iter().copied();
        (collection.items, collection.part) = match extent {
            Extent::All => (found.chain(changed).collect(), None),
            Extent::Part => (changed.into_iter().collect(), Some(Box::new(found.collect()))),
        };
    }

    fn fill_one(&mut self, side: Side, found: &[u32], freshness: Freshness) {
        if let Link::To(item) = self.slot(side)
            && self.is_changed_into(side, item)
            && (freshness == Freshness::Keep || !self.revert(side, item))
        {
            return;
        }
        self.log_slot_after_changes(side);
        self.set_slot(side, found.first().map_or(Link::Absent, |&item| Link::To(item)));
    }

    /// The same for the far end of a one-to-one.
    pub(crate) fn log_slot_after_changes(&mut self, side: Side) {
        if !self.state.undo.is_empty() {
            self.log_slot(side);
        }
    }

    /// After changes, a rollback makes unknown what was loaded under them. Without any, what is loaded stays.
    pub(crate) fn log_collection(&mut self, side: Side) {
        if !self.state.undo.is_empty() {
            let before =
                self.model(side.node.model).to_many[side.relationship].get(side.node.position).cloned();
            let before = before.map(Box::new);
            self.state.undo.push(Undo::Collection { side: (side.node, side.relationship), before });
        }
    }

    /// Whether the item leads here by a change that is not flushed.
    fn is_changed_into(&mut self, side: Side, item: u32) -> bool {
        let Some(child) = self.inverse(side, item) else { return false };
        let record = *self.record(child.node);
        record.queued && !record.expunged && self.link(child) == Link::To(side.node.position)
    }

    /// Lets an item that was changed into a relationship lead where it does in the database; one that is no row stays.
    fn revert(&mut self, side: Side, item: u32) -> bool {
        let Some(child) = self.inverse(side, item) else { return false };
        if !self.record(child.node).is_persistent() {
            return false;
        }
        let (arena, base) = (self.arena(child.node.model), self.record(child.node).base);
        let columns = child.facts.foreign_key(self.table(child.node.model)).columns;
        let key = columns.iter().map(|&column| (column, Change::Copy(arena.value(base, column))));
        let key: Vec<_> = key.collect();
        self.log(child.node);
        let head = arena.derive(arena.publish(item), &key).expect("copying decodes nothing");
        arena.set_head(item, head);
        self.follow_keys(child.node, columns.iter().copied().collect());
        true
    }
}
