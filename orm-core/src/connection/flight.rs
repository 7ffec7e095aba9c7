//! Floor 4: statements that travel together.
//!
//! `BEGIN` goes with the first statement of a transaction and `COMMIT` with the last, in one write; a read that no transaction
//! is needed for begins none. Cancel safety: a dropped read leaves the transaction usable; a dropped write makes the session
//! say so until it is rolled back, and its connection is closed.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures_util::future::join_all;
use tokio_postgres::{Row, Statement};

use super::answers::{Answer, Asked, answered, command, in_full, sent};
use super::check::{Returns, check, check_reads};
use super::checkout::Checkout;
use super::encode::encode;
use super::failed::Failed;
use super::{Connection, Using};
use crate::error::{Error, Result};
use crate::graph::{Incoming, Read};
use crate::model::{ColumnSet, Table};
use crate::query::Argument;

/// A statement with its parameters.
pub(crate) struct Request<'a> {
    pub(crate) text: &'a str,
    pub(crate) arguments: &'a [Argument<'a>],
    /// Columns that come back, and must be readable before anything is written.
    pub(crate) returns: Option<Returns>,
    /// What is read of each row while it comes; without any, the rows are kept.
    pub(crate) reads: &'a [Read<'a>],
    pub(crate) prepared: Prepared<'a>,
}

/// What is prepared of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Prepared<'a> {
    /// It is kept: the text comes again.
    Kept,
    /// It opens the cursor with this number; the text does not come again.
    Cursor(u64),
    /// It fetches from that cursor, and may have been prepared before.
    Fetch(u64, Option<&'a Statement>),
}

/// What the server answered to a statement.
pub(crate) struct Reply {
    pub(crate) statement: Statement,
    pub(crate) rows: Vec<Row>,
    /// What was read instead of keeping them, in the order of the request.
    pub(crate) incoming: Vec<Incoming>,
    /// Rows inserted, updated, deleted or returned.
    pub(crate) affected: u64,
}

/// What follows the last statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing; the statements only read, and each would read the same outside of a transaction.
    PlainRead,
    /// Nothing; the statements only read.
    Read,
    /// Nothing; the statements write.
    Write,
    /// `COMMIT`.
    Commit,
    /// `SAVEPOINT`, which gets this number.
    Savepoint(u64),
    /// `RELEASE SAVEPOINT`.
    Release(u64),
}

impl End {
    pub(super) fn only_reads(self) -> bool {
        matches!(self, Self::PlainRead | Self::Read)
    }
}

impl Request<'_> {
    async fn prepare(&self, checkout: &Checkout) -> Result<Statement, tokio_postgres::Error> {
        match self.prepared {
            Prepared::Kept => checkout.prepare(self.text).await,
            Prepared::Fetch(_, Some(statement)) => Ok(statement.clone()),
            Prepared::Cursor(_) | Prepared::Fetch(_, None) => checkout.prepare_once(self.text).await,
        }
    }

    /// The cursor that it fetches from.
    fn cursor(&self) -> Option<u64> {
        if let Prepared::Fetch(cursor, _) = self.prepared { Some(cursor) } else { None }
    }

    /// Whether what comes back can be read.
    fn check(&self, statement: &Statement) -> Result<()> {
        self.returns.as_ref().map_or(Ok(()), |returns| returns.check(statement))?;
        check_reads(statement, self.reads)
    }
}

