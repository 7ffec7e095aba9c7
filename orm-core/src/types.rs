//! Floor 1: which Rust types can be columns, and what the library knows of each.
//!
//! [`DataType`] is a Rust type that stands for a PostgreSQL data type; [`ColumnType`] is what a field of a model may
//! be: a data type, or an `Option` of one. [`Value`] is the same seen without its type, so that the graph and the
//! unit of work are compiled once and not once per model. Invariant: nullability and kind are decided by these traits,
//! never by how a type is spelled.

mod array;
#[cfg(feature = "chrono")]
mod chrono;
mod deferred;
pub(crate) mod enumeration;
mod input;
mod interval;
mod key;
mod marker;
pub(crate) mod newtype;
mod nullness;
mod number;
mod primary_key;
mod range;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
mod scalars;
#[cfg(feature = "serde_json")]
mod serde_json;
mod text_search;
#[cfg(feature = "uuid")]
mod uuid;
mod value;
mod version;
mod wire;

use std::cmp::Ordering;
use std::fmt::Debug;
use std::hash::Hasher;

use postgres_types::{FromSql, ToSql};

pub use array::ArrayElement;
pub use deferred::Deferred;
pub use enumeration::{ColumnEnum, UnknownLabel};
pub use input::{IntoColumn, IntoKey};
pub use interval::Interval;
pub use marker::{
    Cardinality, Loadable, Many, MayBeEmpty, Missing, Optional, Required, Set, State, ToMany, ToOne,
    WriteOnly,
};
pub use newtype::ColumnNewtype;
pub use nullness::{Fits, MaybeNull, NeverNull, Nullness, OrNull};
pub use number::Number;
pub use primary_key::Key;
pub use range::{Range, RangeElement};
#[cfg(feature = "serde_json")]
pub use serde_json::{Json, JsonDocument};
pub use text_search::{TsQuery, TsVector};
pub use value::{DecodeError, Value};
pub use version::{Counter, Xid};
pub(crate) use wire::{from_bytes, to_bytes};

/// A PostgreSQL data type as DDL and casts spell it.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::SqlType;
/// assert_eq!(User::email.facts().sql_type.to_string(), "text");
/// assert_eq!(SqlType::new("bigint").array().to_string(), "bigint[]");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqlType {
    /// The type's name, for example `bigint`; for an array, the element's.
    pub name: &'static str,
    /// Whether this is an array of `name`.
    pub is_array: bool,
    /// The labels, if this is an enum type that `create_all` must create.
    pub labels: &'static [&'static str],
}

impl SqlType {
    /// The data type called `name`.
    ///
    /// ```
    /// # use orm_core::SqlType;
    /// assert_eq!(SqlType::new("inet").name, "inet");
    /// ```
    pub const fn new(name: &'static str) -> Self {
        Self { name, is_array: false, labels: &[] }
    }

    /// The enum type called `name` with these labels.
    ///
    /// ```
    /// # use orm_core::SqlType;
    /// let mood = SqlType::enumeration("mood", &["happy", "sad"]);
    /// assert_eq!(mood.labels, ["happy", "sad"]);
    /// ```
    pub const fn enumeration(name: &'static str, labels: &'static [&'static str]) -> Self {
        Self { name, is_array: false, labels }
    }

    /// An array of this type.
    ///
    /// ```
    /// # use orm_core::SqlType;
    /// assert!(SqlType::new("text").array().is_array);
    /// ```
    pub const fn array(self) -> Self {
        Self { is_array: true, ..self }
    }

    /// Whether it is an integer or a uuid: its text needs no quotes, and its values have one order here and on the server.
    pub(crate) fn is_plain(self) -> bool {
        !self.is_array && matches!(self.name, "smallint" | "integer" | "bigint" | "uuid")
    }

    /// What parameters are cast to where the column is declared with a type that text does not compare like.
    ///
    /// A parameter cast to `text` compares the blanks of a `char(4)` and the case of a `citext`, and neither finds its
    /// index; such a column's parameters are cast to its own type, without a length, which would cut values off.
    ///
    /// ```
    /// # use orm_core::SqlType;
    /// assert_eq!(SqlType::new("text").declared_as("citext").name, "citext");
    /// assert_eq!(SqlType::new("text").declared_as("varchar(80)").name, "text");
    /// ```
    #[must_use]
    pub const fn declared_as(self, declared: &str) -> Self {
        const OWN: [(&str, &str); 7] = [
            ("char", "bpchar"),
            ("character", "bpchar"),
            ("nchar", "bpchar"),
            ("bpchar", "bpchar"),
            ("citext", "citext"),
            ("ltree", "ltree"),
            ("lquery", "lquery"),
        ];
        let base = base_name(declared);
        let mut i = 0;
        while i < OWN.len() {
            if base.eq_ignore_ascii_case(OWN[i].0.as_bytes()) {
                return Self { name: OWN[i].1, ..self };
            }
            i += 1;
        }
        self
    }
}

/// The type's name without a length and without brackets.
const fn base_name(declared: &str) -> &[u8] {
    let bytes = declared.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'(' && bytes[end] != b'[' {
        end += 1;
    }
    bytes.split_at(end).0.trim_ascii()
}

impl std::fmt::Display for SqlType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)?;
        if self.is_array { f.write_str("[]") } else { Ok(()) }
    }
}

