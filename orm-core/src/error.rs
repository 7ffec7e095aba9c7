//! Floor 0: the one error type.
//!
//! Opaque: callers ask it with predicates and accessors, and every cause has its own constructor inside the crate, so
//! that kinds can be added without breaking anyone. Messages name model, relationship, constraint and key, and never a
//! parameter's value.

mod database;

use std::error::Error as StdError;
use std::fmt;

use postgres_types::WasNull;

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
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
    Stale,
    Decode,
    Unsolvable,
    Orphan,
}

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), names: Names::default(), source: None }))
    }

    /// The same error once more, without its source.
    pub(crate) fn again(&self) -> Self {
        let Inner { kind, message, names, .. } = &*self.0;
        Self(Box::new(Inner { kind: *kind, message: message.clone(), names: names.clone(), source: None }))
    }

    fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    fn with_model(mut self, model: &'static str) -> Self {
        self.0.names.model = Some(model);
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

/// Questions.
impl Error {
    /// The URL or the configuration cannot be used, or the server does not know its user, password or database.
    pub fn is_configuration(&self) -> bool {
        self.0.kind == Kind::Configuration
    }

    /// The server cannot be reached, or the connection was lost. What the transaction did is not committed, unless the
    /// error came from `commit` itself: then it may be.
    pub fn is_connection(&self) -> bool {
        self.0.kind == Kind::Connection
    }

    /// The relationship is not in memory; await it, or load it with an option.
    pub fn is_not_loaded(&self) -> bool {
        self.0.kind == Kind::NotLoaded
    }

    /// The entity's session is gone, so nothing can be loaded for it any more.
    pub fn is_detached(&self) -> bool {
        self.0.kind == Kind::Detached
    }

    /// An entity of another session, or from before `clear`, was given.
    pub fn is_foreign_entity(&self) -> bool {
        self.0.kind == Kind::ForeignEntity
    }

    /// The entity is not a row of the database (yet, or any more).
    pub fn is_not_persistent(&self) -> bool {
        self.0.kind == Kind::NotPersistent
    }

    /// A row was asked for and there is none.
    pub fn is_no_result(&self) -> bool {
        self.0.kind == Kind::NoResult
    }

    /// One row was asked for and there are several.
    pub fn is_multiple_results(&self) -> bool {
        self.0.kind == Kind::MultipleResults
    }

    /// An earlier statement of this transaction failed; `rollback` the session first.
    pub fn is_rollback_needed(&self) -> bool {
        self.0.kind == Kind::RollbackNeeded
    }

    /// An earlier flush or commit of this transaction was dropped before it was done; `rollback` the session first.
    pub fn is_interrupted(&self) -> bool {
        self.0.kind == Kind::Interrupted
    }

    /// A row that was to be updated is not there any more, or is not what it was, and nothing was committed; or a trigger
    /// changed a new row's key or left the row out. Only the latter, of a single row, may have been committed.
    pub fn is_stale(&self) -> bool {
        self.0.kind == Kind::Stale
    }

    /// What the server sent does not fit the model (NULL in a field that cannot hold it, another data type), or a value
    /// does not fit what the server wants.
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// New rows need each other's keys in a circle, so that none can be inserted first.
    pub fn is_unsolvable(&self) -> bool {
        self.0.kind == Kind::Unsolvable
    }

    /// A row lost the parent that its key, which is not nullable, must name.
    pub fn is_orphan(&self) -> bool {
        self.0.kind == Kind::Orphan
    }
}

/// Names.
impl Error {
    /// The model that the error is about, if it is about one.
    pub fn model(&self) -> Option<&str> {
        self.0.names.model
    }

    /// The relationship that the error is about, if it is about one.
    pub fn relationship(&self) -> Option<&str> {
        self.0.names.relationship
    }

    /// The table that the server named.
    pub fn table(&self) -> Option<&str> {
        self.0.names.table.as_deref()
    }

    /// The column that the server named, or that could not be read.
    pub fn column(&self) -> Option<&str> {
        self.0.names.column.as_deref()
    }

    /// The constraint that the server named.
    pub fn constraint(&self) -> Option<&str> {
        self.0.names.constraint.as_deref()
    }

    /// The server's five-character code (SQLSTATE), as in PostgreSQL's Appendix A.
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.names.sqlstate.as_deref()
    }
}

