//! Floor 8: many rows at once, past the unit of work.

use super::Session;
use crate::entity::Live;
use crate::error::Result;
use crate::graph::{IntoNew, IntoRow};
use crate::loading::ColumnList;
use crate::model::Model;
use crate::unit_of_work::Batch;
use crate::writing::insert;

impl Session {
    /// Inserts rows that nobody needs as entities, and what is in their builders; their keys, in the order of the builders.
    ///
    /// It flushes first, and goes as a flush does, in chunks of 10,000 rows: rows of one table that give the same columns are one
    /// statement, and all of them one round trip, one more for each level of keys that the server makes. Entities in memory that
    /// the rows belong to read their collections again. Hooks of rows are not told. A rollback takes the rows back.
    ///
    /// Cancel safety: as for [`flush`](Session::flush).
    ///
    /// # Errors
    /// What a flush meets, see [`flush`](Session::flush); [`is_not_persistent`](crate::Error::is_not_persistent) for a
    /// builder that names an entity which is no row.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = (1..=1000).map(|n| User::builder().email(format!("{n}@example.org")));
    /// let ids: Vec<i64> = session.insert_many(users).await?;
    /// # Ok(()) }
    /// ```
    pub async fn insert_many<N: IntoNew>(
        &self,
        rows: impl IntoIterator<Item = N>,
    ) -> Result<Vec<<N::Model as Model>::Key>> {
        let batch = Batch::of(rows.into_iter().map(IntoRow::into_row));
        let versions = self.scope().insert_many(&batch).await?;
        Ok(versions.into_iter().map(|version| batch.key::<N::Model>(version)).collect())
    }

    /// Writes rows that are there, by their keys: of a builder the columns that it gives, of a model's value all.
    ///
    /// Rows that give the same columns are one statement (for each 10,000), in one round trip. A builder gives the key; of a
    /// model with a version that too: a row in another one is stale, and the counter goes on. `on_update` columns are set.
    /// Entities in memory have the new values, below their unflushed edits.
    ///
    /// Cancel safety: as for [`flush`](Session::flush).
    ///
    /// # Errors
    /// [`is_stale`](crate::Error::is_stale) if a row is not there, or has another version, by its key;
    /// [`is_incomplete`](crate::Error::is_incomplete) if a row has no key, is named twice, or nothing is given; what a flush
    /// meets.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let names = [(1, "Ann"), (2, "Bob")];
    /// session.update_many(names.map(|(id, name)| User::builder().id(id).name(name))).await?;
    /// # Ok(()) }
    /// ```
    pub async fn update_many<R: IntoRow>(&self, rows: impl IntoIterator<Item = R>) -> Result<()> {
        let batch = Batch::new(rows.into_iter().map(IntoRow::into_row));
        self.scope().update_many(&batch, R::Model::TABLE).await
    }

    /// Inserts rows; where one is there already, by a unique value in these columns, it gets the new one's values, but for its
    /// key. How many rows there were. It is short for `insert::<User>().values(rows).on_conflict(columns).do_update()
    /// .set_all()`.
    ///
    /// # Errors
    /// As for [`insert`](crate::insert).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = ["Ann", "Bob"].map(|name| User::builder().email(format!("{name}@example.org")).name(name));
    /// session.upsert_many(User::email, users).await?;
    /// # Ok(()) }
    /// ```
    pub async fn upsert_many<N: IntoNew>(
        &self,
        columns: impl ColumnList<N::Model>,
        rows: impl IntoIterator<Item = N>,
    ) -> Result<u64>
    where
        N::Model: Live,
    {
        let upsert = insert::<N::Model>().values(rows).on_conflict(columns).do_update().set_all();
        self.execute(upsert).await
    }
}
