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
use crate::loading::load_lazily;
use crate::model::{Kind, Model, RelationshipMarker};
use crate::query::Strategy;
use crate::types::{Cardinality, Loadable};

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
    loading: Option<Pin<Box<dyn Future<Output = Result<()>> + Send>>>,
}

type Of<R> =
    <<R as RelationshipMarker>::Cardinality as Cardinality>::Of<Entity<<R as RelationshipMarker>::Target>>;

impl<'a, R: RelationshipMarker> Related<'a, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// The relationship of this entity. Generated code calls it.
    #[doc(hidden)]
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
    pub fn get(&self) -> Result<Of<R>> where R::Cardinality: Loadable {
        let scope = &self.handle.scope;
        let (name, model) = (R::NAME, R::Source::TABLE.model);
        let (one, many, unseen) = {
            let mut locked = scope.graph.lock();
            let side = locked.side(self.handle.node(), R::INDEX);
            let unseen = side.facts.kind == Kind::BelongsTo && locked.is_unseen(side);
            let known = match side.facts.kind {
                Kind::HasMany | Kind::ManyToMany => locked.many(side).map(|items| (None, items, false)),
                _ => locked.known_link(side).map(|link| (link.position(), Vec::new(), unseen)),
            };
            match known {
                Some(known) => known,
                None => match locked.unloaded(side) {
                    Strategy::Raise | Strategy::RaiseOnSql => return Err(Error::raise_load(model, name)),
                    Strategy::NoLoad => (None, locked.added(side), false),
                    _ => return Err(Error::not_loaded(model, name)),
                },
            }
        };
        let entities = self.entities(one.into_iter().chain(many));
        R::Cardinality::collect(entities).ok_or_else(|| match unseen {
            true => Error::hidden(model, name),
            false => Error::no_parent(model, name),
        })
    }

    fn entities(&self, found: impl IntoIterator<Item = u32>) -> impl Iterator<Item = Entity<R::Target>> {
        let scope = &self.handle.scope;
        found.into_iter().map(|position| Entity::new(Handle::new(Arc::clone(scope), position)))
    }

    /// What a many-to-many leads to, without the links whose far side no row has.
    fn found(&self) -> Option<Vec<u32>> {
        let mut locked = self.handle.scope.graph.lock();
        let side = locked.side(self.handle.node(), R::INDEX);
        locked.many_found(side)
    }

    pub(super) fn load(&self) -> Result<Pin<Box<dyn Future<Output = Result<()>> + Send>>> {
        let scope = Arc::clone(&self.handle.scope);
        if scope.is_detached() || scope.graph.lock().record(self.handle.node()).is_let_go() {
            return Err(Error::detached(R::Source::TABLE.model));
        }
        let node = self.handle.node();
        Ok(Box::pin(async move { load_lazily(&scope, node, R::INDEX).await }))
    }
}

impl<R: RelationshipMarker<Cardinality: Loadable>> Future for Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    type Output = Result<Of<R>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.loading.is_none() {
            match self.get() {
                Err(error) if error.is_not_loaded() && !error.is_raise_load() => match self.load() {
                    Ok(loading) => self.loading = Some(loading),
                    Err(error) => return Poll::Ready(Err(error)),
                },
                known => return Poll::Ready(known),
            }
        }
        let Some(loading) = &mut self.loading else { return Poll::Pending };
        match loading.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => Poll::Ready(self.get().or_else(|error| self.dangling(error))),
        }
    }
}

impl<R: RelationshipMarker> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// The key was looked for and nothing has it: the row was deleted, or cannot be seen. What refers to an entity is
    /// looked for only if it is a row.
    fn dangling(&self, error: Error) -> Result<Of<R>> {
        if !error.is_not_loaded() {
            return Err(error);
        }
        let found = match R::Source::TABLE.relationships[R::INDEX].kind {
            Kind::BelongsTo => Some(Vec::new()),
            Kind::ManyToMany => self.found(),
            _ => None,
        };
        let found = found.ok_or_else(|| Error::not_loadable(R::Source::TABLE.model, R::NAME))?;
        R::Cardinality::collect(self.entities(found))
            .ok_or_else(|| Error::no_parent(R::Source::TABLE.model, R::NAME))
    }
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
