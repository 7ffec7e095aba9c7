//! Floor 1: types that stand for facts in type parameters.

/// Whether a builder has a value for a column: [`Set`] or [`Missing`].
pub trait State: 'static {
    /// Whether a value is there.
    const IS_SET: bool;
}

/// The column has a value, or does not need one from the application.
#[derive(Debug, Clone, Copy)]
pub struct Set;

/// The column still needs a value.
#[derive(Debug, Clone, Copy)]
pub struct Missing;

impl State for Set {
    const IS_SET: bool = true;
}

impl State for Missing {
    const IS_SET: bool = false;
}

/// How many entities a relationship leads to, and so what an accessor yields.
pub trait Cardinality: 'static {
    /// What an accessor yields, for entities of type `E`.
    type Of<E>;
    /// What a key of two columns is, if one of them is this.
    type And<Other: Cardinality>: Cardinality;

    /// Puts the entities found into the yielded shape; `None` if one is owed and none is there.
    fn collect<E>(found: impl Iterator<Item = E>) -> Option<Self::Of<E>>;
}

/// Exactly one: a key that is not nullable.
#[derive(Debug, Clone, Copy)]
pub struct Required;

/// One or none: a nullable key, or the far side of a one-to-one.
#[derive(Debug, Clone, Copy)]
pub struct Optional;

/// A cardinality of at most one.
pub trait ToOne: Cardinality {}

impl ToOne for Required {}

impl ToOne for Optional {}

/// Any number.
#[derive(Debug, Clone, Copy)]
pub struct Many;

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
