//! Floor 4: statements that travel together.
//!
//! `BEGIN` goes with the first statement of a transaction and `COMMIT` with the last, in one write. Cancel safety: a
//! dropped read leaves the transaction usable; a dropped write makes the session say so until it is rolled back, and
//! its connection is closed.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures_util::TryStreamExt;
use futures_util::future::{join_all, maybe_done};
use postgres_types::Type;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Row, Statement};

use super::Connection;
use super::checkout::Checkout;
use super::encode::{CannotEncode, Encoded, encode};
use crate::error::{Error, Result};
use crate::model::{ColumnSet, Table};
use crate::query::Argument;

/// A statement with its parameters.
pub(crate) struct Request<'a> {
    pub(crate) text: &'a str,
    pub(crate) arguments: &'a [Argument<'a>],
    /// Columns that come back, from this cell on, and must be readable before anything is written.
    pub(crate) returns: Option<(&'static Table, ColumnSet, usize)>,
}

/// What the server answered to a statement.
pub(crate) struct Reply {
    pub(crate) statement: Statement,
    pub(crate) rows: Vec<Row>,
    /// Rows inserted, updated, deleted or returned.
    pub(crate) affected: u64,
}

/// What follows the last statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing; the statements only read.
    Read,
    /// Nothing; the statements write.
    Write,
    /// `COMMIT`.
    Commit,
}

