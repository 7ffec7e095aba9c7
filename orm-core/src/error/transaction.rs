//! Floor 0: questions about errors of transactions and savepoints.

use super::Error;
use super::kind::Kind;

impl Error {
    /// An earlier statement of this transaction failed; `rollback` the session first.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if session.flush().await.is_err_and(|error| error.is_rollback_needed()) {
    ///     session.rollback().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_rollback_needed(&self) -> bool {
        self.0.kind == Kind::RollbackNeeded
    }

    /// An earlier flush or commit of this transaction, or what begins or ends a savepoint, was dropped before it was done;
    /// `rollback` the session first.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if session.commit().await.is_err_and(|error| error.is_interrupted()) {
    ///     session.rollback().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_interrupted(&self) -> bool {
        self.0.kind == Kind::Interrupted
    }

    /// A transaction was to begin, and one is going on already.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.get::<User>(1).await?; // begins one
    /// assert!(session.begin().read_only().await.is_err_and(|error| error.is_already_begun()));
    /// # Ok(()) }
    /// ```
    pub fn is_already_begun(&self) -> bool {
        self.0.kind == Kind::AlreadyBegun
    }

    /// A savepoint was used that has ended, with its transaction or with a savepoint around it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let savepoint = session.begin_nested().await?;
    /// session.commit().await?;
    /// assert!(savepoint.rollback().await.is_err_and(|error| error.is_savepoint_ended()));
    /// # Ok(()) }
    /// ```
    pub fn is_savepoint_ended(&self) -> bool {
        self.0.kind == Kind::SavepointEnded
    }

    /// `commit` or `rollback` was called inside a closure whose end decides that.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let done = session.transaction(async |session| session.commit().await).await;
    /// assert!(done.is_err_and(|error| error.is_inside_transaction()));
    /// # Ok(()) }
    /// ```
    pub fn is_inside_transaction(&self) -> bool {
        self.0.kind == Kind::InsideTransaction
    }

    /// SQL of the application's own begins or ends a transaction or a savepoint: that is the session's.
    ///
    /// ```no_run
    /// # use orm_core::{prelude::*, sql_unchecked};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let text = String::from("commit");
    /// assert!(session.execute(sql_unchecked(text)).await.is_err_and(|error| error.is_transaction_command()));
    /// # Ok(()) }
    /// ```
    pub fn is_transaction_command(&self) -> bool {
        self.0.kind == Kind::TransactionCommand
    }

    pub(crate) fn ends_transaction(word: &str) -> Self {
        let message = format!(
            "`{word}` is the session's: call its `begin`, `commit`, `rollback` or `begin_nested`, so that it knows"
        );
        Self::new(Kind::TransactionCommand, message)
    }

    /// A stream was asked for more rows, and its cursor has ended: with the transaction, with a savepoint that was rolled back,
    /// or because a fetch was dropped before it was done.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let mut users = session.stream(select::<User>(), 100).await?;
    /// session.commit().await?;
    /// assert!(users.next().await.is_err_and(|error| error.is_stream_ended()));
    /// # Ok(()) }
    /// ```
    pub fn is_stream_ended(&self) -> bool {
        self.0.kind == Kind::StreamEnded
    }

    pub(crate) fn stream_ended() -> Self {
        let message = "the stream has ended with its transaction, with a savepoint that was rolled back, or because a fetch was \
                       dropped: open it again, or read it to its end before";
        Self::new(Kind::StreamEnded, message)
    }
}
