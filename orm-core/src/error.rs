//! Floor 0: the one error type.
//!
//! Opaque: callers ask it with predicates and accessors, and every cause has its own constructor inside the crate, so
//! that kinds can be added without breaking anyone. Messages name model, relationship, constraint and key, and never a
//! parameter's value.

mod causes;
mod database;
mod kind;
mod statement;
mod transaction;
mod writing;

use std::error::Error as StdError;
use std::fmt;

use self::kind::Kind;
use self::statement::Refused;

/// What can go wrong in this crate.
///
/// Ask it with the predicates (`is_unique_violation`, `is_not_loaded`, ...) and accessors (`constraint`, `model`, ...);
/// its `Display` is a sentence for people, and `source` leads to the driver's error where there is one.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// match session.commit().await {
///     Err(error) if error.is_unique_violation() => {
///         println!("{:?} is taken: {error}", error.constraint()); // `users_email_key`
///         session.rollback().await?;
///     }
///     other => other?,
/// }
/// # Ok(()) }
/// ```
pub struct Error(Box<Inner>);

/// What this crate's fallible functions return.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// async fn names(session: &Session) -> orm_core::Result<Vec<Option<String>>> {
///     Ok(session.scalars(select::<User>()).await?.into_iter().map(|user| user.name.clone()).collect())
/// }
/// # Ok(()) }
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

struct Inner {
    kind: Kind,
    message: String,
    names: Names,
    /// The statement that it is the answer to.
    refused: Option<Refused>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Debug, Default, Clone)]
struct Names {
    model: Option<&'static str>,
    relationship: Option<&'static str>,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
    sqlstate: Option<String>,
}

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        let (message, names) = (message.into(), Names::default());
        Self(Box::new(Inner { kind, message, names, refused: None, source: None }))
    }

    /// The same error once more, without its source.
    pub(crate) fn again(&self) -> Self {
        let Inner { kind, message, names, refused, .. } = &*self.0;
        let (message, names, refused) = (message.clone(), names.clone(), refused.clone());
        Self(Box::new(Inner { kind: *kind, message, names, refused, source: None }))
    }

    fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    fn with_model(mut self, model: &'static str) -> Self {
        self.0.names.model = Some(model);
        self
    }

    fn with_column_called(mut self, column: &str) -> Self {
        self.0.names.column = Some(column.to_owned());
        self
    }

    fn with_column(mut self, column: &'static str) -> Self {
        self.0.names.column = Some(column.to_owned());
        self
    }

    /// The same error, about this model, if it is the server's answer to a statement.
    pub(crate) fn about(mut self, model: &'static str) -> Self {
        if self.0.kind != Kind::Database {
            return self;
        }
        self.0.message = format!("{} (model {model})", self.0.message);
        self.with_model(model)
    }

    /// The same error of a row that takes the place of another in a one-to-one.
    pub(crate) fn place_taken(mut self, model: &'static str, relationship: &'static str) -> Self {
        self.0.message = format!(
            "{}: another row has this one's place in `{model}::{relationship}`; load it, and delete it or lead it elsewhere in \
             the same flush",
            self.0.message
        );
        self.with_relationship(relationship)
    }

    /// The same error, met in the flush before a query.
    pub(crate) fn in_autoflush(mut self) -> Self {
        self.0.message = format!("in the flush before a query: {}", self.0.message);
        self
    }

    fn with_relationship(mut self, relationship: &'static str) -> Self {
        self.0.names.relationship = Some(relationship);
        self
    }
}

/// Names.
impl Error {
    /// The model that the error is about, if it is about one.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await {
    ///     println!("model: {:?}", error.model());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn model(&self) -> Option<&str> {
        self.0.names.model
    }

    /// The relationship that the error is about, if it is about one.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await {
    ///     println!("relationship: {:?}", error.relationship());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn relationship(&self) -> Option<&str> {
        self.0.names.relationship
    }

    /// The table that the server named.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await {
    ///     println!("table: {:?}", error.table());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn table(&self) -> Option<&str> {
        self.0.names.table.as_deref()
    }

    /// The column that the server named, or that could not be read.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await {
    ///     println!("column: {:?}", error.column());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn column(&self) -> Option<&str> {
        self.0.names.column.as_deref()
    }

    /// The constraint that the server named.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await {
    ///     println!("constraint: {:?}", error.constraint());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn constraint(&self) -> Option<&str> {
        self.0.names.constraint.as_deref()
    }

    /// The server's five-character code (SQLSTATE), as in PostgreSQL's Appendix A.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, session: &Session, user: &Entity<User>) -> orm_core::Result<()> {
    /// if let Err(error) = session.commit().await {
    ///     println!("sqlstate: {:?}", error.sqlstate());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.names.sqlstate.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        self.0.refused.as_ref().map_or(Ok(()), |refused| refused.show(f))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("names", &self.0.names)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
