//! What went through a proxy: events in order and their counts, for all its connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much went through a [`Proxy`](crate::Proxy).
///
/// ```no_run
/// # fn example(proxy: orm_testing::Proxy) {
/// let counts = proxy.counts();
/// assert_eq!((counts.flights, counts.statements), (1, 3));
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Round trips that a client had to wait for.
    pub flights: usize,
    /// Statements sent to be executed, successful or not.
    pub statements: usize,
    /// Statements sent to be parsed, named or not.
    pub prepares: usize,
    /// Connections opened.
    pub connections: usize,
    /// Requests to cancel what a connection is doing.
    pub cancels: usize,
}

/// What a client asked for.
///
/// ```no_run
/// # fn example(proxy: orm_testing::Proxy) {
/// let prepared = proxy.log().iter().any(|event| event.action == orm_testing::Action::Prepare);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// A connection was opened.
    Connect,
    /// A statement was sent to be parsed.
    Prepare,
    /// A statement was sent to be executed.
    Execute,
    /// A prepared statement was closed.
    Close,
    /// What another connection is doing was asked to be cancelled.
    Cancel,
}

/// One thing that a client asked for.
///
/// ```no_run
/// # fn example(proxy: orm_testing::Proxy) {
/// let first: orm_testing::Event = proxy.log().remove(0);
/// assert_eq!(first.sql, "BEGIN");
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The connection, numbered from 0 in the order in which they were opened; of a cancel
    /// request, the one that it is for.
    pub connection: usize,
    /// The flight of the connection's last request, numbered from 1 over all connections; 0 for
    /// none and for one that began before a reset.
    pub flight: usize,
    /// What was asked for.
    pub action: Action,
    /// The statement's text; empty where there is none.
    pub sql: String,
}

#[derive(Default)]
pub(super) struct Journal(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    counts: Counts,
    log: Vec<Entry>,
    opened: usize,
    cancel_keys: HashMap<Vec<u8>, usize>,
    /// Grows at every reset: a flight that began before one belongs to none after it.
    resets: usize,
}

struct Entry {
    connection: usize,
    flight: usize,
    action: Action,
    sql: Arc<str>,
}

/// A flight's number, and the reset that it came after.
#[derive(Clone, Copy, Default)]
pub(super) struct Flight {
    number: usize,
    resets: usize,
}

impl Journal {
    /// Notes a new connection and gives its number.
    pub(super) fn open(&self) -> usize {
        let mut entries = self.lock();
        let connection = entries.opened;
        entries.opened += 1;
        entries.counts.connections += 1;
        entries.push(connection, Flight::default(), Action::Connect, Arc::default());
        connection
    }

    /// Notes the key by which a connection can be cancelled.
    pub(super) fn cancel_key(&self, connection: usize, key: &[u8]) {
        self.lock().cancel_keys.insert(key.to_vec(), connection);
    }

    /// Notes a cancel request: length and code in eight bytes, then the key.
    pub(super) fn cancel(&self, packet: &[u8]) {
        let mut entries = self.lock();
        entries.counts.cancels += 1;
        let key = packet.get(8..).unwrap_or_default();
        if let Some(&connection) = entries.cancel_keys.get(key) {
            entries.push(connection, Flight::default(), Action::Cancel, Arc::default());
        }
    }

    /// Notes that a flight begins.
    pub(super) fn take_off(&self) -> Flight {
        let mut entries = self.lock();
        entries.counts.flights += 1;
        Flight { number: entries.counts.flights, resets: entries.resets }
    }

    pub(super) fn note(&self, connection: usize, flight: Flight, action: Action, sql: Arc<str>) {
        let mut entries = self.lock();
        match action {
            Action::Prepare => entries.counts.prepares += 1,
            Action::Execute => entries.counts.statements += 1,
            Action::Connect | Action::Close | Action::Cancel => {}
        }
        entries.push(connection, flight, action, sql);
    }

    pub(super) fn counts(&self) -> Counts {
        self.lock().counts
    }

    pub(super) fn log(&self) -> Vec<Event> {
        self.lock().log.iter().map(Entry::event).collect()
    }

    pub(super) fn statements(&self) -> Vec<String> {
        self.lock().executed().map(|entry| entry.sql.to_string()).collect()
    }

    pub(super) fn flights(&self) -> Vec<Vec<String>> {
        let entries = self.lock();
        let mut flights = vec![Vec::new(); entries.counts.flights];
        for entry in entries.executed() {
            // Flight 0 is one that began before the last reset.
            if let Some(flight) = entry.flight.checked_sub(1) {
                flights[flight].push(entry.sql.to_string());
            }
        }
        flights
    }

    pub(super) fn reset(&self) {
        let mut entries = self.lock();
        entries.counts = Counts::default();
        entries.log.clear();
        entries.resets += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn push(&mut self, connection: usize, flight: Flight, action: Action, sql: Arc<str>) {
        let flight = if flight.resets == self.resets { flight.number } else { 0 };
        self.log.push(Entry { connection, flight, action, sql });
    }

    fn executed(&self) -> impl Iterator<Item = &Entry> {
        self.log.iter().filter(|entry| entry.action == Action::Execute)
    }
}

impl Entry {
    fn event(&self) -> Event {
        Event {
            connection: self.connection,
            flight: self.flight,
            action: self.action,
            sql: self.sql.to_string(),
        }
    }
}
