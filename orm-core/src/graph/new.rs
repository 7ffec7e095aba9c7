//! Floor 3: a row that does not exist yet, as a builder describes it.

use std::fmt;

use super::record::NodeRef;
use crate::model::{AnyModel, ColumnSet, Model, Table};

/// A new row: its values, which of them were given, what it belongs to and what comes with it.
pub struct New<M> {
    pub(crate) value: Box<M>,
    pub(crate) given: ColumnSet,
    links: Vec<(usize, NodeRef)>,
    children: Vec<Child>,
}

/// A new row, without its model.
pub(crate) struct NewRow {
    pub(crate) table: &'static Table,
    pub(super) value: Box<dyn AnyModel>,
    pub(super) given: ColumnSet,
    /// What it belongs to, by the relationship over which it does.
    pub(super) links: Vec<(usize, NodeRef)>,
    pub(super) children: Vec<Child>,
}

/// What comes with a new row.
pub(super) enum Child {
    /// A row that belongs to it, over this relationship of its own.
    Row(usize, NewRow),
    /// A link with an entity, over this many-to-many; the table is that of the links.
    Link(usize, NodeRef, &'static Table),
}

impl<M: Model> New<M> {
    /// A row of which nothing is given.
    #[expect(clippy::self_named_constructors, reason = "the type is a new row, not a way of making one")]
    #[inline(always)]
    pub fn new() -> Self {
        Self::with(M::unset(), ColumnSet::EMPTY)
    }

    /// A row of which every column is given, but for a key that the server makes, and a version, that was not set; and for
    /// what is not loaded.
    pub fn of(value: M) -> Self {
        let given = set_columns(M::TABLE, &value, &M::unset());
        Self::with(value, given)
    }

    #[inline(always)]
    fn with(value: M, given: ColumnSet) -> Self {
        Self { value: Box::new(value), given, links: Vec::new(), children: Vec::new() }
    }

    /// The row, in which this column is given its value.
    #[inline(always)]
    pub fn give(&mut self, column: usize) -> &mut M {
        self.given.insert(column);
        &mut self.value
    }

    /// Lets the row belong to an entity, over the relationship at this position of `M`'s table.
    #[must_use]
    #[inline(always)]
    pub fn link(mut self, relationship: usize, target: NodeRef) -> Self {
        self.links.push((relationship, target));
        self
    }

    /// Lets the row be linked with an entity, over the many-to-many at this position of `M`'s table; `L` is the link's
    /// model.
    #[must_use]
    #[inline(always)]
    pub fn linked<L: Model>(mut self, relationship: usize, target: NodeRef) -> Self {
        self.children.push(Child::Link(relationship, target, L::TABLE));
        self
    }

    /// Lets a new row come with this one and belong to it, over the relationship at this position of `C`'s table.
    #[must_use]
    #[inline(always)]
    pub fn child<C: Model>(mut self, relationship: usize, child: New<C>) -> Self {
        self.children.push(Child::Row(relationship, child.into()));
        self
    }
}

impl<M: Model> From<New<M>> for NewRow {
    #[inline(always)]
    fn from(New { value, given, links, children }: New<M>) -> Self {
        Self { table: M::TABLE, value, given, links, children }
    }
}

/// The columns of a value that are set.
fn set_columns(table: &Table, value: &dyn AnyModel, unset: &dyn AnyModel) -> ColumnSet {
    let is_set = |&column: &usize| {
        let is_key = table.columns[column].is_server_made() && table.primary_key.contains(&column);
        let may_be_unset = is_key || table.is_version(column);
        let value = value.value(column);
        value.is_loaded() && !(may_be_unset && value.is_same(unset.value(column)))
    };
    (0..table.columns.len()).filter(is_set).collect()
}

impl NewRow {
    /// A row of a table of which nothing is given.
    pub(super) fn unset(table: &'static Table) -> Self {
        let (links, children) = (Vec::new(), Vec::new());
        Self { table, value: (table.unset)(), given: ColumnSet::EMPTY, links, children }
    }

    /// A deferred column that was not given is NULL, if nobody fills it in.
    pub(super) fn know_nulls(&mut self) {
        for column in self.table.deferred().iter().filter(|&column| !self.given.contains(column)) {
            let facts = &self.table.columns[column];
            if facts.nullable && !facts.is_server_made() {
                self.value.value_mut(column).assign(&None::<bool>);
            }
        }
    }

    /// Gives a row its first version, where the session counts and the application has not.
    pub(crate) fn number_version(&mut self) {
        let Some(version) = self.table.counter().filter(|version| !self.given.contains(version.column))
        else {
            return;
        };
        if let Some(first) = version.next(None) {
            self.value.value_mut(version.column).assign(&*first);
            self.given.insert(version.column);
        }
    }
}

/// The columns that are given, without their values.
impl<M: Model> fmt::Debug for New<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given: Vec<_> = self.given.iter().map(|column| M::TABLE.columns[column].field).collect();
        f.debug_struct("New").field("model", &M::TABLE.model).field("given", &given).finish_non_exhaustive()
    }
}

impl<M: Model> Default for New<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// A row as the application describes it: a builder, whether it has everything or not, or a model's value, which has.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe a row",
    label = "give a model's builder, as in `User::builder().email(..)`, or its value"
)]
pub trait IntoRow {
    /// The model.
    type Model: Model;

    /// The row.
    fn into_row(self) -> New<Self::Model>;
}

/// A builder that has everything which the row needs.
pub trait IntoNew: IntoRow {}

impl<B: Builder> IntoNew for B where (): Complete<B::Model, B::Lacks> {}

/// A builder, of which is known what it lacks first: the column's type, or [`Nothing`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row",
    label = "give a model's builder, as in `User::builder().email(..)`"
)]
pub trait Builder: IntoRow {
    /// What it lacks.
    type Lacks;
}

/// No column is missing.
#[derive(Debug)]
pub struct Nothing;

/// Whether a row of `M` lacks nothing. It is asked of `()`, so that the compiler has no more to say than these words.
#[diagnostic::on_unimplemented(
    message = "`{M}` cannot be added: `{Column}` is required and has no value",
    label = "call the setter of this column first, or that of the relationship over it"
)]
pub trait Complete<M, Column> {}

#[diagnostic::do_not_recommend]
impl<S, M, Column: IsNothing> Complete<M, Column> for S {}

/// See [`Nothing`].
pub trait IsNothing {}

impl IsNothing for Nothing {}

/// A builder that has everything but the key to its parent, over the relationship at position `RELATIONSHIP` of its
/// own model's table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row that can belong to `{Parent}` here",
    label = "give a builder of what the relationship leads to, without the key to `{Parent}`"
)]
pub trait NewChild<Parent: Model, const RELATIONSHIP: usize>: IntoRow {}

impl<C, Parent: Model, const RELATIONSHIP: usize> NewChild<Parent, RELATIONSHIP> for C
where
    C: ChildBuilder<Parent, RELATIONSHIP>,
    (): Complete<C::Model, C::Lacks>,
{
}

/// A builder of a row that can belong to one of `Parent`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row that can belong to `{Parent}` here",
    label = "give a builder of what the relationship leads to, without the key to `{Parent}`"
)]
pub trait ChildBuilder<Parent: Model, const RELATIONSHIP: usize>: IntoRow {
    /// What it lacks beside the key.
    type Lacks;
}
