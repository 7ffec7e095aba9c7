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
use crate::loading::{Fetch, OptionOf, Reading, fetch, load_for_known};
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
    pub(super) options: Loads,
    lock: Option<Lock>,
    populate_existing: bool,
    running: Option<Running<M>>,
}

type Running<M> = Pin<Box<dyn Future<Output = Result<Option<Entity<M>>>> + Send>>;

impl<M: Live> Get<M> {
    pub(super) fn new(scope: Arc<Scope>, key: M::Key) -> Self {
        let options = Loads::default();
        Self { scope, key, options, lock: None, populate_existing: false, running: None }
    }

    /// Loads relationships along, also of an entity that is in memory already. Call it once for each.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.get::<User>(1).options(selectinload(User::posts)).options(joinedload(User::profile)).await?;
    /// # Ok(()) }
    /// ```
    pub fn options<O: OptionOf<M>>(mut self, option: O) -> Self {
        self.options.extend(option.into_loads());
        self
    }

    /// Reads the row, and what the options load along, also if it was read or written in this transaction already; takes
    /// the values, as [`Select::populate_existing`](crate::Select::populate_existing).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.get::<User>(1).populate_existing().await?; // as it is now
    /// # Ok(()) }
    /// ```
    pub fn populate_existing(mut self) -> Self {
        self.populate_existing = true;
        self
    }

    fn known(scope: &Arc<Scope>, key: &M::Key) -> Option<Entity<M>> {
        scope.graph.arena(M::TABLE);
        let node = {
            let locked = scope.graph.lock();
            locked.find(M::number(), &key.parts()).filter(|&node| !locked.record(node).is_in_doubt())?
        };
        Some(Entity::new(Handle::new(Arc::clone(scope), node.position)))
    }

    async fn run(
        scope: Arc<Scope>,
        key: M::Key,
        given: Loads,
        lock: Option<Lock>,
        freshness: Freshness,
    ) -> Result<Option<Entity<M>>> {
        scope.graph.arena(M::TABLE);
        let options = given.clone().complete(M::TABLE);
        let mut tables = vec![M::TABLE];
        options.collect_tables(&mut tables);
        options.criteria.within(&scope.criteria).collect_tables(&mut tables);
        scope.autoflush(&tables).await?;
        if freshness == Freshness::Keep
            && let Some(entity) = Self::known(&scope, &key)
        {
            load_for_known(&scope, Entity::handle(&entity).node(), &given).await?;
            return Ok(Some(entity));
        }
        let mut statement = select_by_key::<M>(&key.parts()).locked(lock);
        if scope.graph.lock().find(M::number(), &key.parts()).is_some() {
            // The session has it, and only reads it again.
            statement = statement.unrestricted();
        }
        let read =
            Fetch { table: M::TABLE, statement, options: &options, reading: Reading::Select(freshness) };
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
        let Self { scope, key, options, lock, populate_existing, running } = &mut *self;
        let freshness = match lock {
            _ if *populate_existing => Freshness::Overwrite,
            Some(_) => Freshness::Renew,
            None => Freshness::Keep,
        };
        if running.is_none()
            && freshness == Freshness::Keep
            && !options.says_something()
            && let Some(entity) = Self::known(scope, key)
        {
            return Poll::Ready(Ok(Some(entity)));
        }
        let start = || -> Running<M> {
            let (options, lock) = (std::mem::take(options), lock.take());
            Box::pin(Self::run(Arc::clone(scope), key.clone(), options, lock, freshness))
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
