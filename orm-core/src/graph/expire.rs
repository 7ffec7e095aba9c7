//! Floor 3: what is known of a row is given up, so that the next statement that brings it says how it is.
//!
//! Values stay readable. Unflushed edits of the row are lost; those of rows that refer to it are theirs, and stay.

use super::collections::Collection;
use super::links::Side;
use super::record::IN_DOUBT;
use super::{Change, Link, Locked, Node};
use crate::model::{ColumnSet, Kind};

impl Locked<'_> {
    /// Expires a row: its columns, and what it is linked to.
    pub(crate) fn expire(&mut self, node: Node) {
        let table = self.table(node.model);
        self.expire_columns(node, ColumnSet::first(table.columns.len()));
        // What this session inserted may have been given more by others.
        self.record_mut(node).born_here = false;
        for (relationship, facts) in table.relationships.iter().enumerate() {
            if facts.kind.is_has() {
                self.forget(Side { node, relationship, facts });
            }
        }
    }

    /// Expires every row.
    pub(crate) fn expire_all(&mut self) {
        for model in self.models() {
            for position in 0..u32::try_from(self.model(model).records.len()).unwrap_or(u32::MAX) {
                let node = Node { model, position };
                if self.record(node).is_persistent() {
                    self.expire(node);
                }
            }
        }
    }

    /// A row is to be asked for: what is known of it may be older than what it is.
    pub(crate) fn doubt_row(&mut self, node: Node) {
        self.log(node);
        self.record_mut(node).fresh = IN_DOUBT;
    }

    /// Expires some of a row's columns, and the relationships whose keys they are part of.
    pub(crate) fn expire_columns(&mut self, node: Node, columns: ColumnSet) {
        let (arena, base) = (self.arena(node.model), self.record(node).base);
        let head = arena.publish(node.position);
        let lost: ColumnSet =
            arena.difference(base, head).iter().filter(|&column| columns.contains(column)).collect();
        if !lost.is_empty() {
            self.log(node);
            arena.set_head(node.position, without(self, node, lost));
            self.follow_keys(node, lost);
        }
        self.forget_assignments(node, columns);
        self.forget_unseen(node);
        let table = self.table(node.model);
        for (relationship, facts) in table.relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            let is_over = |column: &usize| columns.contains(*column);
            if facts.kind == Kind::BelongsTo
                && facts.foreign_key(table).columns.iter().any(is_over)
                && self.leads_elsewhere(side)
            {
                self.follow_again(side);
            }
        }
        self.forget_columns(node, columns);
        self.record_mut(node).fresh = IN_DOUBT;
    }

    /// Expires a relationship.
    pub(crate) fn expire_relationship(&mut self, node: Node, relationship: usize) {
        let side = self.held_in(self.side(node, relationship));
        match side.facts.kind {
            Kind::BelongsTo => {
                let key = side.facts.foreign_key(self.table(node.model));
                self.expire_columns(node, key.columns.iter().copied().collect());
            }
            Kind::HasMany | Kind::ManyToMany => {
                self.collection_mut(side);
                self.forget(side);
            }
            Kind::HasOne => {
                self.record_mut(node).born_here = false;
                self.forget(side);
            }
        }
    }

    /// Whether a link says something else than its key does.
    fn leads_elsewhere(&self, side: Side) -> bool {
        match self.slot(side) {
            Link::Unknown => false,
            Link::Absent => {
                let arena = self.arena(side.node.model);
                let version = arena.publish(side.node.position);
                let key = side.facts.foreign_key(self.table(side.node.model));
                !key.columns.iter().any(|&column| arena.value(version, column).is_null())
            }
            Link::To(_) => !self.still_leads_there(side),
        }
    }

    /// What the nodes of a model are known to hold over a relationship is forgotten, but for what is not flushed.
    pub(crate) fn forget_all(&mut self, model: usize, relationship: usize) {
        for position in 0..u32::try_from(self.model(model).records.len()).unwrap_or(u32::MAX) {
            self.forget_far_side(Node { model, position }, relationship);
        }
    }

    /// What a node is known to hold over a relationship is forgotten, but for what is not flushed.
    pub(crate) fn forget_far_side(&mut self, node: Node, relationship: usize) {
        self.record_mut(node).born_here = false;
        self.forget(self.side(node, relationship));
    }

    /// What the far side of a relationship is known to hold is forgotten, but for what is not flushed.
    fn forget(&mut self, side: Side) {
        if side.facts.kind == Kind::HasOne {
            if let Link::To(item) = self.slot(side)
                && !self.is_stored(side, item)
            {
                return;
            }
            if self.slot(side) != Link::Unknown {
                self.log_slot_after_changes(side);
                self.set_slot(side, Link::Unknown);
            }
            return;
        }
        let collections = &self.model(side.node.model).to_many[side.relationship];
        let Some(known) = collections.get(side.node.position) else { return };
        let added = |item: &u32| !self.is_stored(side, *item);
        let items = known.items.iter().filter(added).collect();
        self.log_collection(side);
        *self.collection_mut(side) = Collection { loaded: false, items, part: None };
    }
}

/// The newest version of a node with the edits of these columns taken back.
fn without(locked: &Locked<'_>, node: Node, lost: ColumnSet) -> u32 {
    let (arena, base) = (locked.arena(node.model), locked.record(node).base);
    let head = arena.publish(node.position);
    let kept = arena.difference(base, head).iter().filter(|&column| !lost.contains(column));
    let kept: Vec<_> = kept.map(|column| (column, Change::Copy(arena.value(head, column)))).collect();
    if kept.is_empty() {
        return base;
    }
    arena.derive(base, &kept).expect("copying decodes nothing")
}
