//! Floor 8: the application is told of what happens in sessions, and may take part.
//!
//! Hooks are plain functions: they cannot await, so nothing is sent from within one.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::add::Add;
use super::delete::delete;
use crate::entity::{Entity, Live};
use crate::error::{Error, Result};
use crate::unit_of_work::{Hooks, RowEvent, Scope, SessionEvent, WrittenRow};

/// What sessions tell of: hooks by event, called in the order in which they were given.
///
/// Hooks of rows name their model by the closure's argument. What a hook changes *before* a flush is part of that flush:
/// it may edit the row, add and delete others, and hooks for these are called too. What a hook changes *after* a flush
/// belongs to the next one; a commit goes on flushing until there is nothing left (it gives up after 100 rounds).
///
/// Hooks after a flush take the `COMMIT` out of the last flight, since there may be more to write: one round trip more.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(db: &Database) -> orm_core::Result<()> {
/// let events = Events::new()
///     .before_insert(|user: &Entity<User>| {
///         let email = user.email.to_lowercase();
///         user.edit().email = email;
///     })
///     .before_delete(|user: &Entity<User>| match user.name.as_deref() {
///         Some("root") => Err("root stays"),
///         _ => Ok(()),
///     })
///     .before_flush(|unit| {
///         unit.add(User::builder().email("someone@example.org"));
///     });
/// let session = db.with_events(events).session();
/// # Ok(()) }
/// ```
#[derive(Default, Clone)]
#[must_use = "give it to `Database::with_events`"]
pub struct Events {
    hooks: Hooks,
}

/// What a hook that comes before a flush returns: nothing, or a `Result` whose error refuses the flush.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let nothing = Events::new().before_insert(|user: &Entity<User>| println!("{}", user.email));
/// let refused = Events::new().before_insert(|user: &Entity<User>| match user.email.contains('@') {
///     true => Ok(()),
///     false => Err("an address has an @"),
/// });
/// # let _ = (nothing, refused);
/// ```
#[diagnostic::on_unimplemented(
    message = "a hook returns nothing, or `Result<(), E>` with an error",
    label = "returns `{Self}`",
    note = "end the closure with `;`, or with `Ok(())`"
)]
pub trait Outcome {
    /// The error, if it is one.
    #[doc(hidden)]
    fn refusal(self) -> Option<Box<dyn StdError + Send + Sync>>;
}

impl Outcome for () {
    fn refusal(self) -> Option<Box<dyn StdError + Send + Sync>> {
        None
    }
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> Outcome for Result<(), E> {
    fn refusal(self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.err().map(Into::into)
    }
}

/// A session as its hooks see it: rows can be added and deleted, and nothing can be awaited.
///
/// [`added`](UnitOfWork::added), [`dirty`](UnitOfWork::dirty) and [`deleted`](UnitOfWork::deleted) say in `before_flush`
/// what the flush will write, with what goes along by a `cascade`, and in `after_flush` what it has written: keys and
/// all that the database made are known then, and what there was before.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// // An audit log.
/// let events = Events::new().after_flush(|unit| {
///     for (verb, entities) in [("new", unit.added()), ("changed", unit.dirty()), ("gone", unit.deleted())] {
///         for entity in entities {
///             let key = entity.key().unwrap_or_default();
///             println!("{verb} {} {key}: {:?}", entity.model(), entity.changes());
///         }
///     }
///     for user in unit.added_of::<User>() {
///         println!("welcome, {}", user.email);
///     }
/// });
/// # let _ = events;
/// ```
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// let events = Events::new().before_flush(|unit| {
///     unit.add(User::builder().email("someone@example.org"));
/// });
/// # let _ = events;
/// ```
pub struct UnitOfWork<'a> {
    pub(super) scope: &'a Arc<Scope>,
    /// After a flush, what it has written.
    pub(super) written: Option<&'a [WrittenRow]>,
}

