//! Floor 6: UPDATE and DELETE of the rows for which a condition holds.
//!
//! One struct, since all but what is set is the same; a marker says which of the two it is.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Returning;
use super::returning::Write;
use crate::error::Result;
use crate::loading::Cte;
use crate::model::{Column, Model, Selectable};
use crate::query::{
    ChangeStatement, Covers, Criteria, From, IntoCondition, Join, Operand, RowWise, Sql, TableReference,
    WithStatement, WriteStatement, Yields,
};
use crate::types::{ColumnType, Fits};
use crate::unit_of_work::{Counted, Scope};

/// An UPDATE or a DELETE of rows of the model `M`: see [`Update`] and [`Delete`]. A session executes it. Its `Display` is the
/// SQL.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let rename = update::<User>().set(User::name, "Ann").filter(User::email.like("ann@%"));
/// let rows: u64 = session.execute(rename).await?;
/// let rows: u64 = session.execute(delete::<Post>().filter(Post::title.eq("spam"))).await?;
/// # Ok(()) }
/// ```
#[must_use = "a statement does nothing until a session executes it"]
pub struct Change<V, M, S = From<M>> {
    statement: ChangeStatement,
    criteria: Criteria,
    types: PhantomData<fn() -> (V, M, S)>,
}

/// In [`Change`]: rows are updated.
#[derive(Debug)]
pub struct Updates;

/// In [`Change`]: rows are deleted.
#[derive(Debug)]
pub struct Deletes;

/// An UPDATE of rows of the model `M`. Made by [`update`].
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Update, prelude::*};
/// let rename: Update<User> = update::<User>().set(User::name, "Ann");
/// # let _ = rename;
/// ```
pub type Update<M, S = From<M>> = Change<Updates, M, S>;

/// A DELETE of rows of the model `M`. Made by [`delete`] and [`delete_hard`].
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Delete, prelude::*};
/// let nameless: Delete<User> = delete::<User>().filter(User::name.is_null());
/// # let _ = nameless;
/// ```
pub type Delete<M, S = From<M>> = Change<Deletes, M, S>;

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
    Change::of(ChangeStatement::update(M::TABLE))
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
    Change::of(match M::TABLE.soft_delete() {
        Some(column) => ChangeStatement::mark(M::TABLE, column),
        None => ChangeStatement::delete(M::TABLE),
    })
}

/// Deletes rows for good, where [`delete`] would only mark them (`#[orm(soft_delete)]`). Rows that are marked already are
/// left alone, unless it says [`with_deleted`](Change::with_deleted).
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::prelude::*;
/// let old = delete_hard::<Post>().filter(Post::id.lt(1000)).with_deleted();
/// assert_eq!(old.to_string(), "DELETE FROM posts WHERE posts.id < $1");
/// ```
pub fn delete_hard<M: Model>() -> Delete<M> {
    Change::of(ChangeStatement::delete(M::TABLE))
}

impl<M, S> Update<M, S> {
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
    #[rustfmt::skip]
    pub fn set<T: ColumnType, V: Operand<T::NotNull, Nullness: Fits<T::Nullness>>, I>(mut self, column: Column<M, T>, value: V) -> Self where S: Covers<V::Sources, I> {
        self.statement = self.statement.set(column.index(), value.into_term().0);
        self
    }

    /// Reads another table too, whose columns conditions and values may name: `UPDATE .. FROM posts`. Say with
    /// [`filter`](Change::filter) which of its rows belong to which; a row for which there are several is updated once,
    /// by one of them.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let named = update::<User>().from::<Profile>().set(User::name, Profile::bio);
    /// let sql = named.filter(Profile::user_id.eq(User::id)).to_string();
    /// assert_eq!(sql, "UPDATE users SET name = profiles.bio FROM profiles WHERE profiles.user_id = users.id");
    /// ```
    pub fn from<N: Selectable>(self) -> Update<M, Join<S, N>> {
        self.reading::<N>()
    }
}

impl<M, S> Delete<M, S> {
    /// Reads another table too, whose columns conditions may name: `DELETE .. USING users`. Say with
    /// [`filter`](Change::filter) which of its rows belong to which.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let of_someone = delete::<Post>().using::<User>().filter(Post::user_id.eq(User::id));
    /// let sql = of_someone.filter(User::name.is_null()).to_string();
    /// assert_eq!(sql, "DELETE FROM posts USING users WHERE posts.user_id = users.id AND users.name IS NULL");
    /// ```
    pub fn using<N: Selectable>(self) -> Delete<M, Join<S, N>> {
        self.reading::<N>()
    }
}

