//! Floor 3: how things were, for rollbacks.
//!
//! The log starts at the end of the last transaction; a savepoint is a mark in it. A record is noted once in each stretch
//! between marks; links are noted change by change. Invariant: undoing needs no SQL.

use std::ops::Range;

use hashbrown::HashSet;

use super::assign::Assignments;
use super::collections::Collection;
use super::links::{Link, Side};
use super::record::{IN_DOUBT, Record};
use super::{EntityState, Locked, Node};
use crate::model::{ColumnSet, Kind};

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
    /// The savepoints, the innermost last.
    marks: Vec<Mark>,
}

/// Where a savepoint began.
struct Mark {
    savepoint: u64,
    /// How much of the log and of the misuse was there.
    entries: usize,
    misuse: usize,
    /// What the transaction had done.
    in_doubt: bool,
    /// Where what was read since the first write behind the savepoint begins.
    doubtful: Option<usize>,
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
    /// An item went from a to-many, or from the part of it that is shown.
    Removed { side: (Node, usize), item: u32, place: usize, of_part: bool },
    /// These expressions were to be written.
    Assignments { node: Node, before: Assignments },
    /// A to-many was this, or nothing was known of it. Boxed: there is an entry for each row that is edited.
    Collection { side: (Node, usize), before: Option<Box<Collection>> },
    /// These columns of a new row were given.
    Given { node: Node, before: ColumnSet },
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

