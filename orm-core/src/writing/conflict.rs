//! Floor 6: what is done about rows that violate a unique constraint.

use std::fmt;

use super::returning::Write;
use super::{Insert, Returning};
use crate::model::{Column, Model};
use crate::query;
use crate::query::{
    ConflictTarget, ConflictUpdate, Covers, Criteria, Excluded, From, IntoCondition, Join, Operand, RowWise,
    Sql, Yields,
};
use crate::types::{ColumnType, Fits};
use crate::unit_of_work::Batch;

/// An INSERT of which is to be said what becomes of rows that are there already. Made by
/// [`Insert::on_conflict`] and [`Insert::on_constraint`].
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let ann = insert::<User>().value(User::builder().email("ann@example.org").name("Ann"));
/// let upsert = ann.on_conflict(User::email).do_update().set(User::name, excluded(User::name));
/// assert!(upsert.to_string().ends_with("ON CONFLICT (email) DO UPDATE SET name = excluded.name"));
/// ```
#[must_use = "say what is done: `.do_nothing()` or `.do_update()`"]
#[derive(Debug)]
pub struct OnConflict<M: Model> {
    insert: Insert<M>,
    target: ConflictTarget,
}

impl<M: Model> OnConflict<M> {
    pub(super) fn new(insert: Insert<M>, target: ConflictTarget) -> Self {
        Self { insert, target }
    }

    /// The unique index is a partial one, with this condition: `ON CONFLICT (email) WHERE ..`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = insert::<User>().value(User::builder().email("ann@example.org"));
    /// let sql = ann.on_conflict(User::email).index_where(User::name.is_null()).do_nothing().to_string();
    /// assert!(sql.ends_with("ON CONFLICT (email) WHERE users.name IS NULL DO NOTHING"));
    /// ```
    #[rustfmt::skip]
    pub fn index_where<C: IntoCondition<Sources: RowWise>, I>(mut self, condition: C) -> Self where From<M>: Covers<C::Sources, I> {
        if let ConflictTarget::Columns(_, predicate) = &mut self.target {
            *predicate = Some(condition.into_condition().0);
        }
        self
    }

    /// Leaves the row out. The number of rows is that of those that were inserted.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = insert::<User>().value(User::builder().email("ann@example.org"));
    /// assert!(ann.on_conflict(User::email).do_nothing().to_string().ends_with("DO NOTHING"));
    /// ```
    pub fn do_nothing(self) -> Insert<M> {
        self.insert.with_conflict(query::OnConflict { target: self.target, update: None })
    }

    /// Changes the row that is there: say how with [`set`](Upsert::set) or [`set_all`](Upsert::set_all).
    ///
    /// Entities in memory whose rows are changed have the new values. A `version` is counted and `on_update` columns are set,
    /// as by every update. Two rows for one place are refused by the server.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = ["Ann", "Bob"].map(|name| User::builder().email(format!("{name}@example.org")).name(name));
    /// session.execute(insert::<User>().values(users).on_conflict(User::email).do_update().set_all()).await?;
    /// # Ok(()) }
    /// ```
    pub fn do_update(self) -> Upsert<M> {
        let Self { insert, target } = self;
        Upsert { insert, target, update: ConflictUpdate::default(), criteria: Criteria::default() }
    }
}

/// What an update of a row that is there may name: its own columns, and those of the new row.
type Conflict<M> = Join<From<M>, Excluded<M>>;

/// An INSERT that changes the rows that are there already. Made by [`OnConflict::do_update`]; a session executes it, and
/// yields how many rows were inserted or changed. Where nothing is set, nothing is done.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let ann = insert::<User>().value(User::builder().email("ann@example.org").name("Ann"));
/// let upsert = ann.on_conflict(User::email).do_update().set(User::name, excluded(User::name));
/// session.execute(upsert.filter(User::name.is_null())).await?;
/// # Ok(()) }
/// ```
#[must_use = "an insert does nothing until a session executes it"]
#[derive(Debug)]
pub struct Upsert<M: Model> {
    insert: Insert<M>,
    target: ConflictTarget,
    update: ConflictUpdate,
    criteria: Criteria,
}