impl Reply {
    /// Reads parts of the rows that were kept.
    pub(crate) fn read(&self, reads: &[Read<'_>]) -> Result<Vec<Incoming>> {
        check_reads(&self.statement, reads)?;
        let mut incoming: Vec<_> = reads.iter().map(Read::start).collect();
        for row in &self.rows {
            incoming.iter_mut().try_for_each(|part| part.read(row))?;
        }
        Ok(incoming)
    }

    /// Checks that the cells of a table, from the one at `start` on, have data types that its columns read.
    pub(crate) fn check_table(&self, table: &'static Table, start: usize, left_out: ColumnSet) -> Result<()> {
        let mut brought = (0..table.columns.len()).filter(|&column| !left_out.contains(column));
        brought.try_for_each(|column| self.check([(table, column)].into_iter(), start + column))
    }

    /// Checks that cells, from the one at `start` on, have data types that these columns read.
    pub(crate) fn check(
        &self,
        columns: impl Iterator<Item = (&'static Table, usize)>,
        start: usize,
    ) -> Result<()> {
        check(&self.statement, columns, start)
    }
}

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
        let (mut first_try, started) = (true, Instant::now());
        loop {
            self.check().map_err(|error| (0, error))?;
            let using = Using::new(self, self.checkout().await.map_err(|error| (0, error))?);
            let checkout = using.checkout();
            let rewound = checkout.rewound();
            match self.fly(checkout, requests, end).await {
                Ok(replies) => return Ok(replies),
                // While the statements were prepared, the transaction that they were meant for has ended.
                Err((_, Failed::Outdated)) if requests.iter().all(|request| request.cursor().is_none()) => {}
                Err((place, Failed::Outdated)) => return Err((place, Error::stream_ended())),
                Err((_, failed)) if first_try && checkout.is_alone(&failed) && failed.may_try_again(end) => {
                    first_try = false;
                    self.start_over(checkout, failed).await;
                }
                Err((place, failed)) if failed.is_ours(end) => {
                    return Err((place, failed.into_error(checkout)));
                }
                Err((place, failed)) => {
                    let fails_all = failed.fails_all(end, checkout.launched());
                    let error = self.tell_failed(requests.get(place), failed.into_error(checkout), started);
                    // What failed before a savepoint was rolled back to is rolled back with it.
                    if fails_all && checkout.rewound() == rewound {
                        self.lose(checkout, &error, end);
                    } else if !fails_all && error.is_connection() {
                        self.let_go(checkout);
                    }
                    return Err((place, error));
                }
            }
        }
    }

    /// The connection was lost before a transaction had begun: nothing is lost with it.
    fn let_go(&self, checkout: &Checkout) {
        checkout.discard();
        self.release_this(checkout);
    }

