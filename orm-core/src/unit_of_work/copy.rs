//! Floor 5: rows by `COPY`.
//!
//! Invariant: rows are taken from their stream a chunk at a time, so that memory does not grow with their number.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use postgres_types::Type;

use super::batch::Batch;
use super::scope::Scope;
use crate::connection::copy_row;
use crate::error::{Error, Result};
use crate::graph::New;
use crate::model::{ColumnSet, Model, Table};
use crate::query::{quote, quote_table};

/// As many rows are encoded at a time.
const ROWS: usize = 1_000;

impl Scope {
    /// Copies rows into their table, behind a flush; how many there were.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    pub(crate) async fn copy_in<M: Model>(self: &Arc<Self>, rows: impl Stream<Item = New<M>>) -> Result<u64> {
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        let mut chunks = Box::pin(rows.chunks(ROWS));
        let Some(first) = chunks.next().await else { return Ok(0) };
        let first = self.batch(first, M::TABLE)?;
        let columns = first.versions(M::TABLE).first().map(|(_, written)| *written).unwrap_or_default();
        let (copy, select) = texts(M::TABLE, columns)?;
        self.graph.lock().begin_flush();
        let encode = |types: Vec<Type>| {
            let batches = chunks.map(|rows| self.batch(rows, M::TABLE));
            let mut before = 0;
            stream::iter([Ok(first)]).chain(batches).map(move |batch| {
                let batch = batch?;
                let bytes = batch.encode((M::TABLE, columns), &types, before);
                before += batch.nodes.len();
                bytes
            })
        };
        let copied = self.connection.copy_in(&copy, &select, encode).await;
        let copied =
            copied.map_err(|error| self.connection.reword(error, |error| error.about(M::TABLE.model)))?;
        let mut locked = self.graph.lock();
        locked.end_flush();
        locked.forget_who_gains(M::TABLE, columns);
        Ok(copied)
    }

    /// Rows with the keys of the entities that they belong to.
    fn batch<M: Model>(&self, rows: Vec<New<M>>, table: &'static Table) -> Result<Batch> {
        let batch = Batch::of(rows);
        self.adopt_keys(&batch.graph, true)?;
        match batch.holds_others() {
            true => Err(Error::children_inserted(table.model)),
            false => Ok(batch),
        }
    }
}

impl Batch {
    /// The rows as they are copied; `before` rows came before them.
    fn encode(
        &self,
        (table, columns): (&'static Table, ColumnSet),
        types: &[Type],
        before: usize,
    ) -> Result<Bytes> {
        let arena = self.graph.any((table.number)());
        let mut out = BytesMut::new();
        for (row, (version, written)) in (before + 1..).zip(self.versions(table)) {
            if written != columns {
                return Err(Error::other_columns(table.model, row));
            }
            let values: Vec<_> = columns.iter().map(|column| arena.value(version, column)).collect();
            copy_row(&values, types, &mut out).map_err(|(place, source)| {
                let column = columns.iter().nth(place).map_or("", |column| table.columns[column].field);
                Error::not_copied(table.model, row, column, source)
            })?;
        }
        Ok(out.freeze())
    }
}

/// The `COPY` of these columns, and a query of them.
fn texts(table: &Table, columns: ColumnSet) -> Result<(String, String)> {
    if columns.is_empty() {
        return Err(Error::no_columns(table.model));
    }
    let names: Vec<_> = columns.iter().map(|column| quote(table.columns[column].name)).collect();
    let (names, table) = (names.join(", "), quote_table(table));
    Ok((format!("COPY {table} ({names}) FROM STDIN BINARY"), format!("SELECT {names} FROM {table}")))
}
