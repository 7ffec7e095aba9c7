//! Floor 4: a client taken from the pool.
//!
//! Invariant: when the last user drops it, it goes back to the pool only without a transaction; an open one is rolled
//! back first, and a client in an unknown state is closed.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio_postgres::Statement;

use super::cursor::OpenCursor;
use super::pool::Pooled;

/// A client taken from the pool.
pub(super) struct Checkout {
    client: Option<Pooled>,
    transaction: AtomicBool,
    /// What was sent within the transaction, and what without one.
    flights: Flights,
    plain_reads: Flights,
    /// What is prepared within the transaction, which fails with it.
    preparations: Flights,
    /// Held while a flight is written.
    sending: Mutex<()>,
    written: AtomicBool,
    discard: AtomicBool,
    /// The savepoints, the innermost last.
    savepoints: Mutex<Vec<u64>>,
    pub(super) open_cursors: Mutex<Vec<OpenCursor>>,
    /// How often a savepoint was rolled back to.
    rewound: AtomicUsize,
}

/// How many flights were launched, and of how many all answers have come. One that is dropped never lands.
#[derive(Default)]
pub(super) struct Flights {
    launched: AtomicUsize,
    landed: AtomicUsize,
}

impl Checkout {
    pub(super) fn new(client: Pooled) -> Self {
        let flag = || AtomicBool::new(false);
        Self {
            client: Some(client),
            transaction: flag(),
            flights: Flights::default(),
            plain_reads: Flights::default(),
            preparations: Flights::default(),
            sending: Mutex::default(),
            written: flag(),
            discard: flag(),
            savepoints: Mutex::default(),
            open_cursors: Mutex::default(),
            rewound: AtomicUsize::new(0),
        }
    }

    pub(super) fn client(&self) -> &tokio_postgres::Client {
        self.object()
    }

    /// The prepared statement of a text, which the connection keeps.
    pub(super) async fn prepare(&self, text: &str) -> Result<Statement, tokio_postgres::Error> {
        self.object().statements.prepare(self.client(), text).await
    }

    /// The prepared statement of a text that will not come again.
    pub(super) async fn prepare_once(&self, text: &str) -> Result<Statement, tokio_postgres::Error> {
        self.client().prepare(text).await
    }

    /// Forgets all prepared statements: the tables under them have changed.
    pub(super) fn forget_statements(&self) {
        self.object().statements.clear();
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.transaction.load(Ordering::Acquire)
    }

    /// Notes that a transaction is open from now on; whether it was before.
    pub(super) fn begin(&self) -> bool {
        self.transaction.swap(true, Ordering::AcqRel)
    }

    pub(super) fn ended(&self) {
        self.transaction.store(false, Ordering::Release);
    }

    /// A flight is on its way.
    pub(super) fn launch(&self, writes: bool) {
        self.flights.launch();
        self.written.fetch_or(writes, Ordering::AcqRel);
    }

    pub(super) fn has_written(&self) -> bool {
        self.written.load(Ordering::Acquire)
    }

    /// All answers of a flight have come.
    pub(super) fn land(&self) {
        self.flights.land();
    }

    /// How many flights were launched so far.
    pub(super) fn launched(&self) -> usize {
        self.flights.launched.load(Ordering::Acquire)
    }

    /// Statements are to be prepared; dropped before they have landed, nobody knows whether the transaction has failed.
    pub(super) fn preparing(&self) -> Preparing<'_> {
        let preparations = self.in_transaction().then_some(&self.preparations);
        preparations.into_iter().for_each(Flights::launch);
        Preparing(preparations)
    }

    /// The right to write a flight, in one go.
    pub(super) fn turn_to_send(&self) -> MutexGuard<'_, ()> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Flights that no transaction knows of.
    pub(super) fn plain_reads(&self) -> &Flights {
        &self.plain_reads
    }

    /// Whether answers are owed, so that it is not known whether the transaction has failed.
    pub(super) fn is_uncertain(&self) -> bool {
        self.flights.are_owed() || self.preparations.are_owed()
    }

    pub(super) fn savepoints(&self) -> MutexGuard<'_, Vec<u64>> {
        self.savepoints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many savepoints are left, and what was sent before is undone.
    pub(super) fn rewind(&self, depth: usize) {
        self.savepoints().truncate(depth);
        self.close_cursors(depth);
        self.rewound.fetch_add(1, Ordering::AcqRel);
    }

    /// How often a savepoint was rolled back to.
    pub(super) fn rewound(&self) -> usize {
        self.rewound.load(Ordering::Acquire)
    }

    /// The connection is closed instead of going back to the pool.
    pub(super) fn discard(&self) {
        self.discard.store(true, Ordering::Release);
    }

    /// Rolls an open transaction back. Dropped half way, or lost, the connection is closed, which does the same.
    pub(super) async fn rollback(&self) {
        if !self.in_transaction() {
            return;
        }
        let discarded = self.discard.swap(true, Ordering::AcqRel);
        if discarded || self.client().batch_execute("ROLLBACK").await.is_err() {
            return;
        }
        self.ended();
        self.discard.store(false, Ordering::Release);
    }

    fn object(&self) -> &Pooled {
        self.client.as_ref().expect("the client is there until the drop")
    }
}

/// Statements that are being prepared, and where that is noted.
pub(super) struct Preparing<'a>(Option<&'a Flights>);

impl Preparing<'_> {
    pub(super) fn landed(self) {
        self.0.into_iter().for_each(Flights::land);
    }
}

impl Flights {
    pub(super) fn launch(&self) {
        self.launched.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn land(&self) {
        self.landed.fetch_add(1, Ordering::AcqRel);
    }

    fn are_owed(&self) -> bool {
        self.launched.load(Ordering::Acquire) != self.landed.load(Ordering::Acquire)
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        if self.discard.load(Ordering::Acquire) {
            drop(Pooled::take(client));
        } else if !self.in_transaction() {
            if self.plain_reads.are_owed() {
                // Who takes it next would wait for what somebody else has asked.
                return_after(client, "");
            }
        } else if self.is_uncertain() || self.plain_reads.are_owed() || self.has_written() {
            return_after(client, "ROLLBACK");
        } else {
            return_rolling_back(client);
        }
    }
}

/// Nothing was written and no answer is owed: the `ROLLBACK` is sent, and what the next user of the connection sends stands
/// behind it.
fn return_rolling_back(client: Pooled) {
    let sent = pin!(client.batch_execute("ROLLBACK")).poll(&mut Context::from_waker(Waker::noop()));
    if let Poll::Ready(Err(_)) = sent {
        drop(Pooled::take(client));
    }
}

/// The client goes back when the server has carried this out. In a task, since a drop cannot wait; without a runtime the
/// connection is closed.
fn return_after(client: Pooled, command: &'static str) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        drop(Pooled::take(client));
        return;
    };
    runtime.spawn(async move {
        if client.batch_execute(command).await.is_err() {
            drop(Pooled::take(client));
        }
    });
}
