//! Rules about what the session writes by itself.

use proc_macro2::Span;

use crate::ast::{Column, Expression, Model};
use crate::context::Context;

/// What a foreign key can be told to do, which is said in another place.
const ACTIONS: [&str; 5] = ["cascade", "set_null", "set_default", "restrict", "no_action"];

/// Runs them.
pub(super) fn check(context: &Context, model: &Model<'_>) {
    for (position, column) in model.columns.iter().enumerate() {
        said_once(context, column);
        is_no_key(context, model, position);
        an_action_stands_with_its_key(context, column);
    }
    one_soft_delete(context, model);
}

fn span(expression: Option<&Expression>) -> Option<Span> {
    expression.map(|expression| expression.span)
}

fn is_action(expression: &Expression) -> bool {
    ACTIONS.contains(&expression.sql.as_str())
}

/// Each of the words says all that there is to say, but for a default beside `on_update`.
fn said_once(context: &Context, column: &Column<'_>) {
    let automatic = &column.automatic;
    let goes_with_default =
        automatic.created_at.or(automatic.updated_at).is_none() && automatic.soft_delete.is_none();
    let words = [
        ("generated", span(column.generated.as_ref())),
        ("version", column.version.map(|version| version.span)),
        ("fetched", column.fetched),
        ("created_at", automatic.created_at),
        ("updated_at", automatic.updated_at),
        ("soft_delete", span(automatic.soft_delete.as_ref())),
        ("on_update", span(automatic.on_update.as_ref())),
        ("default", span(column.default.as_ref()).filter(|_| !goes_with_default)),
        ("identity", column.identity.filter(|identity| identity.wanted).map(|identity| identity.span)),
    ];
    let written: Vec<_> = words.into_iter().filter_map(|(word, span)| Some((word, span?))).collect();
    let new = |word: &str| matches!(word, "created_at" | "updated_at" | "soft_delete" | "on_update");
    if let [(first, _), (second, span), ..] = *written
        && (new(first) || new(second))
    {
        context.error(span, format_args!("`{}` is `{first}` already: take `{second}` away", column.ident));
    }
}

/// A key says which row it is, and which one it belongs to: it does not change by itself.
fn is_no_key(context: &Context, model: &Model<'_>, position: usize) {
    let column = &model.columns[position];
    if !column.primary_key && !model.is_foreign(position) {
        return;
    }
    let on_update = column.automatic.on_update.as_ref().filter(|expression| !is_action(expression));
    let words = [
        ("updated_at", column.automatic.updated_at),
        ("on_update", span(on_update)),
        ("soft_delete", span(column.automatic.soft_delete.as_ref())),
    ];
    for (word, span) in words {
        if let Some(span) = span {
            context.error(span, format_args!("`{}` is part of a key and cannot be `{word}`", column.ident));
        }
    }
}

/// What happens to a key when the key that it refers to changes is another `on_update`.
fn an_action_stands_with_its_key(context: &Context, column: &Column<'_>) {
    if let Some(expression) = column.automatic.on_update.as_ref().filter(|expression| is_action(expression)) {
        let action = &expression.sql;
        context.error(
            expression.span,
            format_args!(
                "`{action}` is what a key does: write `on_update = {action}` in its `belongs_to(..)` or `references(..)`"
            ),
        );
    }
}

/// A row is deleted or not.
fn one_soft_delete(context: &Context, model: &Model<'_>) {
    let mut marked = model
        .columns
        .iter()
        .filter_map(|column| Some((column.ident, column.automatic.soft_delete.as_ref()?)));
    if let Some((first, _)) = marked.next() {
        for (_, other) in marked {
            context
                .error(other.span, format_args!("`{first}` is `soft_delete` already: a row is deleted once"));
        }
    }
}
