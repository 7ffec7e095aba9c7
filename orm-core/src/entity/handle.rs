//! Floor 7: a position in a session's object graph.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::graph::{Node, NodeRef};
use crate::model::Model;
use crate::unit_of_work::Scope;

/// A position in a session's object graph. Generated code holds it; applications have an [`Entity`](super::Entity).
pub struct Handle<M> {
    pub(crate) scope: Arc<Scope>,
    pub(crate) position: u32,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Handle<M> {
    #[inline(always)]
    pub(crate) fn new(scope: Arc<Scope>, position: u32) -> Self {
        Self { scope, position, model: PhantomData }
    }

    /// The newest version of the row.
    #[inline(always)]
    pub fn value(&self) -> &M {
        self.scope.graph.any(M::number()).newest(self.position).of()
    }

    #[inline(always)]
    pub(crate) fn node(&self) -> Node {
        Node { model: M::number(), position: self.position }
    }

    #[inline(always)]
    pub(crate) fn node_ref(&self) -> NodeRef {
        NodeRef { graph: self.scope.graph.id(), node: self.node() }
    }
}

impl<M> Clone for Handle<M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Self { scope: Arc::clone(&self.scope), position: self.position, model: PhantomData }
    }
}

impl<M: Model> fmt::Debug for Handle<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("model", &M::TABLE.model)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
