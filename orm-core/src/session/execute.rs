//! Floor 8: statements that a session executes.

use std::future::Future;
use std::sync::Arc;

use super::stream::each_once;
use super::{Rows, Session};
use crate::entity::{Entity, Handle, Live};
use crate::error::Result;
use crate::loading::{Fetch, FromRow, Reading, Select, fetch, fetch_select};
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
    label = "not complete, or not a statement",
    note = "an `OnConflict` wants `.do_nothing()` or `.do_update()`, a select by `group_by_rollup` its `.columns(..)`"
)]
pub trait Statement: Send {
    /// What it yields: [`Rows`], or what a write did.
    type Output: Send;

    /// Runs the statement.
    #[doc(hidden)]
    fn run(self, session: &Session) -> impl Future<Output = Result<Self::Output>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M: Live, S: query::Scope> Statement for Select<M, S> {
    type Output = Rows<Entity<M>>;

    async fn run(mut self, session: &Session) -> Result<Rows<Entity<M>>> {
        let scope = session.scope();
        if self.statement.writes() {
            let mut entities = fetch_select(&scope, self.by_rows()).await?;
            each_once(&mut entities);
            return Ok(Rows::new(entities));
        }
        scope.graph.arena::<M>();
        let options = self.take_options();
        let (freshness, statement) = (self.freshness(), self.statement.of_first());
        let mut tables = statement.tables();
        options.collect_tables(&mut tables);
        options.criteria.within(&scope.criteria).collect_tables(&mut tables);
        scope.autoflush(&tables).await?;
        let read =
            Fetch { table: M::TABLE, statement, options: &options, reading: Reading::Select(freshness) };
        let found = fetch(&scope, read).await?;
        Ok(Rows::new(entities(&scope, found)))
    }
}

#[diagnostic::do_not_recommend]
impl<R: FromRow, S: query::Scope> Statement for Select<Columns<R>, S> {
    type Output = Rows<R>;

    async fn run(self, session: &Session) -> Result<Rows<R>> {
        fetch_select(&session.scope(), self).await.map(Rows::new)
    }
}

#[diagnostic::do_not_recommend]
impl<V, M: Live, S: query::Scope> Statement for Change<V, M, S> {
    type Output = u64;

    async fn run(self, session: &Session) -> Result<u64> {
        Change::run(self, &session.scope()).await
    }
}

#[diagnostic::do_not_recommend]
impl<M: Live> Statement for Insert<M> {
    type Output = u64;

    async fn run(self, session: &Session) -> Result<u64> {
        Insert::run(self, &session.scope()).await
    }
}

#[diagnostic::do_not_recommend]
impl<M: Live> Statement for Upsert<M> {
    type Output = u64;

    async fn run(self, session: &Session) -> Result<u64> {
        Upsert::run(self, &session.scope()).await
    }
}

#[diagnostic::do_not_recommend]
impl<R: FromRow> Statement for Returning<R> {
    type Output = Rows<R>;

    async fn run(self, session: &Session) -> Result<Rows<R>> {
        Returning::run(self, &session.scope()).await.map(Rows::new)
    }
}

pub(super) fn entities<M: Live>(scope: &Arc<Scope>, positions: Vec<u32>) -> Vec<Entity<M>> {
    positions.into_iter().map(|position| Entity::new(Handle::new(Arc::clone(scope), position))).collect()
}
