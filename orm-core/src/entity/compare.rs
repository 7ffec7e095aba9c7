//! Floor 7: conditions that compare where a relationship leads with an entity.

use std::sync::Arc;

use super::late::LateKey;
use super::{Entity, Live};
use crate::loading::{ends, leads_to};
use crate::model::{Model, Relationship, RelationshipMarker};
use crate::query::{Condition, Expression, TableReference};
use crate::types::{ToMany, ToOne, Value};

/// What the entity has in these columns when the query is sent: what is not flushed now is so by then.
fn late<M: Live>(entity: &Entity<M>, columns: &[usize]) -> Vec<Arc<dyn Value>> {
    let handle = Entity::handle(entity);
    let key = |&column: &usize| {
        Arc::new(LateKey::new(Arc::clone(&handle.scope), handle.node(), column)) as Arc<dyn Value>
    };
    columns.iter().map(key).collect()
}

fn leads_to_this<R: RelationshipMarker>(target: &Entity<R::Target>) -> Condition<R::Source>
where
    R::Target: Live,
{
    let table = R::Source::TABLE;
    if R::THROUGH.is_some() {
        let key = R::Target::TABLE.primary_key;
        return Condition::new(leads_to::<R>(|source| {
            Some(Expression::key_is(source, key, late(target, key)))
        }));
    }
    let (theirs, own) = ends(table, R::INDEX);
    Condition::new(Expression::key_is(TableReference::of(table), own, late(target, theirs)))
}

impl<R: RelationshipMarker<Cardinality: ToOne>> Relationship<R>
where
    R::Target: Live,
{
    /// Whether it leads to this entity, by its key when the query is sent; to one that is no row, nothing leads.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// let posts = session.scalars(select::<Post>().filter(Post::user.eq(&user))).await?.all();
    /// # Ok(()) }
    /// ```
    pub fn eq(self, target: &Entity<R::Target>) -> Condition<R::Source> {
        leads_to_this::<R>(target)
    }

    /// Whether it does not lead to this entity: to another, or to none.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// let others = session.scalars(select::<Post>().filter(Post::user.ne(&user))).await?.all();
    /// # Ok(()) }
    /// ```
    pub fn ne(self, target: &Entity<R::Target>) -> Condition<R::Source> {
        let leads_to_it = leads_to_this::<R>(target).0;
        !Condition::new(Expression::Function("coalesce", vec![leads_to_it, Expression::Literal("FALSE")]))
    }
}

impl<R: RelationshipMarker<Cardinality: ToMany>> Relationship<R>
where
    R::Target: Live,
{
    /// Whether this entity is among those that it leads to, by its key when the query is sent.
    ///
    /// ```no_run
    /// # use orm_examples::{blog::*, chinook::catalogue::*}; use orm_core::prelude::*;
    /// # async fn example(session: &Session, post: Entity<Post>, track: Entity<Track>) -> orm_core::Result<()> {
    /// let author = session.scalars(select::<User>().filter(User::posts.contains(&post))).await?.one()?;
    /// let lists = session.scalars(select::<Playlist>().filter(Playlist::tracks.contains(&track))).await?.all();
    /// # Ok(()) }
    /// ```
    pub fn contains(self, target: &Entity<R::Target>) -> Condition<R::Source> {
        leads_to_this::<R>(target)
    }
}
