//! What one connection has asked and been answered: it sees messages and never a socket.
//!
//! Invariant: `unanswered` holds the requests whose `ReadyForQuery` the client has not been given,
//! and `in_flight` is true from a flight's first request until the client has been given the last
//! of its answers. So a flight is counted by what the client could know, not by time.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::journal::{Action, Flight, Journal};
use super::message::{Message, messages};

pub(super) struct Conversation {
    journal: Arc<Journal>,
    connection: usize,
    phase: Phase,
    unanswered: VecDeque<Request>,
    /// Whether there were messages since the last `Sync`.
    in_batch: bool,
    in_flight: bool,
    flight: Flight,
    statements: HashMap<Vec<u8>, Arc<str>>,
    portals: HashMap<Vec<u8>, Arc<str>>,
}

/// Messages are requests only between the first `ReadyForQuery` and `Terminate`.
#[derive(PartialEq)]
enum Phase {
    Starting,
    Open,
    Terminated,
}

/// What the server answers with one `ReadyForQuery`.
#[derive(PartialEq)]
enum Request {
    Query,
    Sync,
}

impl Conversation {
    pub(super) fn new(journal: Arc<Journal>) -> Self {
        Self {
            connection: journal.open(),
            journal,
            phase: Phase::Starting,
            unanswered: VecDeque::new(),
            in_batch: false,
            in_flight: false,
            flight: Flight::default(),
            statements: HashMap::new(),
            portals: HashMap::new(),
        }
    }

    /// Takes note of whole messages from the client.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        for message in messages(bytes) {
            if self.phase == Phase::Open {
                self.sent_one(message);
            }
        }
    }

    /// Takes note of whole messages that the client is now given.
    pub(super) fn delivered(&mut self, bytes: &[u8]) {
        for message in messages(bytes) {
            match message.tag {
                b'Z' => self.ready(),
                b'G' => self.copying_in(),
                b'K' => self.journal.cancel_key(self.connection, message.body),
                _ => {}
            }
        }
    }

    fn sent_one(&mut self, message: Message<'_>) {
        match message.tag {
            b'X' => self.phase = Phase::Terminated,
            b'S' => self.end_batch(),
            b'H' => {}
            b'C' => self.close(message),
            _ => self.request(message),
        }
    }

    fn end_batch(&mut self) {
        self.in_batch = false;
        self.unanswered.push_back(Request::Sync);
    }

    /// Closing is what a driver does by itself and nobody waits for: no request.
    fn close(&mut self, message: Message<'_>) {
        let [name] = message.strings(1);
        match message.body.first() {
            Some(b'S') => {
                let sql = self.statements.remove(name).unwrap_or_default();
                self.note(Action::Close, sql);
            }
            _ => drop(self.portals.remove(name)),
        }
    }

    fn request(&mut self, message: Message<'_>) {
        if !self.in_flight {
            self.in_flight = true;
            self.flight = self.journal.take_off();
        }
        self.in_batch = !matches!(message.tag, b'Q' | b'F');
        match message.tag {
            b'Q' => self.query(message),
            b'F' => self.unanswered.push_back(Request::Query),
            b'P' => self.parse(message),
            b'B' => self.bind(message),
            b'E' => self.execute(message),
            _ => {}
        }
    }

    fn query(&mut self, message: Message<'_>) {
        self.unanswered.push_back(Request::Query);
        let [sql] = message.strings(0);
        self.note(Action::Execute, text(sql));
    }

    fn parse(&mut self, message: Message<'_>) {
        let [name, sql] = message.strings(0);
        let sql = text(sql);
        self.statements.insert(name.to_vec(), Arc::clone(&sql));
        self.note(Action::Prepare, sql);
    }

    fn bind(&mut self, message: Message<'_>) {
        let [portal, statement] = message.strings(0);
        let sql = self.statements.get(statement).cloned().unwrap_or_default();
        self.portals.insert(portal.to_vec(), sql);
    }

    fn execute(&mut self, message: Message<'_>) {
        let [portal] = message.strings::<1>(0);
        let sql = self.portals.get(portal).cloned().unwrap_or_default();
        self.note(Action::Execute, sql);
    }

    fn note(&self, action: Action, sql: Arc<str>) {
        self.journal.note(self.connection, self.flight, action, sql);
    }

    fn ready(&mut self) {
        if self.phase == Phase::Starting {
            self.phase = Phase::Open;
        }
        self.unanswered.pop_front();
        if self.unanswered.is_empty() && !self.in_batch {
            self.in_flight = false;
        }
    }

    /// The server now waits for rows: what the client sends next, it sends because of this. A
    /// `Sync` that followed the `COPY` is skipped by the server; it answers the one after the rows.
    fn copying_in(&mut self) {
        if self.unanswered.front() == Some(&Request::Sync) {
            self.unanswered.pop_front();
        }
        self.in_flight = false;
    }
}

