//! Floor 0: the driver's and the pool's errors, in our words.

use deadpool::managed::PoolError;
use tokio_postgres::error::{DbError, SqlState};

use super::{Error, Kind, Names};

/// Questions about what the server refused.
impl Error {
    /// A unique constraint was violated; [`Error::constraint`] names it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await
    ///     && error.is_unique_violation()
    /// {
    ///     println!("{:?} is taken", error.constraint()); // `users_email_key`
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_unique_violation(&self) -> bool {
        self.has_state(&SqlState::UNIQUE_VIOLATION)
    }

    /// A foreign key was violated; [`Error::constraint`] names it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.add(Post::builder().title("Hello").user_id(404));
    /// assert!(session.commit().await.is_err_and(|error| error.is_foreign_key_violation()));
    /// # Ok(()) }
    /// ```
    pub fn is_foreign_key_violation(&self) -> bool {
        self.has_state(&SqlState::FOREIGN_KEY_VIOLATION) || self.has_state(&SqlState::RESTRICT_VIOLATION)
    }

    /// A column that is not nullable was given NULL; [`Error::column`] names it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await
    ///     && error.is_not_null_violation()
    /// {
    ///     println!("{:?}.{:?} needs a value", error.table(), error.column());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_not_null_violation(&self) -> bool {
        self.has_state(&SqlState::NOT_NULL_VIOLATION)
    }

    /// A check constraint was violated; [`Error::constraint`] names it.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await
    ///     && error.is_check_violation()
    /// {
    ///     println!("{:?} does not hold", error.constraint());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_check_violation(&self) -> bool {
        self.has_state(&SqlState::CHECK_VIOLATION)
    }

    /// The database has no such table.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let read = session.scalars(select::<User>()).await;
    /// assert!(read.is_err_and(|error| error.is_undefined_table())); // before `create_all`
    /// # Ok(()) }
    /// ```
    pub fn is_undefined_table(&self) -> bool {
        self.has_state(&SqlState::UNDEFINED_TABLE)
    }

    /// The table has no such column.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let read = session.scalars(select::<User>()).await;
    /// assert!(read.is_err_and(|error| error.is_undefined_column())); // the table is older than the model
    /// # Ok(()) }
    /// ```
    pub fn is_undefined_column(&self) -> bool {
        self.has_state(&SqlState::UNDEFINED_COLUMN)
    }

    /// The transaction was begun as one that only reads, or the server only reads, and something was to be written.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.begin().read_only().await?;
    /// session.add(User::builder().email("ann@example.org"));
    /// assert!(session.flush().await.is_err_and(|error| error.is_read_only()));
    /// # Ok(()) }
    /// ```
    pub fn is_read_only(&self) -> bool {
        self.has_state(&SqlState::READ_ONLY_SQL_TRANSACTION)
    }

    /// The transaction could not have run one after the other with those that ran at the same time.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if session.commit().await.is_err_and(|error| error.is_serialization_failure()) {
    ///     session.rollback().await?; // and once more from the start
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_serialization_failure(&self) -> bool {
        self.has_state(&SqlState::T_R_SERIALIZATION_FAILURE)
    }

    /// The transaction and another one waited for each other, and this one was chosen to fail.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if session.flush().await.is_err_and(|error| error.is_deadlock()) {
    ///     session.rollback().await?; // and once more from the start
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_deadlock(&self) -> bool {
        self.has_state(&SqlState::T_R_DEADLOCK_DETECTED)
    }

    /// The transaction lost against another one (serialization failure or deadlock): run it again, or let
    /// [`Begin::retries`](crate::Begin::retries) do that.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// match session.commit().await {
    ///     Err(error) if error.is_retryable() => session.rollback().await?, // and once more from the start
    ///     other => other?,
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_retryable(&self) -> bool {
        self.is_serialization_failure() || self.is_deadlock()
    }

    /// A row is locked by another transaction, and the statement was not to wait
    /// ([`nowait`](crate::Locking::nowait)), or not longer than `lock_timeout`. Roll the session back first.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = match session.get::<User>(1).for_update().nowait().await {
    ///     Err(error) if error.is_lock_not_available() => return session.rollback().await,
    ///     user => user?,
    /// };
    /// # Ok(()) }
    /// ```
    pub fn is_lock_not_available(&self) -> bool {
        self.has_state(&SqlState::LOCK_NOT_AVAILABLE)
    }

    /// A text was cast to what it is no value of: how a statement says that rows were not there.
    pub(crate) fn is_failed_cast(&self) -> bool {
        self.has_state(&SqlState::INVALID_TEXT_REPRESENTATION)
    }

    fn has_state(&self, state: &SqlState) -> bool {
        self.sqlstate() == Some(state.code())
    }

    /// The server's message, without our words around it.
    pub(crate) fn server_message(&self) -> Option<&str> {
        let source = self.0.source.as_deref()?.downcast_ref::<tokio_postgres::Error>()?;
        source.as_db_error().map(DbError::message)
    }
}

