//! Floor 4: the prepared statements that a connection keeps.
//!
//! Invariant: never more than the bound. What was used longest ago goes, and the server hears of it in the flight that
//! prepares the new one: nobody waits for that.

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Error, Statement};

/// Prepared statements by their texts.
pub(super) struct Statements {
    bound: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    texts: HashTable<Text>,
    /// Goes on with each use.
    clock: u64,
}

struct Text {
    text: Box<str>,
    used: u64,
    /// Empty until the server has answered, and shared by all who wait for it.
    statement: Arc<OnceCell<Statement>>,
}

impl Statements {
    /// Not more than `bound`, and at least one.
    pub(super) fn new(bound: usize) -> Self {
        Self { bound: bound.max(1), kept: Mutex::default() }
    }

    /// The statement of a text, prepared unless it is kept.
    pub(super) async fn prepare(&self, client: &Client, text: &str) -> Result<Statement, Error> {
        let statement = self.kept().statement(text, self.bound);
        statement.get_or_try_init(|| client.prepare(text)).await.cloned()
    }

    /// Forgets all.
    pub(super) fn clear(&self) {
        self.kept().texts.clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn statement(&mut self, text: &str, bound: usize) -> Arc<OnceCell<Statement>> {
        self.clock += 1;
        let hash = hash(text);
        if let Some(kept) = self.texts.find_mut(hash, |kept| *kept.text == *text) {
            kept.used = self.clock;
            return Arc::clone(&kept.statement);
        }
        if self.texts.len() >= bound {
            self.evict();
        }
        let statement = Arc::default();
        let new = Text { text: text.into(), used: self.clock, statement: Arc::clone(&statement) };
        self.texts.insert_unique(hash, new, |kept| self::hash(&kept.text));
        statement
    }

    /// Looks at all, which is little beside what a new statement costs. A statement that is in use is closed behind that.
    fn evict(&mut self) {
        let oldest = self.texts.iter().map(|kept| kept.used).min();
        self.texts.retain(|kept| Some(kept.used) != oldest);
    }
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}
