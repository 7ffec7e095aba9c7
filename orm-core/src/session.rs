//! Floor 8: what the application calls.
//!
//! Each method is a few lines over the floors below. Invariant: a session that is dropped leaves no transaction open and
//! gives its connection back.

mod add;
mod begin;
mod bulk;
mod changes;
mod copy;
mod criteria;
mod database;
mod delete;
mod events;
mod execute;
mod expire;
mod explain;
mod get;
mod get_or_create;
mod merge;
mod pages;
mod raw;
mod refresh;
mod result;
mod savepoint;
mod set;
mod states;
mod stream;
mod transaction;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

pub use add::Add;
pub use begin::Begin;
pub use database::{Database, DatabaseBuilder};
pub use events::{Events, Outcome, UnitOfWork};
pub use execute::{Executing, Statement};
pub use expire::Attribute;
pub use explain::Explained;
pub use get::Get;
pub use merge::{Merge, MergeSource};
pub use raw::{RawEntities, RawRows, ReadAs, ReadAsEntities};
pub use refresh::Refresh;
pub use result::Rows;
pub use savepoint::Savepoint;
pub use stream::{RowStream, Streamed};

use self::delete::delete;
use crate::connection::Connection;
use crate::entity::{Entity, Live};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::graph::NodeRef;
use crate::query::Criteria;
use crate::types::IntoKey;
use crate::unit_of_work::{Hooks, Plan, Scope};

/// A conversation with the database: live objects, an identity map and a unit of work.
///
/// A transaction begins with the first flush, write, lock, stream or SQL of the application's own, and holds a connection. A
/// plain read before has none, since it sees the same within one; it does begin one after [`begin`](Session::begin), and where
/// the isolation is not READ COMMITTED. Reads that are polled together are pipelined on one connection. Dropping a session
/// rolls back what was not committed. Sessions come from [`Database::session`].
///
/// A flush, commit or rollback has the session for itself: reads that bring entities, and other flushes, wait until it
/// is done or dropped. The same holds while a query flushes first, or is asked again because a flush overtook it. Poll
/// such futures together (`join!`) as you like, but do not park one half-polled while you await another call of the same
/// session: that could wait for ever.
///
/// Cancel safety: a dropped read that was not flushing loses nothing. What a dropped [`flush`](Session::flush),
/// [`commit`](Session::commit) or [`rollback`](Session::rollback) leaves behind is said there.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let user = session.add(User::builder().email("ann@example.org"));
/// session.commit().await?;
/// user.edit().name = Some("Ann".into());
/// session.commit().await?;
/// # Ok(()) }
/// ```
pub struct Session {
    scope: Mutex<Arc<Scope>>,
    connection: Arc<Connection>,
    /// Whether a closure's end decides about the transaction.
    inside: AtomicBool,
}

impl Session {
    pub(crate) fn new(connection: Connection, hooks: Arc<Hooks>, criteria: Arc<Criteria>) -> Self {
        let connection = Arc::new(connection);
        let scope = Mutex::new(Arc::new(Scope::new(Arc::clone(&connection), hooks, criteria)));
        Self { scope, connection, inside: AtomicBool::new(false) }
    }

    /// Adds a new row, given by a builder, or takes an entity back in that has left the session.
    ///
    /// The row is inserted by the next flush. Until then a key that the server makes reads as the type's default. From an
    /// entity that [`delete`](Session::delete) has marked, the mark is taken; one that a flush has deleted is inserted
    /// once more, with the key that it had; one that was [expunged](Session::expunge) stands for its row again. Misuse
    /// (an entity of another session, or [`Error::is_already_present`]) is reported by the next flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.add(User::builder().email("ann@example.org"));
    /// session.add(Post::builder().title("Hello").user(&user));
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn add<A: Add>(&self, new: A) -> Entity<A::Model> {
        new.add_to(&UnitOfWork::of(&self.scope()))
    }

    /// Adds several.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = session.add_all(["ann@example.org", "bob@example.org"].map(|email| User::builder().email(email)));
    /// assert_eq!(users.len(), 2);
    /// # Ok(()) }
    /// ```
    pub fn add_all<A: Add>(&self, new: impl IntoIterator<Item = A>) -> Vec<Entity<A::Model>> {
        let scope = self.scope();
        let unit = UnitOfWork::of(&scope);
        new.into_iter().map(|new| new.add_to(&unit)).collect()
    }

