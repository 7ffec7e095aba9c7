//! Floor 7: what a column or a relationship was in the database, and what it is in memory.

use std::any::Any;

use super::{Entity, Live, Related};
use crate::error::{Error, Result};
use crate::graph::EntityState;
use crate::model::{Column, Model, RelationshipMarker};
use crate::types::Loadable;

/// What is new, what is as it was, and what has gone, compared with what the row was when it was last read or flushed.
///
/// Of a column each list holds one value at most; of a to-one relationship one entity at most.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// user.edit().email = "new@example.org".into();
/// let history = Entity::history(&user, User::email);
/// assert_eq!(history.added, ["new@example.org"]);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct History<T> {
    /// In memory, and not in the database.
    pub added: Vec<T>,
    /// In both.
    pub unchanged: Vec<T>,
    /// In the database, and not in memory any more.
    pub deleted: Vec<T>,
}

impl<T> History<T> {
    /// Whether something is new or has gone.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// user.edit().email = user.email.clone();
    /// assert!(!Entity::history(&user, User::email).has_changes());
    /// # Ok(()) }
    /// ```
    pub fn has_changes(&self) -> bool {
        !self.added.is_empty() || !self.deleted.is_empty()
    }
}

impl<M: Live> Entity<M> {
    /// What a column was when the row was last read or flushed, and what it is now. Never SQL.
    ///
    /// Of a new row a column that was not given has neither. What the flush makes is not known before: a key that the
    /// server makes, one that refers to a row without a key, an expression.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// user.edit().name = Some("Ann".into());
    /// let history = Entity::history(&user, User::name);
    /// println!("{:?} was {:?}", history.added, history.deleted);
    /// # Ok(()) }
    /// ```
    pub fn history<T: 'static>(entity: &Self, column: Column<M, T>) -> History<&T> {
        let handle = Self::handle(entity);
        let arena = handle.scope.graph.any(M::number());
        let locked = handle.scope.graph.lock();
        let (node, record) = (handle.node(), *locked.record(handle.node()));
        let (changed, open) = (locked.changed_columns(node), locked.open_columns(node));
        drop(locked);
        let (is_changed, is_open) = (changed.contains(column.index()), open.contains(column.index()));
        let is_new = matches!(record.state, EntityState::Pending | EntityState::Transient);
        let value = |row| Vec::from_iter(cell(row, column));
        let (now, base) = (handle.value(), arena.version(record.base).of());
        History {
            added: if is_changed && !is_open { value(now) } else { Vec::new() },
            unchanged: if is_changed || is_new { Vec::new() } else { value(now) },
            deleted: if is_changed && !is_new { value(base) } else { Vec::new() },
        }
    }
}

fn cell<M: Model, T: 'static>(row: &M, column: Column<M, T>) -> Option<&T> {
    let value: &dyn Any = row.value(column.index());
    value.downcast_ref()
}

impl<R: RelationshipMarker<Cardinality: Loadable>> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// How the relationship differs from the database. Never SQL.
    ///
    /// Rows that were deleted in memory are members until they are flushed. Of a to-one relationship, what it led to
    /// before is named if it is in memory.
    ///
    /// # Errors
    /// [`Error::is_not_loaded`] if it is not known.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>, post: Entity<Post>) -> orm_core::Result<()> {
    /// user.posts().add(&post);
    /// assert_eq!(user.posts().history()?.added, [post]);
    /// # Ok(()) }
    /// ```
    pub fn history(&self) -> Result<History<Entity<R::Target>>> {
        let scope = &self.handle.scope;
        let members = {
            let mut locked = scope.graph.lock();
            let side = locked.side(self.handle.node(), R::INDEX);
            locked.members(side).ok_or_else(|| Error::not_loaded(R::Source::TABLE.model, R::NAME))?
        };
        Ok(History {
            added: Entity::all_at(scope, members.added),
            unchanged: Entity::all_at(scope, members.unchanged),
            deleted: Entity::all_at(scope, members.deleted),
        })
    }

    /// The same, loaded first if it is not known. Does not flush: a flush would make what was changed unchanged.
    ///
    /// # Errors
    /// As for awaiting the relationship; so is cancel safety.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// let new = session.add(Post::builder().title("Hello").user(&user));
    /// let history = user.posts().load_history().await?;
    /// assert_eq!(history.added, [new]);
    /// println!("{} were there before", history.unchanged.len());
    /// # Ok(()) }
    /// ```
    pub async fn load_history(self) -> Result<History<Entity<R::Target>>> {
        if self.get().is_err_and(|error| error.is_not_loaded()) {
            let _guard = self.handle.scope.without_autoflush();
            self.load()?.await?;
        }
        self.history()
    }
}
