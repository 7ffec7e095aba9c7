//! Floor 8: transactions: their end, savepoints within them, and closures whose end decides.
//!
//! Invariant: what a closure of `transaction` did is committed if it returned `Ok`, and else rolled back, also if it is
//! dropped half way.

use std::sync::atomic::Ordering;

use super::{Begin, Savepoint, Session};
use crate::connection::{Abandoned, TransactionOptions};
use crate::error::{Error, Result};

impl Session {
    /// Writes what changed and ends the transaction, savepoints included. The entities stay readable.
    ///
    /// Cancel safety: as for [`flush`](Session::flush), and the commit may have been carried out.
    ///
    /// # Errors
    /// [`Error::is_inside_transaction`] inside a closure of [`transaction`](Session::transaction); else as for
    /// [`flush`](Session::flush); nothing is committed then, but after [`Error::is_connection`] it may be, and
    /// where a trigger left a new row out ([`Error::is_stale`]).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.add(User::builder().email("ann@example.org"));
    /// match session.commit().await {
    ///     Err(error) if error.is_unique_violation() => session.rollback().await?,
    ///     other => other?,
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn commit(&self) -> Result<()> {
        self.refuse_inside("commit")?;
        self.scope().commit().await
    }

    /// Ends the transaction without keeping anything: values, states and relationships are as they were before it.
    ///
    /// Cancel safety: dropped while it waits for a flush that is under way, it has done nothing. Dropped later, all is
    /// rolled back in memory, and the connection is closed, which rolls back on the server; the session goes on with
    /// another one.
    ///
    /// Entities that were added become [`Transient`](crate::EntityState::Transient), which [`add`](Session::add) takes
    /// back.
    ///
    /// # Errors
    /// If the session is closed; [`Error::is_inside_transaction`] inside a closure of
    /// [`transaction`](Session::transaction). A connection that is lost is no error: what was not committed is gone with it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// user.edit().email = "new@example.org".into();
    /// session.rollback().await?;
    /// assert_eq!(user.email, "ann@example.org"); // as before
    /// # Ok(()) }
    /// ```
    pub async fn rollback(&self) -> Result<()> {
        self.refuse_inside("rollback")?;
        self.scope().rollback().await
    }