    /// Marks an entity for deletion by the next flush. One that was only added is taken out again.
    ///
    /// What goes with it by the `cascade` of its relationships is found, and loaded where it must be, by that flush; until
    /// then [`add`](Session::add) takes the mark back, and nothing has happened to what hangs on it.
    ///
    /// An entity of another session, or one that is no row, is reported by the next flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if let Some(post) = session.get::<Post>(1).await? {
    ///     session.delete(&post);
    ///     session.commit().await?;
    /// }
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn delete<M: Live>(&self, entity: &Entity<M>) {
        delete(&self.scope(), Entity::node(entity), M::TABLE.model, false);
    }

    /// Marks an entity for deletion for good, where `delete` would only mark its row (`#[orm(soft_delete)]`). What goes
    /// with it by the `cascade` of its relationships goes for good too; else as [`delete`](Session::delete).
    ///
    /// It may be one that is marked as deleted already: one that this session has deleted, or that a query
    /// [`with_deleted`](crate::Select::with_deleted) has brought.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// for post in session.scalars(select::<Post>().with_deleted().limit(100)).await? {
    ///     session.delete_hard(&post);
    /// }
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn delete_hard<M: Live>(&self, entity: &Entity<M>) {
        delete(&self.scope(), Entity::node(entity), M::TABLE.model, true);
    }

    /// The entity with this primary key: from the identity map if it is there, else from the database.
    ///
    /// `None` if there is no such row. Await it, or first say with [`options`](Get::options) what is to be loaded along.
    ///
    /// Cancel safety: as for [`execute`](Session::execute).
    ///
    /// # Errors
    /// As for [`execute`](Session::execute); none for an entity that is in the identity map, without options.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.get::<User>(1).await?;
    /// assert_eq!(user, session.get::<User>(1).await?); // the same object, without SQL
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn get<M: Live>(&self, key: impl IntoKey<M::Key>) -> Get<M> {
        Get::new(self.scope(), key.into_key())
    }

    /// Runs a statement. What a query yields are rows, of entities or values.
    ///
    /// Writes what changed first, if the statement reads a table that has unflushed changes.
    ///
    /// Cancel safety: dropped, it loses nothing, unless it was flushing: then as for [`flush`](Session::flush).
    ///
    /// # Errors
    /// What the flush before it meets, see [`flush`](Session::flush); what the server refuses
    /// ([`Error::is_undefined_table`], ...); [`Error::is_decode`] if the columns do not fit the model;
    /// [`Error::is_connection`]; [`Error::is_rollback_needed`] or [`Error::is_interrupted`] after an earlier failure.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let found = session.execute(select::<User>().filter(User::email.eq("ann@example.org"))).await?;
    /// let user = found.scalar_one_or_none()?;
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn execute<'s, S: Statement<Output = R> + 's, R>(&'s self, statement: S) -> Executing<'s, R> {
        statement.execute(self)
    }

    /// Runs a statement whose rows hold one thing each: entities, or values. As [`execute`](Session::execute), which takes
    /// statements that write too.
    ///
    /// # Errors
    /// As for [`execute`](Session::execute); so is cancel safety.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// for user in session.scalars(select::<User>().order_by(User::email)).await? {
    ///     println!("{}", user.email);
    /// }
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn scalars<'s, S: Statement<Output = Rows<T>> + 's, T>(
        &'s self,
        statement: S,
    ) -> Executing<'s, Rows<T>> {
        statement.execute(self)
    }

