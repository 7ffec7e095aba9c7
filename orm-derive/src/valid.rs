//! The rules that one struct can break, one function each.
//!
//! What needs two models, or a type's nature, is checked by the compiler: see `expand::checks`.

mod automatic;
mod deferred;
mod write_only;

use std::collections::HashMap;

use syn::{Ident, LitStr};

use crate::ast::{Column, Kind, Model, VersionKind};
use crate::attr::Texts;
use crate::context::Context;
use crate::names::{self, LONGEST, RESERVED_COLUMNS, RESERVED_RELATIONSHIPS};

/// Runs all rules.
pub(crate) fn check(context: &Context, model: &Model<'_>) {
    has_primary_key(context, model);
    fits_a_column_set(context, model);
    names_fit(context, model);
    columns_differ(context, model);
    columns_are_free_names(context, model);
    relationships_are_free_names(context, model);
    members_differ(context, model);
    has_sides_name_their_key(context, model);
    bare_tables_are_possible(context, model);
    references_are_paired(context, model);
    for (position, column) in model.columns.iter().enumerate() {
        one_source_of_values(context, column);
        identity_is_refused_where_it_would_be(context, model, position);
        unique_once(context, model, position);
        index_is_not_double(context, column);
        made_in_one_way(context, column);
        a_system_column_is_not_declared(context, column);
        what_the_server_makes_is_no_key(context, model, position);
    }
    one_version(context, model);
    deferred::check(context, model);
    write_only::check(context, model);
    automatic::check(context, model);
}

/// The identity map and every UPDATE and DELETE find a row by its key.
fn has_primary_key(context: &Context, model: &Model<'_>) {
    if model.primary_key.is_empty() {
        let message =
            "has no primary key: write `#[orm(primary_key)]` on its field, or on each of its fields";
        context.error(model.ident.span(), format_args!("`{}` {message}", model.ident));
    }
}

/// Changes are tracked in sets of a fixed size.
fn fits_a_column_set(context: &Context, model: &Model<'_>) {
    if let Some(column) = model.columns.get(256) {
        let count = model.columns.len();
        let message = format!("`{}` has {count} columns; a model has at most 256", model.ident);
        context.error(column.ident.span(), message);
    }
}

/// PostgreSQL cuts longer names off without an error, and two could become one.
fn names_fit(context: &Context, model: &Model<'_>) {
    let of_columns = model.columns.iter().filter_map(|column| column.name.as_ref());
    let of_links = model.secondaries().flat_map(|secondary| {
        let columns = secondary.columns.iter().flat_map(|columns| &columns.0);
        std::iter::once(&secondary.table).chain(&secondary.schema).chain(columns)
    });
    for name in model.table.iter().chain(&model.schema).chain(of_columns).chain(of_links) {
        let text = name.value();
        if text.is_empty() || text.len() > LONGEST || text.contains('\0') {
            context.error(
                name.span(),
                format_args!("a name in PostgreSQL has 1 to {LONGEST} bytes, none of them 0"),
            );
        }
    }
}

/// Two fields cannot be one column.
fn columns_differ(context: &Context, model: &Model<'_>) {
    let mut seen: HashMap<String, &Column<'_>> = HashMap::new();
    for column in &model.columns {
        if let Some(other) = seen.get(&column.name()) {
            let span = [column, other].iter().find_map(|column| column.name.as_ref().map(LitStr::span));
            context.error(
                span.unwrap_or_else(|| column.ident.span()),
                format_args!(
                    "`{}` and `{}` are both the column \"{}\"",
                    other.ident,
                    column.ident,
                    column.name()
                ),
            );
        }
        seen.insert(column.name(), column);
    }
}

/// A column's constant must not clash with a function of the model.
fn columns_are_free_names(context: &Context, model: &Model<'_>) {
    for column in &model.columns {
        if RESERVED_COLUMNS.contains(&names::plain(column.ident).as_str()) {
            let message = "rename the field and write `column = \"..\"` for the name in the database";
            reserved(context, model, column.ident, message);
        }
    }
}

/// `entity.key()` would not be the relationship.
fn relationships_are_free_names(context: &Context, model: &Model<'_>) {
    for relationship in &model.relationships {
        if RESERVED_RELATIONSHIPS.contains(&names::plain(&relationship.ident).as_str()) {
            reserved(context, model, &relationship.ident, "call the relationship something else");
        }
    }
}

fn reserved(context: &Context, model: &Model<'_>, name: &Ident, what_to_do: &str) {
    let message = format!("`{name}` already means something else on `{}`: {what_to_do}", model.ident);
    context.error(name.span(), message);
}

/// A column and a relationship are both constants of the model.
fn members_differ(context: &Context, model: &Model<'_>) {
    for (position, relationship) in model.relationships.iter().enumerate() {
        let name = names::plain(&relationship.ident);
        let taken = if model.column(&relationship.ident).is_some() {
            "a field"
        } else if model.relationships[..position].iter().any(|other| names::plain(&other.ident) == name) {
            "a relationship"
        } else {
            continue;
        };
        let message = format!("`{}` already has {taken} `{name}`: call this one something else", model.ident);
        context.error(relationship.ident.span(), message);
    }
}

