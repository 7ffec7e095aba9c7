//! Floor 3: the object graph of one session: every live object, what it is linked to, and what it was before.
//!
//! Nodes and versions stand in append-only arenas, one per model, and are read without a lock; everything that changes
//! stands behind one mutex, see [`Locked`]. Invariant: positions only grow and never move, so a reference to a version
//! lives as long as the graph. No I/O, no async.

mod absorb;
mod add;
mod arena;
mod assign;
mod collections;
mod deferred;
mod edit;
mod expire;
mod expunge;
mod given;
mod history;
mod identity;
mod incoming;
mod inverse;
mod items;
mod links;
mod many_to_many;
mod marked;
mod merge;
mod merge_collections;
mod new;
mod orphans;
mod record;
mod referrers;
mod repeats;
mod source;
mod switch;
mod undo;
mod unloaded;
mod unseen;
mod way;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use hashbrown::HashSet;

pub(crate) use absorb::{Freshness, Portion, on_top};
pub(crate) use arena::{Arena, Change};
pub(crate) use assign::{Assignment, Assignments};
pub(crate) use edit::Start;
pub(crate) use identity::hash;
pub(crate) use incoming::{Incoming, Part, Read};
pub(crate) use links::{Link, Side};
pub(crate) use merge_collections::{Extent, Order};
pub(crate) use new::NewRow;
pub use new::{Builder, ChildBuilder, IntoNew, IntoRow, New, NewChild, Nothing};
pub use record::{EntityState, NodeRef};
pub(crate) use record::{ModelState, Node, Record};
pub(crate) use source::{Outside, SourceRow};
pub(crate) use undo::UndoLog;
pub(crate) use way::Way;

use crate::error::Error;
use crate::model::Table;

/// The graph: arenas by the model's number, and what is behind the lock.
pub(crate) struct Graph {
    id: u64,
    /// In boxes, since there is room for many where few are needed.
    arenas: boxcar::Vec<OnceLock<Box<Arena>>>,
    state: Mutex<GraphState>,
}

/// What the lock protects.
#[derive(Default)]
pub(crate) struct GraphState {
    models: Vec<ModelState>,
    undo: UndoLog,
    /// What the flush under way deletes along with what the application deleted. Only read while it settles.
    going: HashSet<Node>,
    /// Wrong uses by calls that return nothing; the next flush reports the first.
    misuse: Vec<Error>,
    /// In a graph that is made to be merged: what its rows lead to in the session's.
    outside: Option<Vec<Outside>>,
}

/// The graph with its lock held. All that reads or changes more than values is a method of this.
pub(crate) struct Locked<'g> {
    pub(crate) graph: &'g Graph,
    pub(crate) state: MutexGuard<'g, GraphState>,
}

impl Graph {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            arenas: boxcar::Vec::new(),
            state: Mutex::new(GraphState::default()),
        }
    }

    /// A graph of rows that are to be merged into another one; they may lead to that one's entities.
    pub(crate) fn outside() -> Self {
        let graph = Self::new();
        graph.lock().state.outside = Some(Vec::new());
        graph
    }

    /// What tells this graph from every other one of the process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn lock(&self) -> Locked<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Locked { graph: self, state }
    }

    /// The arena of a model, made if this is the first that is asked of it here.
    pub(crate) fn arena(&self, table: &'static Table) -> &Arena {
        match self.arenas.get((table.number)()).and_then(OnceLock::get) {
            Some(arena) => arena,
            None => self.lock().make_arena(table),
        }
    }

    /// The arena of a model by its number, which must have been met.
    pub(crate) fn any(&self, model: usize) -> &Arena {
        let arena = self.arenas.get(model).and_then(OnceLock::get);
        arena.expect("a model's arena is made before its nodes")
    }

    pub(crate) fn has_arena(&self, model: usize) -> bool {
        self.arenas.get(model).and_then(OnceLock::get).is_some()
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'g> Locked<'g> {
    pub(crate) fn arena(&self, model: usize) -> &'g Arena {
        self.graph.any(model)
    }

    /// The arena of a table's model, made if this is its first node here.
    pub(crate) fn make_arena(&mut self, table: &'static Table) -> &'g Arena {
        let (graph, number) = (self.graph, (table.number)());
        if let Some(arena) = graph.arenas.get(number).and_then(OnceLock::get) {
            return arena;
        }
        while graph.arenas.count() <= number {
            graph.arenas.push(OnceLock::new());
        }
        self.state.models.resize_with(graph.arenas.count(), ModelState::default);
        let slot = graph.arenas.get(number).expect("the arenas reach to this number");
        slot.get_or_init(|| {
            self.state.models[number] = ModelState::new(table);
            Box::new(Arena::new(table))
        })
    }

    pub(crate) fn table(&self, model: usize) -> &'static Table {
        self.graph.any(model).table()
    }

    pub(crate) fn model(&self, model: usize) -> &ModelState {
        &self.state.models[model]
    }

    pub(crate) fn model_mut(&mut self, model: usize) -> &mut ModelState {
        &mut self.state.models[model]
    }

    /// How many nodes a model has here.
    pub(crate) fn count(&self, model: usize) -> usize {
        if self.graph.has_arena(model) { self.model(model).records.len() } else { 0 }
    }

    /// The models that have nodes here.
    pub(crate) fn models(&self) -> impl Iterator<Item = usize> + use<'g> {
        let graph = self.graph;
        (0..self.state.models.len()).filter(move |&model| graph.has_arena(model))
    }

    pub(crate) fn record(&self, node: Node) -> &Record {
        &self.state.models[node.model].records[node.position as usize]
    }

    pub(crate) fn record_mut(&mut self, node: Node) -> &mut Record {
        &mut self.state.models[node.model].records[node.position as usize]
    }

    /// Puts a node on the list of those that the next flush looks at.
    pub(crate) fn queue(&mut self, node: Node) {
        let model = &mut self.state.models[node.model];
        let record = &mut model.records[node.position as usize];
        if !record.queued {
            record.queued = true;
            model.changed.push(node.position);
        }
    }

    pub(crate) fn report(&mut self, misuse: Error) {
        self.state.misuse.push(misuse);
    }

    /// The first wrong use, without taking it away.
    pub(crate) fn misuse(&self) -> Option<Error> {
        self.state.misuse.first().map(Error::again)
    }

    pub(crate) fn take_misuse(&mut self) -> Option<Error> {
        let misuse = std::mem::take(&mut self.state.misuse);
        misuse.into_iter().next()
    }
}
