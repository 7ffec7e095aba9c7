//! Floor 4: how a transaction begins.

use std::fmt;

/// What a transaction sees of others: PostgreSQL's isolation levels.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::{prelude::*, Isolation};
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// session.begin().isolation(Isolation::Serializable).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Isolation {
    /// Each statement sees what was committed when it began. The server's own default.
    ReadCommitted,
    /// All statements see what was committed when the first began; a write that collides fails
    /// ([`Error::is_serialization_failure`](crate::Error::is_serialization_failure)).
    RepeatableRead,
    /// As if transactions ran one after the other; one that could not fails
    /// ([`Error::is_serialization_failure`](crate::Error::is_serialization_failure)).
    Serializable,
}

/// How a transaction begins; what is not said is the server's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TransactionOptions {
    pub(crate) isolation: Option<Isolation>,
    pub(crate) read_only: bool,
    pub(crate) deferrable: bool,
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        })
    }
}

/// The `BEGIN` that says so.
impl fmt::Display for TransactionOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BEGIN")?;
        if let Some(isolation) = self.isolation {
            write!(f, " ISOLATION LEVEL {isolation}")?;
        }
        if self.read_only {
            f.write_str(" READ ONLY")?;
        }
        if self.deferrable {
            f.write_str(" DEFERRABLE")?;
        }
        Ok(())
    }
}
