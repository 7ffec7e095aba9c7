//! Floor 6: what a query says of all rows that it reads, whatever relationship leads to them.

use super::option::LoadOption;
use super::select::Select;
use crate::model::Model;
use crate::query::{About, Condition};

/// Lets only those rows of a model through for which this holds, wherever the query reads the model: in itself, in its
/// joins (a left join keeps its rows) and subqueries, in `count` and `exists`, in what is loaded along, and in what is loaded
/// later for the entities that it brought. Where the query is a part of another (`union`, `cte`, `subquery`, `in_`, ..) it
/// holds there still, beside what the other says.
///
/// Say it for several models with several options. Say it once for all queries of a session with
/// [`Database::with_criteria`](crate::Database::with_criteria).
///
/// * What is in memory is not looked for again: a to-one whose target the session has leads there.
/// * A to-one that leads to a row which is left out reads as `None`; one that is always there as an error,
///   [`Error::is_hidden`](crate::Error::is_hidden).
/// * A collection shows what was let through and counts as loaded. The unit of work knows that there may be more: what is
///   deleted along by a `cascade`, or let go, is found in the database, and no row escapes by being left out.
/// * [`get`](crate::Session::get) of an entity that the session has, [`refresh`](crate::Session::refresh) and
///   [`merge`](crate::Session::merge) find the row in any case.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let recent = with_loader_criteria(Post::id.gt(1000));
/// let users = session.scalars(select::<User>().options(recent.selectinload(User::posts))).await?;
/// # Ok(()) }
/// ```
pub fn with_loader_criteria<M: Model, S: About>(condition: Condition<S>) -> LoadOption<M, M> {
    let mut option = LoadOption::nothing();
    option.loads.criteria.push(S::Model::TABLE, condition.0);
    option
}

impl<T, S> Select<T, S> {
    /// Shows rows that are marked as deleted too (`#[orm(soft_delete)]`), also in what is loaded along, and later for the
    /// entities that it brings.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let bin = session.scalars(select::<Post>().with_deleted()).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_deleted(mut self) -> Self {
        self.options.criteria.with_deleted = true;
        self
    }

    /// Leaves nothing out but for what this query says itself: neither the session's criteria nor deleted rows. It
    /// reaches as far as [`with_deleted`](Select::with_deleted).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let of_all_tenants = session.scalar(select::<Post>().without_criteria().count()).await?;
    /// # Ok(()) }
    /// ```
    pub fn without_criteria(mut self) -> Self {
        self.options.criteria.alone = true;
        self
    }
}
