//! Floor 8: what the application calls.
//!
//! Each method is a few lines over the floors below. Invariant: a session that is dropped leaves no transaction open and
//! gives its connection back.

mod add;
mod database;
mod execute;
mod get;
mod refresh;
mod result;

use std::sync::{Arc, Mutex, PoisonError};

pub use add::Add;
pub use database::{Database, DatabaseBuilder};
pub use execute::Statement;
pub use get::Get;
pub use refresh::Refresh;
pub use result::{Rows, Scalars};

use crate::connection::Connection;
use crate::entity::{Entity, Live};
use crate::error::{Error, Result};
use crate::graph::NodeRef;
use crate::types::IntoKey;
use crate::unit_of_work::{Plan, Scope};

/// A conversation with the database: live objects, an identity map and a unit of work.
///
/// A session takes a connection from the pool at its first statement and gives it back at the end of the transaction,
/// which begins by itself. All methods take `&self`; reads that are polled together are pipelined on one connection.
/// Dropping a session rolls back what was not committed.
pub struct Session {
    scope: Mutex<Arc<Scope>>,
    connection: Arc<Connection>,
}

impl Session {
    pub(crate) fn new(connection: Connection) -> Self {
        let connection = Arc::new(connection);
        Self { scope: Mutex::new(Arc::new(Scope::new(Arc::clone(&connection)))), connection }
    }

    /// Adds a new row, given by a builder, or takes an entity back in whose insert was rolled back.
    ///
    /// The row is inserted by the next flush. Until then a key that the server makes reads as the type's default.
    pub fn add<A: Add>(&self, new: A) -> Entity<A::Model> {
        new.add_to(self)
    }

    /// Adds several.
    pub fn add_all<A: Add>(&self, new: impl IntoIterator<Item = A>) -> Vec<Entity<A::Model>> {
        new.into_iter().map(|new| new.add_to(self)).collect()
    }

    /// Marks an entity for deletion by the next flush. One that was only added is taken out again.
    pub fn delete<M: Live>(&self, entity: &Entity<M>) {
        let scope = self.scope();
        let mut locked = scope.graph.lock();
        match own(&scope, entity) {
            Some(node) => locked.doom(node.node),
            None => locked.report(Error::foreign_to_session(M::TABLE.model, "delete")),
        }
    }

    /// The entity with this primary key: from the identity map if it is there, else from the database.
    ///
    /// Await it, or first say with [`options`](Get::options) what is to be loaded along.
    pub fn get<M: Live>(&self, key: impl IntoKey<M::Key>) -> Get<M> {
        Get::new(self.scope(), key.into_key())
    }

    /// Runs a statement; its rows are entities or values.
    ///
    /// Writes what changed first, if the statement reads a table that has unflushed changes.
    ///
    /// # Errors
    /// If the statement, or the flush before it, fails.
    pub async fn execute<S: Statement>(&self, statement: S) -> Result<Rows<S::Row>> {
        statement.run(self).await.map(Rows::new)
    }

    /// Runs a statement; what its rows hold.
    ///
    /// # Errors
    /// As for [`execute`](Session::execute).
    pub async fn scalars<S: Statement>(&self, statement: S) -> Result<Scalars<S::Row>> {
        self.execute(statement).await.map(Rows::scalars)
    }

    /// Runs a statement; what its first row holds.
    ///
    /// # Errors
    /// As for [`execute`](Session::execute).
    pub async fn scalar<S: Statement>(&self, statement: S) -> Result<Option<S::Row>> {
        self.execute(statement).await.map(|rows| rows.scalars().first())
    }

    /// Reads an entity's columns again; unflushed edits of them are lost. With
    /// [`attribute`](Refresh::attribute), reads those relationships instead.
    pub fn refresh<'a, M: Live>(&self, entity: &'a Entity<M>) -> Refresh<'a, M> {
        Refresh::new(self.scope(), entity)
    }

    /// What a flush would do now, without doing it.
    ///
    /// # Errors
    /// If a flush would fail before it sends anything.
    pub fn plan(&self) -> Result<Plan> {
        self.scope().plan()
    }

    /// Writes what changed, in the transaction.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    ///
    /// # Errors
    /// What the database refuses; the session must then be rolled back.
    pub async fn flush(&self) -> Result<()> {
        self.scope().flush().await
    }

    /// Writes what changed and ends the transaction. The entities stay readable.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back, and the commit may have
    /// been carried out.
    ///
    /// # Errors
    /// What the database refuses; nothing is committed then, and the session must be rolled back.
    pub async fn commit(&self) -> Result<()> {
        self.scope().commit().await
    }

    /// Ends the transaction without keeping anything: values, states and relationships are as they were before it.
    ///
    /// Cancel safety: dropped while it waits for a flush that is under way, it has done nothing. Dropped later, all is
    /// rolled back in memory, and the connection is closed, which rolls back on the server; the session goes on with
    /// another one.
    ///
    /// # Errors
    /// If the session is closed.
    pub async fn rollback(&self) -> Result<()> {
        self.scope().rollback().await
    }

    /// Runs a future during which queries do not flush first.
    pub async fn no_autoflush<T>(&self, run: impl Future<Output = T>) -> T {
        let scope = self.scope();
        let _guard = scope.without_autoflush();
        run.await
    }

    /// Gives the session an empty graph. Entities from before stay readable and are detached; unflushed changes are
    /// lost.
    pub fn clear(&self) {
        let new = Arc::new(Scope::new(Arc::clone(&self.connection)));
        if self.connection.has_written() {
            new.graph.lock().doubt();
        }
        let mut scope = self.scope.lock().unwrap_or_else(PoisonError::into_inner);
        scope.clear();
        *scope = new;
    }

    /// Rolls back what was not committed and gives the connection back. Entities stay readable and are detached.
    pub async fn close(self) {
        // What fails here is rolled back by the connection's end.
        drop(self.connection.rollback().await);
    }

    fn scope(&self) -> Arc<Scope> {
        Arc::clone(&self.scope.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.close();
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// Where an entity is in this scope's graph; `None` if it is of another one.
fn own<M: Live>(scope: &Scope, entity: &Entity<M>) -> Option<NodeRef> {
    Some(Entity::node(entity)).filter(|node| node.graph == scope.graph.id())
}
