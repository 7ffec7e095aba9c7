//! What stands in for a part that could not be read, so that the rest of the application still compiles.

use crate::ast::Model;

/// Gives a model without a primary key one: the field that is likely meant, or the first.
///
/// The error has been reported; without a key, everything that uses the model would be an error too.
pub(crate) fn complete(model: &mut Model<'_>) {
    if model.primary_key.is_empty() && !model.columns.is_empty() {
        let likely = model.columns.iter().position(|column| column.ident == "id");
        model.primary_key.push(likely.unwrap_or(0));
    }
}