/// They have no key of their own, and run over that of the relationship that they name.
fn has_sides_name_their_key(context: &Context, model: &Model<'_>) {
    for relationship in &model.relationships {
        if matches!(relationship.kind, Kind::HasOne | Kind::HasMany) && relationship.back_populates.is_none()
        {
            let name = &relationship.ident;
            context.error(
                name.span(),
                format_args!("over which key does `{name}` run? write `back_populates = ..` with the other side's `belongs_to`"),
            );
        }
    }
}

/// A bare table's columns differ, and a link without one of its sides is none.
fn bare_tables_are_possible(context: &Context, model: &Model<'_>) {
    for secondary in model.secondaries() {
        if let Some(Texts([near, far])) = &secondary.columns
            && near.value() == far.value()
        {
            context.error(far.span(), "one column cannot lead to both sides: name two");
        }
        if let Some(on_delete) = &secondary.on_delete
            && matches!(on_delete.value, "SetNull" | "SetDefault")
        {
            let message = "a link without one of its sides is none: write `cascade` or `restrict`, or nothing for the \
                           session to delete the links";
            context.error(on_delete.word.span(), message);
        }
    }
}

/// Each column of a key references one column.
fn references_are_paired(context: &Context, model: &Model<'_>) {
    for key in &model.foreign_keys {
        let (here, there) = (key.columns.len(), key.references.len());
        if let Some(first) = key.references.first()
            && here != there
        {
            let message = format!("the key has {here} and this has {there} columns: write as many");
            context.error(first.span(), message);
        }
    }
}

/// A column is an identity or has a default, not both.
fn one_source_of_values(context: &Context, column: &Column<'_>) {
    if let (Some(identity), Some(default)) = (column.identity, &column.default)
        && identity.wanted
    {
        let message = format!("`{}` is an identity and cannot have a default too", column.ident);
        context.error(default.span, message);
    }
}

/// `identity = false` says something only where a type could say otherwise.
fn identity_is_refused_where_it_would_be(context: &Context, model: &Model<'_>, position: usize) {
    let column = &model.columns[position];
    if let Some(identity) = column.identity
        && !identity.wanted
        && (model.primary_key != [position] || model.is_foreign(position))
    {
        let message = format!("`{}` would not be an identity anyway: take this away", column.ident);
        context.error(identity.span, message);
    }
}

/// The primary key is unique, and a second index would only cost.
fn unique_once(context: &Context, model: &Model<'_>, position: usize) {
    let column = &model.columns[position];
    let key = model.primary_key == [position];
    for (word, span) in [("unique", column.unique), ("index", column.index)] {
        if let Some(span) = span.filter(|_| key) {
            let message = format!("a primary key is unique and has an index: take `{word}` away");
            context.error(span, message);
        }
    }
}

/// A unique column has an index.
fn index_is_not_double(context: &Context, column: &Column<'_>) {
    if let (Some(_), Some(span)) = (column.unique, column.index) {
        context.error(span, "`unique` makes an index already: take `index` away");
    }
}

/// The session counts, the database computes, or a trigger writes: each says all that there is to say.
fn made_in_one_way(context: &Context, column: &Column<'_>) {
    let identity = column.identity.filter(|identity| identity.wanted);
    let default = column.default.as_ref().filter(|_| column.generated.is_some());
    let words = [
        ("generated", column.generated.as_ref().map(|expression| expression.span)),
        ("version", column.version.map(|version| version.span)),
        ("fetched", column.fetched),
        ("identity", identity.map(|identity| identity.span)),
        ("default", default.map(|default| default.span)),
    ];
    let mut written = words.into_iter().filter_map(|(word, span)| Some((word, span?)));
    if let (Some((first, _)), Some((second, span))) = (written.next(), written.next())
        && first != "identity"
    {
        context.error(span, format_args!("`{}` is `{first}` already: take `{second}` away", column.ident));
    }
}

/// `xmin` is there without being declared.
fn a_system_column_is_not_declared(context: &Context, column: &Column<'_>) {
    if !column.is_version(VersionKind::Xmin) {
        return;
    }
    let words = [
        ("default", column.default.as_ref().map(|default| default.span)),
        ("column", column.name.as_ref().map(LitStr::span)),
        ("type", column.declared_type.as_ref().map(LitStr::span)),
        ("unique", column.unique),
        ("index", column.index),
    ];
    for (word, span) in words {
        if let Some(span) = span {
            context.error(span, format_args!("`xmin` is a column of the server's own: take `{word}` away"));
        }
    }
}

/// Rows are found by their keys, and keys follow relationships: the session must know them before the server does.
fn what_the_server_makes_is_no_key(context: &Context, model: &Model<'_>, position: usize) {
    let column = &model.columns[position];
    if !column.primary_key && !model.is_foreign(position) {
        return;
    }
    let words = [
        ("version", column.version.map(|version| version.span)),
        ("generated", column.generated.as_ref().map(|expression| expression.span)),
        ("fetched", column.fetched),
    ];
    for (word, span) in words {
        if let Some(span) = span {
            context.error(span, format_args!("`{}` is part of a key and cannot be `{word}`", column.ident));
        }
    }
}

/// A row has one version.
fn one_version(context: &Context, model: &Model<'_>) {
    let mut versions = model.columns.iter().filter_map(|column| Some((column.ident, column.version?)));
    if let Some((first, _)) = versions.next() {
        for (_, other) in versions {
            context.error(other.span, format_args!("`{first}` is the version already: a row has one"));
        }
    }
}
