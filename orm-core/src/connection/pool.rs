//! Floor 4: the pool, and what is in it: connections, each with the statements that it keeps.
//!
//! Invariant: a connection that is dropped instead of going back is closed at once, whatever is still owed on it.

use std::ops::Deref;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, RecycleError, RecycleResult};
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_postgres::{Config, Error, NoTls};

use super::statements::Statements;

/// The connections of a database.
pub(crate) type Pool = deadpool::managed::Pool<Connector>;

/// A client taken from the pool, which goes back to it when it is dropped.
pub(super) type Pooled = Object<Connector>;

/// How many prepared statements a connection keeps, unless it is said.
const STATEMENTS: usize = 500;

/// How a database is connected to.
#[derive(Debug, Clone, Default)]
pub(crate) struct PoolOptions {
    /// How many connections; twice the number of processors unless given.
    pub(crate) size: Option<usize>,
    /// How long a connection is waited for.
    pub(crate) wait: Option<Duration>,
    /// How many prepared statements a connection keeps.
    pub(crate) statements: Option<usize>,
}

/// Makes connections.
pub(crate) struct Connector {
    config: Config,
    statements: usize,
}

/// A connection, and what it keeps.
pub(crate) struct Client {
    client: tokio_postgres::Client,
    pub(super) statements: Statements,
    /// Reads and writes until the client is gone.
    driver: JoinHandle<()>,
}

impl PoolOptions {
    /// A pool without connections.
    ///
    /// # Errors
    /// What the pool says of its settings.
    pub(crate) fn pool(self, config: Config) -> Result<Pool, String> {
        let connector = Connector { config, statements: self.statements.unwrap_or(STATEMENTS) };
        let mut pool = Pool::builder(connector).runtime(Runtime::Tokio1).wait_timeout(self.wait);
        if let Some(size) = self.size {
            pool = pool.max_size(size);
        }
        pool.build().map_err(|error| error.to_string())
    }
}

impl Manager for Connector {
    type Type = Client;
    type Error = Error;

    async fn create(&self) -> Result<Client, Error> {
        // In a box of its own: the driver's future is deep and large, and every call of a session would have it within.
        let connect: BoxFuture<'_, _> = Box::pin(self.config.connect(NoTls));
        let (client, connection) = connect.await?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(target: "orm", %error, "the connection was lost");
            }
        });
        Ok(Client { client, statements: Statements::new(self.statements), driver })
    }

    /// Nothing is sent: one that is lost without a word is noticed by the first statement, which is tried again.
    async fn recycle(&self, client: &mut Client, _: &Metrics) -> RecycleResult<Error> {
        if client.is_closed() { Err(RecycleError::message("it is closed")) } else { Ok(()) }
    }
}

impl Deref for Client {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &tokio_postgres::Client {
        &self.client
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
