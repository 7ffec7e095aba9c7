//! Floor 8: a row that is there once, whoever wants it first.

use std::sync::Arc;

use super::Session;
use crate::entity::{Entity, Live};
use crate::error::{Error, Result};
use crate::graph::{Freshness, IntoNew};
use crate::loading::{ColumnList, Fetch, Reading, fetch};
use crate::model::{ColumnSet, Model};
use crate::query::{Expression, Loads, SelectStatement, TableReference};
use crate::types::Value;
use crate::unit_of_work::{Batch, Scope};

impl Session {
    /// The row whose values in these columns are those of the builder; if there is none, the builder's, inserted now. Says
    /// whether it was.
    ///
    /// Over the columns there is a unique constraint, a unique index or the primary key, so that of several who call this
    /// at once one inserts the row and the others get it: it waits for a transaction that has inserted such a row and has not
    /// ended. What is unflushed is flushed first. The row is looked for (one statement), inserted if need be (one more), and
    /// looked for again if another was faster. A rollback takes out what was inserted.
    ///
    /// Cancel safety: as for [`flush`](Session::flush).
    ///
    /// # Errors
    /// [`is_incomplete`](Error::is_incomplete) if the builder gives one of the columns no value;
    /// [`is_hidden`](Error::is_hidden) if the row is there and is marked as deleted, or left out by criteria;
    /// [`is_stale`](Error::is_stale) if a trigger leaves the row out, or a policy hides the one that is there; what a flush
    /// meets. In a transaction that is `repeatable_read` or stricter, one who was slower
    /// [has lost a race](Error::is_retryable).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let ann = User::builder().email("ann@example.org").name("Ann");
    /// let (ann, is_new) = session.get_or_create(User::email, ann).await?;
    /// # Ok(()) }
    /// ```
    pub async fn get_or_create<N: IntoNew>(
        &self,
        columns: impl ColumnList<N::Model>,
        row: N,
    ) -> Result<(Entity<N::Model>, bool)>
    where
        N::Model: Live,
    {
        let (scope, columns) = (self.scope(), columns.positions());
        scope.graph.arena(N::Model::TABLE);
        let batch = Batch::of([row.into_row()]);
        scope.settle_keys(&batch).await?;
        let values = batch.values(N::Model::TABLE, columns)?;
        for _ in 0..ROUNDS {
            if let Some(found) = find::<N::Model>(&scope, columns, &values, false).await? {
                return Ok((found, false));
            }
            if let Some(position) = scope.create(N::Model::TABLE, &batch, columns).await? {
                return Ok((Entity::at(&scope, position), true));
            }
            // Somebody was faster. Gone again, it is tried again.
            if find::<N::Model>(&scope, columns, &values, false).await?.is_none()
                && find::<N::Model>(&scope, columns, &values, true).await?.is_some()
            {
                return Err(Error::hidden_row(N::Model::TABLE.model));
            }
        }
        Err(Error::never_there(N::Model::TABLE.model))
    }
}

/// So often a row that goes while it is looked for is inserted again.
const ROUNDS: usize = 10;

async fn find<M: Live>(
    scope: &Arc<Scope>,
    columns: ColumnSet,
    values: &[Arc<dyn Value>],
    unrestricted: bool,
) -> Result<Option<Entity<M>>> {
    let columns: Vec<usize> = columns.iter().collect();
    let condition = Expression::key_is(TableReference::of(M::TABLE), &columns, values.to_vec());
    let statement = SelectStatement::of(M::TABLE).filter(condition);
    let statement = if unrestricted { statement.unrestricted() } else { statement };
    let options = Loads::default().complete(M::TABLE);
    let reading = Reading::Select(Freshness::Keep);
    let found = fetch(scope, Fetch { table: M::TABLE, statement, options: &options, reading }).await?;
    Ok(Entity::all_at(scope, found).pop())
}
