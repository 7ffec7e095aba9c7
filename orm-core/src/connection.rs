//! Floor 4: the way to the server. The only floor that awaits the driver.
//!
//! A session has one [`Connection`]; it takes a client from the pool at the first statement of a transaction and lets it go at
//! its end; around a read that needs no transaction it has one for as long as that takes. Invariant: a client never goes back to the pool with a transaction open or with an answer owed that
//! somebody else could read.

mod answers;
mod check;
mod checkout;
mod copy;
mod cursor;
mod encode;
mod failed;
mod flight;
mod options;
mod pool;
mod savepoint;
mod statements;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
pub(crate) use check::{Returns, type_name};
use checkout::Checkout;
pub(crate) use copy::copy_row;
pub(crate) use cursor::Cursor;
pub(crate) use flight::{End, Prepared, Reply, Request};
pub use options::Isolation;
pub(crate) use options::TransactionOptions;
pub(crate) use pool::{Pool, PoolOptions};

/// The right to flush, commit or roll back.
pub(crate) type WriteTurn<'a> = tokio::sync::MutexGuard<'a, ()>;

/// How statements are reported through `tracing`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Echo {
    /// Whether parameters are shown.
    pub(crate) parameters: bool,
}

/// A session's way to the server.
pub(crate) struct Connection {
    pool: Pool,
    echo: Echo,
    /// How a transaction begins unless it is said.
    pub(crate) defaults: TransactionOptions,
    /// Whether a statement sees the same within a transaction and without one, unless it is said how that begins.
    reads_plainly: bool,
    /// Held while a client is taken from the pool, so that statements polled together share it.
    taking: tokio::sync::Mutex<()>,
    /// Held while a flush, commit or rollback is under way: one at a time.
    writing: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    checkout: Option<Arc<Checkout>>,
    failure: Option<Failure>,
    lost_a_race: bool,
    /// How this transaction is to begin, if it was said.
    begun: Option<TransactionOptions>,
    /// What was dropped without an end, until it is undone.
    abandoned: Vec<Abandoned>,
    closed: bool,
}

/// What was dropped without having been committed or rolled back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abandoned {
    Transaction,
    Savepoint(u64),
}

/// Why the transaction can only be rolled back.
#[derive(Debug, Clone)]
enum Failure {
    Statement(String),
    Interrupted,
}

impl Connection {
    pub(crate) fn new(pool: Pool, echo: Echo, defaults: TransactionOptions, reads_plainly: bool) -> Self {
        Self {
            pool,
            echo,
            defaults,
            reads_plainly,
            taking: tokio::sync::Mutex::new(()),
            writing: tokio::sync::Mutex::new(()),
            state: Mutex::default(),
        }
    }

