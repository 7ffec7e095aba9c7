//! Floor 4: `COPY .. FROM STDIN`, in PostgreSQL's binary form.
//!
//! Cancel safety: as for any write. A `COPY` that the server refuses before it takes rows breaks the driver's connection, so
//! that a failed one is closed.

use std::pin::{Pin, pin};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::future::join;
use futures_util::{SinkExt, Stream, StreamExt};
use postgres_types::{IsNull, Kind, Type};
use tokio_postgres::CopyInSink;

use super::Connection;
use super::failed::Failed;
use super::flight::{End, Underway};
use crate::error::{Error, Result};
use crate::types::{DecodeError, Value};

/// What a binary copy begins with: a signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What it ends with.
const TRAILER: &[u8] = &[0xff, 0xff];

impl Connection {
    /// Carries a `COPY` out; how many rows it took. `columns` is a query of the columns that are copied, whose data types
    /// are needed to encode `rows`.
    pub(crate) async fn copy_in<S>(
        &self,
        copy: &str,
        columns: &str,
        rows: impl FnOnce(Vec<Type>) -> S,
    ) -> Result<u64>
    where
        S: Stream<Item = Result<Bytes>>,
    {
        self.check()?;
        let checkout = self.checkout().await?;
        let prepared = join(checkout.prepare(columns), checkout.prepare(copy)).await;
        let prepared = match prepared {
            (Ok(columns), Ok(copy)) => Ok((columns, copy)),
            (Err(error), _) | (_, Err(error)) => Err(Failed::Prepare(error)),
        };
        let prepared = prepared.map_err(|failed| failed.into_error(&checkout));
        let (columns, copy) = prepared.inspect_err(|error| self.lose(&checkout, error, End::Write))?;
        let types = columns.columns().iter().map(|column| column.type_().clone()).collect();
        let guard = Underway::new(self, &checkout, End::Write, true);
        let begin = (!checkout.begin()).then(|| self.begin_command());
        let begin = async {
            if let Some(text) = &begin { checkout.client().batch_execute(text).await } else { Ok(()) }
        };
        let started = match join(begin, checkout.client().copy_in(&copy)).await {
            (Ok(()), Ok(sink)) => Ok(sink),
            (Err(error), _) | (_, Err(error)) => {
                checkout.discard();
                Err(Error::driver(error, "COPY was refused"))
            }
        };
        let copied = match started {
            Ok(sink) => pump(sink, rows(types)).await,
            Err(error) => Err(error),
        };
        guard.landed();
        copied.inspect_err(|error| self.lose(&checkout, error, End::Write))
    }
}

/// Sends the rows.
async fn pump(sink: CopyInSink<Bytes>, rows: impl Stream<Item = Result<Bytes>>) -> Result<u64> {
    let (mut sink, mut rows) = (pin!(sink), pin!(rows));
    let mut taken = sink.send(Bytes::from_static(HEADER)).await;
    while let Some(bytes) = rows.next().await {
        // What cannot be sent has been refused: the answer says why.
        let bytes = bytes?;
        if taken.is_ok() {
            taken = sink.send(bytes).await;
        }
        if taken.is_err() {
            break;
        }
    }
    if taken.is_ok() {
        taken = sink.send(Bytes::from_static(TRAILER)).await;
    }
    drop(taken);
    finish(sink).await
}

async fn finish(sink: Pin<&mut CopyInSink<Bytes>>) -> Result<u64> {
    sink.finish().await.map_err(Error::copied)
}

/// Writes a row: the number of its fields, and each with its length.
///
/// # Errors
/// With the place of the value that cannot be written as the data type that the server has there.
pub(crate) fn copy_row(
    values: &[&dyn Value],
    types: &[Type],
    out: &mut BytesMut,
) -> Result<(), (usize, DecodeError)> {
    out.put_i16(i16::try_from(values.len()).unwrap_or(i16::MAX));
    for (place, (value, ty)) in values.iter().zip(types).enumerate() {
        let start = out.len();
        out.put_i32(-1);
        if value.is_null() {
            continue;
        }
        let written = value.as_sql().to_sql_checked(base(ty), out).map_err(|error| (place, error))?;
        if let IsNull::No = written {
            let length = i32::try_from(out.len() - start - 4).map_err(|error| (place, error.into()))?;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(())
}

/// A domain is sent as what it is made of.
fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}
