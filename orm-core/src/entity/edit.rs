//! Floor 7: an edit guard.
//!
//! A copy of the row; dropping the guard applies the columns that differ from where it started, so that two guards open
//! at once lose nothing of each other, and nothing is locked while one is open.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::handle::Handle;
use super::{Entity, Live};

/// A row open for changes, see [`Entity::edit`].
pub struct Edit<M: Live> {
    handle: Handle<M>,
    start: Start<M>,
    value: M,
}

/// Where the guard started: a version, or a copy of what was drafted.
enum Start<M> {
    Version(u32),
    Draft(M),
}

impl<M: Live> Edit<M> {
    pub(super) fn new(handle: Handle<M>) -> Self {
        let arena = handle.scope.graph.arena::<M>();
        let (start, value) = match arena.draft(handle.position) {
            Ok(draft) => (Start::Draft(draft.clone()), draft),
            Err(version) => (Start::Version(version), arena.version(version).clone()),
        };
        Self { handle, start, value }
    }
}

impl<M: Live> Deref for Edit<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.value
    }
}

impl<M: Live> DerefMut for Edit<M> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.value
    }
}

impl<M: Live> Drop for Edit<M> {
    fn drop(&mut self) {
        let graph = &self.handle.scope.graph;
        let start = match &self.start {
            Start::Version(version) => graph.arena::<M>().version(*version),
            Start::Draft(draft) => draft,
        };
        graph.lock().apply_edit(self.handle.node(), start, &self.value);
    }
}

impl<M: Live> fmt::Debug for Edit<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Edit").field(&Entity::new(self.handle.clone())).finish()
    }
}
