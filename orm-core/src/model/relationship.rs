//! Floor 1: a relationship's facts, its marker and its constant.

use std::fmt;
use std::marker::PhantomData;

use super::{ForeignKey, Model, Table, Through};
use crate::types::Cardinality;

/// What a relationship is.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{model::Kind, Model};
/// let kind = |relationship: usize| User::TABLE.relationships[relationship].kind;
/// assert_eq!(kind(User::posts.index()), Kind::HasMany);
/// assert_eq!(kind(User::profile.index()), Kind::HasOne);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// To-one: this side holds the key.
    BelongsTo,
    /// To-one: the other side holds the key, which is unique.
    HasOne,
    /// To-many: the other side holds the key.
    HasMany,
    /// To-many over link rows: a [`HasMany`](Kind::HasMany) to them, and the [`BelongsTo`](Kind::BelongsTo) of each to the
    /// far side. It holds nothing of its own.
    ManyToMany,
}

impl Kind {
    /// Whether the other side holds the key.
    pub(crate) fn is_has(self) -> bool {
        matches!(self, Self::HasOne | Self::HasMany)
    }
}

/// How a relationship is loaded, unless a query says otherwise.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{model::Lazy, Model};
/// assert_eq!(User::TABLE.relationships[User::posts.index()].lazy, Lazy::Select);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lazy {
    /// When it is awaited, for all entities that came together.
    Select,
    /// With the entities, by one more statement.
    SelectIn,
    /// With the entities, in their statement.
    Joined,
    /// With the entities, by a statement that travels with theirs.
    Subquery,
    /// Not at all: to await it is an error.
    Raise,
    /// Not by SQL: to await it is an error, unless memory knows where it leads.
    RaiseOnSql,
    /// Not at all: there is no way to ask for it.
    WriteOnly,
}

/// What becomes of the entities that a relationship leads to when the one that they hang on goes, or lets them go.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{model::Cascade, Model};
/// assert_eq!(User::TABLE.relationships[User::posts.index()].cascade, Cascade::None);
/// assert!(Cascade::DeleteOrphan.deletes() && !Cascade::None.deletes());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cascade {
    /// What the key says: its `on_delete`, or without one NULL where the key takes it.
    None,
    /// They are deleted with it.
    Delete,
    /// They are deleted with it, and also when it lets them go and they belong to no other.
    DeleteOrphan,
}

impl Cascade {
    /// Whether what the relationship leads to is deleted with the entity that it leads from.
    ///
    /// ```
    /// # use orm_core::model::Cascade;
    /// assert!(Cascade::Delete.deletes());
    /// ```
    pub const fn deletes(self) -> bool {
        !matches!(self, Self::None)
    }
}

/// A relationship as the derive saw it. It is named by its position in [`Table::relationships`].
///
/// ```
/// # use orm_examples::blog::User; use orm_core::Model;
/// let facts = &User::TABLE.relationships[User::posts.index()];
/// assert_eq!((facts.name, (facts.target)().name), ("posts", "posts"));
/// ```
#[derive(Debug)]
pub struct RelationshipFacts {
    /// The relationship's name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The table that it leads to.
    pub target: fn() -> &'static Table,
    /// For [`Kind::BelongsTo`]: the position of the foreign key in this table. Else unused (0).
    pub foreign_key: usize,
    /// The position of the relationship of the target that leads back.
    pub inverse: Option<usize>,
    /// How it is loaded, unless a query says otherwise.
    pub lazy: Lazy,
    /// What is deleted along.
    pub cascade: Cascade,
    /// For [`Kind::ManyToMany`]: the way.
    pub through: Option<fn() -> &'static Through>,
    /// Whether the derive made it for the rows of a bare table: the application has no name for it.
    pub hidden: bool,
    /// The target's [`Model::PATH`], which can be compared while the application is compiled.
    #[doc(hidden)]
    pub target_path: &'static str,
}

impl RelationshipFacts {
    /// The foreign key that the relationship runs over, whichever side holds it; of a many-to-many, the one by which its
    /// links refer to this side.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::Model;
    /// let facts = &User::TABLE.relationships[User::posts.index()];
    /// assert_eq!(facts.foreign_key(User::TABLE).columns, [Post::user_id.index()]);
    /// ```
    pub fn foreign_key(&self, source: &'static Table) -> &'static ForeignKey {
        if let Some(through) = self.through {
            return source.relationships[through().links].foreign_key(source);
        }
        match (self.kind, self.inverse) {
            (Kind::BelongsTo, _) | (_, None) => &source.foreign_keys[self.foreign_key],
            (_, Some(inverse)) => {
                let target = (self.target)();
                &target.foreign_keys[target.relationships[inverse].foreign_key]
            }
        }
    }
}

/// The type that stands for one relationship of one model, so that several between the same two models stay apart.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::model::{Model, Relationship, RelationshipMarker};
/// fn name<R: RelationshipMarker>(_: Relationship<R>) -> String {
///     format!("{}.{}", R::Source::TABLE.name, R::NAME)
/// }
/// assert_eq!(name(User::posts), "users.posts");
/// ```
pub trait RelationshipMarker: Copy + Send + Sync + 'static {
    /// The model that has the relationship.
    type Source: Model;
    /// The model that it leads to.
    type Target: Model;
    /// The model of the rows that link the two sides of a many-to-many; else the target.
    type Link: Model;
    /// One, one or none, or many.
    type Cardinality: Cardinality;
    /// The position in the source's [`Table::relationships`].
    const INDEX: usize;
    /// The relationship's name.
    const NAME: &'static str;
    /// The name after `back_populates`, if there is one.
    const BACK_POPULATES: Option<&'static str>;
    /// The way of a many-to-many.
    const THROUGH: Option<&'static Through> = None;
}

/// A relationship as a constant: `User::posts`. Loader options and queries take it.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{select, selectinload};
/// let users = select::<User>().options(selectinload(User::posts));
/// assert_eq!(format!("{:?}", User::posts), "User::posts");
/// # let _ = users;
/// ```
pub struct Relationship<R>(PhantomData<fn() -> R>);

impl<R: RelationshipMarker> Relationship<R> {
    /// The constant of a marker.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::model::{Relationship, RelationshipMarker};
    /// fn named<R: RelationshipMarker>() -> String {
    ///     format!("{:?}", Relationship::<R>::new())
    /// }
    /// fn of<R: RelationshipMarker>(_: Relationship<R>) -> String {
    ///     named::<R>()
    /// }
    /// assert_eq!(of(User::posts), "User::posts");
    /// ```
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// The relationship's position in its model's table.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::Model;
    /// assert_eq!(User::TABLE.relationships[User::posts.index()].name, "posts");
    /// ```
    pub const fn index(&self) -> usize {
        R::INDEX
    }
}

impl<R: RelationshipMarker> Default for Relationship<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> Clone for Relationship<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Relationship<R> {}

impl<R: RelationshipMarker> fmt::Debug for Relationship<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", R::Source::TABLE.model, R::NAME)
    }
}
