//! Floor 8: a savepoint's guard.
//!
//! Invariant: a savepoint that nobody committed is rolled back.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Session;
use crate::connection::Abandoned;
use crate::error::{Error, Result};

/// A part of a transaction that can be rolled back by itself, see [`Session::begin_nested`].
///
/// It ends with [`commit`](Savepoint::commit), with [`rollback`](Savepoint::rollback), with the end of a savepoint around
/// it, or with its transaction; what is called on it later is an error ([`Error::is_savepoint_ended`]).
///
/// Dropped without either, it is rolled back: in memory at once and, without waiting for the answer, on the server, before
/// anything that is sent later. So `?` in the midst of it leaves the session as it was when the savepoint began, ready for
/// more. Only if another call of the session is writing while it is dropped, that happens at the session's next call.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// let savepoint = session.begin_nested().await?;
/// user.edit().email = "taken@example.org".into();
/// if session.flush().await.is_err() {
///     savepoint.rollback().await?; // `user.email` is as before, and the session can go on
/// }
/// session.commit().await?;
/// # Ok(()) }
/// ```
#[must_use = "a savepoint that is dropped is rolled back"]
pub struct Savepoint<'a> {
    session: &'a Session,
    pub(super) number: u64,
}

impl<'a> Savepoint<'a> {
    /// One that is still to begin.
    pub(super) fn new(session: &'a Session) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { session, number: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// Writes what changed and ends the savepoint; what was done in it belongs to what is around it. Savepoints within it
    /// end as well.
    ///
    /// Cancel safety: as for [`Session::flush`].
    ///
    /// # Errors
    /// As for [`Session::flush`]; then the savepoint is rolled back, and the session can go on.
    /// [`Error::is_savepoint_ended`] if it has ended already.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let savepoint = session.begin_nested().await?;
    /// session.add(User::builder().email("ann@example.org"));
    /// savepoint.commit().await?;
    /// session.rollback().await?; // the user is gone all the same
    /// # Ok(()) }
    /// ```
    pub async fn commit(self) -> Result<()> {
        let scope = self.session.scope();
        let released = scope.release(self.number).await;
        if released.is_err() {
            // An error here is one of what the session says from now on; the first is the cause.
            drop(scope.rollback_to(self.number).await);
        }
        released
    }

    /// Undoes what was done since the savepoint began, and ends it: values, states, relationships and what was loaded are
    /// as they were, with no more SQL than that. Savepoints within it end as well.
    ///
    /// After an error in the savepoint the session is usable again. Entities that were added in it become
    /// [`Transient`](crate::EntityState::Transient), as after [`Session::rollback`].
    ///
    /// Cancel safety: dropped after it has sent something, every statement fails ([`Error::is_interrupted`]) until the
    /// session is rolled back.
    ///
    /// # Errors
    /// [`Error::is_savepoint_ended`] if it has ended already; [`Error::is_interrupted`] and
    /// [`Error::is_rollback_needed`] if the whole transaction is lost; what the server refuses. Then roll back the session.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// let savepoint = session.begin_nested().await?;
    /// session.delete(&user);
    /// session.flush().await?;
    /// savepoint.rollback().await?;
    /// assert_eq!(Entity::state(&user), orm_core::EntityState::Persistent);
    /// # Ok(()) }
    /// ```
    pub async fn rollback(self) -> Result<()> {
        self.session.scope().rollback_to(self.number).await
    }

    /// Commits or rolls back.
    pub(super) async fn end_with<T, E: From<Error>>(self, outcome: Result<T, E>) -> Result<T, E> {
        match outcome {
            Ok(value) => {
                self.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // As in `commit`.
                drop(self.rollback().await);
                Err(error)
            }
        }
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        self.session.scope().abandon(Abandoned::Savepoint(self.number));
    }
}

impl std::fmt::Debug for Savepoint<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let depth = self.session.connection.savepoint_depth(self.number).ok();
        f.debug_struct("Savepoint").field("depth", &depth).finish_non_exhaustive()
    }
}
