//! Floor 6: INSERT of rows that builders describe.

use std::fmt;
use std::sync::Arc;

use super::conflict::{OnConflict, Upsert};
use super::fills::Fills;
use super::returning::{Returning, Write};
use crate::error::Result;
use crate::graph::{IntoNew, IntoRow, New};
use crate::loading::{ColumnList, Select};
use crate::model::{ColumnSet, Model};
use crate::query::{
    self, Columns, ConflictTarget, Criteria, From, InsertStatement, Sql, WithStatement, WriteStatement,
    Yields,
};
use crate::unit_of_work::{Batch, Counted, Scope, row_parameters};

/// An INSERT of rows of the model `M`. Made by [`insert`]; a session executes it. Its `Display` is the SQL.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let users = ["ann", "bob"].map(|name| User::builder().email(format!("{name}@example.org")));
/// let rows: u64 = session.execute(insert::<User>().values(users)).await?;
/// # Ok(()) }
/// ```
#[must_use = "an insert does nothing until a session executes it"]
pub struct Insert<M> {
    pub(super) statement: InsertStatement,
    pub(super) rows: Vec<New<M>>,
}

/// Inserts rows of the model `M` without making entities of them.
///
/// [`Session::execute`](crate::Session::execute) yields how many rows were inserted. It flushes first, so that a builder may
/// name an entity that is only added. Rows that give the same columns travel as one array a column: the text does not
/// depend on how many there are. (Rows with array columns are a statement each, in one flight.) Entities in memory that the
/// new rows belong to read their collections again. Hooks of rows are not told.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let new = insert::<User>().value(User::builder().email("ann@example.org"));
/// assert_eq!(new.to_string(), "INSERT INTO users (name, email) SELECT * FROM unnest($1::text[], $2::text[])");
/// ```
pub fn insert<M: Model>() -> Insert<M> {
    Insert { statement: InsertStatement::new(M::TABLE), rows: Vec::new() }
}

impl<M: Model> Insert<M> {
    /// One more row, as its builder describes it.
    ///
    /// A builder with rows of others in it (`User::builder().posts(..)`) is refused
    /// ([`Error::is_unlinkable`](crate::Error::is_unlinkable)):
    /// [`Session::insert_many`](crate::Session::insert_many) takes it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, ann: &Entity<User>) -> orm_core::Result<()> {
    /// session.execute(insert::<Post>().value(Post::builder().title("Hello").user(ann))).await?;
    /// # Ok(()) }
    /// ```
    pub fn value<N: IntoNew<Model = M>>(mut self, row: N) -> Self {
        self.rows.push(IntoRow::into_row(row));
        self
    }

    /// More rows, as their builders describe them. Without any row nothing is sent.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::prelude::*;
    /// let posts = (1..=3).map(|n| Post::builder().title(format!("Post {n}")).user_id(1));
    /// let all = insert::<Post>().values(posts);
    /// assert!(all.to_string().starts_with("INSERT INTO posts (title, user_id)"));
    /// ```
    pub fn values<N: IntoNew<Model = M>>(mut self, rows: impl IntoIterator<Item = N>) -> Self {
        self.rows.extend(rows.into_iter().map(IntoRow::into_row));
        self
    }

    /// Says what is done about a row whose values in these columns are taken: a column, or a tuple of columns, over which
    /// there is a unique constraint, a unique index or the primary key.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = User::builder().email("ann@example.org");
    /// let sql = insert::<User>().value(ann).on_conflict(User::email).do_nothing().to_string();
    /// assert!(sql.ends_with("ON CONFLICT (email) DO NOTHING"));
    /// ```
    pub fn on_conflict(self, columns: impl ColumnList<M>) -> OnConflict<M> {
        OnConflict::new(self, ConflictTarget::Columns(columns.positions(), None))
    }

    /// As [`on_conflict`](Insert::on_conflict), by the name of a constraint.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = User::builder().email("ann@example.org");
    /// let sql = insert::<User>().value(ann).on_constraint("users_email_key").do_nothing().to_string();
    /// assert!(sql.ends_with("ON CONFLICT ON CONSTRAINT users_email_key DO NOTHING"));
    /// ```
    pub fn on_constraint(self, name: &'static str) -> OnConflict<M> {
        OnConflict::new(self, ConflictTarget::Constraint(name))
    }

    /// Leaves out rows that violate any unique constraint.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let ann = User::builder().email("ann@example.org");
    /// let sql = insert::<User>().value(ann).on_conflict_do_nothing().to_string();
    /// assert!(sql.ends_with("ON CONFLICT DO NOTHING"));
    /// ```
    pub fn on_conflict_do_nothing(self) -> Self {
        OnConflict::new(self, ConflictTarget::Any).do_nothing()
    }

