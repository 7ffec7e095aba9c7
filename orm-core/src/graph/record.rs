//! Floor 3: what is known of each node beyond its values.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashMap;

use super::assign::Assignments;
use super::collections::Collections;
use super::given::Given;
use super::identity::Index;
use super::links::ToOne;
use super::merge::PendingKeys;
use super::referrers::Referrers;
use crate::model::Table;
use crate::query::Loads;

/// Where an entity stands between the application and the database.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::{prelude::*, EntityState};
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let user = session.add(User::builder().email("ann@example.org"));
/// assert_eq!(Entity::state(&user), EntityState::Pending);
/// session.rollback().await?;
/// assert_eq!(Entity::state(&user), EntityState::Transient);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntityState {
    /// Outside the session: its insert was rolled back, or it was taken out. `add` takes it back in.
    Transient,
    /// Added; the next flush inserts it.
    Pending,
    /// A row of the database.
    Persistent,
    /// Deleted by a flush of this transaction.
    Deleted,
    /// Deleted and committed, expunged, or its session is gone.
    Detached,
}

/// A node of the graph: model and position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Node {
    pub(crate) model: usize,
    pub(crate) position: u32,
}

/// An entity's place: which graph, which model, which position. It means nothing in another graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeRef {
    pub(crate) graph: u64,
    pub(crate) node: Node,
}

/// What is known of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    /// The version that is known to be in the database; for a pending node, the one it was added with.
    pub(crate) base: u32,
    /// The result that it last came with, for its peers.
    pub(crate) batch: u32,
    /// The transaction in which the base was last read or written.
    pub(crate) fresh: u32,
    /// The stretch of the undo log in which it was last noted.
    pub(crate) logged: u32,
    pub(crate) state: EntityState,
    /// On the list that the next flush looks at.
    pub(crate) queued: bool,
    /// The next flush deletes it; or a flush has, and it was expunged then.
    pub(crate) doomed: bool,
    /// It is deleted whatever its model says of deleted rows.
    pub(crate) for_good: bool,
    /// It was deleted, and its row is there and says so.
    pub(crate) row_stays: bool,
    /// This session inserted it, so what is not known of its collections is empty.
    pub(crate) born_here: bool,
    /// It was taken out of the session, and a rollback does not bring it back.
    pub(crate) expunged: bool,
}

/// No transaction: what was read last may have been rolled back, so that the row must be asked for.
pub(crate) const IN_DOUBT: u32 = u32::MAX;

/// No result: the node has no peers.
pub(crate) const NO_BATCH: u32 = u32::MAX;

impl Record {
    pub(crate) fn is_pending(&self) -> bool {
        self.state == EntityState::Pending
    }

    /// Whether the base may never have been committed.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.fresh == IN_DOUBT
    }

    /// Whether it may not be a row at all: it is to be deleted if it is one.
    pub(crate) fn is_unseen(&self) -> bool {
        self.is_persistent() && self.born_here && self.is_in_doubt()
    }

    pub(crate) fn is_persistent(&self) -> bool {
        self.state == EntityState::Persistent
    }

    /// Whether it is a row that the session has let go.
    pub(crate) fn is_let_go(&self) -> bool {
        self.expunged && !self.doomed && self.state == EntityState::Detached
    }

    /// Whether `add`, or a link to an entity of the session, takes it back in.
    pub(crate) fn is_out(&self) -> bool {
        self.state == EntityState::Transient || self.is_let_go()
    }

    /// Whether it is a row, or is to become one.
    pub(crate) fn is_in_session(&self) -> bool {
        self.is_pending() || self.is_persistent()
    }
}

/// The positions of one result's entities. Those of a first load follow each other.
pub(crate) enum Batch {
    Range(Range<u32>),
    List(Box<[u32]>),
}