impl<M: Model> Upsert<M> {
    /// Sets a column of the row that is there to a value, or to an expression: of its own columns, and of the new row's
    /// ([`excluded`](crate::excluded)). Of several for one column the last counts.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = insert::<User>().value(User::builder().email("ann@example.org"));
    /// let upsert = ann.on_conflict(User::email).do_update().set(User::name, "again");
    /// assert!(upsert.to_string().ends_with("DO UPDATE SET name = $3"));
    /// ```
    #[rustfmt::skip]
    pub fn set<T: ColumnType, V: Operand<T::NotNull, Nullness: Fits<T::Nullness>>, I>(mut self, column: Column<M, T>, value: V) -> Self where Conflict<M>: Covers<V::Sources, I> {
        self.update.set(M::TABLE, column.index(), value.into_term().0);
        self
    }

    /// Sets all columns that the new row gives, but for the primary key, those of the constraint, and the version.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = insert::<User>().value(User::builder().email("ann@example.org").name("Ann"));
    /// let upsert = ann.on_conflict(User::email).do_update().set_all();
    /// assert!(upsert.to_string().ends_with("DO UPDATE SET name = excluded.name"));
    /// ```
    pub fn set_all(mut self) -> Self {
        self.update.takes_all = true;
        self
    }

    /// Changes the row that is there only if the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = insert::<User>().value(User::builder().email("ann@example.org"));
    /// let upsert = ann.on_conflict(User::email).do_update().set(User::name, "x").filter(User::id.gt(1));
    /// assert!(upsert.to_string().ends_with("SET name = $3 WHERE users.id > $4"));
    /// ```
    #[rustfmt::skip]
    pub fn filter<C: IntoCondition<Sources: RowWise>, I>(mut self, condition: C) -> Self where Conflict<M>: Covers<C::Sources, I> {
        self.update.filter(condition.into_condition().0);
        self
    }

    /// Yields something of each row that was inserted or changed, as it is afterwards. The rows come in the order in which they
    /// were given, if the constraint was named by columns that cannot be NULL and that are not set; else in the server's.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// # fn example(upsert: orm_core::Upsert<User>) {
    /// let ids = upsert.set_all().returning(User::id);
    /// # let _ = ids; }
    /// ```
    pub fn returning<O: Yields<From<M>, I, R>, I, R>(self, output: O) -> Returning<R> {
        let (insert, criteria) = self.into_insert();
        let write = (insert.statement, Batch::of(insert.rows), criteria);
        Returning::new(Write::Insert(Box::new(write)), output)
    }

    /// Changes rows that are marked as deleted too (`#[orm(soft_delete)]`).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let post = insert::<Post>().value(Post::builder().id(1).title("back").user_id(1));
    /// session.execute(post.on_conflict(Post::id).do_update().set_all().with_deleted()).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_deleted(mut self) -> Self {
        self.criteria.with_deleted = true;
        self
    }

    /// Changes rows whatever the session's criteria say.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let post = insert::<Post>().value(Post::builder().id(1).title("mine").user_id(1));
    /// session.execute(post.on_conflict(Post::id).do_update().set_all().without_criteria()).await?;
    /// # Ok(()) }
    /// ```
    pub fn without_criteria(mut self) -> Self {
        self.criteria.alone = true;
        self
    }

    /// The text, for rows that give the same columns as the first one; and the parameters behind those of the rows.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = insert::<User>().value(User::builder().email("ann@example.org"));
    /// let sql = ann.on_conflict(User::email).do_update().set(User::name, "again").to_sql();
    /// assert_eq!(sql.parameters.len(), 1);
    /// ```
    pub fn to_sql(&self) -> Sql {
        let rows = self.insert.rows.first().map(|row| row.given);
        let statement = self.insert.statement.clone();
        Insert::<M> { statement, rows: Vec::new() }.with_conflict(self.conflict()).text(rows)
    }

    /// The statement with what this session's criteria say.
    pub(crate) fn sql_within(&self, session: &Criteria) -> Sql {
        self.insert.sql_with(Some(self.conflict()), &self.criteria.within(session))
    }

    fn conflict(&self) -> query::OnConflict {
        query::OnConflict { target: self.target.clone(), update: Some(self.update.clone()) }
    }

    pub(super) fn into_insert(self) -> (Insert<M>, Criteria) {
        let conflict = self.conflict();
        (self.insert.with_conflict(conflict), self.criteria)
    }
}

impl<M: Model> fmt::Display for Upsert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_sql().fmt(f)
    }
}
