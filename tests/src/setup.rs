//! A fresh database, seen through a proxy that counts.

use orm_core::Database;
use orm_core::model::Table;
use orm_testing::{Proxy, TestDatabase};

use crate::shape;

/// A database with tables, a proxy before it, and a pool that goes through the proxy.
pub struct Setup {
    pub database: TestDatabase,
    pub proxy: Proxy,
    pub db: Database,
}

impl Setup {
    /// A database with these tables.
    pub async fn new(tables: &[&'static Table]) -> Self {
        let database = orm_testing::database().await;
        let proxy = Proxy::start(database.url()).expect("the proxy starts");
        let db =
            Database::builder(proxy.url()).pool_size(1).connect().await.expect("the database can be reached");
        db.create_all(tables).await.expect("the tables can be created");
        proxy.reset();
        Self { database, proxy, db }
    }

    /// Runs SQL behind the library's back.
    pub async fn sql(&self, sql: &str) {
        self.database.execute(sql).await.expect("the SQL runs");
    }

    /// Rows as the server sees them: cells joined by `|`, NULL as `-`.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        let rows = self.database.query_text(sql).await.expect("the query runs");
        let cell = |cell: Option<String>| cell.unwrap_or_else(|| "-".to_owned());
        rows.into_iter().map(|row| row.into_iter().map(cell).collect::<Vec<_>>().join("|")).collect()
    }

    /// The statements since the last call, by flight.
    pub fn flights(&self) -> Vec<Vec<String>> {
        let flights = self.proxy.flights();
        self.proxy.reset();
        flights
    }

    /// The statements since the last call.
    pub fn statements(&self) -> Vec<String> {
        self.flights().concat()
    }

    /// What the statements since the last call do, by flight; flights that only prepare are left out.
    pub fn shapes(&self) -> Vec<Vec<String>> {
        let flights = self.flights().into_iter().filter(|flight| !flight.is_empty());
        flights.map(|flight| flight.iter().map(|sql| shape(sql)).collect()).collect()
    }
}