/// What is known of one model's nodes.
#[derive(Default)]
pub(crate) struct ModelState {
    pub(crate) records: Vec<Record>,
    /// The identity map first, then indexes over other columns that relationships refer to.
    pub(crate) indexes: Vec<Index>,
    /// Who refers to others by foreign keys, where it was asked.
    pub(crate) referrers: Vec<Referrers>,
    /// To-one relationships, by the relationship's position.
    pub(crate) to_one: Vec<ToOne>,
    /// To-many relationships, by the relationship's position.
    pub(crate) to_many: Vec<Collections>,
    /// Positions that the next flush looks at.
    pub(crate) changed: Vec<u32>,
    /// Which columns of new rows were given.
    pub(crate) given: Given,
    /// Expressions that the next flush writes.
    pub(crate) assignments: HashMap<u32, Assignments>,
    /// The results that brought several.
    pub(crate) batches: Vec<Batch>,
    /// New ones by their keys.
    pub(crate) pending_keys: PendingKeys,
    /// Some have left although their rows are there, so that what leads to one of them must be looked for again.
    pub(crate) has_left: bool,
    /// Criteria may have left some of its rows out of results.
    pub(crate) hides: bool,
    /// Also some that are not marked as deleted.
    pub(crate) hides_alive: bool,
    /// To-one relationships that lead to rows which criteria have left out, by the hash of the key.
    pub(crate) unseen: HashMap<(usize, u32), u64>,
    /// What the options of some of them say of relationships that are not loaded.
    loads: HashMap<u32, Arc<Loads>>,
}

impl ModelState {
    pub(crate) fn new(table: &'static Table) -> Self {
        let relationships = table.relationships.len();
        Self {
            indexes: vec![Index::new(table.primary_key)],
            to_one: vec![ToOne::default(); relationships],
            to_many: vec![Collections::default(); relationships],
            ..Self::default()
        }
    }

    /// The nodes that came with this one from the database, itself among them.
    pub(crate) fn peers(&self, position: u32) -> impl Iterator<Item = u32> {
        let batch = self.records[position as usize].batch;
        self.batches.get(batch as usize).into_iter().flat_map(Batch::positions)
    }

    /// What the options of the result that brought a node say of its relationships.
    pub(crate) fn loads(&self, position: u32) -> Option<&Arc<Loads>> {
        self.loads.get(&self.records[position as usize].batch)
    }

    /// Remembers what the options of a result that brought these, each once, say of their relationships. It holds until
    /// another result brings them.
    pub(crate) fn remember(&mut self, positions: &[u32], options: &Loads) {
        let holds = options.outlast();
        if !holds && (self.loads.is_empty() || positions.iter().all(|&one| self.loads(one).is_none())) {
            return;
        }
        match *positions {
            [] => {}
            // One by itself is no batch, unless there is something to remember.
            [only] if !holds => self.records[only as usize].batch = NO_BATCH,
            [first, ..] => {
                self.push_batch(Batch::of(positions.iter().copied()));
                if holds {
                    self.loads.insert(self.records[first as usize].batch, Arc::new(options.clone()));
                }
            }
        }
    }

    /// Remembers which nodes came together.
    pub(crate) fn push_batch(&mut self, together: Batch) {
        let batch = u32::try_from(self.batches.len()).unwrap_or(NO_BATCH);
        for position in together.positions() {
            self.records[position as usize].batch = batch;
        }
        self.batches.push(together);
    }
}

impl Batch {
    /// The positions, each once; a join repeats its parents.
    pub(crate) fn of(positions: impl Iterator<Item = u32>) -> Self {
        let mut positions: Vec<u32> = positions.collect();
        positions.sort_unstable();
        positions.dedup();
        let (first, end) = match *positions {
            [first, .., last] => (first, last + 1),
            [only] => (only, only + 1),
            [] => (0, 0),
        };
        match (first..end).len() == positions.len() {
            true => Self::Range(first..end),
            false => Self::List(positions.into()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Range(positions) => positions.len(),
            Self::List(positions) => positions.len(),
        }
    }

    pub(crate) fn positions(&self) -> impl Iterator<Item = u32> {
        let (range, list) = match self {
            Self::Range(positions) => (positions.clone(), &[][..]),
            Self::List(positions) => (0..0, &positions[..]),
        };
        range.chain(list.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::Batch;

    #[test]
    fn a_batch_holds_each_position_once() {
        let batch = |positions: &[u32]| Batch::of(positions.iter().copied());
        assert!(matches!(batch(&[]), Batch::Range(range) if range.is_empty()));
        assert!(matches!(batch(&[7; 1_000]), Batch::Range(range) if range == (7..8)));
        assert!(matches!(batch(&[3, 3, 4, 2, 4]), Batch::Range(range) if range == (2..5)));
        assert!(matches!(batch(&[9, 9, 1, 9]), Batch::List(list) if *list == [1, 9]));
    }
}
