//! Floor 3: how things were, for rollbacks.
//!
//! The log starts at the end of the last transaction. A record is noted once in each stretch between marks; links are
//! noted change by change. Invariant: undoing needs no SQL.

use std::ops::Range;

use hashbrown::HashSet;

use super::links::{Collection, Link, Side};
use super::record::{IN_DOUBT, Record};
use super::{EntityState, Locked, Node};
use crate::model::Kind;

/// What changed since the last transaction ended.
#[derive(Default)]
pub(crate) struct UndoLog {
    entries: Vec<Undo>,
    /// Raised whenever records must be noted anew.
    stretch: u32,
    /// Raised whenever a transaction ends: what was read before is stale.
    transaction: u32,
    /// Raised whenever a flush begins or ends, or a transaction ends: an answer to what was asked before may be older
    /// than what is known.
    generation: u64,
    /// Where the entries are that were made while the last flush was under way.
    meanwhile: Range<usize>,
    /// The transaction has written: what is read in it may be rolled back.
    in_doubt: bool,
    /// What was read since it has.
    doubtful: Vec<Node>,
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
    /// An item came into a to-many.
    Added { side: (Node, usize), item: u32 },
    /// An item went from a to-many.
    Removed { side: (Node, usize), item: u32, index: usize },
    /// A to-many was this, or nothing was known of it.
    Collection { side: (Node, usize), before: Option<Collection> },
}

impl Undo {
    /// The node that is noted, if one is.
    fn node(&self) -> Option<Node> {
        match self {
            Self::Created(node) | Self::Record { node, .. } | Self::Inserted { node, .. } => Some(*node),
            _ => None,
        }
    }
}

impl UndoLog {
    pub(crate) fn push(&mut self, entry: Undo) {
        self.entries.push(entry);
    }

    /// The number of the transaction that is going on.
    pub(crate) fn transaction(&self) -> u32 {
        self.transaction
    }

    /// Notes what was read, if a rollback may show that it never was.
    pub(crate) fn note_read(&mut self, model: usize, positions: &[Option<u32>]) {
        if self.in_doubt {
            self.doubtful.extend(positions.iter().flatten().map(|&position| Node { model, position }));
        }
    }

    /// Whether anything was changed since the last transaction ended.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
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

    /// See [`UndoLog::generation`].
    pub(crate) fn generation(&self) -> u64 {
        self.state.undo.generation
    }

    /// What is read in this transaction may be rolled back with what was written before this graph was made.
    pub(crate) fn doubt(&mut self) {
        self.state.undo.in_doubt = true;
    }

    /// A flush has its plan: what is changed from here on is not part of it.
    pub(crate) fn begin_flush(&mut self) {
        let undo = &mut self.state.undo;
        undo.stretch += 1;
        undo.generation += 1;
        undo.meanwhile = undo.entries.len()..usize::MAX;
    }

    /// The flush's statements have succeeded: what is noted from here on is what they did.
    pub(crate) fn end_flush(&mut self) {
        let undo = &mut self.state.undo;
        undo.generation += 1;
        undo.in_doubt = true;
        undo.meanwhile.end = undo.entries.len();
    }

    /// The transaction was committed: what is now is what was before the next one, but for what was changed meanwhile.
    pub(crate) fn committed(&mut self) {
        let entries = std::mem::take(&mut self.state.undo.entries);
        let meanwhile = std::mem::take(&mut self.state.undo.meanwhile);
        self.next_transaction();
        for (place, entry) in entries.into_iter().enumerate() {
            if let Some(node) = entry.node() {
                self.forget_origin(node);
            }
            if meanwhile.contains(&place) {
                self.keep(entry);
            }
        }
    }

    /// A row that was written is one like any other.
    fn forget_origin(&mut self, node: Node) {
        let record = self.record_mut(node);
        if record.state == EntityState::Deleted {
            record.state = EntityState::Detached;
        }
        if !matches!(record.state, EntityState::Pending | EntityState::Transient) {
            self.model_mut(node.model).given.remove(&node.position);
        }
    }

    /// Keeps what was noted while a commit was under way; for a row, it starts from what was committed.
    fn keep(&mut self, entry: Undo) {
        let Undo::Record { node, .. } = entry else { return self.state.undo.push(entry) };
        let logged = self.state.undo.stretch();
        let record = self.record_mut(node);
        record.logged = logged;
        let (record, head) = (Record { doomed: false, ..*record }, record.base);
        self.state.undo.push(Undo::Record { node, record, head });
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
            self.undo(entry, &created);
        }
        for node in std::mem::take(&mut self.state.undo.doubtful) {
            self.record_mut(node).fresh = IN_DOUBT;
        }
        self.state.misuse.clear();
        self.next_transaction();
    }

    fn next_transaction(&mut self) {
        self.state.going.clear();
        let undo = &mut self.state.undo;
        undo.stretch += 1;
        undo.transaction += 1;
        undo.generation += 1;
        undo.in_doubt = false;
        undo.doubtful.clear();
    }

    /// What a node that leaves the session is linked to stays, so that it can be added again.
    fn undo(&mut self, entry: Undo, created: &HashSet<Node>) {
        match entry {
            Undo::Created(node) => self.unmake(node),
            Undo::Record { node, record, head } if !created.contains(&node) => {
                self.restore(node, record, head);
            }
            Undo::Inserted { node, record, head } => self.restore(node, record, head),
            Undo::Slot { side: (node, relationship), old } => {
                let side = self.side(node, relationship);
                let stays =
                    side.facts.kind == Kind::BelongsTo || self.is_among(side, self.slot(side), created);
                if !created.contains(&node) || !stays {
                    self.set_slot(side, old);
                }
            }
            Undo::Added { side: (node, relationship), item } => {
                let side = self.side(node, relationship);
                if created.contains(&node) && self.is_among(side, Link::To(item), created) {
                    return;
                }
                let items = self.items(node, relationship);
                if let Some(index) = items.iter().rposition(|&other| other == item) {
                    items.remove(index);
                }
            }
            Undo::Removed { side: (node, relationship), item, index } if !created.contains(&node) => {
                let items = self.items(node, relationship);
                items.insert(index.min(items.len()), item);
            }
            Undo::Collection { side: (node, relationship), before } if !created.contains(&node) => {
                let collections = &mut self.model_mut(node.model).to_many[relationship];
                match before {
                    Some(before) => collections.insert(node.position, before),
                    None => collections.remove(&node.position),
                };
            }
            Undo::Record { .. } | Undo::Removed { .. } | Undo::Collection { .. } => {}
        }
    }

    /// Whether a relationship leads to one of these nodes.
    fn is_among(&self, side: Side, link: Link, nodes: &HashSet<Node>) -> bool {
        let model = ((side.facts.target)().number)();
        link.position().is_some_and(|position| nodes.contains(&Node { model, position }))
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
