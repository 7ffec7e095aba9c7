//! Floor 8: statements that a session executes.

use std::any::Any;
use std::convert::identity;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::{Rows, Session};
use crate::entity::{Entity, Live};
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

    #[inline(always)]
    fn execute<'s>(self, session: &'s Session) -> Executing<'s, S::Output>
    where
        Self: 's,
    {
        self.run(session)
    }
}

/// What [`Statement`] is said of.
#[doc(hidden)]
pub trait Run: Send {
    type Output: Send;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, Self::Output>
    where
        Self: 's;
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
    run: Running<'s>,
    read: fn(Found) -> R,
    then: fn(R) -> T,
}

/// One type for all statements, so that it is compiled once.
type Running<'s> = Pin<Box<dyn Future<Output = Result<Found>> + Send + 's>>;

/// What a statement has found, before it is said what it is.
type Found = Box<dyn Any + Send>;

impl<'s, R: Send + 'static> Executing<'s, R> {
    pub(super) fn new(run: impl Future<Output = Result<R>> + Send + 's) -> Self {
        let run = async move { Ok(Box::new(run.await?) as Found) };
        let read = |found: Found| *found.downcast().expect("what was found is of the type that is read");
        Self { run: Box::pin(run), read, then: identity }
    }
}

impl<'s, R, T> Executing<'s, R, T> {
    /// The same, of which something else is kept.
    pub(super) fn then<Other>(self, then: fn(R) -> Other) -> Executing<'s, R, Other> {
        Executing { run: self.run, read: self.read, then }
    }
}

/// Where entities were found, in their session's graph.
struct FoundEntities(Arc<Scope>, Vec<u32>);

impl FoundEntities {
    fn of(found: Found) -> Self {
        *found.downcast().expect("entities were looked for")
    }

    #[inline(always)]
    fn read<M: Live>(found: Found) -> Rows<Entity<M>> {
        let Self(scope, positions) = Self::of(found);
        Rows::new(Entity::all_at(&scope, positions))
    }
}

impl<'s, M: Live> Executing<'s, Rows<Entity<M>>> {
    /// The entities of a select, which are of this model.
    #[inline(always)]
    fn entities(session: &'s Session, select: UntypedSelect) -> Self {
        let run = fetch_entities(session, select, M::TABLE, Shape::of::<Entity<M>>);
        Self { run: Box::pin(run), read: FoundEntities::read, then: identity }
    }
}

impl<R, T> Future for Executing<'_, R, T> {
    type Output = Result<T>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let Self { run, read, then } = self.get_mut();
        match ready!(run.as_mut().poll(context)) {
            Ok(found) => Poll::Ready(Ok(then(read(found)))),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl<R, T> std::fmt::Debug for Executing<'_, R, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executing").finish_non_exhaustive()
    }
}

impl<M: Live, S: query::Scope> Run for Select<M, S> {
    type Output = Rows<Entity<M>>;

    #[inline(always)]
    fn run<'s>(self, session: &'s Session) -> Executing<'s, Rows<Entity<M>>>
    where
        Self: 's,
    {
        Executing::entities(session, self.untyped())
    }
}

async fn fetch_entities(
    session: &Session,
    mut select: UntypedSelect,
    table: &'static Table,
    shape: fn() -> Shape,
) -> Result<Found> {
    let scope = session.scope();
    if select.statement.writes() {
        let found = fetch_shape(&scope, select.by_rows(table), shape).await?.entities();
        return Ok(Box::new(FoundEntities(scope, found)));
    }
    scope.graph.arena(table);
    let options = select.take_options(table);
    let (freshness, statement) = (select.freshness(), select.statement.of_first());
    let mut tables = statement.tables();
    options.collect_tables(&mut tables);
    options.criteria.within(&scope.criteria).collect_tables(&mut tables);
    scope.autoflush(&tables).await?;
    let read = Fetch { table, statement, options: &options, reading: Reading::Select(freshness) };
    let found = fetch(&scope, read).await?;
    Ok(Box::new(FoundEntities(scope, found)))
}

impl<R: FromRow, S: query::Scope> Run for Select<Columns<R>, S> {
    type Output = Rows<R>;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, Rows<R>>
    where
        Self: 's,
    {
        Executing::new(async move { fetch_select(&session.scope(), self).await.map(Rows::new) })
    }
}

impl<V, M: Live, S: query::Scope> Run for Change<V, M, S> {
    type Output = u64;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, u64>
    where
        Self: 's,
    {
        Executing::new(async move { Change::run(self, &session.scope()).await })
    }
}

impl<M: Live> Run for Insert<M> {
    type Output = u64;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, u64>
    where
        Self: 's,
    {
        Executing::new(async move { Insert::run(self, &session.scope()).await })
    }
}

impl<M: Live> Run for Upsert<M> {
    type Output = u64;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, u64>
    where
        Self: 's,
    {
        Executing::new(async move { Upsert::run(self, &session.scope()).await })
    }
}

impl<R: FromRow> Run for Returning<R> {
    type Output = Rows<R>;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, Rows<R>>
    where
        Self: 's,
    {
        Executing::new(async move { Returning::run(self, &session.scope()).await.map(Rows::new) })
    }
}
