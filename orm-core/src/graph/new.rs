//! Floor 3: a row that does not exist yet, as a builder describes it.

use std::fmt;

use super::record::NodeRef;
use super::{Locked, Node};
use crate::error::Error;
use crate::model::{ColumnSet, Model};

/// A new row: its values, which of them were given, what it belongs to and what comes with it.
pub struct New<M> {
    pub(crate) value: M,
    pub(crate) given: ColumnSet,
    pub(crate) links: Vec<(usize, NodeRef)>,
    pub(crate) children: Vec<Child>,
}

/// A new row that comes with another, without its type: it knows how to go into a graph.
pub(crate) struct Child(Box<AddChild>);

type AddChild = dyn FnOnce(&mut Locked<'_>, Node) + Send;

impl Child {
    pub(crate) fn add(self, locked: &mut Locked<'_>, parent: Node) {
        (self.0)(locked, parent);
    }
}

impl<M: Model> New<M> {
    /// A row of which nothing is given.
    #[expect(clippy::self_named_constructors, reason = "the type is a new row, not a way of making one")]
    pub fn new() -> Self {
        Self { value: M::unset(), given: ColumnSet::EMPTY, links: Vec::new(), children: Vec::new() }
    }

    /// A row of which every column is given, but for a key that the server makes, and a version, that was not set; and for
    /// what is not loaded.
    pub fn of(value: M) -> Self {
        let unset = M::unset();
        let is_set = |&column: &usize| {
            let is_key = M::TABLE.columns[column].is_server_made() && M::TABLE.primary_key.contains(&column);
            let may_be_unset = is_key || M::TABLE.is_version(column);
            let value = value.value(column);
            value.is_loaded() && !(may_be_unset && value.is_same(unset.value(column)))
        };
        let given = (0..M::TABLE.columns.len()).filter(is_set).collect();
        Self { value, given, links: Vec::new(), children: Vec::new() }
    }

    /// Gives a column its value.
    #[must_use]
    pub fn set(mut self, column: usize, set: impl FnOnce(&mut M)) -> Self {
        set(&mut self.value);
        self.given.insert(column);
        self
    }

    /// Lets the row belong to an entity, over the relationship at this position of `M`'s table.
    #[must_use]
    pub fn link(mut self, relationship: usize, target: NodeRef) -> Self {
        self.links.push((relationship, target));
        self
    }

    /// Lets the row be linked with an entity, over the many-to-many at this position of `M`'s table; `L` is the link's
    /// model.
    #[must_use]
    pub fn linked<L: Model>(mut self, relationship: usize, target: NodeRef) -> Self {
        self.children.push(Child(Box::new(move |locked, node| {
            let side = locked.side(node, relationship);
            if target.graph == locked.graph.id() {
                locked.add_again_if_out(target.node);
                locked.add_link::<L>(side, target.node);
            } else if !locked.link_outside::<L>(side, target) {
                locked.report(Error::foreign_entity((side.facts.target)().model, M::TABLE.model));
            }
        })));
        self
    }

    /// Lets a new row come with this one and belong to it, over the relationship at this position of `C`'s table.
    #[must_use]
    pub fn child<C: Model>(mut self, relationship: usize, child: New<C>) -> Self {
        self.children.push(Child(Box::new(move |locked, parent| {
            let node = locked.add_new(child);
            let side = locked.side(node, relationship);
            locked.set_link(side, Some(parent.position));
        })));
        self
    }
}

impl<M: Model> New<M> {
    /// A deferred column that was not given is NULL, if nobody fills it in.
    pub(super) fn know_nulls(&mut self) {
        for column in M::TABLE.deferred().iter().filter(|&column| !self.given.contains(column)) {
            let facts = &M::TABLE.columns[column];
            if facts.nullable && !facts.is_server_made() {
                self.value.value_mut(column).assign(&None::<bool>);
            }
        }
    }

    /// Gives a row its first version, where the session counts and the application has not.
    pub(crate) fn number_version(&mut self) {
        let Some(version) = M::TABLE.counter().filter(|version| !self.given.contains(version.column)) else {
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
