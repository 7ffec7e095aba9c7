//! Floor 8: what a session holds that is not as the database has it. Never SQL.

use std::sync::Arc;

use super::Session;
use crate::entity::{AnyEntity, Entity, Live, Moment};
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

fn queued(scope: &Arc<Scope>, is_meant: fn(&Locked<'_>, Node) -> bool) -> Vec<AnyEntity> {
    let found = scope.graph.lock().queued(is_meant);
    found.into_iter().map(|node| AnyEntity::new(Arc::clone(scope), node, Moment::Next)).collect()
}

impl Locked<'_> {
    /// What the next flush looks at, as far as it is meant.
    pub(super) fn queued(&self, is_meant: fn(&Self, Node) -> bool) -> Vec<Node> {
        let models = self.models();
        let queued =
            |model: usize| self.model(model).changed.iter().map(move |&position| Node { model, position });
        let mut found: Vec<Node> = models.flat_map(queued).filter(|&node| is_meant(self, node)).collect();
        found.sort_unstable();
        found
    }
}

pub(super) fn is_inserted(locked: &Locked<'_>, node: Node) -> bool {
    locked.record(node).is_pending()
}

fn is_deleted(locked: &Locked<'_>, node: Node) -> bool {
    locked.record(node).is_persistent() && locked.record(node).doomed
}

pub(super) fn is_updated(locked: &Locked<'_>, node: Node) -> bool {
    let record = locked.record(node);
    record.is_persistent() && !record.doomed && locked.is_dirty(node)
}
