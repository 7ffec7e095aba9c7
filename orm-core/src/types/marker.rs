//! Floor 1: types that stand for facts in type parameters.

/// Whether a builder has a value for a column: [`Set`] or [`Missing`].
///
/// ```
/// # use orm_core::types::{Missing, Set, State};
/// assert!(Set::IS_SET && !Missing::IS_SET);
/// ```
pub trait State: 'static {
    /// Whether a value is there.
    const IS_SET: bool;
    /// What a builder lacks first: this column, if it has no value, else what the rest lacks.
    #[doc(hidden)]
    type Lacks<Column, Rest>;
}

/// The column has a value, or does not need one from the application.
///
/// ```
/// # use orm_core::types::{ColumnType, Set};
/// // A nullable column needs no value.
/// fn starts_as<T: ColumnType<Initial = Set>>() {}
/// starts_as::<Option<String>>();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Set;

/// The column still needs a value.
///
/// ```
/// # use orm_core::types::{ColumnType, Missing};
/// // A column that is not nullable does.
/// fn starts_as<T: ColumnType<Initial = Missing>>() {}
/// starts_as::<String>();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Missing;

impl State for Set {
    const IS_SET: bool = true;
    type Lacks<Column, Rest> = Rest;
}

impl State for Missing {
    const IS_SET: bool = false;
    type Lacks<Column, Rest> = Column;
}

/// How many entities a relationship leads to, and so what an accessor yields.
///
/// ```
/// # use orm_core::types::{Cardinality, Many, Optional, Required};
/// assert_eq!(Many::collect(None, vec![1, 2]), Some(vec![1, 2]));
/// assert_eq!(Optional::collect(None::<i32>, Vec::new()), Some(None));
/// assert_eq!(Required::collect(None::<i32>, Vec::new()), None);
/// ```
pub trait Cardinality: 'static {
    /// What an accessor yields, for entities of type `E`.
    type Of<E>;
    /// What a key of two columns is, if one of them is this.
    type And<Other: Cardinality>: Cardinality;

    /// Puts what a to-one or a to-many was found to lead to into the yielded shape; `None` if one is owed and none is there.
    fn collect<E>(one: Option<E>, many: Vec<E>) -> Option<Self::Of<E>>;
}

/// Exactly one: a key that is not nullable.
///
/// ```
/// # use orm_core::types::{Cardinality, Required};
/// assert_eq!(Required::collect(Some(1), Vec::new()), Some(1));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Required;

/// One or none: a nullable key, or the far side of a one-to-one.
///
/// ```
/// # use orm_core::types::{Cardinality, Optional};
/// assert_eq!(Optional::collect(Some(1), Vec::new()), Some(Some(1)));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Optional;

/// A cardinality of at most one.
///
/// ```
/// # use orm_core::types::{Optional, Required, ToOne};
/// fn at_most_one<C: ToOne>() {}
/// at_most_one::<Required>();
/// at_most_one::<Optional>();
/// ```
pub trait ToOne: Cardinality {}

impl ToOne for Required {}

impl ToOne for Optional {}

/// Any number.
///
/// ```
/// # use orm_core::types::{Cardinality, Many};
/// assert_eq!(Many::collect(None, vec![1]), Some(vec![1]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Many;

/// Any number, too many to be in memory: what is added and removed is written, and nothing is loaded.
///
/// ```
/// # use orm_examples::archive::Folder; use orm_core::{model::RelationshipMarker, types::WriteOnly, Relationship};
/// fn is_write_only<R: RelationshipMarker<Cardinality = WriteOnly>>(_: Relationship<R>) {}
/// is_write_only(Folder::documents);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct WriteOnly;

/// A cardinality of any number.
///
/// ```
/// # use orm_core::types::{Many, ToMany, WriteOnly};
/// fn any_number<C: ToMany>() {}
/// any_number::<Many>();
/// any_number::<WriteOnly>();
/// ```
pub trait ToMany: Cardinality {}

impl ToMany for Many {}

impl ToMany for WriteOnly {}

/// A cardinality of what can be in memory.
///
/// ```
/// # use orm_core::types::{Loadable, Many, Optional, Required};
/// fn can_be_in_memory<C: Loadable>() {}
/// can_be_in_memory::<Required>();
/// can_be_in_memory::<Optional>();
/// can_be_in_memory::<Many>();
/// ```
#[diagnostic::on_unimplemented(
    message = "a write-only relationship is not loaded",
    label = "`.query()` is a select of what it leads to, and `.count()` says how much that is"
)]
pub trait Loadable: Cardinality {}

#[diagnostic::do_not_recommend]
impl<C: InMemory> Loadable for C {}

/// What [`Loadable`] is said of.
#[doc(hidden)]
pub trait InMemory: Cardinality {}

impl InMemory for Required {}

impl InMemory for Optional {}

impl InMemory for Many {}

/// A cardinality that nothing satisfies too.
///
/// ```
/// # use orm_core::types::{Many, MayBeEmpty, Optional};
/// fn none_will_do<C: MayBeEmpty>() {}
/// none_will_do::<Optional>();
/// none_will_do::<Many>();
/// ```
#[diagnostic::on_unimplemented(
    message = "this relationship is always there, so it cannot be shown as empty",
    label = "`raiseload` refuses to load it"
)]
pub trait MayBeEmpty: Cardinality {}

#[diagnostic::do_not_recommend]
impl<C: OrNothing> MayBeEmpty for C {}

/// What [`MayBeEmpty`] is said of.
#[doc(hidden)]
pub trait OrNothing: Cardinality {}

impl OrNothing for Optional {}

impl OrNothing for Many {}

impl Cardinality for Required {
    type Of<E> = E;
    type And<Other: Cardinality> = Other;

    #[inline(always)]
    fn collect<E>(one: Option<E>, _: Vec<E>) -> Option<E> {
        one
    }
}

impl Cardinality for Optional {
    type Of<E> = Option<E>;
    type And<Other: Cardinality> = Self;

    #[inline(always)]
    fn collect<E>(one: Option<E>, _: Vec<E>) -> Option<Option<E>> {
        Some(one)
    }
}

impl Cardinality for WriteOnly {
    type Of<E> = Vec<E>;
    type And<Other: Cardinality> = Self;

    #[inline(always)]
    fn collect<E>(_: Option<E>, many: Vec<E>) -> Option<Vec<E>> {
        Some(many)
    }
}

impl Cardinality for Many {
    type Of<E> = Vec<E>;
    type And<Other: Cardinality> = Self;

    #[inline(always)]
    fn collect<E>(_: Option<E>, many: Vec<E>) -> Option<Vec<E>> {
        Some(many)
    }
}
