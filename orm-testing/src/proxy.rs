//! A proxy between a test and its database: counts flights, logs statements, loses connections.
//!
//! It runs on a thread and a runtime of its own, so that the test's runtime takes no part in the
//! timing. A handle talks to that thread by commands and reads the shared [`Journal`].

mod acceptor;
mod conversation;
mod gate;
mod journal;
mod message;
mod relay;
mod startup;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_postgres::Config;

pub use self::journal::{Action, Counts, Event};

use self::acceptor::{Acceptor, Command};
use self::gate::Gate;
use self::journal::Journal;
use self::startup::Upstream;
use crate::{Error, url};

/// Stands between a client and its database, and tells what went over the wire.
///
/// A *flight* is what a client sends without waiting for an answer: it begins with the first
/// request that the client sends after it was given the answers to all earlier ones. It is one
/// round trip of waiting, however many statements are in it. Connecting, authentication and the
/// driver's closing of statements are no requests.
///
/// An answer is handed on only when the client has been silent for a moment
/// ([`with_quiet`](Self::with_quiet)), so the count does not depend on how a client's messages
/// fall into packets. All connections through one proxy are counted together.
///
/// ```no_run
/// #[tokio::test]
/// async fn one_statement_is_one_flight() -> Result<(), Box<dyn std::error::Error>> {
///     let database = orm_testing::database().await;
///     let proxy = orm_testing::Proxy::start(database.url())?;
///     let (client, connection) =
///         tokio_postgres::connect(proxy.url(), tokio_postgres::NoTls).await?;
///     tokio::spawn(connection);
///
///     client.simple_query("SELECT 1").await?;
///
///     assert_eq!(proxy.counts().flights, 1);
///     assert_eq!(proxy.statements(), ["SELECT 1"]);
///     Ok(())
/// }
/// ```
pub struct Proxy {
    url: String,
    journal: Arc<Journal>,
    gate: Arc<Gate>,
    /// Taken by `drop`, which ends the thread.
    commands: Option<mpsc::UnboundedSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy for the database that the URL leads to, on a local TCP port.
    ///
    /// # Errors
    ///
    /// The URL cannot be parsed or names no host, or there is no free port.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), orm_testing::Error> {
    /// let database = orm_testing::database().await;
    /// let proxy = orm_testing::Proxy::start(database.url())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(url: &str) -> Result<Self, Error> {
        let config = url::parse(url)?;
        let upstream = Upstream::of(&config)?;
        let io = |source| Error::io("start a proxy", source);
        let listener = TcpListener::bind("127.0.0.1:0").map_err(io)?;
        listener.set_nonblocking(true).map_err(io)?;
        let address = listener.local_addr().map_err(io)?;
        let journal = Arc::new(Journal::default());
        let gate = Arc::new(Gate::default());
        let (commands, receiver) = mpsc::unbounded_channel();
        let acceptor = Acceptor::new(upstream, Arc::clone(&journal), Arc::clone(&gate), receiver);
        let thread = acceptor.spawn(listener).map_err(io)?;
        let url = url_through(&config, address);
        Ok(Self { url, journal, gate, commands: Some(commands), thread: Some(thread) })
    }

    /// Sets how long a client must have been silent before it is given an answer: 5 ms unless set.
    ///
    /// Each flight takes at least this long. More makes counts robust on a loaded machine.
    ///
    /// ```no_run
    /// # fn example(url: &str) -> Result<(), orm_testing::Error> {
    /// let quiet = std::time::Duration::from_millis(20);
    /// let proxy = orm_testing::Proxy::start(url)?.with_quiet(quiet);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_quiet(self, quiet: Duration) -> Self {
        self.gate.set_quiet(quiet);
        self
    }

    /// Delays everything by this much in each direction, as a distant server does, and no more:
    /// the time to be silent is set to nothing.
    ///
    /// For benchmarks. The resolution is a millisecond.
    ///
    /// ```no_run
    /// # fn example(url: &str) -> Result<(), orm_testing::Error> {
    /// let one_way = std::time::Duration::from_millis(1);
    /// let proxy = orm_testing::Proxy::start(url)?.with_latency(one_way);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_latency(self, latency: Duration) -> Self {
        self.gate.set_latency(latency);
        self.with_quiet(Duration::ZERO)
    }

    /// The connection string of the same database through this proxy.
    ///
    /// User, password, database, options and application name are those of the given URL.
    ///
    /// ```no_run
    /// # fn example(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let proxy = orm_testing::Proxy::start(url)?;
    /// let config: tokio_postgres::Config = proxy.url().parse()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was sent since the start or the last [`reset`](Self::reset), in numbers.
    ///
    /// ```no_run
    /// # fn example(proxy: orm_testing::Proxy) {
    /// assert_eq!(proxy.counts().flights, 1);
    /// # }
    /// ```
    pub fn counts(&self) -> Counts {
        self.journal.counts()
    }

    /// What was sent since the start or the last [`reset`](Self::reset), in order.
    ///
    /// ```no_run
    /// # fn example(proxy: orm_testing::Proxy) {
    /// for event in proxy.log() {
    ///     eprintln!("{:?} {}", event.action, event.sql);
    /// }
    /// # }
    /// ```
    pub fn log(&self) -> Vec<Event> {
        self.journal.log()
    }

    /// The texts of the statements sent to be executed, in order, successful or not.
    ///
    /// A prepared statement is there once for each time that it is executed, and not for being
    /// prepared. A string of several statements is one text.
    ///
    /// ```no_run
    /// # fn example(proxy: orm_testing::Proxy) {
    /// assert_eq!(proxy.statements(), ["BEGIN", "DELETE FROM t", "COMMIT"]);
    /// # }
    /// ```
    pub fn statements(&self) -> Vec<String> {
        self.journal.statements()
    }

    /// The texts of the statements sent to be executed, by flight.
    ///
    /// A flight that only prepares is an empty list.
    ///
    /// ```no_run
    /// # fn example(proxy: orm_testing::Proxy) {
    /// assert_eq!(proxy.flights(), [["BEGIN", "DELETE FROM t", "COMMIT"]]);
    /// # }
    /// ```
    pub fn flights(&self) -> Vec<Vec<String>> {
        self.journal.flights()
    }

    /// Forgets the counts and the log, as after setting a test up.
    ///
    /// ```no_run
    /// # fn example(proxy: orm_testing::Proxy) {
    /// proxy.reset();
    /// assert_eq!(proxy.counts(), orm_testing::Counts::default());
    /// # }
    /// ```
    pub fn reset(&self) {
        self.journal.reset();
    }

    /// Keeps all answers back until [`release`](Self::release).
    ///
    /// The server still gets and runs what clients send: for tests of what a client does that
    /// gives up waiting. New connections wait too.
    ///
    /// ```no_run
    /// # async fn example(proxy: orm_testing::Proxy, client: tokio_postgres::Client) {
    /// proxy.hold();
    /// tokio::select! {
    ///     _ = client.batch_execute("COMMIT") => unreachable!(),
    ///     () = proxy.answer_held() => {}
    /// }
    /// // Committed, and the client was not told.
    /// proxy.release();
    /// # }
    /// ```
    pub fn hold(&self) {
        self.gate.hold();
    }

    /// Hands on what was kept back since [`hold`](Self::hold), and keeps nothing back any more.
    ///
    /// ```no_run
    /// # fn example(proxy: orm_testing::Proxy) {
    /// proxy.hold();
    /// proxy.release();
    /// # }
    /// ```
    pub fn release(&self) {
        self.gate.release();
    }

    /// Waits, after [`hold`](Self::hold), until the server has answered a request completely and
    /// the answer is kept back.
    ///
    /// Dropping the future changes nothing.
    ///
    /// ```no_run
    /// # async fn example(proxy: orm_testing::Proxy) {
    /// proxy.hold();
    /// // ... let a client send something ...
    /// proxy.answer_held().await;
    /// # }
    /// ```
    pub async fn answer_held(&self) {
        self.gate.answer_held().await;
    }

    /// Closes all connections at once, with nothing said: the network or the server was lost.
    ///
    /// Answers that were kept back are lost too. When this returns, the clients' sockets are
    /// closed. New connections are let in.
    ///
    /// ```no_run
    /// # async fn example(proxy: orm_testing::Proxy, client: tokio_postgres::Client) {
    /// proxy.cut();
    /// assert!(client.simple_query("SELECT 1").await.is_err());
    /// # }
    /// ```
    pub fn cut(&self) {
        self.order(Command::Cut);
    }

    /// Turns new connections away, until [`accept`](Self::accept); those that are open stay.
    ///
    /// ```no_run
    /// # async fn example(proxy: orm_testing::Proxy) {
    /// proxy.refuse();
    /// let result = tokio_postgres::connect(proxy.url(), tokio_postgres::NoTls).await;
    /// assert!(result.is_err());
    /// # }
    /// ```
    pub fn refuse(&self) {
        self.order(Command::Refuse);
    }

    /// Lets new connections in again, after [`refuse`](Self::refuse).
    ///
    /// ```no_run
    /// # fn example(proxy: orm_testing::Proxy) {
    /// proxy.refuse();
    /// proxy.accept();
    /// # }
    /// ```
    pub fn accept(&self) {
        self.order(Command::Accept);
    }

    /// Gives a command and waits until it is carried out.
    fn order(&self, command: fn(acceptor::Done) -> Command) {
        let (done, carried_out) = std::sync::mpsc::channel();
        let commands = self.commands.as_ref().expect("only `drop` takes the sender");
        let sent = commands.send(command(done)).is_ok();
        assert!(sent && carried_out.recv().is_ok(), "the proxy's thread does not end before it is told to");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported by the panic hook.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = url::without_password(&self.url);
        f.debug_struct("Proxy").field("url", &url).field("counts", &self.counts()).finish()
    }
}

fn url_through(config: &Config, address: SocketAddr) -> String {
    let encode = |text: &str| url::encode(text.as_bytes());
    let user = config.get_user().map(encode).unwrap_or_default();
    let password = config.get_password().map(|password| format!(":{}", url::encode(password)));
    let name = config.get_dbname().map(encode).unwrap_or_default();
    let at = if user.is_empty() { "" } else { "@" };
    let parameters = [("options", config.get_options()), ("application_name", config.get_application_name())];
    let mut url = format!(
        "postgres://{user}{}{at}{address}/{name}?sslmode=disable",
        password.filter(|_| !at.is_empty()).unwrap_or_default()
    );
    for (key, value) in parameters {
        url.extend(value.map(|value| format!("&{key}={}", encode(value))));
    }
    url
}
