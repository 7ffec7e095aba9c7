//! Floor 8: entities are given up: what is known of them, or they themselves.

use super::Session;
use crate::entity::{Entity, Live};
use crate::error::Error;
use crate::model::{Column, ColumnSet, Model, Relationship, RelationshipMarker};

/// What of a model can be expired by itself: a column, or a relationship.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// session.expire_attribute(&user, User::name);
/// session.expire_attribute(&user, User::posts);
/// # Ok(()) }
/// ```
pub trait Attribute<M: Model> {
    /// What it is.
    #[doc(hidden)]
    fn place(self) -> Place;
}

/// A column's or a relationship's position.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Place {
    Column(usize),
    Relationship(usize),
}

impl<M: Model, T> Attribute<M> for Column<M, T> {
    fn place(self) -> Place {
        Place::Column(self.index())
    }
}

impl<M: Model, R: RelationshipMarker<Source = M>> Attribute<M> for Relationship<R> {
    fn place(self) -> Place {
        Place::Relationship(R::INDEX)
    }
}

impl Session {
    /// Gives up what is known of a row. Its unflushed edits are lost, and its relationships are not loaded any more.
    ///
    /// The values stay readable, as the row last had them: reading a field does no I/O. The next statement that brings
    /// the row refreshes them, [`get`](Session::get) asks the database again, and [`refresh`](Session::refresh) does it
    /// at once. Only deferred columns are not loaded any more. A mark that [`delete`](Session::delete) made stays.
    /// Children that were added or removed and are not flushed stay so, since their rows hold the keys: expire these.
    ///
    /// An entity that is no row, or of another session, is reported by the next flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// user.edit().name = Some("not to be kept".into());
    /// session.expire(&user);
    /// match session.get::<User>(user.id).await? {
    ///     Some(user) => println!("{:?}", user.name), // as the database has it
    ///     None => println!("it was deleted meanwhile"),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn expire<M: Live>(&self, entity: &Entity<M>) {
        self.give_up(entity, None);
    }

    /// Gives up what is known of one column, or of one relationship; the rest of the row's edits stay.
    ///
    /// A column's edit is lost, and the row is read again as [`expire`](Session::expire) says. A relationship is not
    /// loaded any more; over the row's own key it leads where the database has it.
    ///
    /// An entity that is no row, or of another session, is reported by the next flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// session.expire_attribute(&user, User::posts);
    /// let posts = user.posts().await?; // asks the database
    /// # Ok(()) }
    /// ```
    pub fn expire_attribute<M: Live>(&self, entity: &Entity<M>, attribute: impl Attribute<M>) {
        self.give_up(entity, Some(attribute.place()));
    }

    fn give_up<M: Live>(&self, entity: &Entity<M>, place: Option<Place>) {
        let scope = self.scope();
        let mut locked = scope.graph.lock();
        let Some(node) = super::own(&scope, entity).map(|node| node.node) else {
            return locked.report(Error::foreign_to_session(M::TABLE.model, "expire"));
        };
        if !locked.record(node).is_persistent() {
            return locked.report(Error::not_persistent(M::TABLE.model, "expire"));
        }
        match place {
            None => locked.expire(node),
            Some(Place::Column(column)) => locked.expire_columns(node, ColumnSet::from_iter([column])),
            Some(Place::Relationship(relationship)) => locked.expire_relationship(node, relationship),
        }
    }

    /// Gives up what is known of every row, as [`expire`](Session::expire) does. What is added stays added.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// session.commit().await?;
    /// session.expire_all();
    /// let user = session.get::<User>(1).await?; // asks the database
    /// # Ok(()) }
    /// ```
    pub fn expire_all(&self) {
        self.scope().graph.lock().expire_all();
    }

    /// Takes an entity out of the session, and with it those in memory that the database would delete with it
    /// (`on_delete = cascade`). One that is not in the session is left alone.
    ///
    /// It stays readable, with what it is linked to, and is [`Detached`](crate::EntityState::Detached): nothing of it is
    /// written or loaded any more. Its row is not touched; when it is read again, it is another object, to which the
    /// relationships of the others lead then. One that was only added leaves as by [`delete`](Session::delete). A
    /// rollback does not bring back what was expunged; [`add`](Session::add) does, as long as no other object stands for
    /// its row, and its unflushed edits with it.
    ///
    /// All entities at once are expunged by [`clear`](Session::clear). An entity of another session is reported by the
    /// next flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// session.expunge(&user);
    /// user.edit().name = Some("Nobody".into()); // in memory alone
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn expunge<M: Live>(&self, entity: &Entity<M>) {
        let scope = self.scope();
        let mut locked = scope.graph.lock();
        match super::own(&scope, entity) {
            Some(node) => locked.expunge(node.node),
            None => locked.report(Error::foreign_to_session(M::TABLE.model, "expunge")),
        }
    }
}
