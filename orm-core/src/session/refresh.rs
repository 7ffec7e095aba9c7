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
use crate::graph::Node;
use crate::loading::{Fetch, Reading, fetch, load_attribute};
use crate::model::{Relationship, RelationshipMarker};
use crate::query::{ColumnStrategy, Load, Lock, Locking, Strategy};
use crate::types::Loadable;
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
    relationships: Vec<usize>,
    lock: Option<Lock>,
    running: Option<Running<'a>>,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

impl<'a, M: Live> Refresh<'a, M> {
    pub(super) fn new(scope: Arc<Scope>, entity: &'a Entity<M>) -> Self {
        Self { scope, entity, relationships: Vec::new(), lock: None, running: None }
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
    pub fn attribute<R: RelationshipMarker<Source = M, Cardinality: Loadable>>(
        mut self,
        relationship: Relationship<R>,
    ) -> Self {
        self.relationships.push(relationship.index());
        self
    }

    fn loads(&self) -> Vec<Load> {
        let relationships = self.relationships.iter();
        relationships.map(|&relationship| Load::new(M::TABLE, relationship, Strategy::SelectIn)).collect()
    }

    async fn run(
        scope: Arc<Scope>,
        entity: &'a Entity<M>,
        relationships: Vec<usize>,
        lock: Option<Lock>,
    ) -> Result<()> {
        let node = super::own(&scope, entity)
            .ok_or_else(|| Error::foreign_to_session(M::TABLE.model, "refresh"))?
            .node;
        if !scope.graph.lock().record(node).is_persistent() {
            return Err(Error::not_persistent(M::TABLE.model, "refresh"));
        }
        if relationships.is_empty() || lock.is_some() {
            columns(&scope, node, lock).await?;
        }
        let loads = relationships.into_iter().map(|relationship| load_attribute(&scope, node, relationship));
        join_all(loads).await.into_iter().collect()
    }
}

async fn columns(scope: &Arc<Scope>, node: Node, lock: Option<Lock>) -> Result<()> {
    let (table, base, options) = {
        let locked = scope.graph.lock();
        let (table, base) = (locked.table(node.model), locked.record(node).base);
        let mut options = locked.loads_of(node);
        options.columns.say(table, table.deferred(), ColumnStrategy::Defer);
        options.columns.say(table, locked.known_columns(node), ColumnStrategy::Undefer);
        (table, scope.graph.any(node.model).version(base), options)
    };
    let key: Vec<_> = table.primary_key.iter().map(|&column| base.value(column)).collect();
    let skips = lock.as_ref().is_some_and(Lock::skips);
    let statement = select_by_key(table, &key).unrestricted().locked(lock);
    let read = Fetch { table, statement, options: &options, reading: Reading::Refresh };
    if fetch(scope, read).await?.is_empty() {
        let key = scope.graph.lock().key_in_words(node);
        return Err(Error::row_gone(table.model, &key, skips));
    }
    Ok(())
}

impl<M: Live> Locking for Refresh<'_, M> {
    fn lock_mut(&mut self) -> &mut Option<Lock> {
        &mut self.lock
    }
}

impl<M: Live> fmt::Debug for Refresh<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh")
            .field("entity", self.entity)
            .field("relationships", &self.loads())
            .finish_non_exhaustive()
    }
}

impl<M: Live> Future for Refresh<'_, M> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let Self { scope, entity, relationships, lock, running } = &mut *self;
        let start = || -> Running<'_> {
            Box::pin(Self::run(Arc::clone(scope), entity, std::mem::take(relationships), lock.take()))
        };
        running.get_or_insert_with(start).as_mut().poll(context)
    }
}