    /// Writes what changed and begins a savepoint: a part of the transaction that can be rolled back by itself.
    ///
    /// The `SAVEPOINT` travels with the last statements of the flush, and `BEGIN` with them if no transaction is open.
    /// Savepoints nest to any depth; [`Savepoint`] says how they end. The other calls of the session work as usual, and
    /// what they do belongs to the innermost savepoint. Several tasks that share a session share its savepoints too.
    ///
    /// Cancel safety: as for [`flush`](Session::flush).
    ///
    /// # Errors
    /// As for [`flush`](Session::flush). Then there is no savepoint.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// for email in ["ann@example.org", "ann@example.org"] {
    ///     let savepoint = session.begin_nested().await?;
    ///     let user = session.add(User::builder().email(email));
    ///     match savepoint.commit().await {
    ///         Err(error) if error.is_unique_violation() => println!("{email} is there already"),
    ///         other => other?,
    ///     }
    /// }
    /// session.commit().await?; // the first one
    /// # Ok(()) }
    /// ```
    pub async fn begin_nested(&self) -> Result<Savepoint<'_>> {
        let savepoint = Savepoint::new(self);
        self.scope().begin_nested(savepoint.number).await?;
        Ok(savepoint)
    }

    /// Says how the next transaction begins: await it, or give it the transaction as a closure.
    ///
    /// Nothing is sent: `BEGIN` still travels with the first statement, which may be a read. A session need not be told to
    /// begin: without this a transaction begins with the first statement that needs one (see [`Session`]).
    ///
    /// # Errors
    /// [`Error::is_already_begun`] if a transaction is open, or was said to begin.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.begin().isolation(Isolation::RepeatableRead).read_only().await?;
    /// let users: Option<i64> = session.scalar(select::<User>().count()).await?;
    /// let posts: Option<i64> = session.scalar(select::<Post>().count()).await?; // of the same moment
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn begin(&self) -> Begin<&Self> {
        Begin::new(self, self.connection.defaults)
    }

    /// Whether a transaction is open: from the first statement that needs one (see [`Session`]), or from
    /// [`begin`](Session::begin), until commit or rollback.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.get::<User>(1).await?;
    /// assert!(!session.in_transaction());
    /// session.add(User::builder().email("ann@example.org"));
    /// session.flush().await?;
    /// assert!(session.in_transaction());
    /// # Ok(()) }
    /// ```
    pub fn in_transaction(&self) -> bool {
        self.connection.in_transaction()
    }

    /// Runs a closure and commits if it returns `Ok`; rolls back if it returns `Err`, if the commit fails, or if the
    /// future is dropped before it is done.
    ///
    /// All that the closure reads belongs to the transaction. Inside the closure `commit` and `rollback` are errors,
    /// and another `transaction` is a savepoint: it can fail by itself. To run a transaction again that lost against
    /// another one, see [`Begin::retries`]. The future can be sent to other threads if the closure's can. The error's type
    /// is the application's own; where nothing else says which, the closure does:
    /// `async |session| -> orm_core::Result<_> { .. }`.
    ///
    /// Cancel safety: dropped, it is rolled back, unless the `COMMIT` was sent already, which may have been carried out.
    ///
    /// # Errors
    /// The closure's; what [`commit`](Session::commit) meets; [`Error::is_already_begun`] if the session has changes or
    /// savepoints from before the closure, which would be committed or lost with it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session
    ///     .transaction(async |session| -> orm_core::Result<_> {
    ///         let user = session.add(User::builder().email("ann@example.org"));
    ///         session.flush().await?;
    ///         session.add(Post::builder().title(format!("I am number {}", user.id)).user(&user));
    ///         Ok(user)
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E: From<Error>>(
        &self,
        run: impl AsyncFnOnce(&Session) -> Result<T, E>,
    ) -> Result<T, E> {
        match self.enter(None).await? {
            Some(running) => {
                let outcome = run(self).await;
                running.end_with(outcome).await
            }
            None => {
                let savepoint = self.begin_nested().await?;
                let outcome = run(self).await;
                savepoint.end_with(outcome).await
            }
        }
    }

    /// Begins a transaction of which a closure's end decides; none if the session is in one already.
    pub(super) async fn enter(&self, options: Option<TransactionOptions>) -> Result<Option<Running<'_>>> {
        let scope = self.scope();
        let _turn = scope.write_turn().await;
        if self.inside.load(Ordering::Acquire) {
            return Ok(None);
        }
        self.connection.check()?;
        if scope.has_begun() {
            return Err(Error::already_begun());
        }
        if options.is_some() || !self.connection.in_transaction() {
            self.connection.begin(options.unwrap_or(self.connection.defaults))?;
        }
        self.inside.store(true, Ordering::Release);
        Ok(Some(Running { session: self, done: false }))
    }

    fn refuse_inside(&self, call: &str) -> Result<()> {
        match self.inside.load(Ordering::Acquire) {
            true => Err(Error::inside_transaction(call)),
            false => Ok(()),
        }
    }
}

/// A transaction of which a closure's end decides; dropped before that, it is rolled back.
pub(super) struct Running<'a> {
    session: &'a Session,
    done: bool,
}

impl Running<'_> {
    /// Commits or rolls back.
    pub(super) async fn end_with<T, E: From<Error>>(self, outcome: Result<T, E>) -> Result<T, E> {
        let outcome = self.commit_if_ok(outcome).await;
        self.finish(outcome.is_ok()).await;
        outcome
    }

    pub(super) async fn commit_if_ok<T, E: From<Error>>(&self, outcome: Result<T, E>) -> Result<T, E> {
        let value = outcome?;
        self.session.scope().commit().await?;
        Ok(value)
    }

    pub(super) async fn finish(mut self, committed: bool) {
        if !committed {
            // Only a closed session refuses, and that has rolled back.
            drop(self.session.scope().rollback().await);
        }
        self.done = true;
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.session.inside.store(false, Ordering::Release);
        if !self.done {
            self.session.scope().abandon(Abandoned::Transaction);
        }
    }
}
