//! Floor 6: what a statement that writes returns of its rows.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::error::Result;
use crate::loading::{FromRow, Returned, read_returned};
use crate::query::{ChangeStatement, Criteria, Expression, InsertStatement, Loads, Output, OutputList, Sql};
use crate::unit_of_work::{Batch, Scope};

/// A statement that writes, and yields something of each row that it wrote. Made by
/// [`Update::returning`](crate::Update::returning), [`Delete::returning`](crate::Delete::returning),
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
    Change(ChangeStatement, Criteria),
    Insert(Box<(InsertStatement, Batch, Criteria)>),
}

impl<R> Returning<R> {
    pub(super) fn new<S, I>(write: Write, output: impl Output<S, I, Value = R>) -> Self {
        let (outputs, along) = OutputList::gather(output, None);
        Self { write, outputs, along, row: PhantomData }
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
            Write::Change(change, _) => change.clone().complete().yielding(self.outputs.clone()).to_sql(),
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
                let (returned, reply) = scope.change(change, &criteria, &reader).await?;
                read_returned(scope, vec![(returned, reply.rows)], &self.along).await
            }
            Write::Insert(write) => {
                let (insert, batch, criteria) = *write;
                let insert = insert.yielding(self.outputs);
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