/// A Rust type that stands for a PostgreSQL data type, NULL not among its values.
///
/// Implemented for the scalars, arrays of them, and behind features for `uuid`, `chrono`, `rust_decimal` and
/// `serde_json`; derive it for enums with `ColumnEnum` and for newtypes with `ColumnNewtype`.
///
/// ```
/// # use orm_core::DataType;
/// fn name_of<T: DataType>() -> String {
///     T::SQL_TYPE.to_string()
/// }
/// assert_eq!([name_of::<i64>(), name_of::<Vec<String>>()], ["bigint", "text[]"]);
/// ```
///
/// A composite type is a struct that derives the driver's `ToSql` and `FromSql` (`postgres-types`, feature `derive`), with this
/// trait written by hand: the type's name, and any value for `unset`. Compare it with
/// [`func::value(..)`](crate::func::value), which says the type: the server takes any record there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column",
    note = "derive `ColumnNewtype` or `ColumnEnum` for it, or switch on the feature of `orm-core` that knows it"
)]
pub trait DataType:
    ToSql + for<'a> FromSql<'a> + Clone + PartialEq + Debug + Send + Sync + Unpin + 'static
{
    /// How a single-column primary key of this type starts in a builder: [`Set`] if the server generates it
    /// (integers), [`Missing`] if the application must give it.
    type KeyState: State;
    /// The PostgreSQL data type.
    const SQL_TYPE: SqlType;

    /// The value that stands in a column until the server has made the real one (0, nil, empty).
    fn unset() -> Self;

    /// Whether the two are the same value to the database; `==` unless that is not reflexive.
    fn same(&self, other: &Self) -> bool {
        self == other
    }

    /// Feeds the value to a hasher. Types that cannot be keys may leave it empty.
    fn hash_value<H: Hasher + ?Sized>(&self, state: &mut H) {
        let _ = state;
    }

    /// The order of such keys: rows are written in it. It must be the server's where `SQL_TYPE` is an integer or a uuid, since
    /// members of a to-many stand in it then. Types that cannot be keys may leave it.
    fn compare(&self, other: &Self) -> Ordering {
        let _ = other;
        Ordering::Equal
    }
}

/// What a field of a model may be: a [`DataType`], or an `Option` of one.
///
/// ```
/// # use orm_core::types::ColumnType;
/// assert!(<Option<String> as ColumnType>::NULLABLE && !<String as ColumnType>::NULLABLE);
/// assert_eq!(Some(7_i64).not_null(), Some(&7));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column",
    note = "derive `ColumnNewtype` or `ColumnEnum` for it, or switch on the feature of `orm-core` that knows it"
)]
pub trait ColumnType: ToSql + for<'a> FromSql<'a> + Clone + Debug + Send + Sync + Value + 'static {
    /// The data type without NULL.
    type NotNull: DataType;
    /// How the column starts in a builder: nullable columns as [`Set`], the others as [`Missing`].
    type Initial: State;
    /// Whether it may be NULL, as a type.
    type Nullness: Nullness;
    /// How a to-one relationship over this key is shown: [`Required`] or [`Optional`].
    type Cardinality: Cardinality;
    /// Whether the column takes NULL.
    const NULLABLE: bool;

    /// NULL, or the value that stands in the column until the server has made the real one.
    fn unset() -> Self;

    /// The value, unless it is NULL.
    fn not_null(&self) -> Option<&Self::NotNull>;

    /// Takes a value that is not NULL.
    fn set_not_null(&mut self, value: Self::NotNull);

    /// Takes NULL, if the column can.
    fn set_null(&mut self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T: DataType> ColumnType for T {
    type NotNull = T;
    type Initial = Missing;
    type Nullness = NeverNull;
    type Cardinality = Required;
    const NULLABLE: bool = false;

    fn unset() -> Self {
        T::unset()
    }

    fn not_null(&self) -> Option<&T> {
        Some(self)
    }

    fn set_not_null(&mut self, value: T) {
        *self = value;
    }

    fn set_null(&mut self) -> bool {
        false
    }
}

#[diagnostic::do_not_recommend]
impl<T: DataType> ColumnType for Option<T> {
    type NotNull = T;
    type Initial = Set;
    type Nullness = MaybeNull;
    type Cardinality = Optional;
    const NULLABLE: bool = true;

    fn unset() -> Self {
        None
    }

    fn not_null(&self) -> Option<&T> {
        self.as_ref()
    }

    fn set_not_null(&mut self, value: T) {
        *self = Some(value);
    }

    fn set_null(&mut self) -> bool {
        *self = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::SqlType;

    #[test]
    fn a_declared_type_that_compares_otherwise_is_what_parameters_are_cast_to() {
        let text = SqlType::new("text");
        for declared in ["char(4)", "CHARACTER (4)", "char", "bpchar"] {
            assert_eq!(text.declared_as(declared).name, "bpchar");
        }
        assert_eq!(text.array().declared_as("citext[]").to_string(), "citext[]");
        for declared in ["varchar(120)", "name", "character varying(3)", "email", "text"] {
            assert_eq!(text.declared_as(declared), text);
        }
    }
}
