//! Floor 4: the pool, and what is in it: connections, each with the statements that it keeps.
//!
//! Invariant: a connection that is dropped instead of going back is closed at once, whatever is still owed on it.

use std::ops::Deref;
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, Object, RecycleResult};
use deadpool_postgres::{ClientWrapper, ManagerConfig, RecyclingMethod, Runtime};
use tokio_postgres::{Config, Error, NoTls, SimpleQueryMessage};

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

/// Makes connections, which `deadpool-postgres` looks after.
pub(crate) struct Connector {
    clients: deadpool_postgres::Manager,
    statements: usize,
}

/// A connection, and what it keeps: `deadpool-postgres` would keep statements without a bound.
pub(crate) struct Client {
    client: ClientWrapper,
    pub(super) statements: Statements,
}

impl PoolOptions {
    /// A pool without connections.
    ///
    /// # Errors
    /// What the pool says of its settings.
    pub(crate) fn pool(self, config: Config) -> Result<Pool, String> {
        // Nothing is sent: a connection that is lost without a word is noticed by the first statement, which is tried again.
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let clients = deadpool_postgres::Manager::from_config(config, NoTls, recycling);
        let connector = Connector { clients, statements: self.statements.unwrap_or(STATEMENTS) };
        let mut pool = Pool::builder(connector).runtime(Runtime::Tokio1).wait_timeout(self.wait);
        if let Some(size) = self.size {
            pool = pool.max_size(size);
        }
        pool.build().map_err(|error| error.to_string())
    }
}

impl Client {
    /// Whether each statement of a transaction sees what was committed when the statement began, unless something else is said.
    pub(crate) async fn is_read_committed(&self) -> Result<bool, Error> {
        let answer = self.simple_query("SHOW default_transaction_isolation").await?;
        Ok(answer.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("read committed"),
            _ => false,
        }))
    }
}

impl Manager for Connector {
    type Type = Client;
    type Error = Error;

    async fn create(&self) -> Result<Client, Error> {
        let client = self.clients.create().await?;
        Ok(Client { client, statements: Statements::new(self.statements) })
    }

    async fn recycle(&self, client: &mut Client, metrics: &Metrics) -> RecycleResult<Error> {
        self.clients.recycle(&mut client.client, metrics).await
    }

    fn detach(&self, client: &mut Client) {
        self.clients.detach(&mut client.client);
    }
}

impl Deref for Client {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &tokio_postgres::Client {
        &self.client
    }
}
