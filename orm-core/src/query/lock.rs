//! Floor 2: row locks of a SELECT.
//!
//! Invariant: rows of an outer join's nullable side are never locked, which PostgreSQL refuses: with joins, and nothing
//! said, the lock is of the table that is selected from.

use super::Writer;
use super::select::SelectStatement;
use super::source::Source;
use crate::model::{Model, Table};

/// Which rows a statement locks, how, and what it does about rows that others have locked.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    strength: Strength,
    tables: Vec<&'static Table>,
    if_locked: IfLocked,
}

#[derive(Debug, Clone, Copy, Default)]
enum Strength {
    #[default]
    Update,
    NoKeyUpdate,
    Share,
    KeyShare,
}

#[derive(Debug, Clone, Copy, Default)]
enum IfLocked {
    #[default]
    Wait,
    Fail,
    Skip,
}

/// Row locks, on [`select`](crate::select), [`Session::get`](crate::Session::get) and
/// [`Session::refresh`](crate::Session::refresh).
///
/// A statement that locks always asks the database, and its entities take the values that it brings, since they are the
/// newest that there are; edits that are not flushed stay on top of them (`refresh` drops them, as ever). The locks end
/// with the transaction. Only the selected model's rows are locked: what options load along is not. `count` cannot lock.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let user = session.get::<User>(1).for_update().await?;
/// let posts = session.scalars(select::<Post>().limit(10).for_update().skip_locked()).await?;
/// session.commit().await?; // and the locks are gone
/// # Ok(()) }
/// ```
pub trait Locking: Sized {
    /// The lock, as far as it was said.
    #[doc(hidden)]
    fn lock_mut(&mut self) -> &mut Option<Lock>;

    /// `FOR UPDATE`: nobody else changes, deletes or locks the rows, nor inserts rows that refer to them.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert!(select::<User>().for_update().to_string().ends_with("FROM users FOR UPDATE"));
    /// ```
    fn for_update(self) -> Self {
        lock(self, |lock| lock.strength = Strength::Update)
    }

    /// `FOR NO KEY UPDATE`: as [`for_update`](Locking::for_update), but others may insert rows that refer to these. What
    /// an UPDATE that leaves the keys alone does itself.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert!(select::<User>().for_no_key_update().to_string().ends_with("FOR NO KEY UPDATE"));
    /// ```
    fn for_no_key_update(self) -> Self {
        lock(self, |lock| lock.strength = Strength::NoKeyUpdate)
    }

    /// `FOR SHARE`: nobody changes or deletes the rows, but others may lock them in this way too.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert!(select::<User>().for_share().to_string().ends_with("FOR SHARE"));
    /// ```
    fn for_share(self) -> Self {
        lock(self, |lock| lock.strength = Strength::Share)
    }

    /// `FOR KEY SHARE`: nobody deletes the rows or changes their keys. What a foreign key's check does itself.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert!(select::<User>().for_key_share().to_string().ends_with("FOR KEY SHARE"));
    /// ```
    fn for_key_share(self) -> Self {
        lock(self, |lock| lock.strength = Strength::KeyShare)
    }

    /// `NOWAIT`: if somebody else has locked one of the rows, the statement fails at once
    /// ([`is_lock_not_available`](crate::Error::is_lock_not_available)). Without a strength, that of `for_update`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert!(select::<User>().for_share().nowait().to_string().ends_with("FOR SHARE NOWAIT"));
    /// ```
    fn nowait(self) -> Self {
        lock(self, |lock| lock.if_locked = IfLocked::Fail)
    }

    /// `SKIP LOCKED`: rows that somebody else has locked are left out, as for a queue of jobs. Without a strength, that
    /// of `for_update`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let next = select::<User>().order_by(User::id).limit(1).for_update().skip_locked();
    /// assert!(next.to_string().ends_with("LIMIT $1 FOR UPDATE SKIP LOCKED"));
    /// ```
    fn skip_locked(self) -> Self {
        lock(self, |lock| lock.if_locked = IfLocked::Skip)
    }

