//! Floor 5: what a session's entities share: the graph and the way to the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::hooks::Hooks;
use crate::connection::{Abandoned, Connection, WriteTurn};
use crate::graph::Graph;
use crate::query::Criteria;

/// A session's scope. Every handle keeps it, and so its graph, alive.
pub(crate) struct Scope {
    pub(crate) graph: Graph,
    pub(crate) connection: Arc<Connection>,
    pub(crate) hooks: Arc<Hooks>,
    /// What holds for all rows that the session's queries read.
    pub(crate) criteria: Arc<Criteria>,
    /// How many ask that queries do not flush first.
    no_autoflush: AtomicUsize,
    cleared: AtomicBool,
}

impl Scope {
    pub(crate) fn new(connection: Arc<Connection>, hooks: Arc<Hooks>, criteria: Arc<Criteria>) -> Self {
        Self {
            graph: Graph::new(),
            connection,
            hooks,
            criteria,
            no_autoflush: AtomicUsize::new(0),
            cleared: AtomicBool::new(false),
        }
    }

    /// An empty graph of its own on the same connection.
    pub(crate) fn beside(&self) -> Self {
        let (hooks, criteria) = (Arc::clone(&self.hooks), Arc::clone(&self.criteria));
        Self::new(Arc::clone(&self.connection), hooks, criteria)
    }

    /// The right to flush, commit or roll back. What was dropped without an end is undone first.
    pub(crate) async fn write_turn(&self) -> WriteTurn<'_> {
        let turn = self.connection.write_turn().await;
        self.undo_abandoned();
        turn
    }

    /// Something was dropped without an end: it is undone now, or, while somebody writes, before the next call does.
    pub(crate) fn abandon(&self, what: Abandoned) {
        self.connection.abandon(what);
        if let Some(_turn) = self.connection.try_write_turn() {
            self.undo_abandoned();
        }
    }

    /// Only with the turn to write.
    fn undo_abandoned(&self) {
        if self.is_detached() {
            return;
        }
        for abandoned in self.connection.take_abandoned() {
            match abandoned {
                Abandoned::Transaction => {
                    self.graph.lock().rolled_back();
                    self.connection.rollback_unheard();
                }
                Abandoned::Savepoint(savepoint) if self.connection.savepoint_depth(savepoint).is_ok() => {
                    self.graph.lock().rolled_back_to(savepoint);
                    self.connection.rollback_to_unheard(savepoint);
                }
                // It has ended in another way.
                Abandoned::Savepoint(_) => {}
            }
        }
    }

    /// What an answer is compared with: if it has changed when the answer comes, the answer may be out of date. Waits for
    /// a flush that is under way, unless the turn to write is taken.
    pub(crate) async fn generation(&self, turn: Option<&WriteTurn<'_>>) -> u64 {
        if turn.is_none() {
            drop(self.write_turn().await);
        }
        self.graph.lock().generation()
    }

    /// The session was given another graph: nothing is loaded into this one any more.
    pub(crate) fn clear(&self) {
        self.cleared.store(true, Ordering::Release);
    }

    /// Whether the graph's entities belong to no session any more.
    pub(crate) fn is_detached(&self) -> bool {
        self.cleared.load(Ordering::Acquire) || self.connection.is_closed()
    }

    pub(crate) fn autoflushes(&self) -> bool {
        self.no_autoflush.load(Ordering::Acquire) == 0
    }

    /// Queries do not flush first until the guard is dropped.
    pub(crate) fn without_autoflush(&self) -> NoAutoflush<'_> {
        self.no_autoflush.fetch_add(1, Ordering::AcqRel);
        NoAutoflush(self)
    }
}

/// See [`Scope::without_autoflush`].
pub(crate) struct NoAutoflush<'a>(&'a Scope);

impl Drop for NoAutoflush<'_> {
    fn drop(&mut self) {
        self.0.no_autoflush.fetch_sub(1, Ordering::AcqRel);
    }
}
