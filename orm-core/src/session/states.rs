//! Floor 8: what a session holds that is not as the database has it. Never SQL.

use std::sync::Arc;

use super::{Session, UnitOfWork};
use crate::entity::{AnyEntity, Entity, Live};
use crate::graph::{Locked, Node};
use crate::unit_of_work::Scope;

impl Session {
    /// The entities that the next flush inserts. (SQLAlchemy's `new`, which in Rust is a constructor's word.)
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.add(User::builder().email("ann@example.org"));
    /// assert_eq!(session.added(), [(&user).into()]);
    /// # Ok(()) }
    /// ```
    pub fn added(&self) -> Vec<AnyEntity> {
        queued(&self.scope(), is_inserted)
    }

    /// The rows that the next flush updates. What they were and are, see [`AnyEntity::changes`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// user.edit().name = Some("Ann".into());
    /// for entity in session.dirty() {
    ///     println!("{} {:?}: {:?}", entity.model(), entity.key(), entity.changes());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn dirty(&self) -> Vec<AnyEntity> {
        queued(&self.scope(), is_updated)
    }

    /// The rows that the next flush deletes because they were given to [`delete`](Session::delete). What goes with them
    /// in the database is not among them.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, post: Entity<Post>) -> orm_core::Result<()> {
    /// session.delete(&post);
    /// assert_eq!(session.deleted(), [(&post).into()]);
    /// # Ok(()) }
    /// ```
    pub fn deleted(&self) -> Vec<AnyEntity> {
        queued(&self.scope(), is_deleted)
    }

    /// Whether the next flush inserts or updates this entity.
    ///
    /// A column that was set to the value that it had is not modified. Neither is an entity whose collection has
    /// changed: the rows that hold the keys are. An entity of another session is not this one's to write: `false`.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// user.edit().name = user.name.clone();
    /// assert!(!session.is_modified(&user));
    /// # Ok(()) }
    /// ```
    pub fn is_modified<M: Live>(&self, entity: &Entity<M>) -> bool {
        let scope = self.scope();
        super::own(&scope, entity).is_some_and(|node| {
            let locked = scope.graph.lock();
            is_inserted(&locked, node.node) || is_updated(&locked, node.node)
        })
    }
}

/// The same for hooks.
impl UnitOfWork<'_> {
    /// As [`Session::added`].
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| println!("{} new rows", unit.added().len()));
    /// # let _ = events;
    /// ```
    pub fn added(&self) -> Vec<AnyEntity> {
        queued(self.scope, is_inserted)
    }

    /// As [`Session::dirty`].
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| {
    ///     for entity in unit.dirty() {
    ///         println!("{} {:?}: {:?}", entity.model(), entity.key(), entity.changes());
    ///     }
    /// });
    /// # let _ = events;
    /// ```
    pub fn dirty(&self) -> Vec<AnyEntity> {
        queued(self.scope, is_updated)
    }

    /// As [`Session::deleted`].
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| println!("{} rows go", unit.deleted().len()));
    /// # let _ = events;
    /// ```
    pub fn deleted(&self) -> Vec<AnyEntity> {
        queued(self.scope, is_deleted)
    }
}

/// What the next flush looks at, as far as it is meant.
fn queued(scope: &Arc<Scope>, is_meant: impl Fn(&Locked<'_>, Node) -> bool) -> Vec<AnyEntity> {
    let mut found = Vec::new();
    {
        let locked = scope.graph.lock();
        for model in locked.models() {
            let nodes = locked.model(model).changed.iter().map(|&position| Node { model, position });
            found.extend(nodes.filter(|&node| is_meant(&locked, node)));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|node| AnyEntity::new(Arc::clone(scope), node)).collect()
}

fn is_inserted(locked: &Locked<'_>, node: Node) -> bool {
    locked.record(node).is_pending()
}

fn is_deleted(locked: &Locked<'_>, node: Node) -> bool {
    locked.record(node).is_persistent() && locked.record(node).doomed
}

fn is_updated(locked: &Locked<'_>, node: Node) -> bool {
    let record = locked.record(node);
    record.is_persistent() && !record.doomed && locked.is_dirty(node)
}
