//! Floor 6: rows that are read a few at a time, over a cursor.
//!
//! Invariant: what was read before is kept by nobody here; entities of a chunk have a graph of their own, which is let
//! go with the last of them, unless they are the session's.

use std::sync::Arc;

use super::FromRow;
use super::fetch::{Along, RowQuery, complete};
use super::shape::Shape;
use crate::connection::Cursor;
use crate::error::{Error, Result};
use crate::loading::fetch::load_along;
use crate::query::Loads;
use crate::unit_of_work::Scope;

/// A query that is read over a cursor.
pub(crate) struct Chunks {
    scope: Arc<Scope>,
    query: RowQuery,
    /// None once all has been read.
    cursor: Option<Cursor>,
    rows: u32,
    /// Whether entities are the session's.
    pub(crate) tracked: bool,
}

impl RowQuery {
    /// Opens a cursor for the query. What it reads is flushed before.
    ///
    /// # Errors
    /// As for any query.
    pub(crate) async fn open(self, scope: &Arc<Scope>, rows: u32) -> Result<Chunks> {
        if self.options.iter().any(Loads::takes_from_joins) {
            return Err(Error::stream_of_joins());
        }
        self.flush(scope).await?;
        let rows = rows.max(1);
        let opened = scope.connection.open(&self.sql, rows).await;
        let cursor = opened.map_err(|error| match self.about() {
            Some(table) => scope.connection.reword(error, |error| error.about(table.model)),
            None => error,
        })?;
        Ok(Chunks { scope: Arc::clone(scope), query: self, cursor: Some(cursor), rows, tracked: false })
    }
}

impl Chunks {
    /// The next rows; none after the last.
    ///
    /// # Errors
    /// If the transaction has ended, or what was read does not fit.
    pub(crate) async fn next<R: FromRow>(&mut self) -> Result<Option<Vec<R>>> {
        let Some(cursor) = &mut self.cursor else { return Ok(None) };
        if self.tracked && self.scope.is_detached() {
            return Err(Error::stream_ended());
        }
        let reply = cursor.fetch().await?;
        if u32::try_from(reply.rows.len()).is_ok_and(|rows| rows < self.rows) {
            self.cursor = None;
        }
        if reply.rows.is_empty() {
            return Ok(None);
        }
        let scope = if self.tracked { Arc::clone(&self.scope) } else { Arc::new(self.scope.beside()) };
        let options = complete(&self.query.options, &Shape::of::<R>());
        let along = Along { options: &options, joins: None };
        let generation = scope.graph.lock().generation();
        let taken_in = self.query.take_in(&scope, Shape::of::<R>(), &along, reply, generation)?;
        let (read, found) = taken_in.ok_or_else(Error::stream_ended)?;
        load_along(&scope, &found, self.query.freshness).await?;
        let rows = read.all()?;
        if !self.tracked {
            // Nothing would write what is edited there.
            scope.clear();
        }
        Ok(Some(rows))
    }
}
