//! Where PostgreSQL comes from: `DATABASE_URL`, else an installed one started for this process.
//!
//! A `DATABASE_URL` that does not work is an error, never a reason to look elsewhere.

use std::env::{self, VarError};
use std::fmt;
use std::sync::OnceLock;

use tokio_postgres::{Client, NoTls};

use crate::cluster::Cluster;
use crate::{Error, TestDatabase, url};

/// A PostgreSQL server to create databases on.
///
/// It is the one that `DATABASE_URL` names, which is left running, or a throwaway cluster of the
/// newest PostgreSQL installed, which is stopped and removed when this value is dropped and also
/// when the process ends in any way. Most tests need only [`database`](crate::database), whose
/// server is shared by the whole process.
///
/// ```no_run
/// let server = orm_testing::Server::find_or_start()?;
/// println!("{}", server.url());
/// # Ok::<(), orm_testing::Error>(())
/// ```
pub struct Server {
    url: String,
    cluster: Option<Cluster>,
}

impl Server {
    /// Takes the server that `DATABASE_URL` names, or starts a throwaway cluster.
    ///
    /// The cluster is made by the programs in `PG_BIN_DIR` if that is set, else by the newest
    /// version found. It listens on a Unix socket only and does not protect its data from a
    /// crash, so it is fast and meant for nothing but tests. On Linux it lives in memory
    /// (`/dev/shm`) if 2 GiB are free there and `TMPDIR` is not set, else in the directory for
    /// temporary files. Starting blocks the thread for about half a second.
    ///
    /// `DATABASE_URL` is reached without TLS, and its user must be allowed to create databases.
    ///
    /// # Errors
    ///
    /// `DATABASE_URL` or `PG_BIN_DIR` is set and wrong, no PostgreSQL is installed, or it does
    /// not start; the message says what to do.
    ///
    /// ```no_run
    /// let server = orm_testing::Server::find_or_start()?;
    /// # Ok::<(), orm_testing::Error>(())
    /// ```
    pub fn find_or_start() -> Result<Self, Error> {
        match env::var("DATABASE_URL") {
            Ok(url) => Self::at(url),
            Err(VarError::NotPresent) => Self::start(),
            Err(VarError::NotUnicode(_)) => {
                Err(Error::configuration("DATABASE_URL is not valid Unicode".to_owned()))
            }
        }
    }

    /// The connection string of the database that other databases are created from.
    ///
    /// ```no_run
    /// let config: tokio_postgres::Config = orm_testing::server()?.url().parse()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this is a throwaway cluster that ends with the process.
    ///
    /// ```no_run
    /// assert!(orm_testing::Server::find_or_start()?.is_throwaway());
    /// # Ok::<(), orm_testing::Error>(())
    /// ```
    pub fn is_throwaway(&self) -> bool {
        self.cluster.is_some()
    }

    /// Creates an empty database on this server; the hint becomes part of its name.
    ///
    /// A future that is dropped before its end may leave an empty database behind.
    ///
    /// # Errors
    ///
    /// The server cannot be reached or refuses.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), orm_testing::Error> {
    /// let server = orm_testing::Server::find_or_start()?;
    /// let database = server.create_database("orders").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_database(&self, hint: &str) -> Result<TestDatabase, Error> {
        TestDatabase::create_on(&self.url, hint).await
    }

    fn start() -> Result<Self, Error> {
        let cluster = Cluster::start()?;
        Ok(Self { url: cluster.url().to_owned(), cluster: Some(cluster) })
    }

    fn at(url: String) -> Result<Self, Error> {
        check(&url).map_err(|source| Error::database_url(&url::without_password(&url), source))?;
        Ok(Self { url, cluster: None })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &url::without_password(&self.url))
            .field("is_throwaway", &self.is_throwaway())
            .finish()
    }
}

/// The server of this process: found or started at the first call, the same one ever after.
///
/// The first call blocks its thread for about half a second if it has to start the server.
///
/// # Errors
///
/// As [`Server::find_or_start`]; an error is kept as well.
///
/// ```no_run
/// println!("{}", orm_testing::server()?.url());
/// # Ok::<(), orm_testing::Error>(())
/// ```
pub fn server() -> Result<&'static Server, Error> {
    static SERVER: OnceLock<Result<Server, Error>> = OnceLock::new();
    SERVER.get_or_init(Server::find_or_start).as_ref().map_err(Clone::clone)
}

/// Connects, with the connection driven by a task of the current runtime.
pub(crate) async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // What goes wrong on the connection is told to the client's calls.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

/// Runs a future to its end on a thread and a runtime of its own, whatever the caller runs on.
pub(crate) fn block_on<F>(future: F) -> F::Output
where
    F: Future<Output: Send> + Send,
{
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime without workers can be built").block_on(future)
        });
        thread.join().expect("the future does not panic")
    })
}

fn check(url: &str) -> Result<(), tokio_postgres::Error> {
    block_on(async { connect(url).await?.batch_execute("SELECT 1").await })
}
