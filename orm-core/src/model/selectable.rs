//! Floor 1: what has columns that statements read.

use super::{Model, Table};

/// What a statement can read columns from: a model, a model under an alias, a struct that describes rows.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::model::Selectable;
/// fn source<S: Selectable>() -> &'static str {
///     S::SOURCE.name
/// }
/// assert_eq!(source::<User>(), "users");
/// ```
#[diagnostic::on_unimplemented(
    message = "a statement cannot read from `{Self}`",
    note = "it reads from models, from their aliases (`alias!`) and from structs with `#[derive(FromRow)]`"
)]
pub trait Selectable: 'static {
    /// The columns that are read.
    const SOURCE: &'static Table;

    /// The name in statements, if it is not the table's.
    const ALIAS: Option<&'static str> = None;
}

impl<M: Model> Selectable for M {
    const SOURCE: &'static Table = M::TABLE;
}
