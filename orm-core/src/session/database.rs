//! Floor 8: a database: the pool that sessions take their connections from.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::{Begin, Events, Session};
use crate::connection::{Connection, Echo, Isolation, Pool, PoolOptions, TransactionOptions};
use crate::error::{Error, Result};
use crate::model::Table;
use crate::query::Criteria;
use crate::schema::{create_statements, drop_statements};
use crate::unit_of_work::Hooks;

/// A database: the pool that sessions take their connections from. Cheap to clone.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example() -> orm_core::Result<()> {
/// let db = Database::connect("postgres://postgres@localhost/blog").await?;
/// db.create_all(models![User, Profile, Post]).await?;
/// let session = db.session();
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    echo: Echo,
    options: TransactionOptions,
    /// Whether a read needs no transaction around it to see what it would see within one.
    reads_plainly: bool,
    hooks: Arc<Hooks>,
    pub(super) criteria: Arc<Criteria>,
}

/// How long a session waits for a connection unless it is said.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Settings of a [`Database`], see [`Database::builder`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example() -> orm_core::Result<()> {
/// let db = Database::builder("postgres://postgres@localhost/blog").pool_size(8).connect().await?;
/// # Ok(()) }
/// ```
#[must_use = "call `connect`"]
#[derive(Debug, Clone)]
pub struct DatabaseBuilder {
    url: String,
    pool: PoolOptions,
    echo: Echo,
    options: TransactionOptions,
}

impl Database {
    /// Opens the database that a URL (`postgres://user:password@host:5432/name`) or a list of settings
    /// (`host=/run/postgresql dbname=name`) says, and connects once to see that it can be reached
    /// and how its transactions are isolated.
    ///
    /// # Errors
    /// [`Error::is_configuration`] if the URL is wrong or requires TLS, which is not supported yet;
    /// [`Error::is_connection`] if the server cannot be reached.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example() -> orm_core::Result<()> {
    /// let db = Database::connect("postgres://postgres@localhost/blog").await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect(url: &str) -> Result<Self> {
        Self::builder(url).connect().await
    }

    /// Settings beyond the URL.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example() -> orm_core::Result<()> {
    /// let db = Database::builder("host=/run/postgresql dbname=blog").log_parameters(true).connect().await?;
    /// # Ok(()) }
    /// ```
    pub fn builder(url: &str) -> DatabaseBuilder {
        DatabaseBuilder {
            url: url.to_owned(),
            pool: PoolOptions { wait: Some(LONGEST_WAIT), ..PoolOptions::default() },
            echo: Echo::default(),
            options: TransactionOptions::default(),
        }
    }

    /// A new session. It takes no connection yet.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: Database) -> orm_core::Result<()> {
    /// let session = db.session();
    /// let user = session.get::<User>(1).await?;
    /// # Ok(()) }
    /// ```
    pub fn session(&self) -> Session {
        let connection = Connection::new(self.pool.clone(), self.echo, self.options, self.reads_plainly);
        Session::new(connection, Arc::clone(&self.hooks), Arc::clone(&self.criteria))
    }

    /// Runs a closure with a fresh session and commits if it returns `Ok`; else, and if the future is dropped before it is
    /// done, nothing is kept.
    ///
    /// What the closure returns may hold entities: they stay readable and are detached. See
    /// [`Session::transaction`] for what holds inside the closure, and [`begin`](Database::begin) for isolation levels
    /// and retries.
    ///
    /// # Errors
    /// The closure's, or what [`Session::commit`] meets.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database) -> orm_core::Result<()> {
    /// let add_user = async |session: &Session| -> orm_core::Result<_> {
    ///     let user = session.add(User::builder().email("ann@example.org"));
    ///     session.add(Post::builder().title("Hello").user(&user));
    ///     Ok(user)
    /// };
    /// let user = db.transaction(add_user).await?;
    /// println!("{}", user.id);
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E: From<Error>>(
        &self,
        run: impl AsyncFnOnce(&Session) -> Result<T, E>,
    ) -> Result<T, E> {
        self.session().transaction(run).await
    }

    /// How a transaction with a fresh session begins, and how often it is tried; then give it the closure.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
    /// # async fn example(db: &Database) -> orm_core::Result<()> {
    /// let begin = db.begin().isolation(Isolation::Serializable).retries(3);
    /// let users = begin.transaction(async |session| session.scalar(select::<User>().count()).await).await?;
    /// # Ok(()) }
    /// ```
    pub fn begin(&self) -> Begin<&Self> {
        Begin::new(self, self.options)
    }

    /// The same database, with the same pool, whose sessions tell of what happens in them.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database) {
    /// let db = db.with_events(Events::new().after_insert(|user: &Entity<User>| println!("welcome, {}", user.email)));
    /// let session = db.session();
    /// # }
    /// ```
    pub fn with_events(&self, events: Events) -> Self {
        Self { hooks: Arc::new(events.into_hooks()), ..self.clone() }
    }

    /// Creates what is missing of these tables, in the order of their foreign keys: `db.create_all(models![User])`.
    ///
    /// What is there is left as it is, whatever its columns are. All is created, or nothing.
    ///
    /// # Errors
    /// What the server refuses; [`Error::is_connection`] or [`Error::is_configuration`] if there is no connection.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: Database) -> orm_core::Result<()> {
    /// db.create_all(models![User, Profile, Post]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn create_all(&self, tables: impl AsRef<[&'static Table]>) -> Result<()> {
        self.run("create_all", create_statements(tables.as_ref())).await
    }

    /// Drops these tables, if they are there. All are dropped, or none.
    ///
    /// # Errors
    /// What the server refuses: other tables may refer to these. Else as for [`create_all`](Database::create_all).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: Database) -> orm_core::Result<()> {
    /// db.drop_all(models![User, Profile, Post]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn drop_all(&self, tables: impl AsRef<[&'static Table]>) -> Result<()> {
        self.run("drop_all", drop_statements(tables.as_ref())).await
    }

    /// In one transaction, one process at a time: `IF NOT EXISTS` alone does not keep two from colliding.
    async fn run(&self, doing: &str, statements: Vec<String>) -> Result<()> {
        let client = self.pool.get().await.map_err(Error::pool)?;
        let lock = "SELECT pg_advisory_xact_lock(hashtext('orm-core schema'))".to_owned();
        let script = std::iter::once(lock).chain(statements).collect::<Vec<_>>().join(";\n");
        // A script of several statements is one implicit transaction.
        client.batch_execute(&script).await.map_err(|error| Error::driver(error, doing))
    }
}

