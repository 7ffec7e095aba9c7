//! Floor 8: what holds for all rows that a session reads.

use std::sync::Arc;

use super::{Database, Get};
use crate::entity::Live;
use crate::model::Model;
use crate::query::{About, Condition};

impl Database {
    /// The same database, with the same pool, whose sessions see only those rows of a model for which this holds: as
    /// [`with_loader_criteria`](crate::with_loader_criteria), in every query. Call it again for more.
    ///
    /// It is about reading. What is written is not checked: the tenant of a new row is the application's to set, for
    /// example in a hook before an insert. A query sees all with
    /// [`without_criteria`](crate::Select::without_criteria).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database, tenant: i64) -> orm_core::Result<()> {
    /// let db = db.with_criteria(Post::user_id.eq(tenant)).with_criteria(User::id.eq(tenant));
    /// let posts = db.session().scalars(select::<Post>()).await?; // the tenant's
    /// # Ok(()) }
    /// ```
    pub fn with_criteria<S: About>(&self, condition: Condition<S>) -> Self {
        let mut db = self.clone();
        Arc::make_mut(&mut db.criteria).push(S::Model::TABLE, condition.0);
        db
    }

    /// The same database, with the same pool, whose sessions see rows that are marked as deleted too.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(db: &Database) -> orm_core::Result<()> {
    /// let all = db.with_deleted().session().scalars(select::<Post>()).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_deleted(&self) -> Self {
        let mut db = self.clone();
        Arc::make_mut(&mut db.criteria).with_deleted = true;
        db
    }
}

impl<M: Live> Get<M> {
    /// Finds the row also if it is marked as deleted, as [`Select::with_deleted`](crate::Select::with_deleted).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let post = session.get::<Post>(1).with_deleted().await?;
    /// # Ok(()) }
    /// ```
    pub fn with_deleted(mut self) -> Self {
        self.options_mut().criteria.with_deleted = true;
        self
    }

    /// Finds the row whatever the session's criteria say, as
    /// [`Select::without_criteria`](crate::Select::without_criteria).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let post = session.get::<Post>(1).without_criteria().await?;
    /// # Ok(()) }
    /// ```
    pub fn without_criteria(mut self) -> Self {
        self.options_mut().criteria.alone = true;
        self
    }
}
