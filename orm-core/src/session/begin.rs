//! Floor 8: how a transaction begins, and how often it is tried.

use std::future::{Future, IntoFuture};
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::time::Duration;

use super::{Database, Session};
use crate::connection::{Isolation, TransactionOptions};
use crate::error::{Error, Result};

/// The first pause before a transaction is tried again, unless it is said.
const BACKOFF: Duration = Duration::from_millis(10);

/// No pause is longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);

/// How a transaction begins, see [`Session::begin`] and [`Database::begin`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
/// # async fn example(db: &Database, session: &Session) -> orm_core::Result<()> {
/// session.begin().isolation(Isolation::Serializable).await?;
/// let users = db
///     .begin()
///     .isolation(Isolation::Serializable)
///     .retries(3)
///     .transaction(async |session| session.scalar(select::<User>().count()).await)
///     .await?;
/// # Ok(()) }
/// ```
#[must_use = "await it, or give it the transaction as a closure"]
#[derive(Debug, Clone)]
pub struct Begin<T> {
    on: T,
    options: TransactionOptions,
    retries: usize,
    backoff: Duration,
}

impl<T> Begin<T> {
    pub(super) fn new(on: T, options: TransactionOptions) -> Self {
        Self { on, options, retries: 0, backoff: BACKOFF }
    }

    /// What the transaction sees of others. Unless given: what [`DatabaseBuilder::isolation`](super::DatabaseBuilder::isolation)
    /// says, else the server's `default_transaction_isolation`.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.begin().isolation(Isolation::RepeatableRead).await?;
    /// # Ok(()) }
    /// ```
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.options.isolation = Some(isolation);
        self
    }

    /// The transaction only reads; what would write fails ([`Error::is_read_only`]).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.begin().read_only().await?;
    /// let users = session.scalars(select::<User>()).await?;
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn read_only(mut self) -> Self {
        self.options.read_only = true;
        self
    }

    /// The first statement waits until the transaction can run without ever failing for others. It says something only
    /// with [`Isolation::Serializable`] and [`read_only`](Begin::read_only): for long reports and backups.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.begin().isolation(Isolation::Serializable).read_only().deferrable().await?;
    /// # Ok(()) }
    /// ```
    pub fn deferrable(mut self) -> Self {
        self.options.deferrable = true;
        self
    }
}

impl Begin<&Session> {
    /// Runs a closure as [`Session::transaction`] does, in a transaction that begins so.
    ///
    /// # Errors
    /// As for [`Session::transaction`]; [`Error::is_already_begun`] also if a transaction is open, and inside a
    /// closure of another `transaction`.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let begin = session.begin().isolation(Isolation::Serializable);
    /// let users = begin.transaction(async |session| session.scalar(select::<User>().count()).await).await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E: From<Error>>(
        self,
        run: impl AsyncFnOnce(&Session) -> Result<T, E>,
    ) -> Result<T, E> {
        let running = self.on.enter(Some(self.options)).await?.ok_or_else(Error::already_begun)?;
        let outcome = run(self.on).await;
        running.end_with(outcome).await
    }
}

impl<'a> IntoFuture for Begin<&'a Session> {
    type Output = Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.on.scope().begin(self.options).await })
    }
}

impl Begin<&Database> {
    /// How often the closure is run again, each time with a fresh session, if its transaction lost against another one
    /// ([`Error::is_retryable`]): then nothing of it was committed. Not at all unless given.
    ///
    /// So it is if that happened in a savepoint that was rolled back since, and the closure then returned an error of any
    /// kind. A connection that is lost is no reason: while it was committing nobody knows what became of it. What the closure
    /// does elsewhere (sends mail, counts in a variable) is done once more as well.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
    /// # async fn example(db: &Database) -> orm_core::Result<()> {
    /// let begin = db.begin().isolation(Isolation::Serializable).retries(5);
    /// begin
    ///     .transaction(async |session| -> orm_core::Result<()> {
    ///         let user = session.get::<User>(1).await?;
    ///         user.inspect(|user| user.edit().name = Some("Ann".into()));
    ///         Ok(())
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn retries(mut self, times: usize) -> Self {
        self.retries = times;
        self
    }

    /// The pause before the first retry, 10 ms unless given; it doubles each time, up to a second, and a random part of
    /// it, up to a half, is left out, so that those who collided do not meet again.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database) -> orm_core::Result<()> {
    /// # use std::time::Duration;
    /// let begin = db.begin().retries(5).backoff(Duration::from_millis(50));
    /// let users = begin.transaction(async |session| session.scalar(select::<User>().count()).await).await?;
    /// # Ok(()) }
    /// ```
    pub fn backoff(mut self, first: Duration) -> Self {
        self.backoff = first;
        self
    }

    /// Runs a closure with a fresh session, as [`Database::transaction`] does, in a transaction that begins so. The closure
    /// may be called several times, see [`retries`](Begin::retries).
    ///
    /// # Errors
    /// The closure's, or what [`Session::commit`] meets, of the last try.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database) -> orm_core::Result<()> {
    /// let users =
    ///     db.begin().read_only().transaction(async |session| session.scalar(select::<User>().count()).await).await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E: From<Error>>(
        self,
        mut run: impl AsyncFnMut(&Session) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tried = 0;
        loop {
            let session = self.on.session();
            let running = session.enter(Some(self.options)).await?.ok_or_else(Error::already_begun)?;
            let outcome = run(&session).await;
            let outcome = running.commit_if_ok(outcome).await;
            let again = outcome.is_err() && tried < self.retries && session.connection.has_lost_a_race();
            running.finish(outcome.is_ok()).await;
            if !again {
                return outcome;
            }
            pause(self.backoff, tried).await;
            tried += 1;
        }
    }
}

async fn pause(first: Duration, tried: usize) {
    let doubled = 1u32.checked_shl(u32::try_from(tried).unwrap_or(u32::MAX)).unwrap_or(u32::MAX);
    let longest = first.saturating_mul(doubled).min(LONGEST_BACKOFF);
    if longest.is_zero() {
        return;
    }
    // From 512 to 1023; each `RandomState` hashes in its own way.
    let part = RandomState::new().hash_one(tried) % 512 + 512;
    tokio::time::sleep(longest * u32::try_from(part).unwrap_or(1024) / 1024).await;
}