    /// The right to flush, commit or roll back.
    pub(crate) async fn write_turn(&self) -> WriteTurn<'_> {
        self.writing.lock().await
    }

    /// As `write_turn`, if nobody has it.
    pub(crate) fn try_write_turn(&self) -> Option<WriteTurn<'_>> {
        self.writing.try_lock().ok()
    }

    /// No statement is sent any more. An open transaction is rolled back.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.checkout = None;
    }

    /// Whether nothing can be loaded any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// # Errors
    /// If the session is closed, or its transaction can only be rolled back.
    pub(crate) fn check(&self) -> Result<()> {
        let state = self.state();
        if state.closed {
            return Err(Error::closed());
        }
        match &state.failure {
            None => Ok(()),
            Some(Failure::Statement(cause)) => Err(Error::rollback_needed(cause)),
            Some(Failure::Interrupted) => Err(Error::interrupted()),
        }
    }

    /// Whether a transaction is open, or was said to begin.
    pub(crate) fn in_transaction(&self) -> bool {
        self.state().begun.is_some() || self.is_open()
    }

    /// Whether the server has a transaction open for this session.
    pub(crate) fn is_open(&self) -> bool {
        self.held().is_some_and(|checkout| checkout.in_transaction())
    }

    /// Says how the next transaction begins.
    ///
    /// # Errors
    /// If it has begun, or that was said already.
    pub(crate) fn begin(&self, options: TransactionOptions) -> Result<()> {
        self.check()?;
        if self.in_transaction() {
            return Err(Error::already_begun());
        }
        self.state().begun = Some(options);
        Ok(())
    }

    fn begin_command(&self) -> String {
        self.state().begun.unwrap_or(self.defaults).to_string()
    }

    /// The transaction has ended; the next one begins as usual.
    fn next_transaction(&self) {
        let mut state = self.state();
        state.lost_a_race = false;
        state.begun = None;
        state.abandoned.clear();
    }

    /// Whether the transaction has written.
    pub(crate) fn has_written(&self) -> bool {
        self.state().checkout.as_ref().is_some_and(|checkout| checkout.has_written())
    }

    /// From now on the transaction can only be rolled back.
    pub(crate) fn fail(&self, error: &Error) {
        let mut state = self.state();
        state.failure.get_or_insert_with(|| Failure::Statement(error.to_string()));
        state.lost_a_race |= error.is_retryable();
    }

    /// Whether the transaction lost against another one, be it in a savepoint.
    pub(crate) fn has_lost_a_race(&self) -> bool {
        self.state().lost_a_race
    }

    /// Puts an error into other words, also where it is kept as the cause of the failed transaction.
    pub(crate) fn reword(&self, error: Error, words: impl FnOnce(Error) -> Error) -> Error {
        let before = error.to_string();
        let error = words(error);
        if let Some(Failure::Statement(cause)) = &mut self.state().failure
            && *cause == before
        {
            *cause = error.to_string();
        }
        error
    }

    /// A flush or commit was dropped: nobody knows what the server did with it.
    fn interrupt(&self) {
        let mut state = self.state();
        state.failure = Some(Failure::Interrupted);
        if let Some(checkout) = state.checkout.take() {
            checkout.discard();
        }
    }

    /// Says, when it is dropped without having been finished, that a flush was dropped half way.
    pub(crate) fn unfinished(&self) -> Unfinished<'_> {
        Unfinished { connection: self, done: false }
    }

    /// Ends the transaction without keeping what it did. A lost connection has done so already.
    pub(crate) async fn rollback(&self) -> Result<()> {
        let checkout = {
            let mut state = self.state();
            if state.closed {
                return Err(Error::closed());
            }
            state.end()
        };
        if let Some(checkout) = checkout {
            checkout.rollback().await;
        }
        Ok(())
    }

    /// As `rollback`, without waiting for it.
    pub(crate) fn rollback_unheard(&self) {
        let checkout = self.state().end();
        drop(checkout);
    }

    /// Something was dropped without an end, to be undone.
    pub(crate) fn abandon(&self, what: Abandoned) {
        self.state().abandoned.push(what);
    }

    /// Whether something waits to be undone.
    pub(crate) fn is_abandoned(&self) -> bool {
        !self.state().abandoned.is_empty()
    }

    pub(crate) fn take_abandoned(&self) -> Vec<Abandoned> {
        std::mem::take(&mut self.state().abandoned)
    }

    /// The client of this transaction, taken from the pool if there is none yet.
    async fn checkout(&self) -> Result<Arc<Checkout>> {
        if let Some(checkout) = self.held() {
            return Ok(checkout);
        }
        let _turn = self.taking.lock().await;
        if let Some(checkout) = self.held() {
            return Ok(checkout);
        }
        let client = self.pool.get().await.map_err(Error::pool)?;
        let checkout = Arc::new(Checkout::new(client));
        let mut state = self.state();
        if state.closed {
            return Err(Error::closed());
        }
        state.checkout = Some(Arc::clone(&checkout));
        Ok(checkout)
    }

    /// Whether the checkout is still this transaction's.
    fn is_current(&self, checkout: &Arc<Checkout>) -> bool {
        self.state().checkout.as_ref().is_some_and(|current| Arc::ptr_eq(current, checkout))
    }

    fn held(&self) -> Option<Arc<Checkout>> {
        self.state().checkout.clone()
    }

    /// The client goes back to the pool as soon as nobody reads from it any more.
    fn release(&self) {
        self.state().checkout = None;
    }

    /// As `release`, unless somebody else has done so and taken another client since.
    fn release_this(&self, checkout: &Checkout) {
        self.state().checkout.take_if(|held| std::ptr::eq(&**held, checkout));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A checkout that somebody uses. Who leaves it last lets it go, unless a transaction needs it.
struct Using<'a> {
    connection: &'a Connection,
    checkout: Option<Arc<Checkout>>,
}

impl<'a> Using<'a> {
    fn new(connection: &'a Connection, checkout: Arc<Checkout>) -> Self {
        Self { connection, checkout: Some(checkout) }
    }

    fn checkout(&self) -> &Arc<Checkout> {
        self.checkout.as_ref().expect("the checkout is there until the drop")
    }
}

impl Drop for Using<'_> {
    fn drop(&mut self) {
        let mut state = self.connection.state();
        let not_held = self.checkout.take().and_then(Arc::into_inner);
        // Only the session's own is left.
        let is_idle = |held: &mut Arc<Checkout>| Arc::strong_count(held) == 1 && !held.in_transaction();
        let idle = state.checkout.take_if(is_idle);
        // Its end may take a while.
        drop(state);
        drop((not_held, idle));
    }
}

impl State {
    /// The transaction is over, whatever became of it; its client, to be rolled back.
    fn end(&mut self) -> Option<Arc<Checkout>> {
        self.failure = None;
        self.lost_a_race = false;
        self.begun = None;
        self.abandoned.clear();
        self.checkout.take()
    }
}

/// See [`Connection::unfinished`].
pub(crate) struct Unfinished<'a> {
    connection: &'a Connection,
    done: bool,
}

impl Unfinished<'_> {
    pub(crate) fn finish(mut self) {
        self.done = true;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.connection.interrupt();
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("in_transaction", &self.in_transaction()).finish_non_exhaustive()
    }
}
