//! Floor 5: what a session's entities share: the graph and the way to the server.

use crate::connection::Connection;
use crate::graph::Graph;
use std::sync::Arc;

/// A session's scope. Every handle keeps it, and so its graph, alive.
pub(crate) struct Scope {
    pub(crate) graph: Graph,
    pub(crate) connection: Arc<Connection>,
    /// Held during a flush: one at a time.
    pub(crate) flushing: tokio::sync::Mutex<()>,
    /// Set while queries must not flush first.
    pub(crate) no_autoflush: std::sync::atomic::AtomicUsize,
    /// Set when the session was cleared: nothing is loaded into this graph any more.
    pub(crate) cleared: std::sync::atomic::AtomicBool,
}

impl Scope {
    pub(crate) fn new(connection: Arc<Connection>) -> Self {
        Self {
            graph: Graph::new(),
            connection,
            flushing: tokio::sync::Mutex::default(),
            no_autoflush: 0.into(),
            cleared: false.into(),
        }
    }

    /// Whether the graph's entities belong to no session any more.
    pub(crate) fn is_detached(&self) -> bool {
        self.cleared.load(std::sync::atomic::Ordering::Acquire) || self.connection.is_closed()
    }
}
