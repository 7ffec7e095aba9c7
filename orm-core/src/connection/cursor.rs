//! Floor 4: cursors on the server, from which rows are fetched a few at a time.
//!
//! Between two fetches the connection is free. Invariant: nothing is fetched from a cursor that the server no longer
//! has: it ends with its transaction, and with the savepoint in which it was opened if that is rolled back to.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::task::{Context, Waker};

use tokio_postgres::Statement;

use super::answers::command;
use super::checkout::Checkout;
use super::{Connection, End, Prepared, Reply, Request};
use crate::error::{Error, Result};
use crate::query::{Argument, Sql};

/// A cursor that a checkout has open.
pub(super) struct OpenCursor {
    number: u64,
    /// How many savepoints there were around it.
    depth: usize,
}

/// A cursor. Dropped, it is closed.
pub(crate) struct Cursor {
    connection: Arc<Connection>,
    checkout: Weak<Checkout>,
    number: u64,
    fetch: String,
    /// What fetches, once it is prepared.
    statement: Option<Statement>,
    /// A fetch that was dropped has taken rows along.
    is_fetching: bool,
}

fn name(number: u64) -> String {
    format!("orm_cursor_{number}")
}

impl Connection {
    /// Opens a cursor for a query, which is fetched from so many rows at a time.
    ///
    /// # Errors
    /// As for any read.
    pub(crate) async fn open(self: &Arc<Self>, sql: &Sql, rows: u32) -> Result<Cursor> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let text = format!("DECLARE {} NO SCROLL CURSOR FOR {}", name(number), sql.text);
        let arguments: Vec<_> = sql.parameters.iter().map(Argument::Parameter).collect();
        let prepared = Prepared::Cursor(number);
        let request = Request { text: &text, arguments: &arguments, returns: None, reads: &[], prepared };
        self.send(&[request], End::Read).await.map_err(|(_, error)| error)?;
        let checkout = self.held().filter(|checkout| checkout.has_cursor(number));
        let checkout = checkout.ok_or_else(Error::stream_ended)?;
        Ok(Cursor {
            connection: Arc::clone(self),
            checkout: Arc::downgrade(&checkout),
            number,
            fetch: format!("FETCH FORWARD {rows} FROM {}", name(number)),
            statement: None,
            is_fetching: false,
        })
    }
}

impl Cursor {
    /// The next rows; fewer than were asked for at the end.
    ///
    /// # Errors
    /// If the cursor has ended, or as for any read.
    pub(crate) async fn fetch(&mut self) -> Result<Reply> {
        self.connection.check()?;
        if self.is_fetching || !self.is_open() {
            return Err(Error::stream_ended());
        }
        self.is_fetching = true;
        let prepared = Prepared::Fetch(self.number, self.statement.as_ref());
        let request = Request { text: &self.fetch, arguments: &[], returns: None, reads: &[], prepared };
        let replies = self.connection.send(&[request], End::Read).await.map_err(|(_, error)| error)?;
        self.is_fetching = false;
        let reply = replies.into_iter().next().ok_or_else(Error::stream_ended)?;
        self.statement = Some(reply.statement.clone());
        Ok(reply)
    }

    fn is_open(&self) -> bool {
        let checkout = self.checkout.upgrade();
        checkout
            .is_some_and(|checkout| self.connection.is_current(&checkout) && checkout.has_cursor(self.number))
    }
}

/// Without waiting for it: it is sent, and what is sent later finds it done.
impl Drop for Cursor {
    fn drop(&mut self) {
        let Some(checkout) = self.checkout.upgrade() else { return };
        if !self.is_open() || self.connection.check().is_err() {
            return;
        }
        checkout.cursors().retain(|open| open.number != self.number);
        // An answer that is owed: a `COMMIT` asks before it.
        checkout.launch(false);
        let mut sent = command(&checkout, format!("CLOSE {}", name(self.number)));
        drop(Pin::new(&mut sent).poll(&mut Context::from_waker(Waker::noop())));
    }
}

impl Checkout {
    /// A cursor was opened.
    pub(super) fn cursor_opened(&self, number: u64) {
        let depth = self.savepoints().len();
        self.cursors().push(OpenCursor { number, depth });
    }

    /// So many savepoints are left, and what was opened behind them is gone.
    pub(super) fn close_cursors(&self, depth: usize) {
        self.cursors().retain(|open| open.depth <= depth);
    }

    /// So many savepoints are left, and what was opened behind them is theirs.
    pub(super) fn keep_cursors(&self, depth: usize) {
        self.cursors().iter_mut().for_each(|open| open.depth = open.depth.min(depth));
    }

    /// The transaction's end is on its way: what is sent from here on finds no cursor.
    pub(super) fn end_cursors(&self) {
        self.cursors().clear();
    }

    pub(super) fn has_cursor(&self, number: u64) -> bool {
        self.cursors().iter().any(|open| open.number == number)
    }

    fn cursors(&self) -> MutexGuard<'_, Vec<OpenCursor>> {
        self.open_cursors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
