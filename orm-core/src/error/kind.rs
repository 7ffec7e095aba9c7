//! Floor 0: the kinds of errors, and the questions that tell them apart.

use super::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Configuration,
    Connection,
    Database,
    Detached,
    ForeignEntity,
    AlreadyPresent,
    Incomplete,
    NotLoaded,
    RaiseLoad,
    NotJoined,
    NotPersistent,
    NoResult,
    MultipleResults,
    RollbackNeeded,
    Interrupted,
    AlreadyBegun,
    SavepointEnded,
    InsideTransaction,
    TransactionCommand,
    StreamEnded,
    Cursor,
    Pages,
    Stale,
    ReadOnly,
    Expression,
    Decode,
    Unsolvable,
    Orphan,
    Hidden,
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
        matches!(self.0.kind, Kind::NotLoaded | Kind::RaiseLoad)
    }

    /// The relationship is not in memory, and the query that brought the entity ([`raiseload`](crate::raiseload)) or the
    /// model (`lazy = raise`) refuses to load it when it is asked for. It is also [not loaded](Error::is_not_loaded).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// for user in session.scalars(select::<User>().options(raiseload(User::posts))).await? {
    ///     assert!(user.posts().await.is_err_and(|error| error.is_raise_load()));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_raise_load(&self) -> bool {
        self.0.kind == Kind::RaiseLoad
    }

    /// [`contains_eager`](crate::contains_eager) names a relationship that its select does not join.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// let posts = select::<Post>().options(contains_eager(Post::user)); // `.join(Post::user)` is missing
    /// assert!(session.execute(posts).await.is_err_and(|error| error.is_not_joined()));
    /// # Ok(()) }
    /// ```
    pub fn is_not_joined(&self) -> bool {
        self.0.kind == Kind::NotJoined
    }

    /// The entity's session is gone, or has let it go, so that nothing can be loaded for it any more.
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

    /// Another object of the session stands for the same row, so that this one cannot come back in.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// session.expunge(user);
    /// let other = session.get::<User>(1).await?;
    /// session.add(user);
    /// assert!(session.flush().await.is_err_and(|error| error.is_already_present()));
    /// # Ok(()) }
    /// ```
    pub fn is_already_present(&self) -> bool {
        self.0.kind == Kind::AlreadyPresent
    }

    /// A builder was merged that names no row, and lacks what a new one must have; or an [`update`](crate::update) sets
    /// nothing.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let renamed = session.merge(User::builder().id(7).name("Ann")).await;
    /// if renamed.is_err_and(|error| error.is_incomplete()) {
    ///     println!("there is no user 7, and a new one needs an email");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_incomplete(&self) -> bool {
        self.0.kind == Kind::Incomplete
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

    /// A row that was to be updated is not there any more, or is not what it was, or one with a version that was to be
    /// deleted, and nothing was committed; or a trigger changed a new row's key or left the row out. Only the latter, of
    /// a single row, may have been committed.
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

    /// A column was changed that only the database writes: one that is `generated`, or a version of the server's. It has
    /// kept its value.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.flush().await
    ///     && error.is_read_only_column()
    /// {
    ///     println!("{:?} is computed", error.column());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_read_only_column(&self) -> bool {
        self.0.kind == Kind::ReadOnly
    }

    /// An expression that was [set](crate::Session::set) cannot be written: it reads another table, or the columns of a row
    /// that is not there yet, or it is for the version. It is forgotten.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// session.set(user, User::email, Post::title);
    /// assert!(session.flush().await.is_err_and(|error| error.is_invalid_expression()));
    /// # Ok(()) }
    /// ```
    pub fn is_invalid_expression(&self) -> bool {
        self.0.kind == Kind::Expression
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

    /// A to-one that is always there leads to a row which the session does not see: it is marked as deleted, or left out by
    /// criteria. The query that brought the entity can ask for it, see [`Select::with_deleted`](crate::Select::with_deleted).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(post: &Entity<Post>) -> orm_core::Result<()> {
    /// match post.user().await {
    ///     Err(error) if error.is_hidden() => println!("by a deleted user"),
    ///     user => println!("by {}", user?.email),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_hidden(&self) -> bool {
        self.0.kind == Kind::Hidden
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

    /// A cursor's text is broken, or the cursor is of another order than that of the query: whoever sent it gets the first
    /// page, or is told so.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(text: &str) -> orm_core::Result<()> {
    /// let posts = select::<Post>().paginate(Post::title, 20);
    /// let page = match posts.parse_cursor(text) {
    ///     Err(error) if error.is_invalid_cursor() => posts,
    ///     cursor => posts.after(&cursor?),
    /// };
    /// # Ok(()) }
    /// ```
    pub fn is_invalid_cursor(&self) -> bool {
        self.0.kind == Kind::Cursor
    }

    /// The select cannot be read in [pages](crate::Select::paginate): it is `distinct`, or has an order or limits of its own.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let posts = select::<Post>().order_by(Post::id).paginate(Post::title, 20);
    /// assert!(session.execute(posts).await.is_err_and(|error| error.is_not_in_pages()));
    /// # Ok(()) }
    /// ```
    pub fn is_not_in_pages(&self) -> bool {
        self.0.kind == Kind::Pages
    }
}
