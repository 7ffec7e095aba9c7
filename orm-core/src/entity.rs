//! Floor 7: live objects.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use crate::graph::NodeRef;
use crate::model::{Model, RelationshipMarker};

/// The session's scope.
#[derive(Debug)]
pub struct Scope {}

/// A position in a session's object graph.
pub struct Handle<M> {
    scope: Arc<Scope>,
    position: u32,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Handle<M> {
    /// The newest version of the row.
    pub fn value(&self) -> &M {
        unimplemented!()
    }

    /// Where the entity is.
    pub fn node(&self) -> NodeRef {
        unimplemented!()
    }
}

impl<M> Clone for Handle<M> {
    fn clone(&self) -> Self {
        Self { scope: Arc::clone(&self.scope), position: self.position, model: PhantomData }
    }
}

/// A model that can be a live object.
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

/// A live object.
pub struct Entity<M: Live>(M::Accessors);

impl<M: Live> Entity<M> {
    /// Where the entity is.
    pub fn node(entity: &Self) -> NodeRef {
        entity.0.as_ref().node()
    }
}

impl<M: Live> Deref for Entity<M> {
    type Target = M::Accessors;

    fn deref(&self) -> &M::Accessors {
        &self.0
    }
}

/// A relationship of one entity.
pub struct Related<'a, R: RelationshipMarker> {
    handle: &'a Handle<R::Source>,
}

impl<'a, R: RelationshipMarker> Related<'a, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// The relationship of this entity.
    pub fn new(handle: &'a Handle<R::Source>) -> Self {
        Self { handle }
    }

    /// What is in memory.
    pub fn get(&self) -> Option<Entity<R::Target>> {
        let _ = self.handle;
        None
    }
}
