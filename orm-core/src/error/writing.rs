//! Floor 0: causes that statements of the application have which write.

use std::error::Error as StdError;

use super::Error;
use super::kind::Kind;

/// Constructors, one per cause.
impl Error {
    pub(crate) fn sets_nothing(model: &'static str) -> Self {
        let message = format!("an update of `{model}` sets nothing: say `.set(..)`");
        Self::new(Kind::Incomplete, message).with_model(model)
    }

    pub(crate) fn children_inserted(model: &'static str) -> Self {
        let message = format!(
            "a statement inserts rows of `{model}` alone: give builders with rows of others to `insert_many` or `add`"
        );
        Self::new(Kind::Unlinkable, message).with_model(model)
    }

    pub(crate) fn no_single_insert(model: &'static str) -> Self {
        let message = format!(
            "cte: the rows of `{model}` are not one statement by themselves: let all give the same columns, keys instead of entities, \
             and be one row where a column is an array"
        );
        Self::new(Kind::Unlinkable, message).with_model(model)
    }

    pub(crate) fn unnamed(model: &'static str, column: &'static str) -> Self {
        let message = format!(
            "update_many: a row of `{model}` is named by its key, and by its version: `{column}` is missing"
        );
        Self::new(Kind::Incomplete, message).with_model(model).with_column(column)
    }

    pub(crate) fn twice(model: &'static str, key: &str) -> Self {
        let message = format!("update_many: `{model}` {key} is there twice");
        Self::new(Kind::Incomplete, message).with_model(model)
    }

    pub(crate) fn not_given(model: &'static str, column: &'static str) -> Self {
        let message = format!("get_or_create: `{model}` is looked for by `{column}`, which has no value");
        Self::new(Kind::Incomplete, message).with_model(model).with_column(column)
    }

    pub(crate) fn hidden_row(model: &'static str) -> Self {
        let message = format!(
            "get_or_create: this `{model}` is there and is not to be seen: it is marked as deleted, or left out by criteria"
        );
        Self::new(Kind::Hidden, message).with_model(model)
    }

    pub(crate) fn never_there(model: &'static str) -> Self {
        let message = format!(
            "get_or_create: this `{model}` is neither found nor inserted: a trigger leaves it out, or a policy hides it"
        );
        Self::new(Kind::Stale, message).with_model(model)
    }

    pub(crate) fn other_columns(model: &'static str, row: usize) -> Self {
        let message = format!(
            "copy_in: row {row} of `{model}` gives other columns than the first one: copy such rows by themselves"
        );
        Self::new(Kind::Incomplete, message).with_model(model)
    }

    pub(crate) fn no_columns(model: &'static str) -> Self {
        let message = format!("copy_in: rows of `{model}` give no columns: use `insert_many`");
        Self::new(Kind::Incomplete, message).with_model(model)
    }

    pub(crate) fn not_copied(
        model: &'static str,
        row: usize,
        column: &'static str,
        source: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        let message = format!("copy_in: `{model}::{column}` of row {row} cannot be sent: {source}");
        Self::new(Kind::Decode, message).with_model(model).with_column(column).with_source(source)
    }
}
