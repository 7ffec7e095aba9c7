//! Floor 4: parameters are written before anything is sent.
//!
//! The driver writes a statement's parameters when it sends it; one that cannot be written would leave a hole in a flight
//! whose `COMMIT` is on its way. Invariant: what is sent cannot fail to be written.

use std::error::Error as StdError;

use bytes::BytesMut;
use postgres_types::{Format, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::Statement;

use super::flight::Request;
use crate::query::Argument;

/// A parameter as it goes on the wire; `None` is NULL.
#[derive(Debug)]
pub(super) struct Encoded(Option<BytesMut>, Format);

/// Parameters that cannot be written as what the server wants.
#[derive(Debug)]
pub(super) enum CannotEncode {
    /// A value, by the statement's place in the flight and its number, from 1.
    Value { place: usize, parameter: usize, source: Box<dyn StdError + Send + Sync> },
    /// There are more or fewer.
    Count { place: usize, wanted: usize, given: usize },
}

impl CannotEncode {
    /// The statement's place in the flight.
    pub(super) fn place(&self) -> usize {
        match self {
            Self::Value { place, .. } | Self::Count { place, .. } => *place,
        }
    }
}

/// The parameters of all statements of a flight.
pub(super) fn encode(
    requests: &[Request<'_>],
    statements: &[Statement],
) -> Result<Vec<Vec<Encoded>>, CannotEncode> {
    let encode_one = |(place, (request, statement)): (usize, (&Request<'_>, &Statement))| {
        let (wanted, given) = (statement.params().len(), request.arguments.len());
        if wanted != given {
            return Err(CannotEncode::Count { place, wanted, given });
        }
        let pairs = request.arguments.iter().zip(statement.params());
        let encoded = pairs.enumerate().map(|(n, (argument, ty))| {
            Encoded::new(argument, ty).map_err(|source| CannotEncode::Value {
                place,
                parameter: n + 1,
                source,
            })
        });
        encoded.collect()
    };
    requests.iter().zip(statements).enumerate().map(encode_one).collect()
}

impl Encoded {
    fn new(value: &Argument<'_>, ty: &Type) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        let mut bytes = BytesMut::with_capacity(value.room());
        match value.to_sql_checked(ty, &mut bytes)? {
            IsNull::Yes => Ok(Self(None, Format::Binary)),
            IsNull::No => Ok(Self(Some(bytes), value.encode_format(ty))),
        }
    }
}

impl ToSql for Encoded {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Send + Sync>> {
        let Some(bytes) = &self.0 else { return Ok(IsNull::Yes) };
        out.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        self.1
    }

    to_sql_checked!();
}