impl<V, M: Model> Change<V, M> {
    fn of(statement: ChangeStatement) -> Self {
        Self { statement, criteria: Criteria::default(), types: PhantomData }
    }
}

impl<V, M, S> Change<V, M, S> {
    fn reading<N: Selectable>(self) -> Change<V, M, Join<S, N>> {
        let statement = self.statement.reading(TableReference::to::<N>());
        Change { statement, criteria: self.criteria, types: PhantomData }
    }

    /// Changes only the rows for which the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = delete::<User>().filter(User::name.is_null()).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NULL"));
    /// ```
    #[rustfmt::skip]
    pub fn filter<C: IntoCondition<Sources: RowWise>, I>(mut self, condition: C) -> Self where S: Covers<C::Sources, I> {
        self.statement = self.statement.filter(condition.into_condition().0);
        self
    }

    /// Begins the statement with a common table expression, which conditions, values and
    /// [`from`](crate::Update::from) can name. It may be one that writes.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Silent {
    ///     id: i64,
    /// }
    /// let silent = select::<User>().left_join(User::posts).filter(Post::id.is_null());
    /// let silent = silent.columns(row!(Silent { id: User::id })).cte();
    /// let gone = delete::<User>().with(silent).using::<Silent>().filter(Silent::id.eq(User::id));
    /// assert!(gone.to_string().ends_with("DELETE FROM users USING silent WHERE silent.id = users.id"));
    /// ```
    pub fn with<R: Selectable>(mut self, table: Cte<R>) -> Self {
        self.statement.with.push(table.into_table());
        self
    }

    /// Yields something of each row: a column, an expression, [`entity`](crate::entity), or a tuple of such. Of an update the
    /// row is as it is afterwards, of a delete as it was. Entities are those of the session, after a delete deleted ones.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = update::<User>().set(User::name, "Ann").returning((User::id, User::name)).to_string();
    /// assert!(sql.ends_with("RETURNING users.id, users.name"));
    /// let sql = delete::<User>().filter(User::id.eq(1)).returning(User::email).to_string();
    /// assert_eq!(sql, "DELETE FROM users WHERE users.id = $1 RETURNING users.email");
    /// ```
    pub fn returning<O: Yields<S, I, R>, I, R>(self, output: O) -> Returning<R> {
        Returning::new(Write::Change(Box::new(self.statement), self.criteria), output)
    }

    /// Changes rows that are marked as deleted too (`#[orm(soft_delete)]`): in an update, or in [`delete_hard`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.execute(update::<Post>().set(Post::title, "-").with_deleted()).await?;
    /// session.execute(delete_hard::<Post>().with_deleted()).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_deleted(mut self) -> Self {
        self.criteria.with_deleted = true;
        self
    }

    /// Changes rows whatever the session's criteria say; in an update, and for good, also those that are marked as deleted.
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
    /// let sql = update::<User>().set(User::name, "Ann").to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), "\"Ann\"");
    /// ```
    pub fn to_sql(&self) -> Sql {
        self.statement.clone().complete().to_sql()
    }

    /// The statement with what this session's criteria say.
    pub(crate) fn sql_within(&self, session: &Criteria) -> Sql {
        self.statement.clone().complete().restricted(&self.criteria.within(session)).to_sql()
    }

    /// Runs the statement; how many rows there were.
    ///
    /// # Errors
    /// If it is an update that sets nothing, or a column that only the database writes; what a flush and the server refuse.
    pub(crate) async fn run(self, scope: &Arc<Scope>) -> Result<u64> {
        if self.statement.writes_with() {
            let statement = WithStatement::of_write(WriteStatement::Change(self.statement), self.criteria);
            return scope.write_with(statement, &Criteria::default(), &Counted).await.map(|(rows, _)| rows);
        }
        scope.change(self.statement, &self.criteria, &Counted).await.map(|(rows, _)| rows)
    }
}

impl<V, M, S> Clone for Change<V, M, S> {
    fn clone(&self) -> Self {
        Self { statement: self.statement.clone(), criteria: self.criteria.clone(), types: PhantomData }
    }
}

impl<V, M, S> fmt::Debug for Change<V, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.statement.is_delete() || self.statement.marks { "Delete" } else { "Update" };
        f.debug_tuple(name).field(&format_args!("{self}")).finish()
    }
}

impl<V, M, S> fmt::Display for Change<V, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_sql().fmt(f)
    }
}
