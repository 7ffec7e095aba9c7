//! Floor 7: live objects: handles to the rows of a session's object graph.
//!
//! Invariant: one row is one object within a session; reading a handle is reading the newest version, without a lock and
//! without I/O; nothing that looks like a field awaits.

mod debug;
mod edit;
mod handle;
mod mutate;
mod related;
#[cfg(feature = "serde")]
mod serialize;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

pub use edit::Edit;
pub use handle::Handle;
pub use related::Related;

use crate::graph::{EntityState, NodeRef};
use crate::model::Model;

/// A model that can be a live object. The derive implements it.
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
pub struct Entity<M: Live>(M::Accessors);

impl<M: Live> Entity<M> {
    pub(crate) fn new(handle: Handle<M>) -> Self {
        Self(handle.into())
    }

    pub(crate) fn handle(entity: &Self) -> &Handle<M> {
        entity.0.as_ref()
    }

    /// Where the entity is.
    #[doc(hidden)]
    pub fn node(entity: &Self) -> NodeRef {
        Self::handle(entity).node_ref()
    }

    /// The row, as it is now in memory.
    pub fn value(entity: &Self) -> &M {
        Self::handle(entity).value()
    }

    /// The primary key that the row has in the database; `None` before it is inserted, and once a flush has deleted it,
    /// whether that is committed or not. It stays known when the session is gone.
    pub fn key(entity: &Self) -> Option<M::Key> {
        let handle = Self::handle(entity);
        let locked = handle.scope.graph.lock();
        let record = *locked.record(handle.node());
        record.is_persistent().then(|| handle.scope.graph.arena::<M>().version(record.base).key())
    }

    /// Where the entity stands between the application and the database.
    pub fn state(entity: &Self) -> EntityState {
        let handle = Self::handle(entity);
        if handle.scope.is_detached() {
            return EntityState::Detached;
        }
        handle.scope.graph.lock().record(handle.node()).state
    }

    /// Opens the row for changes. They take effect when the guard is dropped, and only for the columns that it changed.
    ///
    /// Edits of a detached entity change the value in memory and nothing else: no session is left to write them.
    pub fn edit(&self) -> Edit<M> {
        Edit::new(Self::handle(self).clone())
    }
}

impl<M: Live> Deref for Entity<M> {
    type Target = M::Accessors;

    fn deref(&self) -> &M::Accessors {
        &self.0
    }
}

impl<M: Live> Clone for Entity<M> {
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
