//! Floor 0: the kinds of errors, and the questions that tell them apart.

use super::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Configuration,
    Connection,
    Database,
    Detached,
    ForeignEntity,
    NotLoaded,
    NotPersistent,
    NoResult,
    MultipleResults,
    RollbackNeeded,
    Interrupted,
    AlreadyBegun,
    SavepointEnded,
    InsideTransaction,
    Stale,
    Decode,
    Unsolvable,
    Orphan,
    Unlinkable,
    Refused,
}

/// Questions.
impl Error {
    /// The URL or the configuration cannot be used, or the server does not know its user, password or database.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// let error = Database::connect("postgres://localhost?port=many").await.expect_err("no such port");
    /// assert!(error.is_configuration());
    /// # Ok(()) }
    /// ```
    pub fn is_configuration(&self) -> bool {
        self.0.kind == Kind::Configuration
    }

    /// The server cannot be reached, or the connection was lost. What the transaction did is not committed, unless the
    /// error came from `commit` itself: then it may be.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if session.get::<User>(1).await.is_err_and(|error| error.is_connection()) {
    ///     println!("the database cannot be reached");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_connection(&self) -> bool {
        self.0.kind == Kind::Connection
    }

    /// The relationship is not in memory; await it, or load it with an option.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// let posts = match user.posts().get() {
    ///     Err(error) if error.is_not_loaded() => user.posts().await?,
    ///     known => known?,
    /// };
    /// # Ok(()) }
    /// ```
    pub fn is_not_loaded(&self) -> bool {
        self.0.kind == Kind::NotLoaded
    }

    /// The entity's session is gone, so nothing can be loaded for it any more.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if user.posts().await.is_err_and(|error| error.is_detached()) {
    ///     println!("the session of {} is closed", user.email);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_detached(&self) -> bool {
        self.0.kind == Kind::Detached
    }

    /// An entity of another session, or from before `clear`, was given.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if session.commit().await.is_err_and(|error| error.is_foreign_entity()) {
    ///     session.rollback().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_foreign_entity(&self) -> bool {
        self.0.kind == Kind::ForeignEntity
    }

    /// The entity is not a row of the database (yet, or any more).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if session.refresh(user).await.is_err_and(|error| error.is_not_persistent()) {
    ///     println!("{} is not saved yet", user.email);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_not_persistent(&self) -> bool {
        self.0.kind == Kind::NotPersistent
    }

    /// A many-to-many cannot link the two by itself: its links have more columns that must be given (add such a row
    /// instead), or their keys share a column and the two differ in it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if session.flush().await.is_err_and(|error| error.is_unlinkable()) {
    ///     session.rollback().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_unlinkable(&self) -> bool {
        self.0.kind == Kind::Unlinkable
    }

    /// A row was asked for and there is none.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// match session.scalars(select::<User>().filter(User::id.eq(7))).await?.one() {
    ///     Err(error) if error.is_no_result() => println!("nobody has the number 7"),
    ///     user => println!("{}", user?.email),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_no_result(&self) -> bool {
        self.0.kind == Kind::NoResult
    }

    /// One row was asked for and there are several.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// match session.scalars(select::<User>().filter(User::name.eq("Ann"))).await?.one() {
    ///     Err(error) if error.is_multiple_results() => println!("several people are called Ann"),
    ///     user => println!("{}", user?.email),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_multiple_results(&self) -> bool {
        self.0.kind == Kind::MultipleResults
    }

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

    /// A row that was to be updated is not there any more, or is not what it was, and nothing was committed; or a trigger
    /// changed a new row's key or left the row out. Only the latter, of a single row, may have been committed.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if session.commit().await.is_err_and(|error| error.is_stale()) {
    ///     session.rollback().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_stale(&self) -> bool {
        self.0.kind == Kind::Stale
    }

    /// What the server sent does not fit the model (NULL in a field that cannot hold it, another data type), or a value
    /// does not fit what the server wants.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.scalars(select::<User>()).await
    ///     && error.is_decode()
    /// {
    ///     println!("{:?} does not fit its field: {error}", error.column());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// New rows need each other's keys in a circle, or rows trade unique values in one, so that none can be written first.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if session.plan().is_err_and(|error| error.is_unsolvable()) {
    ///     println!("one of the keys must be an `Option`");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_unsolvable(&self) -> bool {
        self.0.kind == Kind::Unsolvable
    }

    /// A row lost the parent that its key, which is not nullable, must name.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.flush().await
    ///     && error.is_orphan()
    /// {
    ///     println!("{:?} is required", error.relationship());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_orphan(&self) -> bool {
        self.0.kind == Kind::Orphan
    }

    /// A hook refused a flush, or hooks did not come to an end; nothing was written. What the hook said is the `source`.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await
    ///     && error.is_refused()
    /// {
    ///     println!("please mend the input: {error}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_refused(&self) -> bool {
        self.0.kind == Kind::Refused
    }
}