/// Constructors, one per cause.
impl Error {
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(Kind::Configuration, message)
    }

    pub(crate) fn detached(model: &'static str) -> Self {
        let message =
            format!("this `{model}` is detached: its session is closed, so nothing can be loaded for it");
        Self::new(Kind::Detached, message).with_model(model)
    }

    pub(crate) fn closed() -> Self {
        Self::new(Kind::Detached, "the session is closed")
    }

    pub(crate) fn foreign_entity(model: &'static str, with: &'static str) -> Self {
        let message = format!(
            "a `{model}` of another session, or from before `clear`, was used with a `{with}` of this one"
        );
        Self::new(Kind::ForeignEntity, message).with_model(model)
    }

    pub(crate) fn foreign_to_session(model: &'static str, call: &str) -> Self {
        let message = format!("{call}: this `{model}` is of another session, or from before `clear`");
        Self::new(Kind::ForeignEntity, message).with_model(model)
    }

    pub(crate) fn not_loaded(model: &'static str, relationship: &'static str) -> Self {
        let message = format!("`{model}::{relationship}` is not loaded: await it, or load it with an option");
        Self::new(Kind::NotLoaded, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn no_parent(model: &'static str, relationship: &'static str) -> Self {
        let message = format!("this `{model}` has no `{relationship}`, although its key is not nullable");
        Self::new(Kind::Orphan, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn orphan(model: &'static str, relationship: &'static str, key: &str) -> Self {
        let message = format!(
            "`{model}` {key} lost its `{relationship}`, and the key is not nullable: \
             give it another one, or delete it"
        );
        Self::new(Kind::Orphan, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn not_persistent(model: &'static str, call: &str) -> Self {
        let message = format!("{call}: this `{model}` is not a row of the database");
        Self::new(Kind::NotPersistent, message).with_model(model)
    }

    pub(crate) fn deleted(model: &'static str) -> Self {
        let message = format!("add: this `{model}` was deleted; add a new one");
        Self::new(Kind::NotPersistent, message).with_model(model)
    }

    pub(crate) fn not_loadable(model: &'static str, relationship: &'static str) -> Self {
        let message = format!(
            "`{model}::{relationship}` was not loaded, and this `{model}` is not a row of the database any more"
        );
        Self::new(Kind::NotPersistent, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn row_gone(model: &'static str, key: &str) -> Self {
        let message = format!("refresh: the row of `{model}` {key} is not there any more");
        Self::new(Kind::NoResult, message).with_model(model)
    }

    pub(crate) fn no_result(what: &str) -> Self {
        Self::new(Kind::NoResult, format!("no row was found when one was required: {what}"))
    }

    pub(crate) fn multiple_results(what: &str) -> Self {
        Self::new(
            Kind::MultipleResults,
            format!("several rows were found when at most one was expected: {what}"),
        )
    }

    pub(crate) fn rollback_needed(cause: &str) -> Self {
        let message =
            format!("the session's transaction has failed, roll it back first; the cause was: {cause}");
        Self::new(Kind::RollbackNeeded, message)
    }

    pub(crate) fn interrupted() -> Self {
        let message = "a flush or commit of this session was dropped before it was done: roll the session back first; \
                       a dropped commit may have been carried out";
        Self::new(Kind::Interrupted, message)
    }

    pub(crate) fn stale(model: &'static str, keys: &str) -> Self {
        let message = format!(
            "stale data: `{model}` {keys} is not in the database any more: it was deleted, or its key changed"
        );
        Self::new(Kind::Stale, message).with_model(model)
    }

    pub(crate) fn lost_rows(model: &'static str) -> Self {
        let message = format!(
            "the server did not answer for every new `{model}`: a trigger or rule changed its key or left rows out"
        );
        Self::new(Kind::Stale, message).with_model(model)
    }

    pub(crate) fn unsolvable(models: &str) -> Self {
        let message = format!("new rows need each other's keys in a circle and none is nullable: {models}");
        Self::new(Kind::Unsolvable, message)
    }

    pub(crate) fn decode(
        model: &'static str,
        column: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        let message = match source.is::<WasNull>() {
            true => format!(
                "`{model}::{column}` is NULL in the database, which the field cannot hold: make it an `Option`"
            ),
            false => format!("`{model}::{column}` cannot be read: {source}"),
        };
        let mut error = Self::new(Kind::Decode, message).with_model(model).with_source(source);
        error.0.names.column = Some(column.to_owned());
        error
    }

    pub(crate) fn encode(parameter: usize, source: Box<dyn StdError + Send + Sync>) -> Self {
        Self::new(Kind::Decode, format!("parameter ${parameter} cannot be sent: {source}"))
            .with_source(source)
    }

    pub(crate) fn column_type(
        model: &'static str,
        column: &'static str,
        expected: &str,
        found: &str,
    ) -> Self {
        let message =
            format!("`{model}::{column}` is declared as `{expected}` and the database has `{found}` there");
        let mut error = Self::new(Kind::Decode, message).with_model(model);
        error.0.names.column = Some(column.to_owned());
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
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
