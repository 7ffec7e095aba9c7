//! What stands in for a part that could not be read, so that the rest of the application still compiles.
//!
//! Every mistake has been reported when this runs; here it is kept from being reported again, by the compiler and in
//! other words.

use std::collections::HashSet;

use crate::ast::{Column, Model};
use crate::names::{RESERVED_COLUMNS, plain};

/// The model as it can be written out; `None` if nothing can.
pub(crate) fn complete(mut model: Model<'_>) -> Option<Model<'_>> {
    if model.columns.is_empty() {
        return None;
    }
    read_what_is_always_read(&mut model);
    give_a_primary_key(&mut model);
    leave_out_taken_names(&mut model);
    leave_out_unpaired_references(&mut model);
    Some(model)
}

/// A deferred column is nothing that only others can be.
fn read_what_is_always_read(model: &mut Model<'_>) {
    for column in model.columns.iter_mut().filter(|column| column.deferred.is_some()) {
        (column.version, column.identity) = (None, None);
    }
}

/// A model without a primary key gets one: the field that is likely meant, or the first.
fn give_a_primary_key(model: &mut Model<'_>) {
    if model.primary_key.is_empty() {
        let likely = model.columns.iter().position(|column| column.ident == "id");
        model.primary_key.push(likely.unwrap_or(0));
    }
}

/// Of two things with one name the first stays.
fn leave_out_taken_names(model: &mut Model<'_>) {
    let mut taken: HashSet<_> = model.columns.iter().map(|column| plain(column.ident)).collect();
    taken.extend(RESERVED_COLUMNS.iter().map(ToString::to_string));
    model.relationships.retain(|relationship| taken.insert(plain(&relationship.ident)));
}

/// A key that references more or fewer columns than it has.
fn leave_out_unpaired_references(model: &mut Model<'_>) {
    for key in &mut model.foreign_keys {
        key.is_paired = key.references.is_empty() || key.references.len() == key.columns.len();
        if !key.is_paired {
            key.references.clear();
        }
    }
}

/// Whether the column's constant can stand beside the model's functions.
pub(crate) fn has_constant(column: &Column<'_>) -> bool {
    !RESERVED_COLUMNS.contains(&plain(column.ident).as_str())
}
