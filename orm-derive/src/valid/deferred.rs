//! The rules for columns that queries leave out.

use super::reserved;
use crate::ast::{Column, Deferral, Model};
use crate::context::Context;
use crate::names::{RESERVED_RELATIONSHIPS, plain};

/// Runs them.
pub(super) fn check(context: &Context, model: &Model<'_>) {
    for (position, column) in model.columns.iter().enumerate() {
        if let Some(deferral) = &column.deferred {
            what_is_always_read(context, model, (position, column), deferral);
            its_accessor_is_a_free_name(context, model, column);
        }
    }
}

/// The session finds rows by their keys, links them and orders what it writes by what is unique.
fn what_is_always_read(
    context: &Context,
    model: &Model<'_>,
    (position, column): (usize, &Column<'_>),
    deferral: &Deferral,
) {
    let is_unique =
        || column.unique.is_some() || model.uniques.iter().any(|columns| columns.contains(&position));
    let what = if model.primary_key.contains(&position) {
        "part of the primary key"
    } else if model.is_foreign(position) {
        "part of a foreign key"
    } else if column.version.is_some() {
        "the version"
    } else if column.identity.is_some() {
        "an identity"
    } else if column.automatic.soft_delete.is_some() {
        "what says that a row is deleted"
    } else if is_unique() {
        "unique"
    } else {
        return;
    };
    let message = format!(
        "`{}` is {what}, which the session must know of every row: take `deferred` away",
        column.ident
    );
    context.error(deferral.span, message);
}

/// `entity.text()` loads the column.
fn its_accessor_is_a_free_name(context: &Context, model: &Model<'_>, column: &Column<'_>) {
    if RESERVED_RELATIONSHIPS.contains(&plain(column.ident).as_str()) {
        let message = "rename the field and write `column = \"..\"` for the name in the database";
        reserved(context, model, column.ident, message);
    }
}
