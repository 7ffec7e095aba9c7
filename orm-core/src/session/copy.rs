//! Floor 8: rows by `COPY`.

use futures_util::{Stream, StreamExt, stream};

use super::Session;
use crate::error::Result;
use crate::graph::{IntoNew, IntoRow};

impl Session {
    /// Copies rows into their table by `COPY`, in binary form: the fastest way for very many rows. How many there were.
    ///
    /// It flushes first, so that builders may name entities that are only added. The rows are taken a thousand at a time, so that
    /// memory does not grow with their number, and go in one statement: all give the same columns, the others are left to the
    /// server. Nothing comes back, no keys either. Entities in memory that may have got new rows read their collections
    /// again. Hooks of rows are not told. A rollback takes the rows back.
    ///
    /// Cancel safety: as for [`flush`](Session::flush).
    ///
    /// # Errors
    /// With the row's number, from 1, and the column if it is known: what the server refuses;
    /// [`is_decode`](crate::Error::is_decode) if a value is not of the data type that the column has in the database;
    /// [`is_incomplete`](crate::Error::is_incomplete) if a row gives other columns than the first;
    /// [`is_unlinkable`](crate::Error::is_unlinkable) if it has rows of others in it. The transaction must then be rolled back.
    /// What a flush meets.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = (1..=1_000_000).map(|n| User::builder().email(format!("{n}@example.org")));
    /// assert_eq!(session.copy_in(users).await?, 1_000_000);
    /// # Ok(()) }
    /// ```
    pub async fn copy_in<N: IntoNew>(&self, rows: impl IntoIterator<Item = N>) -> Result<u64> {
        self.scope().copy_in(stream::iter(rows.into_iter().map(IntoRow::into_row))).await
    }

    /// As [`copy_in`](Session::copy_in), with rows as they come. The stream must not use this session: it would wait for itself.
    ///
    /// # Errors
    /// As for [`copy_in`](Session::copy_in); so is cancel safety.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let emails = futures_util::stream::iter(["ann@example.org", "bob@example.org"]);
    /// let users = futures_util::StreamExt::map(emails, |email| User::builder().email(email));
    /// session.copy_in_stream(users).await?;
    /// # Ok(()) }
    /// ```
    pub async fn copy_in_stream<N: IntoNew>(&self, rows: impl Stream<Item = N>) -> Result<u64> {
        self.scope().copy_in(rows.map(IntoRow::into_row)).await
    }
}
