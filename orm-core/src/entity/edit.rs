//! Floor 7: an edit guard.
//!
//! A copy of the row; dropping the guard applies the columns that differ from where it started, so that two guards open
//! at once lose nothing of each other, and nothing is locked while one is open.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::handle::Handle;
use super::{Entity, Live};
use crate::graph::Start;

/// A row open for changes, see [`Entity::edit`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// let mut edit = user.edit();
/// edit.name = Some("Ann".into());
/// edit.email = "ann@example.org".into();
/// drop(edit); // both take effect
/// # Ok(()) }
/// ```
#[must_use = "columns are changed through it"]
pub struct Edit<M: Live> {
    handle: Handle<M>,
    start: Start,
    value: M,
}

impl<M: Live> Edit<M> {
    #[inline(always)]
    pub(super) fn new(handle: Handle<M>) -> Self {
        let arena = handle.scope.graph.any(M::number());
        let start = arena.start(handle.position);
        let value = start.row(arena).of::<M>().copied();
        Self { handle, start, value }
    }
}

impl<M: Live> Deref for Edit<M> {
    type Target = M;

    #[inline(always)]
    fn deref(&self) -> &M {
        &self.value
    }
}

impl<M: Live> DerefMut for Edit<M> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut M {
        &mut self.value
    }
}

impl<M: Live> Drop for Edit<M> {
    fn drop(&mut self) {
        self.handle.scope.graph.lock().apply_edit(self.handle.node(), &self.start, &mut self.value);
    }
}

impl<M: Live> fmt::Debug for Edit<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Edit").field(&Entity::new(self.handle.clone())).finish()
    }
}
