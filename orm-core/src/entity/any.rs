//! Floor 7: an entity whose model is not known.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Entity, Live, debug};
use crate::graph::{EntityState, Node, NodeRef};
use crate::model::{ColumnFacts, ColumnSet, Table};
use crate::types::Value;
use crate::unit_of_work::Scope;

/// An entity of any model: what a session's changes are listed as.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// for entity in session.dirty() {
///     for change in entity.changes() {
///         println!("{} {:?}: {change}", entity.model(), entity.key()); // User Some("id 1"): name: None -> Some("Ann")
///     }
///     if let Some(user) = entity.downcast::<User>() {
///         println!("{}", user.email);
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct AnyEntity {
    scope: Arc<Scope>,
    node: Node,
    moment: Moment,
}

/// Which change of an entity is meant.
#[derive(Clone, Copy)]
pub(crate) enum Moment {
    /// What the next flush writes.
    Next,
    /// The next flush deletes it.
    Last,
    /// A flush has written it: the versions before and after.
    Written(Option<u32>, Option<u32>),
}

/// A column that the next flush writes, or that a flush has written.
///
/// Displayed as `email: "ann@example.org" -> "new@example.org"`; a side that is not there is left out.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
/// user.edit().name = None;
/// let changes = orm_core::AnyEntity::from(&user);
/// let names: Vec<_> = changes.changes().iter().map(|change| change.column.name).collect();
/// assert_eq!(names, ["name"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ColumnChange<'a> {
    /// The column.
    pub column: &'static ColumnFacts,
    /// What the database has; `None` for a new row.
    pub old: Option<&'a dyn Value>,
    /// What is written; `None` for a row that is deleted, and for what the flush makes: the key of a row that has none
    /// yet, and expressions.
    pub new: Option<&'a dyn Value>,
}

impl AnyEntity {
    pub(crate) fn new(scope: Arc<Scope>, node: Node, moment: Moment) -> Self {
        Self { scope, node, moment }
    }

    /// The table of its model.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let tables: Vec<_> = session.dirty().iter().map(|entity| entity.table().name).collect();
    /// # Ok(()) }
    /// ```
    pub fn table(&self) -> &'static Table {
        self.scope.graph.any(self.node.model).table()
    }

    /// The name of its model.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// assert_eq!(orm_core::AnyEntity::from(&user).model(), "User");
    /// # Ok(()) }
    /// ```
    pub fn model(&self) -> &'static str {
        self.table().model
    }

    /// The primary key in words, `id 5`; `None` for what is not a row, as [`Entity::key`] says. Shown by a hook after a
    /// flush, a row that the flush deleted still has the key that it had.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, user: Entity<User>) -> orm_core::Result<()> {
    /// assert_eq!(orm_core::AnyEntity::from(&user).key().as_deref(), Some("id 1"));
    /// # Ok(()) }
    /// ```
    pub fn key(&self) -> Option<String> {
        let locked = self.scope.graph.lock();
        let record = locked.record(self.node);
        let was_written = matches!(self.moment, Moment::Written(..));
        (was_written || record.is_persistent() || record.is_let_go()).then(|| locked.key_in_words(self.node))
    }

    /// Where it stands between the application and the database.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, EntityState};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// assert!(session.added().iter().all(|entity| entity.state() == EntityState::Pending));
    /// # Ok(()) }
    /// ```
    pub fn state(&self) -> EntityState {
        if self.scope.is_detached() {
            return EntityState::Detached;
        }
        self.scope.graph.lock().record(self.node).state
    }

    /// What the next flush writes of it: of a new row the columns that were given, of a row those that differ, of one
    /// that is deleted all. Shown by a hook after a flush, what that flush has written. Never SQL.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// for entity in session.added().into_iter().chain(session.dirty()).chain(session.deleted()) {
    ///     println!("{entity:?}: {:?}", entity.changes());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn changes(&self) -> Vec<ColumnChange<'_>> {
        let arena = self.scope.graph.any(self.node.model);
        let all = || ColumnSet::first(self.table().columns.len());
        let (columns, before, after, open) = match self.moment {
            Moment::Written(Some(before), Some(after)) => {
                (arena.difference(before, after), Some(before), Some(after), ColumnSet::EMPTY)
            }
            Moment::Written(before, after) => (all(), before, after, ColumnSet::EMPTY),
            Moment::Next | Moment::Last => self.next_change(),
        };
        let change = |column: usize| ColumnChange {
            column: &self.table().columns[column],
            old: before.map(|version| arena.value(version, column)),
            new: after.filter(|_| !open.contains(column)).map(|version| arena.value(version, column)),
        };
        columns.iter().map(change).collect()
    }

    /// The columns that the next flush writes, the versions before and after, and which columns the latter lacks.
    fn next_change(&self) -> (ColumnSet, Option<u32>, Option<u32>, ColumnSet) {
        let locked = self.scope.graph.lock();
        let record = *locked.record(self.node);
        let is_last = matches!(self.moment, Moment::Last) || record.doomed;
        if is_last && record.is_persistent() {
            return (ColumnSet::first(self.table().columns.len()), Some(record.base), None, ColumnSet::EMPTY);
        }
        let head = locked.arena(self.node.model).publish(self.node.position);
        let before = (record.state != EntityState::Pending).then_some(record.base);
        (locked.changed_columns(self.node), before, Some(head), locked.open_columns(self.node))
    }

    /// The entity itself, if it is of this model.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users: Vec<Entity<User>> = session.added().iter().filter_map(|entity| entity.downcast()).collect();
    /// # Ok(()) }
    /// ```
    pub fn downcast<M: Live>(&self) -> Option<Entity<M>> {
        let is_of_model = self.node.model == M::number();
        is_of_model.then(|| Entity::at(&self.scope, self.node.position))
    }

    fn node_ref(&self) -> NodeRef {
        NodeRef { graph: self.scope.graph.id(), node: self.node }
    }
}

impl<M: Live> From<&Entity<M>> for AnyEntity {
    fn from(entity: &Entity<M>) -> Self {
        let handle = Entity::handle(entity);
        Self::new(Arc::clone(&handle.scope), handle.node(), Moment::Next)
    }
}

impl PartialEq for AnyEntity {
    fn eq(&self, other: &Self) -> bool {
        self.node_ref() == other.node_ref()
    }
}

impl Eq for AnyEntity {}

impl Hash for AnyEntity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.node_ref().hash(state);
    }
}

impl fmt::Debug for AnyEntity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::write(f, &self.scope.graph, self.node)
    }
}

impl fmt::Display for ColumnChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, old, new } = self;
        write!(f, "{}:", column.field)?;
        if let Some(old) = old {
            write!(f, " {old:?}")?;
        }
        new.map_or(Ok(()), |new| write!(f, " -> {new:?}"))
    }
}

impl fmt::Debug for ColumnChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