fn text(bytes: &[u8]) -> Arc<str> {
    String::from_utf8_lossy(bytes).into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Conversation, Journal};

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(4 + body.len()).expect("a short message");
        [&[tag], &length.to_be_bytes()[..], body].concat()
    }

    fn opened() -> (Arc<Journal>, Conversation) {
        let journal = Arc::new(Journal::default());
        let mut conversation = Conversation::new(Arc::clone(&journal));
        conversation.sent(&message(b'p', b"secret\0"));
        conversation.delivered(&message(b'Z', b"I"));
        (journal, conversation)
    }

    #[test]
    fn statements_are_told_by_name_until_they_are_closed() {
        let (journal, mut conversation) = opened();
        conversation.sent(&message(b'P', b"s0\0SELECT 1\0\0\0"));
        conversation.sent(&message(b'B', b"p0\0s0\0"));
        conversation.sent(&message(b'E', b"p0\0\0\0\0\0"));
        conversation.sent(&message(b'C', b"Ss0\0"));
        conversation.sent(&message(b'B', b"\0s0\0"));
        conversation.sent(&message(b'E', b"\0\0\0\0\0"));
        conversation.sent(&message(b'S', b""));
        assert_eq!(journal.statements(), ["SELECT 1", ""]);
        assert_eq!(journal.counts().flights, 1);
    }

    #[test]
    fn a_flight_ends_with_the_last_answer_given() {
        let (journal, mut conversation) = opened();
        conversation.sent(&message(b'Q', b"BEGIN\0"));
        conversation.sent(&message(b'Q', b"COMMIT\0"));
        conversation.delivered(&message(b'Z', b"T"));
        conversation.sent(&message(b'Q', b"SELECT 1\0"));
        assert_eq!(journal.counts().flights, 1);
        conversation.delivered(&[message(b'Z', b"I"), message(b'Z', b"I")].concat());
        conversation.sent(&message(b'Q', b"SELECT 2\0"));
        assert_eq!(journal.flights(), [vec!["BEGIN", "COMMIT", "SELECT 1"], vec!["SELECT 2"]]);
    }

    #[test]
    fn closing_a_statement_is_no_flight() {
        let (journal, mut conversation) = opened();
        conversation.sent(&[message(b'C', b"Ss0\0"), message(b'S', b"")].concat());
        assert_eq!(journal.counts().flights, 0);
    }

    #[test]
    fn nothing_counts_after_terminate() {
        let (journal, mut conversation) = opened();
        conversation.sent(&[message(b'X', b""), message(b'Q', b"SELECT 1\0")].concat());
        assert_eq!((journal.counts().flights, journal.counts().statements), (0, 0));
    }

    #[test]
    fn rows_copied_in_are_a_second_flight() {
        let (journal, mut conversation) = opened();
        conversation.sent(&[message(b'E', b"\0"), message(b'S', b"")].concat());
        conversation.delivered(&message(b'G', b""));
        conversation.sent(&message(b'd', b"row"));
        conversation.sent(&[message(b'c', b""), message(b'S', b"")].concat());
        assert_eq!(journal.counts().flights, 2);
        conversation.delivered(&message(b'Z', b"I"));
        conversation.sent(&message(b'Q', b"SELECT 1\0"));
        assert_eq!(journal.counts().flights, 3);
    }

    #[test]
    fn a_reset_forgets_a_flight_that_is_not_over() {
        let (journal, mut conversation) = opened();
        conversation.sent(&message(b'Q', b"BEGIN\0"));
        journal.reset();
        conversation.sent(&message(b'Q', b"COMMIT\0"));
        assert!(journal.flights().is_empty());
        assert_eq!(journal.statements(), ["COMMIT"]);
    }
}
