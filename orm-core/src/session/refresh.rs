//! Floor 8: an entity is read again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::join_all;

use super::get::select_by_key;
use crate::entity::{Entity, Live};
use crate::error::{Error, Result};
use crate::graph::Freshness;
use crate::loading::{Fetch, Load, Strategy, fetch, load_attribute};
use crate::model::{Relationship, RelationshipMarker};
use crate::unit_of_work::Scope;

/// An entity is read again when this is awaited, see [`Session::refresh`](super::Session::refresh).
///
/// # Errors
/// As for [`Session::refresh`](super::Session::refresh).
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// session.refresh(&user).await?;
/// # Ok(()) }
/// ```
#[must_use = "await it"]
pub struct Refresh<'a, M: Live> {
    scope: Arc<Scope>,
    entity: &'a Entity<M>,
    relationships: Vec<Load>,
    running: Option<Running<'a>>,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

impl<'a, M: Live> Refresh<'a, M> {
    pub(super) fn new(scope: Arc<Scope>, entity: &'a Entity<M>) -> Self {
        Self { scope, entity, relationships: Vec::new(), running: None }
    }

    /// Reads this relationship, and not the columns. Call it again for more; they travel together.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// session.refresh(&user).attribute(User::profile).attribute(User::posts).await?;
    /// println!("{:?}", user.profile().get()?);
    /// # Ok(()) }
    /// ```
    pub fn attribute<R: RelationshipMarker<Source = M>>(mut self, relationship: Relationship<R>) -> Self {
        let _ = relationship;
        self.relationships.push(Load::new::<R>(Strategy::SelectIn));
        self
    }

    async fn run(scope: Arc<Scope>, entity: &'a Entity<M>, relationships: Vec<Load>) -> Result<()> {
        let node = super::own(&scope, entity)
            .ok_or_else(|| Error::foreign_to_session(M::TABLE.model, "refresh"))?
            .node;
        if !scope.graph.lock().record(node).is_persistent() {
            return Err(Error::not_persistent(M::TABLE.model, "refresh"));
        }
        if relationships.is_empty() {
            return columns(&scope, entity).await;
        }
        let loads = relationships.into_iter().map(|load| load_attribute(&scope, node, load));
        join_all(loads).await.into_iter().collect()
    }
}

async fn columns<M: Live>(scope: &Arc<Scope>, entity: &Entity<M>) -> Result<()> {
    let handle = Entity::handle(entity);
    let base = {
        let locked = scope.graph.lock();
        scope.graph.arena::<M>().version(locked.record(handle.node()).base)
    };
    let key: Vec<_> = M::TABLE.primary_key.iter().map(|&column| base.value(column)).collect();
    let statement = select_by_key::<M>(&key);
    let read = Fetch { table: M::TABLE, statement, options: &[], freshness: Freshness::Overwrite };
    if fetch(scope, read).await?.is_empty() {
        let key = scope.graph.lock().key_in_words(handle.node());
        return Err(Error::row_gone(M::TABLE.model, &key));
    }
    Ok(())
}

impl<M: Live> fmt::Debug for Refresh<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh")
            .field("entity", self.entity)
            .field("relationships", &self.relationships)
            .finish_non_exhaustive()
    }
}

impl<M: Live> Future for Refresh<'_, M> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let Self { scope, entity, relationships, running } = &mut *self;
        let start =
            || Box::pin(Self::run(Arc::clone(scope), entity, std::mem::take(relationships))) as Running<'_>;
        running.get_or_insert_with(start).as_mut().poll(context)
    }
}