    /// `OF users`: locks the rows of this model's table only; call it again for more. Without it the rows of the selected
    /// model are locked.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert!(select::<User>().for_update().of::<User>().to_string().ends_with("FOR UPDATE OF users"));
    /// ```
    fn of<M: Model>(self) -> Self {
        lock(self, |lock| lock.tables.push(M::TABLE))
    }
}

fn lock<L: Locking>(mut locking: L, change: impl FnOnce(&mut Lock)) -> L {
    change(locking.lock_mut().get_or_insert_default());
    locking
}

impl Lock {
    /// Whether rows may be left out.
    pub(crate) fn skips(&self) -> bool {
        matches!(self.if_locked, IfLocked::Skip)
    }
}

impl SelectStatement {
    /// Locks the rows.
    pub(crate) fn locked(mut self, lock: Option<Lock>) -> Self {
        self.lock = lock;
        self
    }
}

impl Writer {
    /// Writes a statement's locking clause, if it has one.
    pub(super) fn lock(&mut self, statement: &SelectStatement) {
        let Some(lock) = &statement.lock else { return };
        self.of_transaction();
        self.text(match lock.strength {
            Strength::Update => " FOR UPDATE",
            Strength::NoKeyUpdate => " FOR NO KEY UPDATE",
            Strength::Share => " FOR SHARE",
            Strength::KeyShare => " FOR KEY SHARE",
        });
        let root = statement.from.as_ref().filter(|_| !statement.joins.is_empty()).map(Source::name);
        let said = lock.tables.iter().map(|table| table.name.to_owned());
        let names: Vec<String> =
            if lock.tables.is_empty() { root.into_iter().collect() } else { said.collect() };
        if !names.is_empty() {
            self.text(" OF ");
            self.separated(names, ", ", |writer, name| writer.identifier(&name));
        }
        self.text(match lock.if_locked {
            IfLocked::Wait => "",
            IfLocked::Fail => " NOWAIT",
            IfLocked::Skip => " SKIP LOCKED",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{IfLocked, Lock, Strength};
    use crate::query::ColumnOperators;
    use crate::query::fixture::{ENTRIES, POSTS, Post, USERS, User};
    use crate::query::{Alias, SelectStatement, TableReference};

    fn text(statement: &SelectStatement) -> String {
        let text = statement.to_string();
        text.split_once(" FROM ").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
    }

    fn skip() -> Option<Lock> {
        Some(Lock { strength: Strength::NoKeyUpdate, tables: Vec::new(), if_locked: IfLocked::Skip })
    }

    #[test]
    fn a_lock_stands_at_the_end() {
        let users = SelectStatement::of(USERS).filter(User::id.eq(1).0).order_by(User::id);
        assert_eq!(
            text(&users.limit(1).locked(skip())),
            "users WHERE users.id = $1 ORDER BY users.id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
        );
    }

    #[test]
    fn what_is_joined_is_not_locked() {
        let posts = TableReference::of(POSTS);
        let join = |statement: SelectStatement| statement.left_join(posts, Post::user_id.eq(User::id).0);
        assert!(
            text(&join(SelectStatement::of(USERS)).locked(skip()))
                .ends_with("FOR NO KEY UPDATE OF users SKIP LOCKED")
        );
        let entries = SelectStatement::of(ENTRIES).locked(Some(Lock::default()));
        assert!(text(&join(entries)).ends_with(r#" FOR UPDATE OF "order""#));
        let limited = SelectStatement::of(USERS).limit(1).locked(Some(Lock::default()));
        let joined = join(limited.into_subquery(Alias::anonymous(1)));
        assert!(text(&joined).contains("LIMIT $1 FOR UPDATE) AS anon_1 LEFT JOIN"));
    }
}