    /// Whether nothing was changed since the last transaction ended, in an earlier graph neither.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.in_doubt
    }

    /// What was noted is not taken back: it came from a read without changes, and shows what is committed.
    pub(crate) fn forget(&mut self) {
        self.entries.clear();
        self.stretch += 1;
    }

    /// Takes out a savepoint's mark, and those of the savepoints within it. None if the graph is younger than it.
    fn take_mark(&mut self, savepoint: u64) -> Option<Mark> {
        let place = self.marks.iter().position(|mark| mark.savepoint == savepoint)?;
        self.marks.drain(place..).next()
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
        let record = *self.record(node);
        if record.logged != stretch {
            // What was drafted in the stretch before is part of how it is.
            let head = self.arena(node.model).publish(node.position);
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

    /// Whether anything was changed since the last transaction ended.
    pub(crate) fn was_changed(&self) -> bool {
        !self.state.undo.is_empty()
    }

    /// See [`UndoLog::generation`].
    pub(crate) fn generation(&self) -> u64 {
        self.state.undo.generation
    }

    /// Whether what is read may show what a rollback undoes.
    pub(crate) fn reads_may_be_undone(&self) -> bool {
        self.state.undo.in_doubt
    }

    /// What is read in this transaction may be rolled back with what was written before this graph was made.
    pub(crate) fn doubt(&mut self) {
        self.state.undo.in_doubt = true;
    }

    /// What is changed from here on can be taken back by `replay`.
    pub(crate) fn place(&mut self) -> usize {
        self.state.undo.stretch += 1;
        self.state.undo.entries.len()
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
        let read = undo.doubtful.len();
        for mark in &mut undo.marks {
            mark.doubtful.get_or_insert(read);
        }
    }

    /// Whether nothing was changed while the last flush was under way.
    pub(crate) fn is_undisturbed(&self) -> bool {
        self.state.undo.meanwhile.is_empty()
    }

    /// A savepoint has begun: what is now is what its rollback brings back.
    pub(crate) fn mark(&mut self, savepoint: u64) {
        let misuse = self.state.misuse.len();
        let undo = &mut self.state.undo;
        undo.stretch += 1;
        let (entries, in_doubt) = (undo.entries.len(), undo.in_doubt);
        undo.marks.push(Mark { savepoint, entries, misuse, in_doubt, doubtful: None });
    }

    /// A savepoint was released, and those within it: what changed since belongs to what is around it.
    pub(crate) fn unmark(&mut self, savepoint: u64) {
        self.state.undo.take_mark(savepoint);
    }

    /// The transaction was committed: what is now is what was before the next one, but for what was changed meanwhile.
    pub(crate) fn committed(&mut self) {
        let entries = std::mem::take(&mut self.state.undo.entries);
        let meanwhile = std::mem::take(&mut self.state.undo.meanwhile);
        self.next_transaction();
        let given: usize = self.models().map(|model| self.model(model).given.len()).sum();
        if given <= entries.len() {
            self.forget_given();
        }
        for (place, entry) in entries.into_iter().enumerate() {
            if let Some(node) = entry.node() {
                self.forget_origin(node);
            }
            if meanwhile.contains(&place) {
                self.keep(entry);
            }
        }
    }

    /// Keeps what was noted while a commit was under way; for a row, it starts from what was committed.
    fn keep(&mut self, entry: Undo) {
        let node = match entry {
            Undo::Record { node, .. } => node,
            // Those from before were written.
            Undo::Assignments { node, .. } => {
                return self.state.undo.push(Undo::Assignments { node, before: Assignments::new() });
            }
            other => return self.state.undo.push(other),
        };
        let logged = self.state.undo.stretch();
        let record = self.record_mut(node);
        record.logged = logged;
        let (record, head) = (Record { doomed: false, ..*record }, record.base);
        self.state.undo.push(Undo::Record { node, record, head });
    }

    /// The transaction was rolled back: everything is as it was before it.
    pub(crate) fn rolled_back(&mut self) {
        self.replay(0);
        self.doubt_since(0);
        self.state.misuse.clear();
        self.next_transaction();
    }

    /// A savepoint was rolled back, and those within it: everything is as it was when it began. A graph that is younger
    /// than the savepoint has seen nothing else.
    pub(crate) fn rolled_back_to(&mut self, savepoint: u64) {
        let in_doubt = self.state.undo.in_doubt;
        let whole = Mark { savepoint, entries: 0, misuse: 0, in_doubt, doubtful: Some(0) };
        let mark = self.state.undo.take_mark(savepoint).unwrap_or(whole);
        self.replay(mark.entries);
        if let Some(doubtful) = mark.doubtful {
            self.doubt_since(doubtful);
        }
        self.state.misuse.truncate(mark.misuse);
        let undo = &mut self.state.undo;
        undo.in_doubt = mark.in_doubt;
        undo.stretch += 1;
        undo.generation += 1;
    }

    /// Undoes the log from its end to a place.
    pub(crate) fn replay(&mut self, place: usize) {
        let entries = self.state.undo.entries.split_off(place);
        let created = entries.iter().filter_map(|entry| match entry {
            Undo::Created(node) => Some(*node),
            _ => None,
        });
        let created: HashSet<Node> = created.collect();
        for entry in entries.into_iter().rev() {
            self.undo(entry, &created);
        }
    }

    /// What was read from a place on may show what was never committed.
    fn doubt_since(&mut self, place: usize) {
        for node in self.state.undo.doubtful.split_off(place) {
            self.record_mut(node).fresh = IN_DOUBT;
        }
    }

    fn next_transaction(&mut self) {
        self.state.going.clear();
        let undo = &mut self.state.undo;
        undo.stretch += 1;
        undo.transaction += 1;
        undo.generation += 1;
        undo.in_doubt = false;
        undo.doubtful.clear();
        undo.marks.clear();
    }

    /// What a node that leaves the session is linked to stays, so that it can be added again.
    fn undo(&mut self, entry: Undo, created: &HashSet<Node>) {
        match entry {
            Undo::Created(node) => self.unmake(node),
            Undo::Record { node, record, head } if !created.contains(&node) => {
                self.restore(node, record, head);
            }
            Undo::Inserted { node, record, head } => self.restore(node, record, head),
            Undo::Assignments { node, before } => self.restore_assignments(node, before),
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
                self.collection_mut(side).items.remove(item);
            }
            Undo::Removed { side: (node, relationship), item, place, of_part }
                if !created.contains(&node) =>
            {
                let Collection { items, part, .. } = self.collection_mut(self.side(node, relationship));
                let items = if of_part { part.as_deref_mut() } else { Some(items) };
                items.into_iter().for_each(|items| items.put(place, item));
            }
            Undo::Collection { side: (node, relationship), before } if !created.contains(&node) => {
                self.restore_collection(node, relationship, before);
            }
            Undo::Given { node, before } if !created.contains(&node) => {
                self.model_mut(node.model).given.replace(node.position, before);
            }
            Undo::Record { .. } | Undo::Removed { .. } | Undo::Collection { .. } | Undo::Given { .. } => {}
        }
    }

    /// Whether a relationship leads to one of these nodes.
    fn is_among(&self, side: Side, link: Link, nodes: &HashSet<Node>) -> bool {
        let model = ((side.facts.target)().number)();
        link.position().is_some_and(|position| nodes.contains(&Node { model, position }))
    }

    fn restore_collection(&mut self, node: Node, relationship: usize, before: Option<Box<Collection>>) {
        let collections = &mut self.model_mut(node.model).to_many[relationship];
        match before {
            Some(before) => collections.insert(node.position, *before),
            None => collections.remove(node.position),
        }
    }

    fn unmake(&mut self, node: Node) {
        let record = self.record_mut(node);
        record.state = EntityState::Transient;
        record.doomed = false;
        record.expunged = false;
    }

    fn restore(&mut self, node: Node, record: Record, head: u32) {
        // What was expunged stays out, with the values that it has; a row that was never there, with those of before.
        let is_out = self.record(node).expunged;
        if record.expunged || is_out && !record.is_pending() {
            return;
        }
        if self.record(node).is_persistent() {
            self.leave(node);
        }
        let queued = self.record(node).queued;
        self.arena(node.model).set_head(node.position, head);
        *self.record_mut(node) = Record { queued, ..record };
        if record.is_persistent() {
            self.enter(node);
        }
        if is_out {
            self.unmake(node);
        }
        self.queue(node);
    }
}
