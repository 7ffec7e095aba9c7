//! Floor 1: whether something may be NULL, as a type.

use super::{ColumnType, DataType};

/// Whether something may be NULL: [`NeverNull`] or [`MaybeNull`].
///
/// ```
/// # use orm_core::types::{MaybeNull, NeverNull, OrNull};
/// let never: OrNull<NeverNull, i64> = 1;
/// let maybe: OrNull<MaybeNull, i64> = Some(1);
/// assert_eq!(maybe, Some(never));
/// ```
pub trait Nullness: 'static {
    /// The Rust type of values of data type `T`: `T`, or an `Option` of it.
    type Of<T: DataType>: ColumnType<NotNull = T, Nullness = Self>;
    /// What is there, or may not be: `T`, or an `Option` of it, of any Rust type.
    type OrNone<T>;
    /// What is NULL if this or the other is.
    type Or<Other: Nullness>: Nullness;
}

/// The Rust type of values of data type `T` that may be NULL as `N` says.
///
/// ```
/// # use orm_core::types::{MaybeNull, OrNull};
/// let maybe: OrNull<MaybeNull, String> = None;
/// # let _ = maybe;
/// ```
pub type OrNull<N, T> = <N as Nullness>::Of<T>;

/// It is never NULL.
///
/// ```
/// # use orm_core::types::{ColumnType, NeverNull};
/// fn never_null<T: ColumnType<Nullness = NeverNull>>() {}
/// never_null::<i64>();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct NeverNull;

/// It may be NULL.
///
/// ```
/// # use orm_core::types::{ColumnType, MaybeNull};
/// fn may_be_null<T: ColumnType<Nullness = MaybeNull>>() {}
/// may_be_null::<Option<i64>>();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct MaybeNull;

impl Nullness for NeverNull {
    type Of<T: DataType> = T;
    type OrNone<T> = T;
    type Or<Other: Nullness> = Other;
}

impl Nullness for MaybeNull {
    type Of<T: DataType> = Option<T>;
    type OrNone<T> = Option<T>;
    type Or<Other: Nullness> = Self;
}

/// Whether something that may or may not be NULL fits into a column that may or may not be.
///
/// ```
/// # use orm_core::types::{Fits, MaybeNull, NeverNull};
/// fn fits<Value: Fits<Column>, Column>() {}
/// fits::<NeverNull, MaybeNull>();
/// fits::<MaybeNull, MaybeNull>();
/// ```
#[diagnostic::on_unimplemented(
    message = "a column that cannot be NULL cannot be set to something that may be",
    label = "may be NULL: give a value, or `func::coalesce(.., value)`"
)]
pub trait Fits<Column>: Nullness {}

#[diagnostic::do_not_recommend]
impl<Value: GoesInto<Column>, Column> Fits<Column> for Value {}

/// What [`Fits`] says.
#[doc(hidden)]
pub trait GoesInto<Column>: Nullness {}

impl<Column: Nullness> GoesInto<Column> for NeverNull {}
impl GoesInto<MaybeNull> for MaybeNull {}
