//! Floor 1: structs around one data type as columns.
//!
//! The derive writes how to get at the inner value and nothing else; the rest is here. Invariant: every function is the
//! inner type's.

use std::cmp::Ordering;
use std::hash::Hasher;

use bytes::BytesMut;
use postgres_types::{FromSql, IsNull, ToSql, Type};

use super::{DataType, DecodeError};

/// A struct around one value, which is to the database what the value is. Derive it; do not implement it by hand.
///
/// The derive also implements [`DataType`], every function of it by the inner type's.
///
/// ```
/// # use orm_core::ColumnNewtype;
/// #[derive(ColumnNewtype, Debug, Clone, PartialEq, Eq, Hash)]
/// struct UserId(i64);
///
/// assert_eq!(UserId::wrap(7).inner(), &7);
/// ```
pub trait ColumnNewtype: 'static {
    /// The inner type.
    type Inner: DataType;

    /// The value inside.
    fn inner(&self) -> &Self::Inner;

    /// The struct around a value.
    fn wrap(inner: Self::Inner) -> Self;
}

/// The newtype of [`DataType::unset`].
pub fn unset_newtype<T: ColumnNewtype>() -> T {
    T::wrap(T::Inner::unset())
}

/// Whether the inner values are the same.
pub fn same_newtype<T: ColumnNewtype>(mine: &T, theirs: &T) -> bool {
    mine.inner().same(theirs.inner())
}

/// Feeds the inner value to a hasher.
pub fn hash_newtype<T: ColumnNewtype, H: Hasher + ?Sized>(value: &T, state: &mut H) {
    value.inner().hash_value(state);
}

/// The order of the inner values.
pub fn compare_newtypes<T: ColumnNewtype>(mine: &T, theirs: &T) -> Ordering {
    mine.inner().compare(theirs.inner())
}

/// Whether the inner type is written to this data type.
pub fn writes_newtype<T: ColumnNewtype>(ty: &Type) -> bool {
    <T::Inner as ToSql>::accepts(ty)
}

/// Whether the inner type is read from this data type.
pub fn reads_newtype<T: ColumnNewtype>(ty: &Type) -> bool {
    <T::Inner as FromSql<'_>>::accepts(ty)
}

/// Writes the inner value.
pub fn write_newtype<T: ColumnNewtype>(
    value: &T,
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, DecodeError> {
    value.inner().to_sql(ty, out)
}

/// Reads the inner value.
pub fn read_newtype<T: ColumnNewtype>(ty: &Type, raw: &[u8]) -> Result<T, DecodeError> {
    T::Inner::from_sql(ty, raw).map(T::wrap)
}