impl<'a> UnitOfWork<'a> {
    pub(super) fn of(scope: &'a Arc<Scope>) -> Self {
        Self { scope, written: None }
    }
}

impl UnitOfWork<'_> {
    /// As [`Session::add`](super::Session::add).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| {
    ///     unit.add(User::builder().email("someone@example.org"));
    /// });
    /// # let _ = events;
    /// ```
    pub fn add<A: Add>(&self, new: A) -> Entity<A::Model> {
        new.add_to(self)
    }

    /// As [`Session::delete`](super::Session::delete).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(unit: &orm_core::UnitOfWork<'_>, user: &Entity<User>) {
    /// unit.delete(user);
    /// # }
    /// ```
    pub fn delete<M: Live>(&self, entity: &Entity<M>) {
        delete(self.scope, Entity::node(entity), M::TABLE.model, false);
    }

    /// As [`Session::delete_hard`](super::Session::delete_hard).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(unit: &orm_core::UnitOfWork<'_>, user: &Entity<User>) {
    /// unit.delete_hard(user);
    /// # }
    /// ```
    pub fn delete_hard<M: Live>(&self, entity: &Entity<M>) {
        delete(self.scope, Entity::node(entity), M::TABLE.model, true);
    }
}

impl fmt::Debug for UnitOfWork<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitOfWork").finish_non_exhaustive()
    }
}

