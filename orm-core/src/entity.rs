//! Floor 7: live objects: handles to the rows of a session's object graph.
//!
//! Invariant: one row is one object within a session; reading a handle is reading the newest version, without a lock and
//! without I/O; nothing that looks like a field awaits.

mod any;
mod compare;
mod debug;
mod deferred;
mod edit;
mod handle;
mod history;
mod late;
mod many;
mod mutate;
mod output;
mod related;
mod row;
#[cfg(feature = "serde")]
mod serialize;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

pub(crate) use any::Moment;
pub use any::{AnyEntity, ColumnChange};
pub use deferred::DeferredColumn;
pub use edit::Edit;
pub use handle::Handle;
pub use history::History;
pub use output::{EntityOf, entity, entity_as};
pub use related::Related;

use crate::graph::{EntityState, NodeRef};
use crate::model::Model;
use crate::unit_of_work::Scope;

/// A model that can be a live object. The derive implements it.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// async fn first<M: orm_core::Live>(session: &Session) -> orm_core::Result<Option<Entity<M>>> {
///     session.scalar(select::<M>().limit(1)).await
/// }
/// let user = first::<User>(session).await?;
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "put `#[derive(Model)]` above the struct"
)]
pub trait Live: Model {
    /// The relationship accessors, which dereference to the value.
    type Accessors: Deref<Target = Self>
        + From<Handle<Self>>
        + AsRef<Handle<Self>>
        + Clone
        + Send
        + Sync
        + 'static;
}

/// A live object: a cheap, cloneable handle to one row's object in a session's object graph.
///
/// It dereferences to the model's relationship accessors (`user.posts()`), and these to the model itself (`user.email`,
/// and the application's own methods). What belongs to the handle and not to the row is an associated function
/// (`Entity::key(&user)`), so that it cannot clash with a column.
///
/// Two handles are equal if they are the same object, whatever the columns hold. A handle keeps its graph alive: values
/// and loaded relationships stay readable after the session is gone.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// println!("{} {:?}", user.email, user.posts().await?);
/// assert_eq!(session.get::<User>(user.id).await?, Some(user)); // one row is one object
/// # Ok(()) }
/// ```
pub struct Entity<M: Live>(M::Accessors);

impl<M: Live> Entity<M> {
    #[inline(always)]
    pub(crate) fn new(handle: Handle<M>) -> Self {
        Self(handle.into())
    }

    /// The entity at a position of the scope's graph.
    #[inline(always)]
    pub(crate) fn at(scope: &Arc<Scope>, position: u32) -> Self {
        Self::new(Handle::new(Arc::clone(scope), position))
    }

    #[inline(always)]
    pub(crate) fn all_at(scope: &Arc<Scope>, positions: Vec<u32>) -> Vec<Self> {
        let mut entities = Vec::with_capacity(positions.len());
        for position in positions {
            entities.push(Self::at(scope, position));
        }
        entities
    }

    #[inline(always)]
    pub(crate) fn handle(entity: &Self) -> &Handle<M> {
        entity.0.as_ref()
    }

    /// Where the entity is.
    #[doc(hidden)]
    #[inline(always)]
    pub fn node(entity: &Self) -> NodeRef {
        Self::handle(entity).node_ref()
    }

    /// The row, as it is now in memory. The reference stays valid when the entity is edited, and shows what it showed.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// let plain: User = Entity::value(&user).clone();
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn value(entity: &Self) -> &M {
        Self::handle(entity).value()
    }

    /// The primary key that the row has in the database; `None` before it is inserted, and once a flush has deleted it,
    /// whether that is committed or not. It stays known when the session is gone, or has let the entity go.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// assert_eq!(Entity::key(&user), Some(user.id));
    /// let new = session.add(User::builder().email("bob@example.org"));
    /// assert_eq!(Entity::key(&new), None);
    /// # Ok(()) }
    /// ```
    pub fn key(entity: &Self) -> Option<M::Key> {
        let handle = Self::handle(entity);
        let locked = handle.scope.graph.lock();
        let record = *locked.record(handle.node());
        let is_row = record.is_persistent() || record.is_let_go();
        is_row.then(|| handle.scope.graph.any(M::number()).version(record.base).of::<M>().key())
    }

    /// Where the entity stands between the application and the database.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.add(User::builder().email("ann@example.org"));
    /// assert_eq!(Entity::state(&user), orm_core::EntityState::Pending);
    /// session.commit().await?;
    /// assert_eq!(Entity::state(&user), orm_core::EntityState::Persistent);
    /// # Ok(()) }
    /// ```
    pub fn state(entity: &Self) -> EntityState {
        let handle = Self::handle(entity);
        if handle.scope.is_detached() {
            return EntityState::Detached;
        }
        handle.scope.graph.lock().record(handle.node()).state
    }

    /// Opens the row for changes. They take effect when the guard is dropped, and only for the columns that it changed.
    ///
    /// Write `user.edit().name = ..`, or close the block before you commit: a guard that is open during a commit is not
    /// part of it.
    ///
    /// Edits of a detached entity change the value in memory and nothing else: no session is left to write them.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// user.edit().name = Some("Ann".into());
    /// assert_eq!(user.name.as_deref(), Some("Ann"));
    /// session.commit().await?; // one UPDATE of one column
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn edit(&self) -> Edit<M> {
        Edit::new(Self::handle(self).clone())
    }
}

impl<M: Live> Deref for Entity<M> {
    type Target = M::Accessors;

    #[inline(always)]
    fn deref(&self) -> &M::Accessors {
        &self.0
    }
}

impl<M: Live> Clone for Entity<M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Live> PartialEq for Entity<M> {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (Self::handle(self), Self::handle(other));
        Arc::ptr_eq(&one.scope, &other.scope) && one.position == other.position
    }
}

impl<M: Live> Eq for Entity<M> {}

impl<M: Live> Hash for Entity<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Self::node(self).hash(state);
    }
}

impl<M: Live> fmt::Debug for Entity<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handle = Self::handle(self);
        debug::write(f, &handle.scope.graph, handle.node())
    }
}
