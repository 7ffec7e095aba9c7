//! Floor 7: a relationship of one entity.
//!
//! The accessor is itself the future. Loaded relationships are read without I/O and without a box; only what must be
//! loaded is boxed. Cancel safety: a dropped await loses nothing.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::handle::Handle;
use super::{Entity, Live};
use crate::error::{Error, Result};
use crate::graph::Node;
use crate::loading::load_lazily;
use crate::model::{Kind, Model, RelationshipMarker};
use crate::query::Strategy;
use crate::types::{Cardinality, Loadable};
use crate::unit_of_work::Scope;

/// A relationship of one entity: `user.posts()`, `profile.user()`.
///
/// Await it to have it, loaded if need be: an entity, an `Option` of one, or a `Vec`, as the relationship's kind and its
/// key's nullability say. [`get`](Related::get) reads what is in memory and never does I/O.
///
/// What must be loaded is loaded, in one statement, for all entities that came with this one from the database. Cancel
/// safety: dropped, it loses nothing, unless it was flushing: then as for [`Session::flush`](crate::Session::flush).
///
/// # Errors
/// Awaited: [`Error::is_raise_load`] if its query or its model says so, [`Error::is_detached`] if it must be loaded and the session is gone, [`Error::is_orphan`] if no row has the
/// key, [`Error::is_not_persistent`] if this entity is no row any more; else as for
/// [`Session::execute`](crate::Session::execute).
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// let posts = user.posts().await?;
/// let profile = user.profile().await?; // an `Option`
/// let (again, same) = tokio::join!(user.posts(), user.profile()); // no SQL any more
/// # Ok(()) }
/// ```
#[must_use = "await the relationship, or ask `get` for what is in memory"]
pub struct Related<'a, R: RelationshipMarker> {
    pub(super) handle: &'a Handle<R::Source>,
    loading: Option<Loading>,
}

type Loading = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

type Of<R> =
    <<R as RelationshipMarker>::Cardinality as Cardinality>::Of<Entity<<R as RelationshipMarker>::Target>>;

impl<'a, R: RelationshipMarker> Related<'a, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// The relationship of this entity. Generated code calls it.
    #[doc(hidden)]
    #[inline(always)]
    pub fn new(handle: &'a Handle<R::Source>) -> Self {
        Self { handle, loading: None }
    }

    /// What is in memory. Never SQL, and never empty for what is not known.
    ///
    /// # Errors
    /// [`Error::is_not_loaded`] if it is not known, [`Error::is_raise_load`] if moreover it is not to be loaded;
    /// [`Error::is_orphan`] if the key is not nullable and the entity it
    /// led to was taken away.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// match user.posts().get() {
    ///     Ok(posts) => println!("{} posts", posts.len()),
    ///     Err(error) if error.is_not_loaded() => println!("not loaded"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    #[rustfmt::skip]
    #[inline(always)]
    pub fn get(&self) -> Result<Of<R>> where R::Cardinality: Loadable {
        self.entities(known(&self.handle.scope, self.handle.node(), R::INDEX)?)
    }

    #[inline(always)]
    fn entities(&self, found: Found) -> Result<Of<R>> {
        let scope = &self.handle.scope;
        let mut one = None;
        if let Some(position) = found.one {
            one = Some(Entity::at(scope, position));
        }
        match R::Cardinality::collect(one, Entity::all_at(scope, found.many)) {
            Some(entities) => Ok(entities),
            None if found.is_unseen => Err(Error::hidden(R::Source::TABLE.model, R::NAME)),
            None => Err(Error::no_parent(R::Source::TABLE.model, R::NAME)),
        }
    }

    #[inline(always)]
    pub(super) fn load(&self) -> Result<Loading> {
        load(Arc::clone(&self.handle.scope), self.handle.node(), R::INDEX)
    }
}

impl<R: RelationshipMarker<Cardinality: Loadable>> Future for Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    type Output = Result<Of<R>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.loading.is_none() {
            match this.get() {
                Err(error) if error.is_not_loaded() && !error.is_raise_load() => match this.load() {
                    Ok(loading) => this.loading = Some(loading),
                    Err(error) => return Poll::Ready(Err(error)),
                },
                known => return Poll::Ready(known),
            }
        }
        let Some(loading) = &mut this.loading else { return Poll::Pending };
        match loading.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                let found = loaded(&this.handle.scope, this.handle.node(), R::INDEX);
                Poll::Ready(found.and_then(|found| this.entities(found)))
            }
        }
    }
}

/// What a relationship leads to in memory: one, many, or neither.
#[derive(Default)]
struct Found {
    one: Option<u32>,
    many: Vec<u32>,
    /// What the key leads to was looked for, and criteria hide it.
    is_unseen: bool,
}

/// What is known of a relationship.
fn known(scope: &Scope, node: Node, relationship: usize) -> Result<Found> {
    let mut locked = scope.graph.lock();
    let (side, model) = (locked.side(node, relationship), locked.table(node.model).model);
    let is_unseen = side.facts.kind == Kind::BelongsTo && locked.is_unseen(side);
    let known = match side.facts.kind {
        Kind::HasMany | Kind::ManyToMany => locked.many(side).map(|many| Found { many, ..Found::default() }),
        _ => {
            locked.known_link(side).map(|link| Found { one: link.position(), is_unseen, ..Found::default() })
        }
    };
    if let Some(known) = known {
        return Ok(known);
    }
    match locked.unloaded(side) {
        Strategy::Raise | Strategy::RaiseOnSql => Err(Error::raise_load(model, side.facts.name)),
        Strategy::NoLoad => {
            let many = locked.added(side);
            Ok(Found { one: many.first().copied(), many, is_unseen: false })
        }
        _ => Err(Error::not_loaded(model, side.facts.name)),
    }
}

/// What a relationship leads to that has just been loaded. Where a key was looked for and nothing has it, the row was
/// deleted, or cannot be seen; what refers to an entity is looked for only if it is a row.
fn loaded(scope: &Scope, node: Node, relationship: usize) -> Result<Found> {
    match known(scope, node, relationship) {
        Err(error) if error.is_not_loaded() => {}
        known => return known,
    }
    let mut locked = scope.graph.lock();
    let side = locked.side(node, relationship);
    let many = match side.facts.kind {
        Kind::BelongsTo => return Ok(Found::default()),
        // Without the links whose far side no row has.
        Kind::ManyToMany => locked.many_found(side),
        _ => None,
    };
    let many = many.ok_or_else(|| Error::not_loadable(locked.table(node.model).model, side.facts.name))?;
    Ok(Found { many, ..Found::default() })
}

fn load(scope: Arc<Scope>, node: Node, relationship: usize) -> Result<Loading> {
    if scope.is_detached() || scope.graph.lock().record(node).is_let_go() {
        return Err(Error::detached(scope.graph.any(node.model).table().model));
    }
    Ok(Box::pin(async move { load_lazily(&scope, node, relationship).await }))
}

impl<R: RelationshipMarker> std::fmt::Debug for Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}::{}", R::Source::TABLE.model, R::NAME)
    }
}
