//! Floor 6: DELETE of the rows for which a condition holds.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Returning;
use super::returning::Write;
use crate::error::Result;
use crate::model::{Model, Selectable};
use crate::query::{ChangeStatement, ConditionIn, Criteria, From, Join, Output, Sql, TableReference};
use crate::unit_of_work::{Counted, Scope};

/// A DELETE of rows of the model `M`. Made by [`delete`] and [`delete_hard`]; a session executes it. Its `Display` is the
/// SQL.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let rows: u64 = session.execute(delete::<Post>().filter(Post::title.eq("spam"))).await?;
/// # Ok(()) }
/// ```
#[must_use = "a delete does nothing until a session executes it"]
pub struct Delete<M, S = From<M>> {
    statement: ChangeStatement,
    criteria: Criteria,
    types: PhantomData<fn() -> (M, S)>,
}

/// Deletes rows of the model `M` in the database, without loading them: all of them, until it is filtered.
///
/// [`Session::execute`](crate::Session::execute) yields how many rows there were. It flushes first. Afterwards entities in
/// memory whose rows are gone are deleted ones, and so are those that the database deleted with them (`on_delete =
/// cascade`); links that led to them are gone. A rollback takes that back. Rows of a model with `#[orm(soft_delete)]` are
/// marked instead. What only the session deletes along, by the `cascade` of a relationship, stays: the database
/// refuses if that refers to what is deleted. Hooks of rows are not told.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::prelude::*;
/// let spam = delete::<Post>().filter(Post::title.eq("spam"));
/// assert_eq!(spam.to_string(), "DELETE FROM posts WHERE posts.title = $1");
/// ```
pub fn delete<M: Model>() -> Delete<M> {
    let statement = match M::TABLE.soft_delete() {
        Some(column) => ChangeStatement::mark(M::TABLE, column),
        None => ChangeStatement::delete(M::TABLE),
    };
    Delete { statement, criteria: Criteria::default(), types: PhantomData }
}

/// Deletes rows for good, where [`delete`] would only mark them (`#[orm(soft_delete)]`). Rows that are marked already are
/// left alone, unless it says [`with_deleted`](Delete::with_deleted).
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::prelude::*;
/// let old = delete_hard::<Post>().filter(Post::id.lt(1000)).with_deleted();
/// assert_eq!(old.to_string(), "DELETE FROM posts WHERE posts.id < $1");
/// ```
pub fn delete_hard<M: Model>() -> Delete<M> {
    Delete { statement: ChangeStatement::delete(M::TABLE), criteria: Criteria::default(), types: PhantomData }
}

impl<M: Model, S> Delete<M, S> {
    /// Deletes only the rows for which the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = delete::<User>().filter(User::name.is_null()).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NULL"));
    /// ```
    pub fn filter<C: ConditionIn<S, I>, I>(mut self, condition: C) -> Self {
        self.statement = self.statement.filter(condition.into_condition().0);
        self
    }

    /// Reads another table too, whose columns conditions may name: `DELETE .. USING users`. Say with
    /// [`filter`](Delete::filter) which of its rows belong to which.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let of_someone = delete::<Post>().using::<User>().filter(Post::user_id.eq(User::id));
    /// let sql = of_someone.filter(User::name.is_null()).to_string();
    /// assert_eq!(sql, "DELETE FROM posts USING users WHERE posts.user_id = users.id AND users.name IS NULL");
    /// ```
    pub fn using<N: Selectable>(self) -> Delete<M, Join<S, N>> {
        let statement = self.statement.reading(TableReference::to::<N>());
        Delete { statement, criteria: self.criteria, types: PhantomData }
    }

    /// Yields something of each row, as it was: a column, an expression, [`entity`](crate::entity), or a tuple of such.
    /// Entities are those of the session, deleted.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = delete::<User>().filter(User::id.eq(1)).returning(User::email).to_string();
    /// assert_eq!(sql, "DELETE FROM users WHERE users.id = $1 RETURNING users.email");
    /// ```
    pub fn returning<O: Output<S, I, Value = R>, I, R>(self, output: O) -> Returning<R> {
        Returning::new(Write::Change(self.statement, self.criteria), output)
    }

    /// Deletes rows that are marked as deleted too (`#[orm(soft_delete)]`): for [`delete_hard`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.execute(delete_hard::<Post>().with_deleted()).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_deleted(mut self) -> Self {
        self.criteria.with_deleted = true;
        self
    }

    /// Deletes rows whatever the session's criteria say; for good also those that are marked.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.execute(delete::<Post>().without_criteria()).await?; // of all tenants
    /// # Ok(()) }
    /// ```
    pub fn without_criteria(mut self) -> Self {
        self.criteria.alone = true;
        self
    }

    /// The text and the parameters, without the session's criteria and without what brings entities up to date.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert_eq!(delete::<User>().to_sql().text, "DELETE FROM users");
    /// ```
    pub fn to_sql(&self) -> Sql {
        self.statement.clone().complete().to_sql()
    }

    /// Runs the statement; how many rows there were.
    ///
    /// # Errors
    /// What a flush and the server refuse.
    pub(crate) async fn run(self, scope: &Arc<Scope>) -> Result<u64> {
        scope.change(self.statement, &self.criteria, &Counted).await.map(|(rows, _)| rows)
    }
}

impl<M, S> Clone for Delete<M, S> {
    fn clone(&self) -> Self {
        Self { statement: self.statement.clone(), criteria: self.criteria.clone(), types: PhantomData }
    }
}

impl<M: Model, S> fmt::Debug for Delete<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Delete").field(&format_args!("{self}")).finish()
    }
}

impl<M: Model, S> fmt::Display for Delete<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_sql().fmt(f)
    }
}