    /// Ends the transaction on the server and keeps what it did.
    pub(crate) async fn commit(&self) -> Result<()> {
        self.check()?;
        if !self.is_open() {
            self.release();
            self.next_transaction();
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
        let preparing = checkout.preparing();
        let prepared = join_all(requests.iter().map(|request| request.prepare(checkout))).await;
        preparing.landed();
        let mut statements = Vec::with_capacity(prepared.len());
        for (place, statement) in prepared.into_iter().enumerate() {
            statements.push(statement.map_err(|error| (place, Failed::Prepare(error)))?);
        }
        for (place, (request, statement)) in requests.iter().zip(&statements).enumerate() {
            request.check(statement).map_err(|error| (place, Failed::Check(error)))?;
        }
        let parameters =
            encode(requests, &statements).map_err(|error| (error.place(), Failed::Encode(error)))?;
        let has_ended =
            |request: &Request<'_>| request.cursor().is_some_and(|open| !checkout.has_cursor(open));
        if !self.is_current(checkout) || requests.iter().any(has_ended) {
            return Err((0, Failed::Outdated));
        }
        let started = Instant::now();
        let asked = requests.iter().zip(statements).zip(parameters);
        let asked = asked.map(|((request, statement), parameters)| Asked {
            statement,
            parameters,
            incoming: request.reads.iter().map(Read::start).collect(),
        });
        let (end, answers) = self.launch(checkout, asked.collect(), end).await;
        let replies = in_full(answers).map_err(|(place, failed)| (place, failed.of_flight(end)))?;
        for (request, reply) in requests.iter().zip(&replies) {
            self.tell(request, reply, started);
        }
        self.landed(checkout, requests, end);
        Ok(replies)
    }

    /// A plain read becomes a part of a transaction that is open, or was said to begin.
    fn needed(&self, checkout: &Checkout, end: End) -> End {
        let begins = || !self.reads_plainly || self.state().begun.is_some();
        if end == End::PlainRead && (checkout.in_transaction() || begins()) { End::Read } else { end }
    }

    /// All answers have come, and none is an error.
    fn landed(&self, checkout: &Checkout, requests: &[Request<'_>], end: End) {
        for request in requests {
            if let Prepared::Cursor(cursor) = request.prepared {
                checkout.cursor_opened(cursor);
            }
        }
        match end {
            End::PlainRead | End::Read | End::Write => {}
            End::Commit => {
                self.release_this(checkout);
                self.next_transaction();
            }
            End::Savepoint(savepoint) => checkout.savepoints().push(savepoint),
            End::Release(savepoint) => checkout.savepoint_released(savepoint),
        }
    }

    /// All messages are written at the first poll, in order, before anything is awaited; what another thread sends stands before
    /// them or behind.
    async fn launch<'a>(
        &'a self,
        checkout: &'a Checkout,
        asked: Vec<Asked>,
        end: End,
    ) -> (End, Vec<Result<Option<Reply>, Failed>>) {
        let mut asked = Some(asked);
        let (end, guard, sent) = poll_fn(|context| {
            let _turn = checkout.turn_to_send();
            let (asked, end) = (asked.take().unwrap_or_default(), self.needed(checkout, end));
            let is_empty = asked.is_empty();
            let messages = self.messages(checkout, asked, end);
            Poll::Ready((end, Underway::new(self, checkout, end, !is_empty), sent(messages, context)))
        })
        .await;
        let answers = answered(sent).await;
        guard.landed();
        if end == End::Commit {
            // Committed, or after an error in the flight rolled back: over in any case.
            checkout.ended();
        }
        (end, answers)
    }

    /// What is sent in one flight.
    fn messages<'a>(&self, checkout: &'a Checkout, asked: Vec<Asked>, end: End) -> Vec<Answer<'a>> {
        let mut answers: Vec<Answer<'a>> = Vec::with_capacity(asked.len() + 3);
        if end == End::Commit && checkout.is_uncertain() {
            // A statement whose answer is owed may have failed; then `COMMIT` would roll back and not say so.
            answers.push(command(checkout, "SELECT 1".to_owned()));
        }
        if end != End::PlainRead && !checkout.begin() {
            answers.push(command(checkout, self.begin_command()));
        }
        answers.extend(asked.into_iter().map(|asked| -> Answer<'a> { Box::pin(asked.ask(checkout)) }));
        answers.extend(checkout.command(end).map(|text| command(checkout, text)));
        if end == End::Commit {
            checkout.end_cursors();
        }
        answers
    }

    /// The transaction is lost; `rollback` makes the session usable again.
    pub(super) fn lose(&self, checkout: &Arc<Checkout>, error: &Error, end: End) {
        if self.is_current(checkout) {
            self.fail(error);
        }
        if error.is_connection() {
            checkout.discard();
        }
        if error.is_connection() || end == End::Commit {
            self.release_this(checkout);
        }
    }

    async fn start_over(&self, checkout: &Checkout, failed: Failed) {
        let is_plain = matches!(failed, Failed::PlainAnswer(_));
        if failed.into_error(checkout).is_connection() {
            return self.let_go(checkout);
        }
        if is_plain {
            // The statements are forgotten; a transaction that somebody else has begun meanwhile goes on.
            return;
        }
        checkout.rollback().await;
        self.release_this(checkout);
    }

    /// The error, with the statement that it is about, if it is about one.
    fn tell_failed(&self, request: Option<&Request<'_>>, error: Error, started: Instant) -> Error {
        let Some(request) = request else { return error };
        let (sqlstate, elapsed) = (error.sqlstate(), started.elapsed());
        if self.echo.parameters {
            let parameters = request.arguments;
            tracing::debug!(target: "orm", sql = request.text, ?parameters, sqlstate, ?elapsed, "statement failed");
        } else {
            tracing::debug!(target: "orm", sql = request.text, sqlstate, ?elapsed, "statement failed");
        }
        error.of_statement(request.text)
    }

    fn tell(&self, request: &Request<'_>, reply: &Reply, started: Instant) {
        let in_arrays = request.returns.as_ref().and_then(|returns| returns.in_arrays_of);
        let (rows, elapsed) = (in_arrays.map_or(reply.affected, |rows| rows as u64), started.elapsed());
        if self.echo.parameters {
            let parameters = request.arguments;
            tracing::debug!(target: "orm", sql = request.text, ?parameters, rows, ?elapsed, "statement");
        } else {
            tracing::debug!(target: "orm", sql = request.text, rows, ?elapsed, "statement");
        }
    }
}

impl Checkout {
    /// Whether no other flight than this one was launched, so that nothing is lost with it.
    fn is_alone(&self, failed: &Failed) -> bool {
        self.launched() == failed.launched()
    }
}

/// Statements are on their way. Dropped before they have landed, it says what is not known any more.
pub(super) struct Underway<'a> {
    connection: &'a Connection,
    checkout: &'a Checkout,
    end: End,
    done: bool,
}

impl<'a> Underway<'a> {
    /// `writes` if it is more than commands.
    pub(super) fn new(connection: &'a Connection, checkout: &'a Checkout, end: End, writes: bool) -> Self {
        match end {
            End::PlainRead => checkout.plain_reads().launch(),
            _ => checkout.launch(writes && !end.only_reads()),
        }
        Self { connection, checkout, end, done: false }
    }

    pub(super) fn landed(mut self) {
        self.done = true;
        match self.end {
            End::PlainRead => self.checkout.plain_reads().land(),
            _ => self.checkout.land(),
        }
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        if !self.done && !self.end.only_reads() {
            self.connection.interrupt();
        }
    }
}
