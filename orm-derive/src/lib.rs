//! The derive macros of `orm-core`.

mod column_attributes;
mod column_enum;
mod column_newtype;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes an enum without data a column's type.
///
/// The enum is stored as text, or as a PostgreSQL enum with `#[orm(type = "mood")]`, which `create_all` then creates.
/// A variant's label is its name in snake case, or as `#[orm(rename_all = "kebab-case")]` on the enum or
/// `#[orm(rename = "..")]` on the variant says. The enum needs `Clone`, `PartialEq` and `Debug`; as a key also `Eq` and
/// `Hash`.
///
/// ```
/// use orm_core::types::{ColumnEnum as _, DataType as _};
///
/// #[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
/// #[orm(type = "mood")]
/// enum Mood {
///     Happy,
///     #[orm(rename = "so-so")]
///     SoSo,
/// }
///
/// assert_eq!(Mood::SoSo.label(), "so-so");
/// assert_eq!(Mood::from_label("happy"), Some(Mood::Happy));
/// assert_eq!(Mood::SQL_TYPE.name, "mood");
/// ```
#[proc_macro_derive(ColumnEnum, attributes(orm))]
pub fn derive_column_enum(input: TokenStream) -> TokenStream {
    column_enum::expand(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct around one value a column's type: to the database it is what the inner type is.
///
/// The struct needs `Clone`, `PartialEq` and `Debug`; as a key also `Eq` and `Hash`.
///
/// ```
/// use orm_core::types::DataType as _;
///
/// #[derive(Debug, Clone, PartialEq, Eq, Hash, orm_derive::ColumnNewtype)]
/// struct UserId(i64);
///
/// assert_eq!(UserId::SQL_TYPE.name, "bigint");
/// ```
#[proc_macro_derive(ColumnNewtype, attributes(orm))]
pub fn derive_column_newtype(input: TokenStream) -> TokenStream {
    column_newtype::expand(&parse_macro_input!(input as DeriveInput)).into()
}
