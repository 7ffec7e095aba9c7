//! Floor 8: one entity by its key.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::entity::{Entity, Live};
use crate::error::Result;
use crate::graph::{Freshness, Node};
use crate::loading::{Fetch, OptionOf, Reading, fetch, load_for_known};
use crate::model::Table;
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
    key: M::Key,
    row: GetRow,
}

/// The same, without the model and the key.
struct GetRow {
    scope: Arc<Scope>,
    table: &'static Table,
    options: Loads,
    lock: Option<Lock>,
    populate_existing: bool,
    running: Option<Running>,
}

/// Where the entity is, if there is one.
type Running = Pin<Box<dyn Future<Output = Result<Option<u32>>> + Send>>;

impl<M: Live> Get<M> {
    #[inline(always)]
    pub(super) fn new(scope: Arc<Scope>, key: M::Key) -> Self {
        let options = Loads::default();
        let row =
            GetRow { scope, table: M::TABLE, options, lock: None, populate_existing: false, running: None };
        Self { key, row }
    }

    pub(super) fn options_mut(&mut self) -> &mut Loads {
        &mut self.row.options
    }

    /// Loads relationships along, also of an entity that is in memory already. Call it once for each.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.get::<User>(1).options(selectinload(User::posts)).options(joinedload(User::profile)).await?;
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn options<O: OptionOf<M>>(mut self, option: O) -> Self {
        self.row.options.extend(option.into_loads());
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
        self.row.populate_existing = true;
        self
    }
}

impl GetRow {
    /// Begins; it is done at once if the entity is here and nothing is to be read.
    fn start(&mut self, key: &[&dyn Value]) -> Option<u32> {
        let freshness = match &self.lock {
            _ if self.populate_existing => Freshness::Overwrite,
            Some(_) => Freshness::Renew,
            None => Freshness::Keep,
        };
        if freshness == Freshness::Keep
            && !self.options.says_something()
            && let Some(position) = known(&self.scope, self.table, key)
        {
            return Some(position);
        }
        let (options, lock) = (std::mem::take(&mut self.options), self.lock.take());
        let key = key.iter().map(|part| part.to_shared()).collect();
        self.running =
            Some(Box::pin(get(Arc::clone(&self.scope), self.table, key, options, lock, freshness)));
        None
    }
}

/// Where the entity is, if it is in the session and what it holds can be relied on.
fn known(scope: &Scope, table: &'static Table, key: &[&dyn Value]) -> Option<u32> {
    scope.graph.arena(table);
    let locked = scope.graph.lock();
    let node = locked.find((table.number)(), key).filter(|&node| !locked.record(node).is_in_doubt())?;
    Some(node.position)
}

async fn get(
    scope: Arc<Scope>,
    table: &'static Table,
    key: Vec<Arc<dyn Value>>,
    given: Loads,
    lock: Option<Lock>,
    freshness: Freshness,
) -> Result<Option<u32>> {
    scope.graph.arena(table);
    let options = given.clone().complete(table);
    let mut tables = vec![table];
    options.collect_tables(&mut tables);
    options.criteria.within(&scope.criteria).collect_tables(&mut tables);
    scope.autoflush(&tables).await?;
    let parts: Vec<&dyn Value> = key.iter().map(|part| &**part).collect();
    if freshness == Freshness::Keep
        && let Some(position) = known(&scope, table, &parts)
    {
        load_for_known(&scope, Node { model: (table.number)(), position }, &given).await?;
        return Ok(Some(position));
    }
    let mut statement = select_by_key(table, &parts).locked(lock);
    if scope.graph.lock().find((table.number)(), &parts).is_some() {
        // The session has it, and only reads it again.
        statement = statement.unrestricted();
    }
    let read = Fetch { table, statement, options: &options, reading: Reading::Select(freshness) };
    Ok(fetch(&scope, read).await?.pop())
}

impl<M: Live> Locking for Get<M> {
    fn lock_mut(&mut self) -> &mut Option<Lock> {
        &mut self.row.lock
    }
}

impl<M: Live> fmt::Debug for Get<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get")
            .field("model", &M::TABLE.model)
            .field("key", &self.key)
            .field("options", &self.row.options)
            .finish_non_exhaustive()
    }
}

impl<M: Live> Future for Get<M> {
    type Output = Result<Option<Entity<M>>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { key, row } = self.get_mut();
        let mut found = None;
        if row.running.is_none() {
            found = row.start(&key.parts());
        }
        if let Some(running) = &mut row.running {
            found = match ready!(running.as_mut().poll(context)) {
                Ok(found) => found,
                Err(error) => return Poll::Ready(Err(error)),
            };
        }
        Poll::Ready(Ok(match found {
            Some(position) => Some(Entity::at(&row.scope, position)),
            None => None,
        }))
    }
}

/// The select of one row by its key.
pub(super) fn select_by_key(table: &'static Table, key: &[&dyn Value]) -> SelectStatement {
    let values = key.iter().map(|part| part.to_shared()).collect();
    let condition = Expression::key_is(TableReference::of(table), table.primary_key, values);
    SelectStatement::of(table).filter(condition)
}
