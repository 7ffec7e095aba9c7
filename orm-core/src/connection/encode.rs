//! Floor 4: parameters are written before anything is sent.
//!
//! The driver writes a statement's parameters when it sends it; one that cannot be written would leave a hole in a flight
//! whose `COMMIT` is on its way. Invariant: what is sent cannot fail to be written.

use std::error::Error as StdError;

use bytes::BytesMut;
use postgres_types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::Statement;

use super::flight::Request;

/// A parameter as it goes on the wire; `None` is NULL.
#[derive(Debug)]
pub(super) struct Encoded(Option<BytesMut>);

/// A parameter that cannot be written as the data type that the server wants.
#[derive(Debug)]
pub(super) struct CannotEncode {
    /// The statement's place in the flight.
    pub(super) place: usize,
    /// The parameter's number, from 1.
    pub(super) parameter: usize,
    pub(super) source: Box<dyn StdError + Send + Sync>,
}

/// The parameters of all statements of a flight.
pub(super) fn encode(
    requests: &[Request<'_>],
    statements: &[Statement],
) -> Result<Vec<Vec<Encoded>>, CannotEncode> {
    let encode_one = |(place, (request, statement)): (usize, (&Request<'_>, &Statement))| {
        let pairs = request.arguments.iter().zip(statement.params());
        let encoded = pairs.enumerate().map(|(n, (argument, ty))| {
            Encoded::new(argument, ty).map_err(|source| CannotEncode { place, parameter: n + 1, source })
        });
        encoded.collect()
    };
    requests.iter().zip(statements).enumerate().map(encode_one).collect()
}

impl Encoded {
    fn new(value: &impl ToSql, ty: &Type) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        let mut bytes = BytesMut::new();
        match value.to_sql_checked(ty, &mut bytes)? {
            IsNull::Yes => Ok(Self(None)),
            IsNull::No => Ok(Self(Some(bytes))),
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

    to_sql_checked!();
}
