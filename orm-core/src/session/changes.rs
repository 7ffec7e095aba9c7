//! Floor 8: what a flush writes, as its hooks are shown it: before it what it will write, after it what it has written.

use std::sync::Arc;

use super::UnitOfWork;
use super::states::{is_inserted, is_updated};
use crate::entity::{AnyEntity, Entity, Live, Moment};
use crate::graph::Node;
use crate::unit_of_work::WrittenRow;

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Insert,
    Update,
    Delete,
}

/// What the flush writes, see [`UnitOfWork`].
impl UnitOfWork<'_> {
    /// The entities that the flush inserts, or has inserted.
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| println!("{} new rows", unit.added().len()));
    /// # let _ = events;
    /// ```
    pub fn added(&self) -> Vec<AnyEntity> {
        self.list(Change::Insert)
    }

    /// The rows that the flush updates, or has updated.
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
        self.list(Change::Update)
    }

    /// The rows that the flush deletes, or has deleted, with those that go along by a `cascade`. What the database
    /// deletes by a rule of its own is not among them.
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| println!("{} rows go", unit.deleted().len()));
    /// # let _ = events;
    /// ```
    pub fn deleted(&self) -> Vec<AnyEntity> {
        self.list(Change::Delete)
    }

    /// Those of [`added`](UnitOfWork::added) that are of one model.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let events = Events::new().after_flush(|unit| {
    ///     for user in unit.added_of::<User>() {
    ///         println!("user {} is {}", user.id, user.email);
    ///     }
    /// });
    /// # let _ = events;
    /// ```
    pub fn added_of<M: Live>(&self) -> Vec<Entity<M>> {
        of_model(&self.added())
    }

    /// Those of [`dirty`](UnitOfWork::dirty) that are of one model. What has changed, see [`Entity::history`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| {
    ///     for post in unit.dirty_of::<Post>() {
    ///         println!("{:?}", Entity::history(&post, Post::title));
    ///     }
    /// });
    /// # let _ = events;
    /// ```
    pub fn dirty_of<M: Live>(&self) -> Vec<Entity<M>> {
        of_model(&self.dirty())
    }

    /// Those of [`deleted`](UnitOfWork::deleted) that are of one model.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| match unit.deleted_of::<User>().len() {
    ///     0..10 => Ok(()),
    ///     _ => Err("that many users are not deleted at once"),
    /// });
    /// # let _ = events;
    /// ```
    pub fn deleted_of<M: Live>(&self) -> Vec<Entity<M>> {
        of_model(&self.deleted())
    }

    fn list(&self, wanted: Change) -> Vec<AnyEntity> {
        let listed = match self.written {
            Some(written) => has_written(written, wanted),
            None => self.will_write(wanted),
        };
        let entity = |(node, moment)| AnyEntity::new(Arc::clone(self.scope), node, moment);
        listed.into_iter().map(entity).collect()
    }

    fn will_write(&self, wanted: Change) -> Vec<(Node, Moment)> {
        let mut locked = self.scope.graph.lock();
        let leaving = locked.leaving();
        if wanted == Change::Delete {
            let mut rows: Vec<Node> =
                leaving.into_iter().filter(|&node| locked.record(node).is_persistent()).collect();
            rows.sort_unstable();
            return rows.into_iter().map(|node| (node, Moment::Last)).collect();
        }
        let is_meant = if wanted == Change::Insert { is_inserted } else { is_updated };
        let nodes = locked.queued(is_meant).into_iter().filter(|node| !leaving.contains(node));
        nodes.map(|node| (node, Moment::Next)).collect()
    }
}

fn has_written(rows: &[WrittenRow], wanted: Change) -> Vec<(Node, Moment)> {
    let change = |row: &WrittenRow| match (row.before, row.after) {
        (None, _) => Change::Insert,
        (Some(_), Some(_)) => Change::Update,
        (Some(_), None) => Change::Delete,
    };
    let rows = rows.iter().filter(|row| change(row) == wanted);
    rows.map(|row| (row.node, Moment::Written(row.before, row.after))).collect()
}

fn of_model<M: Live>(entities: &[AnyEntity]) -> Vec<Entity<M>> {
    entities.iter().filter_map(AnyEntity::downcast).collect()
}