impl DatabaseBuilder {
    /// How many connections the pool may open; twice the number of processors unless given.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example() -> orm_core::Result<()> {
    /// let db = Database::builder("postgres://localhost/blog").pool_size(4).connect().await?;
    /// # Ok(()) }
    /// ```
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool.size = Some(connections);
        self
    }

    /// How long a session waits for a connection; 30 seconds unless given. Then [`Error::is_connection`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example() -> orm_core::Result<()> {
    /// # use std::time::Duration;
    /// let db = Database::builder("postgres://localhost/blog").wait(Duration::from_secs(3)).connect().await?;
    /// # Ok(()) }
    /// ```
    pub fn wait(mut self, longest: Duration) -> Self {
        self.pool.wait = Some(longest);
        self
    }

    /// How many prepared statements each connection keeps; 500 unless given, and at least one.
    ///
    /// A statement that is kept needs no round trip to be prepared; the server remembers it with a plan, in memory of the
    /// connection's own. Of more than so many texts those used longest ago are let go. The texts of this library do not
    /// depend on values or on the lengths of lists, so few applications have that many.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example() -> orm_core::Result<()> {
    /// let db = Database::builder("postgres://localhost/blog").statement_cache_size(100).connect().await?;
    /// # Ok(()) }
    /// ```
    pub fn statement_cache_size(mut self, statements: usize) -> Self {
        self.pool.statements = Some(statements);
        self
    }

    /// How the sessions' transactions are isolated unless [`Session::begin`] says it; else as the server's
    /// `default_transaction_isolation` was when the database was connected to. Where it is given, or the server's is not READ
    /// COMMITTED, each transaction begins with the session's first statement, reads included.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
    /// # async fn example() -> orm_core::Result<()> {
    /// let db = Database::builder("postgres://localhost/blog").isolation(Isolation::Serializable).connect().await?;
    /// # Ok(()) }
    /// ```
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.options.isolation = Some(isolation);
        self
    }

    /// Shows parameters in the `tracing` events of statements. Mind whose data they are.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example() -> orm_core::Result<()> {
    /// let db = Database::builder("postgres://localhost/blog").log_parameters(true).connect().await?;
    /// # Ok(()) }
    /// ```
    pub fn log_parameters(mut self, show: bool) -> Self {
        self.echo.parameters = show;
        self
    }

    /// Opens the database, see [`Database::connect`].
    ///
    /// # Errors
    /// As for [`Database::connect`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example() -> orm_core::Result<()> {
    /// let db = Database::builder("postgres://localhost/blog").connect().await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect(self) -> Result<Database> {
        let config = Config::from_str(&self.url).map_err(Error::url)?;
        if config.get_ssl_mode() == SslMode::Require {
            let message = "the database URL says `sslmode=require`, and TLS is not supported yet";
            return Err(Error::configuration(message));
        }
        let pool = self.pool.pool(config).map_err(Error::configuration)?;
        let client = pool.get().await.map_err(Error::pool)?;
        let is_read_committed = client.is_read_committed().await;
        let is_read_committed = is_read_committed.map_err(|error| Error::driver(error, "connecting"))?;
        Ok(Database {
            pool,
            echo: self.echo,
            options: self.options,
            reads_plainly: is_read_committed && self.options == TransactionOptions::default(),
            hooks: Arc::default(),
            criteria: Arc::default(),
        })
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let status = self.pool.status();
        f.debug_struct("Database")
            .field("size", &status.size)
            .field("max_size", &status.max_size)
            .finish_non_exhaustive()
    }
}