    /// The text, for rows that give the same columns as the first one; and the parameters behind those of the rows.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = insert::<User>().value(User::builder().email("ann@example.org")).to_sql();
    /// assert!(sql.parameters.is_empty());
    /// ```
    pub fn to_sql(&self) -> Sql {
        self.text(self.rows.first().map(|row| row.given))
    }

    /// The text for a row that gives these columns.
    pub(super) fn text(&self, given: Option<ColumnSet>) -> Sql {
        self.written(given).to_sql()
    }

    /// The statement for a row that gives these columns.
    fn written(&self, given: Option<ColumnSet>) -> InsertStatement {
        let given = match self.statement.selects() {
            true => self.statement.columns.iter().copied().collect(),
            false => given.unwrap_or_default(),
        };
        let left = |&column: &usize| M::TABLE.columns[column].is_server_made() && !given.contains(column);
        let written = (0..M::TABLE.columns.len()).filter(|column| !left(column)).collect();
        self.statement.writing(written, given)
    }

    /// Inserts the rows of a query: for each of these columns one of it, in their order. What may be NULL goes only into
    /// columns that may be. Rows that were given by builders are not inserted along. The statement begins with the query's common
    /// tables, which may write.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let welcome = select::<User>().columns((func::lower(User::email), User::id));
    /// let sql = insert::<Post>().from_select((Post::title, Post::user_id), welcome).to_string();
    /// assert_eq!(sql, "INSERT INTO posts (title, user_id) SELECT lower(users.email), users.id FROM users");
    /// ```
    pub fn from_select<L: Fills<M, R>, R, S>(mut self, columns: L, query: Select<Columns<R>, S>) -> Self {
        let mut positions = Vec::new();
        columns.add_positions(&mut positions);
        self.statement = self.statement.selecting(positions, query.into_part());
        self
    }

    /// Yields something of each row that was inserted: a column, an expression, [`entity`](crate::entity), or a tuple of such, in
    /// the order in which the rows were given; rows that were left out are left out. Entities come into the session.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = ["ann", "bob"].map(|name| User::builder().email(format!("{name}@example.org")));
    /// let ids: Vec<i64> = session.scalars(insert::<User>().values(users).returning(User::id)).await?.all();
    /// # Ok(()) }
    /// ```
    pub fn returning<O: Yields<From<M>, I, R>, I, R>(self, output: O) -> Returning<R> {
        let write = (self.statement, Batch::of(self.rows), Criteria::default());
        Returning::new(Write::Insert(Box::new(write)), output)
    }

    /// The statement for rows that give the same columns as the first one, with what criteria say.
    pub(crate) fn sql_within(&self, criteria: &Criteria) -> Sql {
        self.sql_with(self.statement.conflict.clone(), criteria)
    }

    /// The same with this said of conflicts.
    pub(super) fn sql_with(&self, conflict: Option<query::OnConflict>, criteria: &Criteria) -> Sql {
        let first = self.rows.first().map(|row| row.given);
        let mut statement = self.statement.clone();
        statement.conflict = conflict;
        let statement = Self { statement, rows: Vec::new() }.written(first).restricted(criteria);
        let mut sql = statement.to_sql();
        if !statement.selects() {
            let alike: Vec<_> = self.rows.iter().filter(|row| Some(row.given) == first).collect();
            sql.parameters
                .splice(..0, row_parameters(&statement, &alike, |row, column| row.value.value(column)));
        }
        sql
    }

    pub(super) fn with_conflict(mut self, conflict: query::OnConflict) -> Self {
        self.statement.conflict = Some(conflict);
        self
    }

    /// Runs the statement; how many rows were inserted or changed.
    ///
    /// # Errors
    /// What a flush and the server refuse; an entity that is no row, or of another session.
    pub(crate) async fn run(self, scope: &Arc<Scope>) -> Result<u64> {
        count(scope, self, &Criteria::default()).await
    }
}

impl<M: Model> fmt::Debug for Insert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Insert").field(&format_args!("{self}")).finish()
    }
}

impl<M: Model> fmt::Display for Insert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_sql().fmt(f)
    }
}

async fn count<M: Model>(scope: &Arc<Scope>, insert: Insert<M>, criteria: &Criteria) -> Result<u64> {
    if insert.statement.writes_with() {
        let statement = WriteStatement::Insert(insert.statement);
        let statement = WithStatement::of_write(statement, criteria.clone());
        return scope.write_with(statement, &Criteria::default(), &Counted).await.map(|(rows, _)| rows);
    }
    let written = scope.insert(insert.statement, &Batch::of(insert.rows), criteria, &Counted).await?;
    Ok(written.iter().map(|(rows, ..)| rows).sum())
}

impl<M: Model> Upsert<M> {
    /// Runs the statement; how many rows were inserted or changed.
    ///
    /// # Errors
    /// As for an insert.
    pub(crate) async fn run(self, scope: &Arc<Scope>) -> Result<u64> {
        let (insert, criteria) = self.into_insert();
        count(scope, insert, &criteria).await
    }
}
