//! The derive macros of `orm-core`.
//!
//! What the user wrote becomes [`ast`] through the words of [`attr`]; [`valid`] holds one function per rule; [`expand`]
//! writes facts and thin code, and does so beside errors too ([`fallback`] says how), so that one mistake is one error.
//! Invariant: nothing here decides by how a type is spelled; generated code names the type and a trait decides.

mod ast;
mod attr;
#[cfg(test)]
mod budget;
mod column_attributes;
mod column_enum;
mod column_newtype;
mod context;
mod expand;
mod fallback;
mod names;
mod sql;
mod suggest;
mod valid;

use proc_macro2::TokenStream;
use syn::DeriveInput;

/// Makes a struct a model: its values are the rows of a table.
#[proc_macro_derive(Model, attributes(orm))]
pub fn derive_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match syn::parse(input) {
        Ok(input) => model(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// The expansion of `derive(Model)`: every error, and everything that can be said in spite of them.
fn model(input: &DeriveInput) -> TokenStream {
    let context = context::Context::default();
    let model = ast::Model::read(&context, input).inspect(|model| valid::check(&context, model));
    let expansion = model.and_then(fallback::complete).map(|model| expand::model(&model));
    let errors = context.into_errors();
    quote::quote!(#errors #expansion)
}

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
pub fn derive_column_enum(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    column_enum::expand(&syn::parse_macro_input!(input as DeriveInput)).into()
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
pub fn derive_column_newtype(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    column_newtype::expand(&syn::parse_macro_input!(input as DeriveInput)).into()
}
