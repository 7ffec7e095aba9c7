//! Floor 6: UPDATE of the rows for which a condition holds.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Returning;
use super::returning::Write;
use crate::error::Result;
use crate::model::{Column, Model, Selectable};
use crate::query::{
    ChangeStatement, ConditionIn, Criteria, From, Join, Output, Sql, TableReference, ValueIn,
};
use crate::types::ColumnType;
use crate::unit_of_work::{Counted, Scope};

/// An UPDATE of rows of the model `M`. Made by [`update`]; a session executes it. Its `Display` is the SQL.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let rename = update::<User>().set(User::name, "Ann").filter(User::email.like("ann@%"));
/// let rows: u64 = session.execute(rename).await?;
/// # Ok(()) }
/// ```
#[must_use = "an update does nothing until a session executes it"]
pub struct Update<M, S = From<M>> {
    statement: ChangeStatement,
    criteria: Criteria,
    types: PhantomData<fn() -> (M, S)>,
}

/// Updates rows of the model `M` in the database, without loading them: all of them, until it is filtered.
///
/// [`Session::execute`](crate::Session::execute) yields how many rows there were. It flushes first. Afterwards entities in
/// memory whose rows it changed have the new values, below their unflushed edits; a rollback takes that back. A
/// `version` is counted and `on_update` columns are set, as by every update. Rows that are marked as deleted
/// (`#[orm(soft_delete)]`), and those that the session's criteria leave out, stay as they are. Hooks of rows are not told.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let rename = update::<User>().set(User::name, "Ann").filter(User::id.eq(1));
/// assert_eq!(rename.to_string(), "UPDATE users SET name = $1 WHERE users.id = $2");
/// ```
pub fn update<M: Model>() -> Update<M> {
    Update { statement: ChangeStatement::update(M::TABLE), criteria: Criteria::default(), types: PhantomData }
}

impl<M: Model, S> Update<M, S> {
    /// Sets a column to a value, or to what an expression says of each row. Of several for one column the last counts.
    ///
    /// What may be NULL is set only where the column may be. A column that only the database writes is refused when the statement is executed
    /// ([`is_read_only_column`](crate::Error::is_read_only_column)). Once a `version` is set by hand, it is not counted.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
    /// let lower = update::<User>().set(User::email, func::lower(User::email)).set(User::name, None);
    /// assert_eq!(lower.to_string(), "UPDATE users SET email = lower(users.email), name = $1");
    /// ```
    pub fn set<T: ColumnType, V: ValueIn<T, S, I>, I>(mut self, column: Column<M, T>, value: V) -> Self {
        self.statement = self.statement.set(column.index(), value.into_term().0);
        self
    }

    /// Changes only the rows for which the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = update::<User>().set(User::name, "Ann").filter(User::name.is_null()).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NULL"));
    /// ```
    pub fn filter<C: ConditionIn<S, I>, I>(mut self, condition: C) -> Self {
        self.statement = self.statement.filter(condition.into_condition().0);
        self
    }

    /// Reads another table too, whose columns conditions and values may name: `UPDATE .. FROM posts`. Say with
    /// [`filter`](Update::filter) which of its rows belong to which; a row for which there are several is updated once,
    /// by one of them.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let named = update::<User>().from::<Profile>().set(User::name, Profile::bio);
    /// let sql = named.filter(Profile::user_id.eq(User::id)).to_string();
    /// assert_eq!(sql, "UPDATE users SET name = profiles.bio FROM profiles WHERE profiles.user_id = users.id");
    /// ```
    pub fn from<N: Selectable>(self) -> Update<M, Join<S, N>> {
        let statement = self.statement.reading(TableReference::to::<N>());
        Update { statement, criteria: self.criteria, types: PhantomData }
    }

    /// Yields something of each row, as it is afterwards: a column, an expression, [`entity`](crate::entity), or a tuple of
    /// such. Entities are those of the session.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = update::<User>().set(User::name, "Ann").returning((User::id, User::name)).to_string();
    /// assert!(sql.ends_with("RETURNING users.id, users.name"));
    /// ```
    pub fn returning<O: Output<S, I, Value = R>, I, R>(self, output: O) -> Returning<R> {
        Returning::new(Write::Change(self.statement, self.criteria), output)
    }

    /// Changes rows that are marked as deleted too (`#[orm(soft_delete)]`).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.execute(update::<Post>().set(Post::title, "-").with_deleted()).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_deleted(mut self) -> Self {
        self.criteria.with_deleted = true;
        self
    }

    /// Changes rows whatever the session's criteria say, and deleted ones too.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.execute(update::<Post>().set(Post::title, "-").without_criteria()).await?; // of all tenants
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
    /// let sql = update::<User>().set(User::name, "Ann").to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), "\"Ann\"");
    /// ```
    pub fn to_sql(&self) -> Sql {
        self.statement.clone().complete().to_sql()
    }

    /// Runs the statement; how many rows there were.
    ///
    /// # Errors
    /// If it sets nothing, or a column that only the database writes; what a flush and the server refuse.
    pub(crate) async fn run(self, scope: &Arc<Scope>) -> Result<u64> {
        scope.change(self.statement, &self.criteria, &Counted).await.map(|(rows, _)| rows)
    }
}

impl<M, S> Clone for Update<M, S> {
    fn clone(&self) -> Self {
        Self { statement: self.statement.clone(), criteria: self.criteria.clone(), types: PhantomData }
    }
}

impl<M: Model, S> fmt::Debug for Update<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Update").field(&format_args!("{self}")).finish()
    }
}

impl<M: Model, S> fmt::Display for Update<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_sql().fmt(f)
    }
}
