//! Floor 8: statements that a session executes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{Rows, Session};
use crate::entity::{Entity, Handle, Live};
use crate::error::Result;
use crate::loading::{
    Fetch, FromRow, Reading, Select, Shape, UntypedSelect, fetch, fetch_select, fetch_shape,
};
use crate::model::Table;
use crate::query::{self, Columns};
use crate::unit_of_work::Scope;
use crate::writing::{Change, Insert, Returning, Upsert};

/// A statement that a session executes.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let users = session.execute(select::<User>()).await?.all();
/// let count = session.execute(select::<User>().count()).await?.one()?;
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a statement that a session executes",
    label = "an `OnConflict` wants `.do_nothing()` or `.do_update()`, a select by `group_by_rollup` its `.columns(..)`"
)]
pub trait Statement: Send {
    /// What it yields: [`Rows`], or what a write did.
    type Output: Send;

    /// Runs the statement.
    #[doc(hidden)]
    fn execute<'s>(self, session: &'s Session) -> Executing<'s, Self::Output>
    where
        Self: 's;
}

#[diagnostic::do_not_recommend]
impl<S: Run> Statement for S {
    type Output = S::Output;

    fn execute<'s>(self, session: &'s Session) -> Executing<'s, S::Output>
    where
        Self: 's,
    {
        Executing::new(self.run(session), |output| output)
    }
}

/// What [`Statement`] is said of.
#[doc(hidden)]
pub trait Run: Send {
    type Output: Send;

    fn run(self, session: &Session) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// A statement that is executed when this is awaited. Made by [`Session::execute`], [`Session::scalars`] and others.
///
/// It does not name the statement, so that the compiler says once what is no statement.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::{prelude::*, Executing};
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let renaming: Executing<'_, u64> = session.execute(update::<User>().set(User::name, "Ann"));
/// assert_eq!(renaming.await?, 3);
/// # Ok(()) }
/// ```
#[must_use = "nothing is executed until it is awaited"]
pub struct Executing<'s, R, T = R> {
    run: Pin<Box<dyn Future<Output = Result<R>> + Send + 's>>,
    then: fn(R) -> T,
}

impl<'s, R, T> Executing<'s, R, T> {
    pub(super) fn new(run: impl Future<Output = Result<R>> + Send + 's, then: fn(R) -> T) -> Self {
        Self { run: Box::pin(run), then }
    }

    /// The same, of which something else is kept.
    pub(super) fn then<Other>(self, then: fn(R) -> Other) -> Executing<'s, R, Other> {
        Executing { run: self.run, then }
    }
}

impl<R, T> Future for Executing<'_, R, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let then = self.then;
        self.run.as_mut().poll(context).map(|done| done.map(then))
    }
}

impl<R, T> std::fmt::Debug for Executing<'_, R, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executing").finish_non_exhaustive()
    }
}

impl<M: Live, S: query::Scope> Run for Select<M, S> {
    type Output = Rows<Entity<M>>;

    async fn run(self, session: &Session) -> Result<Rows<Entity<M>>> {
        let scope = session.scope();
        let found = fetch_entities(&scope, self.untyped(), M::TABLE, Shape::of::<Entity<M>>).await?;
        Ok(Rows::new(entities(&scope, found)))
    }
}

/// Where the entities of a table are that a select finds.
async fn fetch_entities(
    scope: &Arc<Scope>,
    mut select: UntypedSelect,
    table: &'static Table,
    shape: fn() -> Shape,
) -> Result<Vec<u32>> {
    if select.statement.writes() {
        return Ok(fetch_shape(scope, select.by_rows(table), shape).await?.entities());
    }
    scope.graph.arena(table);
    let options = select.take_options(table);
    let (freshness, statement) = (select.freshness(), select.statement.of_first());
    let mut tables = statement.tables();
    options.collect_tables(&mut tables);
    options.criteria.within(&scope.criteria).collect_tables(&mut tables);
    scope.autoflush(&tables).await?;
    fetch(scope, Fetch { table, statement, options: &options, reading: Reading::Select(freshness) }).await
}

impl<R: FromRow, S: query::Scope> Run for Select<Columns<R>, S> {
    type Output = Rows<R>;

    async fn run(self, session: &Session) -> Result<Rows<R>> {
        fetch_select(&session.scope(), self).await.map(Rows::new)
    }
}

impl<V, M: Live, S: query::Scope> Run for Change<V, M, S> {
    type Output = u64;

    async fn run(self, session: &Session) -> Result<u64> {
        Change::run(self, &session.scope()).await
    }
}

impl<M: Live> Run for Insert<M> {
    type Output = u64;

    async fn run(self, session: &Session) -> Result<u64> {
        Insert::run(self, &session.scope()).await
    }
}

impl<M: Live> Run for Upsert<M> {
    type Output = u64;

    async fn run(self, session: &Session) -> Result<u64> {
        Upsert::run(self, &session.scope()).await
    }
}

impl<R: FromRow> Run for Returning<R> {
    type Output = Rows<R>;

    async fn run(self, session: &Session) -> Result<Rows<R>> {
        Returning::run(self, &session.scope()).await.map(Rows::new)
    }
}

pub(super) fn entities<M: Live>(scope: &Arc<Scope>, positions: Vec<u32>) -> Vec<Entity<M>> {
    let mut entities = Vec::with_capacity(positions.len());
    for position in positions {
        entities.push(Entity::new(Handle::new(Arc::clone(scope), position)));
    }
    entities
}
