//! A database per test: created empty, dropped at the end of the test, also after a panic.
//!
//! Its name holds the process id and a counter, and a name that is taken is passed over, so tests
//! of several processes, containers or machines share a server without meeting.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use crate::server::{block_on, connect};
use crate::{Error, server, url};

/// What PostgreSQL keeps of a name is 63 bytes; this leaves room for what is put around it.
const LONGEST_HINT: usize = 32;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// An empty database that belongs to one test.
///
/// It is dropped with this value, whoever is still connected to it; that blocks the thread for
/// some milliseconds. So keep the value to the end of the test: a pattern such as
/// `let Setup { client, .. } = setup().await` drops what it does not name at once.
///
/// Only a process that is killed or aborts leaves its databases on a server that `DATABASE_URL`
/// names (`orm_test_...`); those of a throwaway cluster go with it.
///
/// ```no_run
/// #[tokio::test]
/// async fn rows_are_kept() -> Result<(), orm_testing::Error> {
///     let database = orm_testing::database().await;
///     database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await?;
///     let rows = database.query_text("SELECT a FROM t").await?;
///     assert_eq!(rows, [[Some("1".to_owned())]]);
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
    server_url: String,
    dropped: bool,
}

/// Creates a database for the running test on this process's [`server`], named after the test.
///
/// # Panics
///
/// There is no server, or it refuses: the message says why and what to do. See
/// [`TestDatabase::create`] for a `Result`.
///
/// ```no_run
/// #[tokio::test]
/// async fn has_a_database_of_its_own() {
///     let database = orm_testing::database().await;
///     assert!(database.name().starts_with("orm_test_"));
/// }
/// ```
pub async fn database() -> TestDatabase {
    // The test harness names a test's thread after the test.
    let hint = thread::current().name().unwrap_or_default().to_owned();
    match TestDatabase::create(&hint).await {
        Ok(database) => database,
        Err(error) => panic!("{error:?}"),
    }
}

impl TestDatabase {
    /// Creates a database on this process's [`server`]; the hint becomes part of its name.
    ///
    /// A future that is dropped before its end may leave an empty database behind.
    ///
    /// # Errors
    ///
    /// There is no server, or it refuses.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), orm_testing::Error> {
    /// let database = orm_testing::TestDatabase::create("orders").await?;
    /// println!("{}", database.url());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create(hint: &str) -> Result<Self, Error> {
        let server = tokio::task::spawn_blocking(server).await;
        server.expect("starting a server does not panic")?.create_database(hint).await
    }

    /// The connection string, in a form that `tokio_postgres::Config` parses.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), tokio_postgres::Error> {
    /// let database = orm_testing::database().await;
    /// let config: tokio_postgres::Config = database.url().parse()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name: lower-case letters, digits and underscores.
    ///
    /// ```no_run
    /// # async fn example() {
    /// println!("{}", orm_testing::database().await.name());
    /// # }
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection of the test's own, driven by a task of the current runtime.
    ///
    /// # Errors
    ///
    /// The server refuses the connection.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let database = orm_testing::database().await;
    /// let row = database.client().await?.query_one("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn client(&self) -> Result<Client, Error> {
        connect(&self.url).await.map_err(|source| Error::query("connect to the test's database", source))
    }

    /// Runs one or more statements, separated by semicolons, on a connection of its own.
    ///
    /// # Errors
    ///
    /// The server refuses the connection or a statement.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), orm_testing::Error> {
    /// let database = orm_testing::database().await;
    /// database.execute("CREATE TABLE a (id int); CREATE TABLE b (id int)").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn execute(&self, sql: &str) -> Result<(), Error> {
        self.query_text(sql).await.map(drop)
    }

    /// Runs statements on a connection of its own; gives all rows, each value as the server's text.
    ///
    /// # Errors
    ///
    /// The server refuses the connection or a statement.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), orm_testing::Error> {
    /// let database = orm_testing::database().await;
    /// let rows = database.query_text("SELECT 1, NULL").await?;
    /// assert_eq!(rows, [[Some("1".to_owned()), None]]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        let answer = self.client().await?.simple_query(sql).await;
        let answer = answer.map_err(|source| Error::query(&format!("run `{sql}`"), source))?;
        Ok(answer.iter().filter_map(row_of).map(texts).collect())
    }

    /// Drops the database now and says whether that worked.
    ///
    /// Dropping the value does the same and, if it fails, prints why to standard error. If this
    /// future is dropped before its end, the database is dropped with the value.
    ///
    /// # Errors
    ///
    /// The server cannot be reached or refuses.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), orm_testing::Error> {
    /// orm_testing::database().await.drop_now().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn drop_now(mut self) -> Result<(), Error> {
        let result = self.drop_database().await;
        self.dropped = true;
        result
    }

    pub(crate) async fn create_on(server_url: &str, hint: &str) -> Result<Self, Error> {
        let failed = |source| Error::query("create a database for the test", source);
        let client = connect(server_url).await.map_err(failed)?;
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("orm_test_{}_{}_{number}", word(hint), process::id());
            match client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await {
                Ok(()) => return Ok(Self::new(server_url, name)),
                Err(error) if is_taken(&error) => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }

    fn new(server_url: &str, name: String) -> Self {
        let url = url::with_database(server_url, &name);
        Self { name, url, server_url: server_url.to_owned(), dropped: false }
    }

    async fn drop_database(&self) -> Result<(), Error> {
        let failed = |source| Error::query(&format!("drop the database {}", self.name), source);
        let client = connect(&self.server_url).await.map_err(failed)?;
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        client.batch_execute(&sql).await.map_err(failed)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if self.dropped {
            return;
        }
        // Waiting keeps the process from ending first; the test's runtime is not needed for it.
        if let Err(error) = block_on(self.drop_database()) {
            eprintln!("orm-testing: {error:?}");
        }
    }
}

/// The part of a hint that can stand in a name unquoted.
fn word(hint: &str) -> String {
    let hint = hint.rsplit("::").next().unwrap_or(hint);
    let word = hint.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    word.take(LONGEST_HINT).collect()
}

fn is_taken(error: &tokio_postgres::Error) -> bool {
    // Two that create the same name at the same time meet in the catalogue's index.
    [Some(&SqlState::DUPLICATE_DATABASE), Some(&SqlState::UNIQUE_VIOLATION)].contains(&error.code())
}

fn row_of(message: &SimpleQueryMessage) -> Option<&SimpleQueryRow> {
    match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }
}

fn texts(row: &SimpleQueryRow) -> Vec<Option<String>> {
    (0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect()
}
