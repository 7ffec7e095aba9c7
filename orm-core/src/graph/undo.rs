//! Floor 3: how things were, for rollbacks.
//!
//! The log starts at the end of the last transaction. A record is noted once in each stretch between marks; links are
//! noted change by change. Invariant: undoing needs no SQL.

use hashbrown::HashSet;

use super::links::{Collection, Link, Side};
use super::record::Record;
use super::{EntityState, Locked, Node};

/// What changed since the last transaction ended.
#[derive(Default)]
pub(crate) struct UndoLog {
    entries: Vec<Undo>,
    /// Raised whenever records must be noted anew.
    stretch: u32,
    /// Raised whenever a transaction ends: what was read before is stale.
    transaction: u32,
    /// The entries that were made while the last flush was under way.
    meanwhile: std::ops::Range<usize>,
}

/// One thing as it was.
pub(crate) enum Undo {
    /// The node was made.
    Created(Node),
    /// The node's record and newest version were these.
    Record { node: Node, record: Record, head: u32 },
    /// The same of a node that was pending, before its row was inserted: without what the server made.
    Inserted { node: Node, record: Record, head: u32 },
    /// A to-one led here.
    Slot { side: (Node, usize), old: Link },
    /// A to-many was this, before it was loaded.
    Filled { side: (Node, usize), old: Option<Collection> },
    /// An item came into a to-many.
    Added { side: (Node, usize), item: u32 },
    /// An item went from a to-many.
    Removed { side: (Node, usize), item: u32, index: usize },
}

impl UndoLog {
    pub(crate) fn push(&mut self, entry: Undo) {
        self.entries.push(entry);
    }

    /// A flush has made its plan; what changes from now on is of the next.
    pub(crate) fn flush_begins(&mut self) {
        self.meanwhile = self.entries.len()..usize::MAX;
    }

    /// The flush is about to settle.
    pub(crate) fn flush_settles(&mut self) {
        self.meanwhile.end = self.entries.len();
    }

    /// Whether nothing has changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The number of the transaction that is going on.
    pub(crate) fn transaction(&self) -> u32 {
        self.transaction
    }

    /// The stretch of the log in which records are noted once, from 1 up.
    pub(crate) fn stretch(&self) -> u32 {
        self.stretch + 1
    }
}

impl Locked<'_> {
    /// Notes how a node is, unless that is noted already.
    pub(crate) fn log(&mut self, node: Node) {
        let stretch = self.state.undo.stretch();
        let head = self.arena(node.model).published(node.position);
        let record = *self.record(node);
        if record.logged != stretch {
            self.record_mut(node).logged = stretch;
            self.state.undo.push(Undo::Record { node, record, head });
        }
    }

    /// Notes how a pending node is before it becomes a row.
    pub(crate) fn log_insert(&mut self, node: Node, head: u32) {
        let record = *self.record(node);
        self.record_mut(node).logged = self.state.undo.stretch();
        self.state.undo.push(Undo::Inserted { node, record, head });
    }

    /// The number of the transaction that is going on.
    pub(crate) fn transaction(&self) -> u32 {
        self.state.undo.transaction
    }

    /// The transaction was committed: what is now is what was before the next one. What was changed while the commit
    /// was under way belongs to the next.
    pub(crate) fn committed(&mut self) {
        let entries = std::mem::take(&mut self.state.undo.entries);
        let meanwhile = std::mem::take(&mut self.state.undo.meanwhile);
        self.state.undo.stretch += 1;
        self.state.undo.transaction += 1;
        for (n, entry) in entries.into_iter().enumerate() {
            if let Undo::Record { node, .. } | Undo::Created(node) | Undo::Inserted { node, .. } = entry {
                self.settle_for_good(node);
            } else if meanwhile.contains(&n) {
                self.state.undo.push(entry);
            }
        }
    }

    /// The node's transaction was committed. What of it is not in the database is undone by the next rollback.
    fn settle_for_good(&mut self, node: Node) {
        let stretch = self.state.undo.stretch();
        let record = *self.record(node);
        match record.state {
            EntityState::Deleted => self.record_mut(node).state = EntityState::Detached,
            EntityState::Pending if record.logged != stretch => {
                self.state.undo.push(Undo::Created(node));
                self.record_mut(node).logged = stretch;
            }
            EntityState::Persistent if record.queued && record.logged != stretch => {
                let head = record.base;
                self.state.undo.push(Undo::Record { node, record: Record { doomed: false, ..record }, head });
                self.record_mut(node).logged = stretch;
            }
            _ => {}
        }
        if record.state != EntityState::Pending {
            self.model_mut(node.model).given.remove(&node.position);
        }
    }

    /// The transaction was rolled back: everything is as it was before it.
    pub(crate) fn rolled_back(&mut self) {
        let entries = std::mem::take(&mut self.state.undo.entries);
        let created = entries.iter().filter_map(|entry| match entry {
            Undo::Created(node) => Some(*node),
            _ => None,
        });
        let created: HashSet<Node> = created.collect();
        for entry in entries.into_iter().rev() {
            self.undo(&entry, &created);
        }
        self.state.misuse.clear();
        self.state.undo.stretch += 1;
        self.state.undo.transaction += 1;
    }

    /// What a node that leaves the session is linked to stays, so that it can be added again.
    fn undo(&mut self, entry: &Undo, created: &HashSet<Node>) {
        match *entry {
            Undo::Created(node) => self.unmake(node),
            Undo::Filled { side: (node, relationship), ref old } if !created.contains(&node) => {
                let collections = &mut self.model_mut(node.model).to_many[relationship];
                match old {
                    Some(old) => collections.insert(node.position, old.clone()),
                    None => collections.remove(&node.position),
                };
            }
            Undo::Record { node, record, head } if !created.contains(&node) => {
                self.restore(node, record, head);
            }
            Undo::Inserted { node, record, head } => self.restore(node, record, head),
            Undo::Slot { side: (node, relationship), old } if !created.contains(&node) => {
                let side = self.side(node, relationship);
                self.set_slot(side, old);
            }
            Undo::Added { side: (node, relationship), item } if !created.contains(&node) => {
                let items = self.items(node, relationship);
                if let Some(index) = items.iter().rposition(|&other| other == item) {
                    items.remove(index);
                }
            }
            Undo::Removed { side: (node, relationship), item, index } if !created.contains(&node) => {
                let items = self.items(node, relationship);
                items.insert(index.min(items.len()), item);
            }
            Undo::Record { .. }
            | Undo::Slot { .. }
            | Undo::Filled { .. }
            | Undo::Added { .. }
            | Undo::Removed { .. } => {}
        }
    }

    fn items(&mut self, node: Node, relationship: usize) -> &mut Vec<u32> {
        let side: Side = self.side(node, relationship);
        &mut self.collection_mut(side).items
    }

    fn unmake(&mut self, node: Node) {
        let record = self.record_mut(node);
        record.state = EntityState::Transient;
        record.doomed = false;
    }

    fn restore(&mut self, node: Node, record: Record, head: u32) {
        if self.record(node).is_persistent() {
            self.leave(node);
        }
        let queued = self.record(node).queued;
        self.arena(node.model).set_head(node.position, head);
        *self.record_mut(node) = Record { queued, ..record };
        if record.is_persistent() {
            self.enter(node);
        }
        self.queue(node);
    }
}
