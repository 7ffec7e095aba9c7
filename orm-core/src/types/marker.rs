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
}

impl State for Missing {
    const IS_SET: bool = false;
}

/// How many entities a relationship leads to, and so what an accessor yields.
///
/// ```
/// # use orm_core::types::{Cardinality, Many, Optional, Required};
/// assert_eq!(Many::collect([1, 2].into_iter()), Some(vec![1, 2]));
/// assert_eq!(Optional::collect([0; 0].into_iter()), Some(None));
/// assert_eq!(Required::collect([0; 0].into_iter()), None);
/// ```
pub trait Cardinality: 'static {
    /// What an accessor yields, for entities of type `E`.
    type Of<E>;
    /// What a key of two columns is, if one of them is this.
    type And<Other: Cardinality>: Cardinality;

    /// Puts the entities found into the yielded shape; `None` if one is owed and none is there.
    fn collect<E>(found: impl Iterator<Item = E>) -> Option<Self::Of<E>>;
}

/// Exactly one: a key that is not nullable.
///
/// ```
/// # use orm_core::types::{Cardinality, Required};
/// assert_eq!(Required::collect([1].into_iter()), Some(1));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Required;

/// One or none: a nullable key, or the far side of a one-to-one.
///
/// ```
/// # use orm_core::types::{Cardinality, Optional};
/// assert_eq!(Optional::collect([1].into_iter()), Some(Some(1)));
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
/// assert_eq!(Many::collect([1].into_iter()), Some(vec![1]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Many;

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
    note = "`raiseload` refuses to load it"
)]
pub trait MayBeEmpty: Cardinality {}

impl MayBeEmpty for Optional {}

impl MayBeEmpty for Many {}

impl Cardinality for Required {
    type Of<E> = E;
    type And<Other: Cardinality> = Other;

    fn collect<E>(mut found: impl Iterator<Item = E>) -> Option<E> {
        found.next()
    }
}

impl Cardinality for Optional {
    type Of<E> = Option<E>;
    type And<Other: Cardinality> = Self;

    fn collect<E>(mut found: impl Iterator<Item = E>) -> Option<Option<E>> {
        Some(found.next())
    }
}

impl Cardinality for Many {
    type Of<E> = Vec<E>;
    type And<Other: Cardinality> = Self;

    fn collect<E>(found: impl Iterator<Item = E>) -> Option<Vec<E>> {
        Some(found.collect())
    }
}