/// Constructors.
impl Error {
    /// What the driver reported for a statement.
    pub(crate) fn driver(error: tokio_postgres::Error, doing: &str) -> Self {
        let Some(answer) = error.as_db_error() else {
            return Self::unanswered(error, doing);
        };
        let kind = if is_end_of_connection(answer.code()) { Kind::Connection } else { Kind::Database };
        let message = format!("{doing}: {}", in_words(answer));
        let names = names(answer);
        let mut new = Self::new(kind, message).with_source(error);
        new.0.names = names;
        new
    }

    /// What the driver reported for a `COPY`, with the number of the row.
    pub(crate) fn copied(error: tokio_postgres::Error) -> Self {
        let row = error.as_db_error().and_then(DbError::where_).and_then(|place| place.split_once("line "));
        let row: Option<String> =
            row.map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect());
        let doing = row.map_or_else(|| "COPY failed".to_owned(), |row| format!("COPY failed at row {row}"));
        Self::driver(error, &doing)
    }

    /// No answer: the connection is gone, or a parameter could not be written.
    fn unanswered(error: tokio_postgres::Error, doing: &str) -> Self {
        let io = std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
        if error.is_closed() || io {
            return Self::new(Kind::Connection, format!("{doing}: the connection was lost: {error}"))
                .with_source(error);
        }
        Self::new(Kind::Decode, format!("{doing}: {}", chain(&error))).with_source(error)
    }

    /// What the pool reported when a connection was asked for.
    pub(crate) fn pool(error: PoolError<tokio_postgres::Error>) -> Self {
        match error {
            PoolError::Backend(error) => Self::connect(error),
            PoolError::Timeout(_) => {
                let message = "no connection could be had from the pool in time: all are in use; a session holds one from \
                               its first statement until commit, rollback or drop";
                Self::new(Kind::Connection, message).with_source(error)
            }
            other => {
                Self::new(Kind::Connection, format!("no connection could be had from the pool: {other}"))
                    .with_source(other)
            }
        }
    }

    /// A URL that cannot be read. Its text is not shown: it may hold a password.
    pub(crate) fn url(error: tokio_postgres::Error) -> Self {
        let message = format!("the database URL cannot be read: {}", chain(&error));
        Self::new(Kind::Configuration, message).with_source(error)
    }

    fn connect(error: tokio_postgres::Error) -> Self {
        let Some(answer) = error.as_db_error() else {
            let message = format!("the server cannot be reached: {}", chain(&error));
            return Self::new(Kind::Connection, message).with_source(error);
        };
        let kind = if is_wrong_for_good(answer.code()) { Kind::Configuration } else { Kind::Connection };
        let message = format!("the server refused the connection: {}", answer.message());
        let names = names(answer);
        let mut new = Self::new(kind, message).with_source(error);
        new.0.names = names;
        new
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let part = source.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        next = source.source();
    }
    text
}

/// Class 57P is the operator's intervention: the server ends the connection.
fn is_end_of_connection(state: &SqlState) -> bool {
    state.code().starts_with("57P") || state.code().starts_with("08")
}

/// The user, the password or the database's name is wrong: trying again does not help.
fn is_wrong_for_good(state: &SqlState) -> bool {
    state.code().starts_with("28") || *state == SqlState::INVALID_CATALOG_NAME
}

fn in_words(answer: &DbError) -> String {
    // The detail quotes values ("Key (email)=(..) already exists"), so it stays in the source.
    match (answer.table(), answer.column(), answer.constraint()) {
        (Some(table), Some(column), _) => format!("{} (table {table}, column {column})", answer.message()),
        (Some(table), _, Some(constraint)) => {
            format!("{} (table {table}, constraint {constraint})", answer.message())
        }
        _ => format!("{} ({})", answer.message(), answer.code().code()),
    }
}

fn names(answer: &DbError) -> Names {
    Names {
        table: answer.table().map(str::to_owned),
        column: answer.column().map(str::to_owned),
        constraint: answer.constraint().map(str::to_owned),
        sqlstate: Some(answer.code().code().to_owned()),
        ..Names::default()
    }
}
