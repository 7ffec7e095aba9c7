//! The one error of this crate: opaque, with a message for people.
//!
//! A message names what was tried and what to do about it, and never a password.
//! `Debug` prints the message and all its causes, so that `unwrap` in a test says everything.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What went wrong in finding, starting or talking to a PostgreSQL server.
///
/// `Display` is a sentence for people, `source()` its cause, `Debug` both.
///
/// ```no_run
/// if let Err(error) = orm_testing::server() {
///     eprintln!("{error}");
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(PartialEq)]
enum Kind {
    NotInstalled,
    Configuration,
    Server,
    Query,
}

impl Error {
    /// Whether no PostgreSQL was found: `DATABASE_URL` is not set and none is installed.
    ///
    /// ```no_run
    /// let missing = orm_testing::server().is_err_and(|error| error.is_not_installed());
    /// ```
    pub fn is_not_installed(&self) -> bool {
        self.0.kind == Kind::NotInstalled
    }

    /// Whether `DATABASE_URL`, `PG_BIN_DIR` or a given URL is wrong.
    ///
    /// ```no_run
    /// let wrong = orm_testing::server().is_err_and(|error| error.is_configuration());
    /// ```
    pub fn is_configuration(&self) -> bool {
        self.0.kind == Kind::Configuration
    }

    pub(crate) fn not_installed() -> Self {
        Self::new(Kind::NotInstalled, NOT_INSTALLED.to_owned(), None)
    }

    pub(crate) fn configuration(message: String) -> Self {
        Self::new(Kind::Configuration, message, None)
    }

    pub(crate) fn database_url(shown: &str, source: tokio_postgres::Error) -> Self {
        let message = format!("DATABASE_URL is set, but its server cannot be used ({shown})");
        Self::new(Kind::Configuration, message, Some(Box::new(source)))
    }

    pub(crate) fn url(shown: &str, source: tokio_postgres::Error) -> Self {
        let message = format!("this is not the URL of a PostgreSQL database ({shown})");
        Self::new(Kind::Configuration, message, Some(Box::new(source)))
    }

    pub(crate) fn server(message: String) -> Self {
        Self::new(Kind::Server, message, None)
    }

    pub(crate) fn io(what: &str, source: io::Error) -> Self {
        Self::new(Kind::Server, format!("cannot {what}"), Some(Box::new(source)))
    }

    pub(crate) fn path(what: &str, path: &Path, source: io::Error) -> Self {
        Self::io(&format!("{what} {}", path.display()), source)
    }

    pub(crate) fn query(what: &str, source: tokio_postgres::Error) -> Self {
        Self::new(Kind::Query, format!("cannot {what}"), Some(Box::new(source)))
    }

    fn new(kind: Kind, message: String, source: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::new(Inner { kind, message, source }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

const NOT_INSTALLED: &str = "\
no PostgreSQL was found: DATABASE_URL is not set and no installation has both `initdb` and `postgres`

Install PostgreSQL 14 or newer; it is found and started by itself:

    sudo apt-get install postgresql           # Debian, Ubuntu
    sudo dnf install postgresql-server        # Fedora, RHEL
    brew install postgresql@17                # macOS

or name the directory of its programs:

    export PG_BIN_DIR=/usr/lib/postgresql/17/bin

or start one in a container, with the docker-compose.yml at the top of the repository, and name it:

    docker compose up -d --wait
    export DATABASE_URL=postgres://postgres:postgres@localhost:5432/postgres
";
