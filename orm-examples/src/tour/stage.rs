//! Where the operations of the tour are run: each in a session of its own, with what it sent and printed.

use orm_core::Session;

use crate::wire::Wire;
use crate::{Result, blog, screen};

/// What is in the tables when the tour begins: two users, with the keys 1 and 2.
const SEED: &str = "TRUNCATE users, profiles, posts RESTART IDENTITY;
    INSERT INTO users (name, email) VALUES ('Ada', 'ada@example.org'), ('Grace', 'grace@example.org')";

/// A database with the tour's tables, and whether anything is printed.
#[derive(Debug)]
pub struct Stage {
    wire: Wire,
    is_loud: bool,
}

impl Stage {
    /// A database with the tour's tables. Nothing is printed yet.
    ///
    /// # Errors
    /// There is no PostgreSQL, or it refuses.
    pub async fn new() -> Result<Self> {
        let wire = Wire::new("tour").await?;
        wire.db.create_all(blog::TABLES).await?;
        Ok(Self { wire, is_loud: false })
    }

    /// Begins the tour, with nothing in the tables but two users. The first one is the silent rehearsal.
    pub(super) async fn begin(&mut self, is_loud: bool) -> Result {
        self.is_loud = is_loud;
        Ok(self.wire.database.execute(SEED).await?)
    }

    /// Prints a heading.
    pub(super) fn say(&self, text: &str) {
        if self.is_loud {
            println!("{text}");
        }
    }

    /// Runs an operation in a session of its own.
    pub(super) async fn show<F>(&self, title: &str, operation: F) -> Result
    where
        F: AsyncFnOnce(&Session, &mut String) -> Result,
    {
        let session = self.wire.db.session();
        self.wire.flights();
        let mut printed = String::new();
        operation(&session, &mut printed).await?;
        self.report(title, &printed);
        session.close().await;
        Ok(())
    }

    /// Runs an operation on something that the session has in memory already, which is not counted.
    pub(super) async fn show_on<T, P, F>(&self, title: &str, prepare: P, operation: F) -> Result
    where
        P: AsyncFnOnce(&Session) -> Result<T>,
        F: AsyncFnOnce(&Session, &T, &mut String) -> Result,
    {
        let session = self.wire.db.session();
        let ready = prepare(&session).await?;
        self.wire.flights();
        let mut printed = String::new();
        operation(&session, &ready, &mut printed).await?;
        self.report(title, &printed);
        session.close().await;
        Ok(())
    }

    fn report(&self, title: &str, printed: &str) {
        self.say(title);
        for line in printed.lines() {
            self.say(screen::wrap("     ", line).trim_end());
        }
        self.say(screen::flights(&self.wire.flights()).trim_end());
    }
}
