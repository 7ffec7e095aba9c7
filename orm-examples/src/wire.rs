//! A database that is the example's own, seen through a proxy that counts what goes over the wire.
//!
//! An application has none of this: it calls `Database::connect` with its URL.

use orm_core::Database;
use orm_testing::{Proxy, TestDatabase};

use crate::Result;

/// A fresh database, the proxy before it, and the way to it through the proxy.
#[derive(Debug)]
pub struct Wire {
    pub db: Database,
    pub proxy: Proxy,
    /// Dropped with this value, and last.
    pub database: TestDatabase,
}

impl Wire {
    /// Creates a database on the server of `DATABASE_URL`, else on a PostgreSQL that is started for this process.
    ///
    /// # Errors
    /// There is no PostgreSQL, or it refuses; the message says what to do.
    pub async fn new(name: &str) -> Result<Self> {
        let database = TestDatabase::create(name).await?;
        let proxy = Proxy::start(database.url())?;
        // One connection, so that what is prepared once is prepared for all that follows.
        let db = Database::builder(proxy.url()).pool_size(1).connect().await?;
        Ok(Self { db, proxy, database })
    }

    /// What was sent since the last call: the statements of each round trip.
    pub fn flights(&self) -> Vec<Vec<String>> {
        let flights = self.proxy.flights();
        self.proxy.reset();
        flights
    }
}
