//! Floor 7: to-one relationships are changed in memory; both sides agree at once, and no SQL is sent.

use super::{Entity, Live, Related};
use crate::error::Error;
use crate::graph::{Link, Locked, Node};
use crate::model::{Kind, Model, RelationshipMarker};
use crate::types::{Optional, ToOne};

impl<R: RelationshipMarker> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
    R::Cardinality: ToOne,
{
    /// Lets the relationship lead to this entity. The other side follows, on both ends.
    ///
    /// An entity of another session is reported by the next flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>, other: Entity<User>) -> orm_core::Result<()> {
    /// let post = session.add(Post::builder().title("Hello").user(&user));
    /// post.user().set(&other); // `user.posts()` has lost it
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn set(&self, target: &Entity<R::Target>) {
        self.link(target);
    }
}

impl<R: RelationshipMarker<Cardinality = Optional>> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// Lets the relationship lead nowhere. On the far side of a one-to-one it must be known, which the next flush
    /// reports if it is not.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// if let Some(profile) = user.profile().await? {
    ///     user.profile().clear();
    ///     session.delete(&profile); // its key is not nullable
    /// }
    /// # Ok(()) }
    /// ```
    pub fn clear(&self) {
        let mut locked = self.handle.scope.graph.lock();
        let side = locked.side(self.handle.node(), R::INDEX);
        if side.facts.kind == Kind::BelongsTo {
            return locked.set_link(side, None);
        }
        match locked.link(side) {
            Link::Absent => {}
            Link::Unknown => locked.report(Error::not_loaded(R::Source::TABLE.model, R::NAME)),
            Link::To(position) => {
                if let Some(child) = locked.inverse(side, position) {
                    locked.set_link(child, None);
                }
            }
        }
    }
}

impl<R: RelationshipMarker> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    fn link(&self, target: &Entity<R::Target>) {
        let mut locked = self.handle.scope.graph.lock();
        let target = Entity::node(target);
        if target.graph != self.handle.scope.graph.id() {
            return locked.report(Error::foreign_entity(R::Target::TABLE.model, R::Source::TABLE.model));
        }
        locked.relate(self.handle.node(), R::INDEX, target.node, true);
    }
}

impl Locked<'_> {
    /// Links two entities over a relationship of the first, or parts them if they are linked.
    pub(super) fn relate(&mut self, node: Node, relationship: usize, target: Node, to: bool) {
        if to {
            self.take_along(node, target);
        }
        let side = self.side(node, relationship);
        if side.facts.kind == Kind::BelongsTo {
            return self.set_link(side, to.then_some(target.position));
        }
        let Some(child) = self.inverse(side, target.position) else { return };
        if to {
            self.set_link(child, Some(node.position));
        } else if self.link(child) == Link::To(node.position) {
            self.set_link(child, None);
        }
    }

    /// What is linked to an entity of the session comes into it (save-update).
    pub(super) fn take_along(&mut self, one: Node, other: Node) {
        match (self.record(one).is_out(), self.record(other).is_out()) {
            (false, true) => self.add_again(other),
            (true, false) => self.add_again(one),
            _ => {}
        }
    }
}