    /// Runs a statement; what its first row holds, `None` without a row.
    ///
    /// # Errors
    /// As for [`execute`](Session::execute); so is cancel safety.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users: Option<i64> = session.scalar(select::<User>().count()).await?;
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn scalar<'s, S: Statement<Output = Rows<T>> + 's, T>(
        &'s self,
        statement: S,
    ) -> Executing<'s, Rows<T>, Option<T>> {
        statement.execute(self).then(Rows::first)
    }

    /// Reads an entity's columns again when it is awaited. With [`attribute`](Refresh::attribute), reads those
    /// relationships instead.
    ///
    /// Reading the columns does not flush: their unflushed edits are lost. Reading relationships flushes as a query
    /// does. Cancel safety: as for [`execute`](Session::execute).
    ///
    /// # Errors
    /// [`Error::is_not_persistent`] if the entity is no row, [`Error::is_no_result`] if the row is not there any more,
    /// [`Error::is_foreign_entity`] for an entity of another session; else as for [`execute`](Session::execute).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// session.refresh(&user).await?;
    /// session.refresh(&user).attribute(User::posts).await?;
    /// println!("{} posts", user.posts().get()?.len());
    /// # Ok(()) }
    /// ```
    pub fn refresh<'a, M: Live>(&self, entity: &'a Entity<M>) -> Refresh<'a, M> {
        Refresh::new(self.scope(), entity)
    }

    /// What a flush would do now, without doing it. It loads nothing: of what is deleted along by a `cascade`, it shows
    /// what is in memory.
    ///
    /// # Errors
    /// What a flush would find before it sends anything: [`Error::is_foreign_entity`], [`Error::is_not_persistent`],
    /// [`Error::is_not_loaded`], [`Error::is_orphan`], [`Error::is_unsolvable`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.add(User::builder().email("ann@example.org"));
    /// assert_eq!(session.plan()?.to_string(), "insert 1 into users\n");
    /// # Ok(()) }
    /// ```
    pub fn plan(&self) -> Result<Plan> {
        self.scope().plan()
    }

    /// Writes what changed, in the transaction, which stays open. What is changed while it is under way is not part of
    /// it, and waits for the next one.
    ///
    /// Cancel safety: dropped before it has sent anything, it has done nothing. Dropped later, every statement
    /// fails ([`Error::is_interrupted`]) until the session is rolled back.
    ///
    /// # Errors
    /// What [`plan`](Session::plan) finds; then nothing was sent. What the database refuses
    /// ([`Error::is_unique_violation`], ...), [`Error::is_stale`], a connection that is lost ([`Error::is_connection`]);
    /// then the session must be rolled back, and says so ([`Error::is_rollback_needed`]) until it is.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.add(User::builder().email("ann@example.org"));
    /// session.flush().await?;
    /// println!("{}", user.id); // the server's
    /// session.rollback().await?;
    /// # Ok(()) }
    /// ```
    pub async fn flush(&self) -> Result<()> {
        self.scope().flush().await
    }

    /// Runs a future during which queries of this session do not flush first.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.add(User::builder().email("ann@example.org"));
    /// let stored = session.no_autoflush(session.scalars(select::<User>())).await?; // without the new one
    /// # Ok(()) }
    /// ```
    pub async fn no_autoflush<T>(&self, run: impl Future<Output = T>) -> T {
        let scope = self.scope();
        let _guard = scope.without_autoflush();
        run.await
    }

    /// Gives the session an empty graph. Entities from before stay readable and are detached; unflushed changes are
    /// lost.
    ///
    /// The transaction goes on with what was flushed. Call it in long-running workers: the memory of the old graph goes
    /// with the last of its entities.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// session.commit().await?;
    /// session.clear();
    /// assert_eq!(Entity::state(&user), orm_core::EntityState::Detached);
    /// # Ok(()) }
    /// ```
    pub fn clear(&self) {
        let old = self.scope();
        let (hooks, criteria) = (Arc::clone(&old.hooks), Arc::clone(&old.criteria));
        let new = Arc::new(Scope::new(Arc::clone(&self.connection), hooks, criteria));
        if self.connection.has_written() {
            new.graph.lock().doubt();
        }
        let mut scope = self.scope.lock().unwrap_or_else(PoisonError::into_inner);
        scope.clear();
        *scope = new;
    }

    /// Rolls back what was not committed and gives the connection back. Entities stay readable and are detached.
    ///
    /// Dropping the session does the same, without waiting for it.
    ///
    /// Cancel safety: dropped, the session is closed all the same.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: Session) -> orm_core::Result<()> {
    /// let user = session.get::<User>(1).await?;
    /// session.close().await;
    /// println!("{:?}", user.map(|user| user.email.clone()));
    /// # Ok(()) }
    /// ```
    pub async fn close(self) {
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
