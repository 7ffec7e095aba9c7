//! Floor 7: to-many relationships are changed in memory; both sides agree at once, and no SQL is sent.

use std::sync::Arc;

use hashbrown::HashSet;

use super::late::LateKey;
use super::{Entity, Live, Related};
use crate::error::{Error, Result};
use crate::graph::{Locked, Node};
use crate::loading::{Select, fetch_select, select};
use crate::model::{Kind, Model, RelationshipMarker};
use crate::query::{Expression, SelectStatement, TableReference};
use crate::types::{Many, ToMany, Value};

impl<R: RelationshipMarker<Cardinality: ToMany>> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// Adds an entity. Nothing is loaded.
    ///
    /// Of a `has_many`, it leaves the collection that it was in. Of a `many_to_many`, a link is made, which the next flush
    /// inserts, unless the two are linked: from either side, as often as you like. If the link is a row that is not in
    /// memory, the database refuses a second one ([`Error::is_unique_violation`]).
    ///
    /// Reported by the next flush: an entity of another session ([`Error::is_foreign_entity`]); a link whose model has
    /// more columns that must be given ([`Error::is_unlinkable`]): add one of these instead.
    ///
    /// ```no_run
    /// # use orm_examples::{blog::*, chinook::catalogue::*}; use orm_core::prelude::*;
    /// # async fn example(user: Entity<User>, post: Entity<Post>, playlist: Entity<Playlist>, track: Entity<Track>)
    /// # -> orm_core::Result<()> {
    /// user.posts().add(&post);
    /// assert_eq!(post.user().get()?, user);
    /// playlist.tracks().add(&track); // a `many_to_many`
    /// # Ok(()) }
    /// ```
    pub fn add(&self, target: &Entity<R::Target>) {
        let mut locked = self.handle.scope.graph.lock();
        for target in self.own(&mut locked, [target]).unwrap_or_default() {
            locked.add_to::<R>(self.handle.node(), target);
        }
    }

    /// Takes an entity out, if it is in.
    ///
    /// Of a `has_many`, its key becomes NULL; where it cannot, it must be given another parent or be deleted before the
    /// next flush, which else fails ([`Error::is_orphan`]). Of a `many_to_many`, the next flush deletes the link. This
    /// needs nothing loaded, unless the links have a key of their own: then the next flush says if they are not
    /// ([`Error::is_not_loaded`]).
    ///
    /// ```no_run
    /// # use orm_examples::{blog::*, chinook::catalogue::*}; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>, post: Entity<Post>, playlist: Entity<Playlist>,
    /// # track: Entity<Track>) -> orm_core::Result<()> {
    /// user.posts().remove(&post);
    /// session.delete(&post); // its key is not nullable
    /// playlist.tracks().remove(&track);
    /// # Ok(()) }
    /// ```
    pub fn remove(&self, target: &Entity<R::Target>) {
        let mut locked = self.handle.scope.graph.lock();
        for target in self.own(&mut locked, [target]).unwrap_or_default() {
            locked.remove_from::<R>(self.handle.node(), target);
        }
    }

    /// A select that starts from the relationship: the entities that the database has there.
    ///
    /// ```no_run
    /// # use orm_examples::{blog::*, chinook::catalogue::*}; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>, playlist: Entity<Playlist>) -> orm_core::Result<()> {
    /// let newest = user.posts().query().order_by(Post::id.desc()).limit(3);
    /// let posts = session.scalars(newest).await?.all();
    /// let songs = session.scalar(playlist.tracks().query().count()).await?;
    /// # Ok(()) }
    /// ```
    pub fn query(&self) -> Select<R::Target> {
        let table = R::Source::TABLE;
        let facts = &table.relationships[R::INDEX];
        let key = facts.foreign_key(table);
        let values = self.key((key.references)());
        let condition = match R::THROUGH {
            None => Expression::key_is(TableReference::of(R::Target::TABLE), key.columns, values),
            Some(through) => {
                let links = TableReference::of(R::Link::TABLE);
                let far = R::Link::TABLE.relationships[through.far].foreign_key(R::Link::TABLE);
                let links = SelectStatement::columns_of(links, far.columns).filter(Expression::key_is(
                    links,
                    key.columns,
                    values,
                ));
                Expression::columns_in(TableReference::of(R::Target::TABLE), (far.references)(), links)
            }
        };
        let mut select = select();
        select.statement = select.statement.filter(condition);
        select
    }

    /// What refers to this entity by these columns, when the query is sent: what is not flushed now is so by then.
    fn key(&self, columns: &[usize]) -> Vec<Arc<dyn Value>> {
        let (scope, node) = (&self.handle.scope, self.handle.node());
        let late =
            |&column: &usize| Arc::new(LateKey::new(Arc::clone(scope), node, column)) as Arc<dyn Value>;
        columns.iter().map(late).collect()
    }

    /// How many entities the database has there. What is not flushed is flushed before, if it counts.
    ///
    /// # Errors
    /// As for [`Session::execute`](crate::Session::execute); [`Error::is_detached`] if the session is gone.
    ///
    /// ```no_run
    /// # use orm_examples::archive::*; use orm_core::prelude::*;
    /// # async fn example(folder: Entity<Folder>) -> orm_core::Result<()> {
    /// println!("{} documents", folder.documents().count().await?);
    /// # Ok(()) }
    /// ```
    pub async fn count(&self) -> Result<u64> {
        let scope = &self.handle.scope;
        if scope.is_detached() {
            return Err(Error::detached(R::Source::TABLE.model));
        }
        let count = fetch_select(scope, self.query().count()).await?;
        Ok(count.first().map_or(0, |count| count.unsigned_abs()))
    }

    /// Where these entities are; one of another session is reported.
    fn own<'e>(
        &self,
        locked: &mut Locked<'_>,
        targets: impl IntoIterator<Item = &'e Entity<R::Target>>,
    ) -> Option<Vec<Node>> {
        let own = |target| {
            let target = Entity::<R::Target>::node(target);
            (target.graph == self.handle.scope.graph.id()).then_some(target.node)
        };
        let targets: Option<Vec<Node>> = targets.into_iter().map(own).collect();
        if targets.is_none() {
            locked.report(Error::foreign_entity(R::Target::TABLE.model, R::Source::TABLE.model));
        }
        targets
    }
}

