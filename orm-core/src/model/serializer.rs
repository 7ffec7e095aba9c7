//! Floor 1: how a model's values are serialized, where the model is `Serialize`.
//!
//! Found where the type is known, kept without it: an entity's relationships lead to models of which only the table is
//! known. Invariant: a table's serializer is given values of that table's model.

use std::any::Any;
use std::marker::PhantomData;

#[cfg(feature = "serde")]
pub(crate) type Serializable = dyn erased_serde::Serialize;
#[cfg(not(feature = "serde"))]
pub(crate) type Serializable = std::convert::Infallible;

/// How a model's values are serialized; nothing without the feature `serde`.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::Model;
/// assert!(!User::TABLE.serializer.is_known()); // the struct does not derive `Serialize`
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Serializer(Option<fn(&dyn Any) -> &Serializable>);

impl Serializer {
    /// That of a model that is not `Serialize`.
    pub const NONE: Self = Self(None);

    /// Whether the model's values can be serialized.
    ///
    /// ```
    /// # use orm_core::model::Serializer;
    /// assert!(!Serializer::NONE.is_known());
    /// ```
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }
}

#[cfg(feature = "serde")]
impl Serializer {
    pub(crate) fn serializable<'v>(&self, value: &'v dyn Any) -> Option<&'v Serializable> {
        self.0.map(|serializable| serializable(value))
    }
}

/// Finds a model's serializer: `SerializerOf::<User>::FOUND` is the constant of the type where `User` is `Serialize`,
/// and otherwise that of the trait [`NotSerialize`], which must be in scope.
///
/// ```
/// # use orm_core::model::{NotSerialize as _, SerializerOf};
/// struct Plain;
/// assert!(!SerializerOf::<Plain>::FOUND.is_known());
/// ```
#[derive(Debug)]
pub struct SerializerOf<M>(PhantomData<M>);

/// See [`SerializerOf`].
///
/// ```
/// # use orm_core::model::{NotSerialize, SerializerOf};
/// struct Plain;
/// assert!(!<SerializerOf<Plain> as NotSerialize>::FOUND.is_known());
/// ```
pub trait NotSerialize {
    /// None.
    const FOUND: Serializer = Serializer::NONE;
}

impl<M> NotSerialize for SerializerOf<M> {}

#[cfg(feature = "serde")]
impl<M: serde::Serialize + 'static> SerializerOf<M> {
    /// The model's own `Serialize`.
    pub const FOUND: Serializer =
        Serializer(Some(|value| value.downcast_ref::<M>().expect("a table's values are of its model")));
}
