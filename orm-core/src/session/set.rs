//! Floor 8: an expression as a column's value.

use super::Session;
use crate::entity::{Entity, Live};
use crate::error::Error;
use crate::model::Column;
use crate::query::Operand;
use crate::types::{ColumnType, Fits};

impl Session {
    /// Lets the next flush write an expression to a column, computed by the database from what the row holds then.
    ///
    /// So a counter loses no step, whoever else counts. Until the flush the column reads as before; then it holds the
    /// value that the database returned. Of an expression and an [`edit`](Entity::edit) of the same column the later one
    /// counts. A rollback forgets the expression. A plain value is better edited.
    ///
    /// What may be NULL is set only where the column may be. For a new row the expression must not read columns: `func::now()`, for example. The next flush reports
    /// ([`Error::is_invalid_expression`]) one that does, or reads another table, or is for the version; an entity of
    /// another session, or one that is no row; and a column that only the database writes.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// session.set(&user, User::email, func::lower(User::email));
    /// session.commit().await?; // UPDATE users SET email = lower(users.email) .. RETURNING email
    /// println!("{}", user.email);
    /// # Ok(()) }
    /// ```
    pub fn set<M: Live, T: ColumnType, V: Operand<T::NotNull, Nullness: Fits<T::Nullness>>>(
        &self,
        entity: &Entity<M>,
        column: Column<M, T>,
        value: V,
    ) {
        let scope = self.scope();
        let mut locked = scope.graph.lock();
        match super::own(&scope, entity) {
            Some(node) => locked.assign(node.node, column.index(), value.into_term().0),
            None => locked.report(Error::foreign_to_session(M::TABLE.model, "set")),
        }
    }
}
