//! Floor 7: relationships are changed in memory; both sides agree at once, and no SQL is sent.

use super::{Entity, Live, Related};
use crate::error::Error;
use crate::graph::{Link, Locked, Node};
use crate::loading::{Select, select};
use crate::model::{Kind, Model, RelationshipMarker};
use crate::query::{Expression, TableReference};
use crate::types::{Many, Optional, ToOne};

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
        self.link(target, true);
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

impl<R: RelationshipMarker<Cardinality = Many>> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// Adds an entity; it leaves the collection that it was in. Nothing is loaded.
    ///
    /// An entity of another session is reported by the next flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(user: Entity<User>, post: Entity<Post>) -> orm_core::Result<()> {
    /// user.posts().add(&post);
    /// assert_eq!(post.user().get()?, user);
    /// # Ok(()) }
    /// ```
    pub fn add(&self, target: &Entity<R::Target>) {
        self.link(target, true);
    }

    /// Takes an entity out, if it is in. Its key becomes NULL; where it cannot, it must be given another parent or be
    /// deleted before the next flush, which else fails ([`Error::is_orphan`]).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>, post: Entity<Post>) -> orm_core::Result<()> {
    /// user.posts().remove(&post);
    /// session.delete(&post); // its key is not nullable
    /// # Ok(()) }
    /// ```
    pub fn remove(&self, target: &Entity<R::Target>) {
        self.link(target, false);
    }

    /// Whether what is shown is a part: a loader option with a filter or a limit brought it. A load without them, as
    /// [`Session::refresh`](crate::Session::refresh) of the attribute does, brings the rest.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let newest = selectinload(User::posts).order_by(Post::id.desc()).limit(3);
    /// for user in session.scalars(select::<User>().options(newest)).await? {
    ///     assert!(user.posts().is_partial() && user.posts().get()?.len() <= 3);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_partial(&self) -> bool {
        let locked = self.handle.scope.graph.lock();
        locked.is_part(locked.side(self.handle.node(), R::INDEX))
    }

    /// A select that starts from the relationship: the entities that refer to this one in the database.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// let newest = user.posts().query().order_by(Post::id.desc()).limit(3);
    /// let posts = session.scalars(newest).await?.all();
    /// # Ok(()) }
    /// ```
    pub fn query(&self) -> Select<R::Target> {
        let table = R::Target::TABLE;
        let key = R::Source::TABLE.relationships[R::INDEX].foreign_key(R::Source::TABLE);
        let base = self.handle.scope.graph.lock().record(self.handle.node()).base;
        let own = self.handle.scope.graph.arena::<R::Source>().version(base);
        let values = (key.references)().iter().map(|&column| own.value(column).to_shared()).collect();
        let mut select = select();
        let condition = Expression::key_is(TableReference::of(table), key.columns, values);
        select.statement = select.statement.filter(condition);
        select
    }
}

impl<R: RelationshipMarker> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    fn link(&self, target: &Entity<R::Target>, to: bool) {
        let mut locked = self.handle.scope.graph.lock();
        let target = Entity::node(target);
        if target.graph != self.handle.scope.graph.id() {
            return locked.report(Error::foreign_entity(R::Target::TABLE.model, R::Source::TABLE.model));
        }
        locked.relate(self.handle.node(), R::INDEX, target.node, to);
    }
}

impl Locked<'_> {
    /// Links two entities over a relationship of the first, or parts them if they are linked.
    fn relate(&mut self, node: Node, relationship: usize, target: Node, to: bool) {
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
    fn take_along(&mut self, one: Node, other: Node) {
        match (self.record(one).is_out(), self.record(other).is_out()) {
            (false, true) => self.add_again(other),
            (true, false) => self.add_again(one),
            _ => {}
        }
    }
}
