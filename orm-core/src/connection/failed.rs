//! Floor 4: why a flight failed, and whether it may be tried again.

use tokio_postgres::error::SqlState;

use super::checkout::Checkout;
use super::encode::CannotEncode;
use super::flight::End;
use crate::error::Error;

/// Why a flight failed.
pub(super) enum Failed {
    /// What the driver reported.
    Answer(tokio_postgres::Error),
    /// The same for a plain read: no transaction failed with it.
    PlainAnswer(tokio_postgres::Error),
    /// The same for a statement that was only to be prepared; nothing of the flight was sent.
    Prepare(tokio_postgres::Error),
    /// A parameter could not be written; nothing of the flight was sent.
    Encode(CannotEncode),
    /// The transaction has ended meanwhile; nothing of the flight was sent.
    Outdated,
    /// What comes back could not be read; nothing of the flight was sent.
    Check(Error),
    /// What came back could not be read.
    Read(Error),
}

impl Failed {
    pub(super) fn into_error(self, checkout: &Checkout) -> Error {
        match self {
            Self::Answer(error) | Self::PlainAnswer(error) | Self::Prepare(error) => {
                if error.code().is_some_and(is_outdated) {
                    checkout.forget_statements();
                }
                Error::driver(error, "the statement failed")
            }
            Self::Encode(CannotEncode::Value { parameter, source, .. }) => Error::encode(parameter, source),
            Self::Encode(CannotEncode::Count { wanted, given, .. }) => Error::parameter_count(wanted, given),
            Self::Outdated => Error::closed(),
            Self::Check(error) | Self::Read(error) => error,
        }
    }

    /// As it is after a flight with this end.
    pub(super) fn of_flight(self, end: End) -> Self {
        match self {
            Self::Answer(error) if end == End::PlainRead => Self::PlainAnswer(error),
            other => other,
        }
    }

    /// Whether the transaction fails with it, if so many of its flights were launched.
    pub(super) fn fails_all(&self, end: End, launched: usize) -> bool {
        match self {
            Self::PlainAnswer(error) => launched > 0 && is_lost(error),
            _ => launched > 0 || !end.only_reads(),
        }
    }

    /// How many flights were launched with this one.
    pub(super) fn launched(&self) -> usize {
        usize::from(matches!(self, Self::Answer(_)))
    }

    /// Whether the transaction goes on: the server has refused nothing.
    pub(super) fn is_ours(&self, end: End) -> bool {
        end.only_reads() && matches!(self, Self::Check(_) | Self::Read(_))
    }

    /// At the start of a transaction nothing is lost by trying once more what did not go together with a `COMMIT`, on
    /// a connection that turned out to be dead, or with a prepared statement that the server no longer takes.
    pub(super) fn may_try_again(&self, end: End) -> bool {
        match self {
            Self::Answer(error) | Self::PlainAnswer(error) => {
                is_outdated_plan(error) || end != End::Commit && is_lost(error)
            }
            Self::Prepare(error) => is_lost(error),
            Self::Encode(_) | Self::Check(_) | Self::Read(_) | Self::Outdated => false,
        }
    }
}

/// Whether the code says that a prepared statement can no longer be used.
fn is_outdated(code: &SqlState) -> bool {
    *code == SqlState::INVALID_SQL_STATEMENT_NAME || *code == SqlState::FEATURE_NOT_SUPPORTED
}

fn is_outdated_plan(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|answer| {
        is_outdated(answer.code())
            && (*answer.code() != SqlState::FEATURE_NOT_SUPPORTED || answer.message().contains("cached plan"))
    })
}

/// Whether the connection is gone. Class 57P is the operator's intervention.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.code().is_none_or(|code| code.code().starts_with("57P"))
}