impl Reply {
    /// Checks that cells, from the one at `start` on, have data types that these columns read.
    pub(crate) fn check(
        &self,
        columns: impl Iterator<Item = (&'static Table, usize)>,
        start: usize,
    ) -> Result<()> {
        check(&self.statement, columns, start)
    }
}

fn check(
    statement: &Statement,
    columns: impl Iterator<Item = (&'static Table, usize)>,
    start: usize,
) -> Result<()> {
    let found = statement.columns().iter().skip(start);
    for ((table, column), found) in columns.zip(found) {
        let facts = &table.columns[column];
        if !(facts.accepts)(found.type_()) {
            let expected = facts.sql_type.to_string();
            return Err(Error::column_type(table.model, facts.field, &expected, type_name(found.type_())));
        }
    }
    Ok(())
}

/// The data type as SQL spells it.
fn type_name(ty: &Type) -> &str {
    match ty.name() {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "float4" => "real",
        "float8" => "double precision",
        "bool" => "boolean",
        other => other,
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Option<Reply>, tokio_postgres::Error>> + Send + 'a>>;

impl Connection {
    /// Sends the statements in one flight and gathers the answers.
    ///
    /// # Errors
    /// The first that a statement met, with its place among the requests. The transaction can then only be rolled back.
    pub(crate) async fn send(
        &self,
        requests: &[Request<'_>],
        end: End,
    ) -> Result<Vec<Reply>, (usize, Error)> {
        let mut first_try = true;
        loop {
            self.check().map_err(|error| (0, error))?;
            let checkout = self.checkout().await.map_err(|error| (0, error))?;
            match self.fly(&checkout, requests, end).await {
                Ok(replies) => return Ok(replies),
                // While the statements were prepared, the transaction that they were meant for has ended.
                Err((_, Failed::Outdated)) => {}
                Err((_, failed)) if first_try && checkout.is_alone(requests) && failed.may_try_again(end) => {
                    first_try = false;
                    self.start_over(&checkout, failed).await;
                }
                Err((place, failed)) => {
                    let error = failed.into_error(&checkout);
                    if end != End::Read || checkout.launched() > 0 {
                        self.lose(&checkout, &error, end);
                    } else if error.is_connection() {
                        // Lost before the transaction had begun: nothing is lost with it.
                        checkout.discard();
                        self.release_this(&checkout);
                    }
                    return Err((place, error));
                }
            }
        }
    }

    /// Ends the transaction on the server and keeps what it did.
    pub(crate) async fn commit(&self) -> Result<()> {
        self.check()?;
        if !self.in_transaction() {
            self.release();
            return Ok(());
        }
        self.send(&[], End::Commit).await.map(|_| ()).map_err(|(_, error)| error)
    }

    async fn fly(
        &self,
        checkout: &Arc<Checkout>,
        requests: &[Request<'_>],
        end: End,
    ) -> Result<Vec<Reply>, (usize, Failed)> {
        let prepared = join_all(requests.iter().map(|request| checkout.prepare(request.text))).await;
        let mut statements = Vec::with_capacity(prepared.len());
        for (place, statement) in prepared.into_iter().enumerate() {
            statements.push(statement.map_err(|error| (place, Failed::Prepare(error)))?);
        }
        for (place, (request, statement)) in requests.iter().zip(&statements).enumerate() {
            let Some((table, columns, start)) = request.returns else { continue };
            let columns = columns.iter().map(|column| (table, column));
            check(statement, columns, start).map_err(|error| (place, Failed::Check(error)))?;
        }
        let parameters =
            encode(requests, &statements).map_err(|error| (error.place, Failed::Encode(error)))?;
        if !self.is_current(checkout) {
            return Err((0, Failed::Outdated));
        }
        let started = Instant::now();
        let answers = self.launch(checkout, statements, parameters, end).await;
        let mut replies = Vec::with_capacity(requests.len());
        for answer in answers {
            match answer {
                Ok(Some(reply)) => {
                    self.tell(&requests[replies.len()], &reply, started);
                    replies.push(reply);
                }
                Ok(None) => {}
                Err(error) => return Err((replies.len(), Failed::Answer(error))),
            }
        }
        if end == End::Commit {
            self.release_this(checkout);
        }
        Ok(replies)
    }

    /// All messages are written at the first poll, in order, before anything is awaited.
    async fn launch<'a>(
        &'a self,
        checkout: &'a Checkout,
        statements: Vec<Statement>,
        parameters: Vec<Vec<Encoded>>,
        end: End,
    ) -> Vec<Result<Option<Reply>, tokio_postgres::Error>> {
        let mut answers: Vec<Answer<'a>> = Vec::with_capacity(statements.len() + 3);
        if end == End::Commit && checkout.is_uncertain() {
            // A statement whose answer is owed may have failed; then `COMMIT` would roll back and not say so.
            answers.push(command(checkout, "SELECT 1"));
        }
        let guard = Underway::new(self, checkout, end);
        if !checkout.begin() {
            answers.push(command(checkout, "BEGIN"));
        }
        for (statement, parameters) in statements.into_iter().zip(parameters) {
            answers.push(Box::pin(ask(checkout, statement, parameters)));
        }
        if end == End::Commit {
            answers.push(command(checkout, "COMMIT"));
        }
        let answers = in_order(answers).await;
        guard.landed();
        if end == End::Commit {
            // Committed, or after an error in the flight rolled back: over in any case.
            checkout.ended();
        }
        answers
    }

    /// The transaction is lost; `rollback` makes the session usable again.
    fn lose(&self, checkout: &Checkout, error: &Error, end: End) {
        self.fail(error);
        if error.is_connection() {
            checkout.discard();
        }
        if error.is_connection() || end == End::Commit {
            self.release_this(checkout);
        }
    }

    async fn start_over(&self, checkout: &Checkout, failed: Failed) {
        if failed.into_error(checkout).is_connection() {
            checkout.discard();
        } else {
            checkout.rollback().await;
        }
        self.release_this(checkout);
    }

    fn tell(&self, request: &Request<'_>, reply: &Reply, started: Instant) {
        let (rows, elapsed) = (reply.affected, started.elapsed());
        if self.echo.parameters {
            let parameters = request.arguments;
            tracing::debug!(target: "orm", sql = request.text, ?parameters, rows, ?elapsed, "statement");
        } else {
            tracing::debug!(target: "orm", sql = request.text, rows, ?elapsed, "statement");
        }
    }
}

/// Why a flight failed.
enum Failed {
    /// What the driver reported.
    Answer(tokio_postgres::Error),
    /// The same for a statement that was only to be prepared; nothing of the flight was sent.
    Prepare(tokio_postgres::Error),
    /// A parameter could not be written; nothing of the flight was sent.
    Encode(CannotEncode),
    /// The transaction has ended meanwhile; nothing of the flight was sent.
    Outdated,
    /// What comes back could not be read; nothing of the flight was sent.
    Check(Error),
}

impl Failed {
    fn into_error(self, checkout: &Checkout) -> Error {
        match self {
            Self::Answer(error) | Self::Prepare(error) => {
                if error.code().is_some_and(is_outdated) {
                    checkout.forget_statements();
                }
                Error::driver(error, "the statement failed")
            }
            Self::Encode(error) => Error::encode(error.parameter, error.source),
            Self::Outdated => Error::closed(),
            Self::Check(error) => error,
        }
    }

    /// At the start of a transaction nothing is lost by trying once more what did not go together with a `COMMIT`, on
    /// a connection that turned out to be dead, or with a prepared statement that the server no longer takes.
    fn may_try_again(&self, end: End) -> bool {
        match self {
            Self::Answer(error) => is_outdated_plan(error) || end != End::Commit && is_lost(error),
            Self::Prepare(error) => is_lost(error),
            Self::Encode(_) | Self::Check(_) | Self::Outdated => false,
        }
    }
}

/// Whether the code says that a prepared statement can no longer be used.
fn is_outdated(code: &SqlState) -> bool {
    *code == SqlState::INVALID_SQL_STATEMENT_NAME || *code == SqlState::FEATURE_NOT_SUPPORTED
}

fn is_outdated_plan(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|answer| {
        is_outdated(answer.code())
            && (*answer.code() != SqlState::FEATURE_NOT_SUPPORTED || answer.message().contains("cached plan"))
    })
}

/// Whether the connection is gone. Class 57P is the operator's intervention.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.code().is_none_or(|code| code.code().starts_with("57P"))
}

fn command<'a>(checkout: &'a Checkout, text: &'static str) -> Answer<'a> {
    Box::pin(async move { checkout.client().batch_execute(text).await.map(|()| None) })
}

async fn ask(
    checkout: &Checkout,
    statement: Statement,
    parameters: Vec<Encoded>,
) -> Result<Option<Reply>, tokio_postgres::Error> {
    let mut stream = pin!(checkout.client().query_raw(&statement, parameters).await?);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(row);
    }
    let affected = stream.rows_affected().unwrap_or(rows.len() as u64);
    Ok(Some(Reply { statement, rows, affected }))
}

/// Polls all once, in order, so that they are written in that order, and then waits for all.
async fn in_order<'a>(answers: Vec<Answer<'a>>) -> Vec<Result<Option<Reply>, tokio_postgres::Error>> {
    let mut answers: Vec<_> = answers.into_iter().map(maybe_done).collect();
    poll_fn(|context| {
        for answer in &mut answers {
            let _ = Pin::new(answer).poll(context);
        }
        Poll::Ready(())
    })
    .await;
    join_all(answers.iter_mut()).await;
    answers.iter_mut().filter_map(|answer| Pin::new(answer).take_output()).collect()
}

impl Checkout {
    /// Whether no other flight than one with these statements was launched, so that nothing is lost with it.
    fn is_alone(&self, requests: &[Request<'_>]) -> bool {
        self.launched() <= usize::from(!requests.is_empty())
    }
}

/// Statements are on their way. Dropped before they have landed, it says what is not known any more.
struct Underway<'a> {
    connection: &'a Connection,
    checkout: &'a Checkout,
    end: End,
    done: bool,
}

impl<'a> Underway<'a> {
    fn new(connection: &'a Connection, checkout: &'a Checkout, end: End) -> Self {
        checkout.launch(end != End::Read);
        Self { connection, checkout, end, done: false }
    }

    fn landed(mut self) {
        self.done = true;
        self.checkout.land();
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        if !self.done && self.end != End::Read {
            self.connection.interrupt();
        }
    }
}
