//! Floor 3: a row that is deleted and added again with its key stays one row.
//!
//! The new entity takes the row over: its base is the old one's, and who led to the old one leads to it. What the new one
//! says differently is an update like any other. Invariant: links go on to hold on both sides.

use hashbrown::{HashMap, HashSet};

use super::links::Side;
use super::undo::Undo;
use super::{Change, EntityState, Link, Locked, Node, hash};
use crate::model::{Kind, Table};

/// Of one model: the old entity's position, and that of the new one that takes its row.
type Switches = HashMap<u32, u32>;

impl Locked<'_> {
    /// Lets new entities take over the rows of these, which go, and have their keys.
    pub(crate) fn switch_rows(&mut self, gone: &HashSet<Node>) {
        for model in self.models() {
            let switches = self.switches(model, gone);
            if !switches.is_empty() {
                self.switch(model, &switches, gone);
            }
        }
    }

    /// Whether a new entity takes over the node's row, if that goes.
    pub(crate) fn is_replaced(&mut self, node: Node) -> bool {
        let (table, arena, record) = (self.table(node.model), self.arena(node.model), *self.record(node));
        let key: Vec<_> = table.primary_key.iter().map(|&column| arena.value(record.base, column)).collect();
        record.is_persistent()
            && self.has_known_links(node)
            && self.find_pending(node.model, &key).is_some_and(|new| self.is_given(new, table))
    }

    /// A row that leaves a column to the server is inserted, unless an update brings the column back too: a default is for
    /// what goes in.
    fn switches(&self, model: usize, gone: &HashSet<Node>) -> Switches {
        let changed = || self.model(model).changed.iter().copied();
        let record = |&position: &u32| *self.record(Node { model, position });
        let (arena, table) = (self.arena(model), self.table(model));
        let key = |version: u32| hash(table.primary_key.iter().map(|&column| arena.value(version, column)));
        let gone = gone.iter().filter(|node| node.model == model).map(|node| node.position);
        let mut old: HashMap<u64, u32> = HashMap::new();
        let is_row = |position: &u32| {
            record(position).is_persistent()
                && !record(position).is_unseen()
                && self.has_known_links(Node { model, position: *position })
        };
        for position in gone.filter(is_row) {
            old.extend(key(record(&position).base).map(|key| (key, position)));
        }
        if old.is_empty() {
            return Switches::new();
        }
        let mut switches = Switches::new();
        let is_whole = |&position: &u32| {
            record(&position).is_pending() && self.is_given(Node { model, position }, table)
        };
        let mut new: Vec<u32> = changed().filter(is_whole).collect();
        new.sort_unstable();
        for position in new {
            let version = arena.publish(position);
            let same = |&old: &u32| {
                let base = record(&old).base;
                table.primary_key.iter().all(|&key| arena.value(base, key).is_same(arena.value(version, key)))
            };
            if let Some(old) = key(version).and_then(|key| old.get(&key).copied()).filter(same) {
                switches.entry(old).or_insert(position);
            }
        }
        switches
    }

    /// Whether the bare links of an entity are known, which go with it one by one.
    fn has_known_links(&self, node: Node) -> bool {
        let relationships = self.table(node.model).relationships.iter().enumerate();
        let mut links = relationships.filter(|(_, facts)| facts.hidden && facts.kind == Kind::HasMany);
        links.all(|(link, _)| self.collection(self.side(node, link)).is_some())
    }

    /// Whether the server makes nothing of a new row.
    fn is_given(&self, node: Node, table: &Table) -> bool {
        let is_left = |column: usize| {
            let comes_back = table.columns[column].fetched || table.is_version(column);
            table.columns[column].is_server_made() && !comes_back
        };
        let left = (0..table.columns.len()).filter(|&column| is_left(column));
        table.primary_key.iter().copied().chain(left).all(|column| self.has_key(node, &[column]))
    }

    fn switch(&mut self, model: usize, switches: &Switches, gone: &HashSet<Node>) {
        let table = self.table(model);
        let mut pairs: Vec<(u32, u32)> = switches.iter().map(|(&old, &new)| (old, new)).collect();
        pairs.sort_unstable();
        for &(old, new) in &pairs {
            self.take_over(Node { model, position: old }, Node { model, position: new });
        }
        let left: Vec<u32> = pairs.iter().map(|&(old, _)| old).collect();
        for (relationship, facts) in table.relationships.iter().enumerate() {
            if facts.kind == Kind::BelongsTo {
                self.detach_all(model, relationship, &left);
            }
        }
        for child in self.models() {
            for (relationship, facts) in self.table(child).relationships.iter().enumerate() {
                if facts.kind == Kind::BelongsTo && (facts.target)().is(table) {
                    self.lead_on(child, relationship, switches, gone);
                }
            }
        }
        for (relationship, facts) in table.relationships.iter().enumerate() {
            for &(old, new) in &pairs {
                let [old, new] = [old, new].map(|position| self.side(Node { model, position }, relationship));
                match facts.kind {
                    Kind::BelongsTo => {}
                    Kind::HasOne => self.hand_on_one(old, new),
                    Kind::HasMany => self.hand_on(old, new),
                    Kind::ManyToMany => {}
                }
            }
        }
    }

    fn take_over(&mut self, old: Node, new: Node) {
        let head = self.arena(new.model).publish(new.position);
        let table = self.table(new.model);
        // The row goes on counting its versions, and what the server made of it stays.
        let made = (0..table.columns.len()).filter(|&column| {
            let is_given = self.has_key(new, &[column]);
            table.is_version(column)
                || table.is_read_only(column)
                || table.columns[column].fetched && !is_given
        });
        let made: Vec<usize> = made.collect();
        self.log(old);
        self.leave(old);
        let record = self.record_mut(old);
        record.state = EntityState::Deleted;
        record.doomed = false;
        let taken = *record;
        self.log_insert(new, head);
        let record = self.record_mut(new);
        record.state = EntityState::Persistent;
        (record.base, record.fresh) = (taken.base, taken.fresh);
        // Others may refer to the row that are not in memory.
        record.born_here = false;
        let arena = self.arena(new.model);
        let kept: Vec<_> =
            made.iter().map(|&column| (column, Change::Copy(arena.value(taken.base, column)))).collect();
        if !kept.is_empty() {
            arena.set_head(new.position, arena.derive(head, &kept).expect("copying decodes nothing"));
        }
        self.enter(new);
        self.queue(new);
    }

    /// Who leads to an old entity leads to the new one; not who goes too.
    fn lead_on(&mut self, model: usize, relationship: usize, switches: &Switches, gone: &HashSet<Node>) {
        let count = u32::try_from(self.model(model).records.len()).unwrap_or(u32::MAX);
        for position in 0..count {
            let side = self.side(Node { model, position }, relationship);
            let stays = self.record(side.node).is_in_session() && !gone.contains(&side.node);
            let Link::To(old) = self.slot(side) else { continue };
            if let Some(&new) = switches.get(&old).filter(|_| stays) {
                self.log_slot(side);
                self.set_slot(side, Link::To(new));
            }
        }
    }

    /// The new entity's collection holds who led to the old one, as far as that is known.
    fn hand_on(&mut self, old: Side, new: Side) {
        let loaded = self.collection(old).is_some();
        let before = self.collection_mut(old).clone();
        let (moved, items): (Vec<u32>, Vec<u32>) =
            before.items.iter().partition(|&item| self.leads_to(old, item, new));
        let left = self.collection_mut(old);
        (left.items, left.part) = (items.into_iter().collect(), None);
        let side = (old.node, old.relationship);
        self.state.undo.push(Undo::Collection { side, before: Some(Box::new(before)) });
        let known = self.model(new.node.model).to_many[new.relationship].get(new.node.position).cloned();
        let side = (new.node, new.relationship);
        self.state.undo.push(Undo::Collection { side, before: known.map(Box::new) });
        for &item in &moved {
            self.state.undo.push(Undo::Added { side, item });
        }
        let collection = self.collection_mut(new);
        collection.loaded = loaded;
        collection.items = moved.into_iter().chain(collection.items.iter()).collect();
    }

    /// As `hand_on`; who belonged to the old entity is displaced by who belongs to the new one.
    fn hand_on_one(&mut self, old: Side, new: Side) {
        let (left, own) = (self.link(old), self.slot(new));
        let moved = left.position().filter(|&child| self.leads_to(old, child, new));
        if moved.is_some() {
            self.log_slot(old);
            self.set_slot(old, Link::Absent);
        }
        if own.position().is_some() {
            let displaced = moved.and_then(|child| self.inverse(old, child));
            return displaced.into_iter().for_each(|child| self.set_link(child, None));
        }
        self.log_slot(new);
        match moved {
            Some(child) => self.set_slot(new, Link::To(child)),
            None if left == Link::Unknown => self.set_slot(new, Link::Unknown),
            None => self.set_slot(new, Link::Absent),
        }
    }

    fn leads_to(&self, old: Side, child: u32, new: Side) -> bool {
        self.inverse(old, child).is_some_and(|child| self.slot(child) == Link::To(new.node.position))
    }
}
