//! Floor 1: what can tell the versions of a row apart.
//!
//! A counter is counted up by every UPDATE; `xmin` is the server's own: the transaction that wrote the row last.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use bytes::{BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::{DataType, DecodeError, Missing, SqlType};

/// A type that counts the versions of a row: `i16`, `i32` or `i64`.
///
/// ```
/// # use orm_core::types::Counter;
/// assert_eq!((i32::FIRST, i32::FIRST.after()), (1, 2));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not count versions",
    label = "not `i16`, `i32` or `i64`",
    note = "write `version = server` if the database makes the value, or `version = xmin` on a field of type `Xid`"
)]
pub trait Counter: DataType {
    /// The version of a new row.
    const FIRST: Self;

    /// The version after this one. Behind the greatest comes the least: it is another one, which is all that counts.
    #[must_use]
    fn after(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl Counter for i16 {
    const FIRST: Self = 1;

    fn after(&self) -> Self {
        self.wrapping_add(1)
    }
}

#[diagnostic::do_not_recommend]
impl Counter for i32 {
    const FIRST: Self = 1;

    fn after(&self) -> Self {
        self.wrapping_add(1)
    }
}

#[diagnostic::do_not_recommend]
impl Counter for i64 {
    const FIRST: Self = 1;

    fn after(&self) -> Self {
        self.wrapping_add(1)
    }
}

/// The number of the transaction that wrote a row last, for `#[orm(version = xmin)]`.
///
/// PostgreSQL keeps it with every row, in the system column `xmin`; it costs no space and no trigger.
///
/// ```
/// use orm_core::{Model, types::Xid};
///
/// #[derive(Model, Debug, Clone)]
/// struct Document {
///     #[orm(primary_key)]
///     id: i64,
///     text: String,
///     #[orm(version = xmin)]
///     version: Xid,
/// }
/// assert_eq!(Document::version.facts().name, "xmin");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Xid(pub u32);

impl DataType for Xid {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = SqlType::new("xid");

    fn unset() -> Self {
        Self(0)
    }

    fn hash_value<H: Hasher + ?Sized>(&self, mut state: &mut H) {
        self.hash(&mut state);
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
}

impl<'a> FromSql<'a> for Xid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, DecodeError> {
        Ok(Self(u32::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::XID
    }
}

impl ToSql for Xid {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, DecodeError> {
        out.put_u32(self.0);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::XID
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::Counter;

    #[test]
    fn a_version_behind_the_greatest_is_another_one() {
        assert_eq!((7_i64.after(), i16::MAX.after()), (8, i16::MIN));
    }
}
