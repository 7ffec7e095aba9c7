//! A PostgreSQL server, a fresh database per test and a proxy that counts round trips.
//!
//! ```no_run
//! #[tokio::test]
//! async fn a_row_is_kept() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = orm_testing::database().await;
//!     database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await?;
//!     assert_eq!(database.query_text("SELECT a FROM t").await?.len(), 1);
//!     Ok(())
//! }
//! ```
//!
//! # Where PostgreSQL comes from
//!
//! 1. `DATABASE_URL`, if it is set. Databases are created on that server and dropped again. If it
//!    does not work, that is an error.
//! 2. Else an installed PostgreSQL, 14 or newer: the one in `PG_BIN_DIR`, else the newest found.
//!    It is started as a throwaway cluster, once per process and in about half a second, and it
//!    is stopped and removed however the process ends: by a panic, an abort or `kill -9` as well.
//!    This works as root too.
//! 3. Else there is an error that says what to install or to start.
//!
//! The crate needs a Unix system.

mod cluster;
mod database;
mod directory;
mod error;
mod installation;
mod proxy;
mod server;
mod url;

pub use database::{TestDatabase, database};
pub use error::Error;
pub use proxy::{Action, Counts, Event, Proxy};
pub use server::{Server, server};
