//! Floor 6: what a statement that writes returns of its rows.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::error::Result;
use crate::loading::{Cte, FromRow, Returned, read_returned, read_with};
use crate::model::Selectable;
use crate::query::{
    ChangeStatement, CommonBody, CommonWrite, Criteria, Expression, InsertStatement, Loads, OutputList, Sql,
    WithStatement, WriteStatement, Yields,
};
use crate::unit_of_work::{Batch, Scope};

/// A statement that writes, and yields something of each row that it wrote. Made by
/// [`Change::returning`](crate::Change::returning),
/// [`Insert::returning`](crate::Insert::returning) and [`Upsert::returning`](crate::Upsert::returning).
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let rename = update::<User>().set(User::name, "Ann").filter(User::email.like("ann@%"));
/// for (id, email) in session.execute(rename.returning((User::id, User::email))).await? {
///     println!("{id}: {email}");
/// }
/// # Ok(()) }
/// ```
#[must_use = "a statement does nothing until a session executes it"]
pub struct Returning<R> {
    write: Write,
    outputs: Vec<Expression>,
    /// What is loaded along with each entity among the outputs.
    along: Vec<Loads>,
    row: PhantomData<fn() -> R>,
}

/// What writes.
pub(super) enum Write {
    Change(Box<ChangeStatement>, Criteria),
    Insert(Box<(InsertStatement, Batch, Criteria)>),
}

impl<R> Returning<R> {
    pub(super) fn new<S, I>(write: Write, output: impl Yields<S, I, R>) -> Self {
        let (outputs, along) = OutputList::gather(output, None);
        Self { write, outputs, along, row: PhantomData }
    }

    /// This statement as a common table expression, whose rows are what it yields: for a select or another write that begins
    /// [`with`](crate::Select::with) it.
    ///
    /// All statements of one `WITH` see what was there before, not what the others do; so a row that two of them change is
    /// changed once. Afterwards entities in memory are as if each had been executed by itself. The rows of an insert give the
    /// same columns, and keys instead of entities.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Gone {
    ///     user_id: i64,
    /// }
    /// let gone = delete::<Post>().filter(Post::title.eq("spam")).returning(row!(Gone { user_id: Post::user_id })).cte();
    /// let spammers = select::<User>().with(gone).join(table::<Gone>().on(Gone::user_id.eq(User::id)));
    /// assert!(spammers.to_string().starts_with("WITH gone (user_id) AS (DELETE FROM posts WHERE posts.title = $1 RETURNING"));
    /// ```
    pub fn cte(self) -> Cte<R>
    where
        R: Selectable,
    {
        let (statement, criteria, refused) = match self.write {
            Write::Change(change, criteria) => {
                (WriteStatement::Change(change.yielding(self.outputs)), criteria, None)
            }
            Write::Insert(write) => {
                let (insert, batch, criteria) = *write;
                let (insert, refused) = batch.given(insert.yielding(self.outputs));
                (WriteStatement::Insert(insert), criteria, refused)
            }
        };
        Cte::new(CommonBody::Write(Box::new(CommonWrite { statement, criteria, refused })))
    }

    /// The statement with what this session's criteria say.
    pub(crate) fn sql_within(&self, session: &Criteria) -> Sql {
        match &self.write {
            Write::Change(change, criteria) => {
                let change = (**change).clone().yielding(self.outputs.clone());
                change.complete().restricted(&criteria.within(session)).to_sql()
            }
            Write::Insert(write) => {
                let (insert, batch, criteria) = &**write;
                batch.sql(&insert.clone().yielding(self.outputs.clone()), &criteria.within(session))
            }
        }
    }

    /// The text and the parameters, without the session's criteria and without what brings entities up to date. Of an insert,
    /// the text for rows that give the same columns as the first one.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let gone = delete::<User>().filter(User::id.eq(1)).returning(User::email);
    /// assert_eq!(gone.to_sql().text, "DELETE FROM users WHERE users.id = $1 RETURNING users.email");
    /// ```
    pub fn to_sql(&self) -> Sql {
        match &self.write {
            Write::Change(change, _) => (**change).clone().complete().yielding(self.outputs.clone()).to_sql(),
            Write::Insert(write) => {
                let (insert, batch, _) = &**write;
                batch.text(&insert.clone().yielding(self.outputs.clone()))
            }
        }
    }
}

impl<R: FromRow> Returning<R> {
    /// Runs the statement; what the rows hold, those of an insert in the order in which they were given.
    ///
    /// # Errors
    /// As for the statement; if the database has other data types than the models say.
    pub(crate) async fn run(self, scope: &Arc<Scope>) -> Result<Vec<R>> {
        let reader = Returned::reader::<R>(scope, self.outputs.len(), &self.along);
        match self.write {
            Write::Change(change, criteria) => {
                let change = change.yielding(self.outputs);
                if change.writes_with() {
                    let statement = WithStatement::of_write(WriteStatement::Change(change), criteria);
                    return read_with(scope, statement, &Criteria::default(), &reader).await;
                }
                let (returned, reply) = scope.change(change, &criteria, &reader).await?;
                read_returned(scope, vec![(returned, reply.rows)], &self.along).await
            }
            Write::Insert(write) => {
                let (insert, batch, criteria) = *write;
                let insert = insert.yielding(self.outputs);
                if insert.writes_with() {
                    let statement = WithStatement::of_write(WriteStatement::Insert(insert), criteria);
                    return read_with(scope, statement, &Criteria::default(), &reader).await;
                }
                let (mut places, mut answers) = (Vec::new(), Vec::new());
                for (returned, reply, of) in scope.insert(insert, &batch, &criteria, &reader).await? {
                    places.extend(of);
                    answers.push((returned, reply.rows));
                }
                let rows = read_returned(scope, answers, &self.along).await?;
                let mut rows: Vec<_> = places.into_iter().zip(rows).collect();
                rows.sort_by_key(|(place, _)| *place);
                Ok(rows.into_iter().map(|(_, row)| row).collect())
            }
        }
    }
}

impl<R> fmt::Debug for Returning<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Returning").field(&format_args!("{self}")).finish()
    }
}

impl<R> fmt::Display for Returning<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_sql().fmt(f)
    }
}
