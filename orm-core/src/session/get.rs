//! Floor 8: one entity by its key.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::execute::entities;
use crate::entity::{Entity, Handle, Live};
use crate::error::Result;
use crate::graph::Freshness;
use crate::loading::{Fetch, LoadOption, fetch, load_for_known};
use crate::query::{Expression, Loads, Lock, Locking, SelectStatement, TableReference};
use crate::types::{Key, Value};
use crate::unit_of_work::Scope;

/// One entity by its key when this is awaited, see [`Session::get`](super::Session::get).
///
/// # Errors
/// As for [`Session::execute`](super::Session::execute).
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let user = session.get::<User>(1).options(selectinload(User::posts)).await?;
/// # Ok(()) }
/// ```
#[must_use = "await it"]
pub struct Get<M: Live> {
    scope: Arc<Scope>,
    key: M::Key,
    options: Loads,
    lock: Option<Lock>,
    running: Option<Running<M>>,
}

type Running<M> = Pin<Box<dyn Future<Output = Result<Option<Entity<M>>>> + Send>>;

impl<M: Live> Get<M> {
    pub(super) fn new(scope: Arc<Scope>, key: M::Key) -> Self {
        Self { scope, key, options: Loads::default(), lock: None, running: None }
    }

    /// Loads relationships along, also of an entity that is in memory already. Call it once for each.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.get::<User>(1).options(selectinload(User::posts)).options(joinedload(User::profile)).await?;
    /// # Ok(()) }
    /// ```
    pub fn options<Tip, Last>(mut self, option: LoadOption<M, Tip, Last>) -> Self {
        self.options.extend(option.loads);
        self
    }

    fn known(scope: &Arc<Scope>, key: &M::Key) -> Option<Entity<M>> {
        scope.graph.arena::<M>();
        let node = {
            let locked = scope.graph.lock();
            locked.find(M::number(), &key.parts()).filter(|&node| !locked.record(node).is_in_doubt())?
        };
        Some(Entity::new(Handle::new(Arc::clone(scope), node.position)))
    }

    async fn run(
        scope: Arc<Scope>,
        key: M::Key,
        options: Loads,
        lock: Option<Lock>,
    ) -> Result<Option<Entity<M>>> {
        scope.graph.arena::<M>();
        let mut tables = vec![M::TABLE];
        options.collect_tables(&mut tables);
        scope.autoflush(&tables).await?;
        if lock.is_none()
            && let Some(entity) = Self::known(&scope, &key)
        {
            load_for_known(&scope, Entity::handle(&entity).position, &options).await?;
            return Ok(Some(entity));
        }
        let freshness = if lock.is_some() { Freshness::Renew } else { Freshness::Keep };
        let statement = select_by_key::<M>(&key.parts()).locked(lock);
        let read = Fetch { table: M::TABLE, statement, options: &options, freshness };
        let found = fetch(&scope, read).await?;
        Ok(entities(&scope, found).pop())
    }
}

impl<M: Live> Locking for Get<M> {
    fn lock_mut(&mut self) -> &mut Option<Lock> {
        &mut self.lock
    }
}

impl<M: Live> fmt::Debug for Get<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get")
            .field("model", &M::TABLE.model)
            .field("key", &self.key)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<M: Live> Future for Get<M> {
    type Output = Result<Option<Entity<M>>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { scope, key, options, lock, running } = &mut *self;
        if running.is_none()
            && options.is_empty()
            && lock.is_none()
            && let Some(entity) = Self::known(scope, key)
        {
            return Poll::Ready(Ok(Some(entity)));
        }
        let start = || -> Running<M> {
            Box::pin(Self::run(Arc::clone(scope), key.clone(), std::mem::take(options), lock.take()))
        };
        running.get_or_insert_with(start).as_mut().poll(context)
    }
}

/// The select of one row by its key.
pub(super) fn select_by_key<M: Live>(key: &[&dyn Value]) -> SelectStatement {
    let values = key.iter().map(|part| part.to_shared()).collect();
    let condition = Expression::key_is(TableReference::of(M::TABLE), M::TABLE.primary_key, values);
    SelectStatement::of(M::TABLE).filter(condition)
}