impl<R: RelationshipMarker<Cardinality = Many>> Related<'_, R>
where
    R::Source: Live,
    R::Target: Live,
{
    /// Lets the relationship lead to these entities and no others: what is not among them is
    /// [removed](Related::remove), what is new [added](Related::add), and of what stays nothing is written.
    ///
    /// What it holds must be in memory ([`Error::is_not_loaded`], reported by the next flush).
    ///
    /// ```no_run
    /// # use orm_examples::chinook::catalogue::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, playlist: Entity<Playlist>, track: Entity<Track>) -> orm_core::Result<()> {
    /// playlist.tracks().await?;
    /// playlist.tracks().replace([&track]);
    /// assert_eq!(playlist.tracks().get()?, [track]);
    /// # Ok(()) }
    /// ```
    pub fn replace<'e>(&self, targets: impl IntoIterator<Item = &'e Entity<R::Target>>) {
        let targets: Vec<_> = targets.into_iter().collect();
        let mut locked = self.handle.scope.graph.lock();
        if let Some(targets) = self.own(&mut locked, targets) {
            locked.set_many::<R>(self.handle.node(), &targets);
        }
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
        let side = locked.side(self.handle.node(), R::INDEX);
        locked.is_part(locked.held_in(side))
    }
}

impl Locked<'_> {
    fn add_to<R: RelationshipMarker>(&mut self, node: Node, target: Node) {
        self.take_along(node, target);
        let side = self.side(node, R::INDEX);
        match side.facts.kind {
            Kind::ManyToMany => self.add_link(side, target, R::Link::TABLE),
            _ => self.relate(node, R::INDEX, target, true),
        }
    }

    fn remove_from<R: RelationshipMarker>(&mut self, node: Node, target: Node) {
        let side = self.side(node, R::INDEX);
        match side.facts.kind {
            Kind::ManyToMany => self.remove_link(side, target, R::Link::TABLE),
            _ => self.relate(node, R::INDEX, target, false),
        }
    }

    fn set_many<R: RelationshipMarker>(&mut self, node: Node, targets: &[Node]) {
        let side = self.side(node, R::INDEX);
        let Some(before) = self.many(side) else {
            return self.report(Error::not_loaded(R::Source::TABLE.model, R::NAME));
        };
        let wanted: HashSet<u32> = targets.iter().map(|target| target.position).collect();
        let had: HashSet<u32> = before.iter().copied().collect();
        // The last first: it is found without going through those before it.
        for &position in before.iter().rev().filter(|position| !wanted.contains(*position)) {
            self.remove_from::<R>(node, Node { model: R::Target::number(), position });
        }
        for &target in targets.iter().filter(|target| !had.contains(&target.position)) {
            self.add_to::<R>(node, target);
        }
    }
}