/// Hooks of sessions.
impl Events {
    /// No hooks.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// let events = Events::new();
    /// # let _ = events;
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Before a flush that has something to write.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let events = Events::new().before_flush(|unit| {
    ///     unit.add(User::builder().email("someone@example.org"));
    /// });
    /// # let _ = events;
    /// ```
    pub fn before_flush<R: Outcome>(
        self,
        hook: impl Fn(&UnitOfWork<'_>) -> R + Send + Sync + 'static,
    ) -> Self {
        self.on_session(SessionEvent::BeforeFlush, "before a flush", hook)
    }

    /// After a flush that has written something.
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().after_flush(|_| println!("written, not committed"));
    /// # let _ = events;
    /// ```
    pub fn after_flush(self, hook: impl Fn(&UnitOfWork<'_>) + Send + Sync + 'static) -> Self {
        self.on_session(SessionEvent::AfterFlush, "after a flush", hook)
    }

    /// After a commit.
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().after_commit(|_| println!("kept"));
    /// # let _ = events;
    /// ```
    pub fn after_commit(self, hook: impl Fn(&UnitOfWork<'_>) + Send + Sync + 'static) -> Self {
        self.on_session(SessionEvent::AfterCommit, "after a commit", hook)
    }

    /// After a rollback of the whole transaction.
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// let events = Events::new().after_rollback(|_| println!("nothing has happened"));
    /// # let _ = events;
    /// ```
    pub fn after_rollback(self, hook: impl Fn(&UnitOfWork<'_>) + Send + Sync + 'static) -> Self {
        self.on_session(SessionEvent::AfterRollback, "after a rollback", hook)
    }
}

/// Declares a hook of rows.
macro_rules! row_hook {
    ($(#[$doc:meta])* $name:ident, $event:ident, $words:literal, refuses) => {
        $(#[$doc])*
        pub fn $name<M: Live, R: Outcome>(
            self,
            hook: impl Fn(&Entity<M>) -> R + Send + Sync + 'static,
        ) -> Self {
            self.on_row(RowEvent::$event, $words, hook)
        }
    };
    ($(#[$doc:meta])* $name:ident, $event:ident, $words:literal) => {
        $(#[$doc])*
        pub fn $name<M: Live>(self, hook: impl Fn(&Entity<M>) + Send + Sync + 'static) -> Self {
            self.on_row(RowEvent::$event, $words, hook)
        }
    };
}

/// Hooks of rows, once for each row of a flush.
impl Events {
    row_hook! {
        /// Before a new row is written. Its key is not known yet if the server makes it.
        ///
        /// ```no_run
        /// # use orm_examples::blog::*; use orm_core::prelude::*;
        /// let events = Events::new().before_insert(|user: &Entity<User>| {
        ///     let email = user.email.to_lowercase();
        ///     user.edit().email = email;
        /// });
        /// # let _ = events;
        /// ```
        before_insert, BeforeInsert, "before an insert", refuses
    }

    row_hook! {
        /// After a new row was written; its key is known.
        ///
        /// ```no_run
        /// # use orm_examples::blog::*; use orm_core::prelude::*;
        /// let events = Events::new().after_insert(|user: &Entity<User>| println!("user {}", user.id));
        /// # let _ = events;
        /// ```
        after_insert, AfterInsert, "after an insert"
    }

    row_hook! {
        /// Before changes of a row are written.
        ///
        /// ```no_run
        /// # use orm_examples::blog::*; use orm_core::prelude::*;
        /// let events = Events::new().before_update(|post: &Entity<Post>| match post.title.is_empty() {
        ///     true => Err("a post has a title"),
        ///     false => Ok(()),
        /// });
        /// # let _ = events;
        /// ```
        before_update, BeforeUpdate, "before an update", refuses
    }

    row_hook! {
        /// After changes of a row were written.
        ///
        /// ```no_run
        /// # use orm_examples::blog::*; use orm_core::prelude::*;
        /// let events = Events::new().after_update(|user: &Entity<User>| println!("user {} changed", user.id));
        /// # let _ = events;
        /// ```
        after_update, AfterUpdate, "after an update"
    }

    row_hook! {
        /// Before a row is deleted. Rows that the database deletes by a rule of its own are not told of.
        ///
        /// ```no_run
        /// # use orm_examples::blog::*; use orm_core::prelude::*;
        /// let events = Events::new().before_delete(|user: &Entity<User>| match user.id {
        ///     1 => Err("the first user stays"),
        ///     _ => Ok(()),
        /// });
        /// # let _ = events;
        /// ```
        before_delete, BeforeDelete, "before a delete", refuses
    }

    row_hook! {
        /// After a row was deleted.
        ///
        /// ```no_run
        /// # use orm_examples::blog::*; use orm_core::prelude::*;
        /// let events = Events::new().after_delete(|user: &Entity<User>| println!("user {} is gone", user.id));
        /// # let _ = events;
        /// ```
        after_delete, AfterDelete, "after a delete"
    }

    row_hook! {
        /// After a row was read for the first time by its session.
        ///
        /// ```no_run
        /// # use orm_examples::blog::*; use orm_core::prelude::*;
        /// let events = Events::new().on_load(|user: &Entity<User>| println!("user {} was read", user.id));
        /// # let _ = events;
        /// ```
        on_load, Load, "on load"
    }
}

impl Events {
    pub(super) fn into_hooks(self) -> Hooks {
        self.hooks
    }

    fn on_session<R: Outcome>(
        mut self,
        event: SessionEvent,
        words: &'static str,
        hook: impl Fn(&UnitOfWork<'_>) -> R + Send + Sync + 'static,
    ) -> Self {
        self.hooks.on_session(event, move |scope, written| {
            let unit = UnitOfWork { written, ..UnitOfWork::of(scope) };
            outcome(hook(&unit), None, words)
        });
        self
    }

    fn on_row<M: Live, R: Outcome>(
        mut self,
        event: RowEvent,
        words: &'static str,
        hook: impl Fn(&Entity<M>) -> R + Send + Sync + 'static,
    ) -> Self {
        self.hooks.on_row(event, M::number(), move |scope, position| {
            let entity = Entity::at(scope, position);
            outcome(hook(&entity), Some(M::TABLE.model), words)
        });
        self
    }
}

fn outcome(outcome: impl Outcome, model: Option<&'static str>, words: &str) -> Result<()> {
    outcome.refusal().map_or(Ok(()), |source| Err(Error::refused(model, words, source)))
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Events").field(&self.hooks).finish()
    }
}
