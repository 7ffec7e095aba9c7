//! What the session writes to a column by itself.

use proc_macro2::Span;

use super::{Column, Expression};

/// The words of a field that say so.
#[derive(Default)]
pub(crate) struct Automatic {
    /// Every UPDATE sets the column to this.
    pub(crate) on_update: Option<Expression>,
    /// `default = now()` in one word.
    pub(crate) created_at: Option<Span>,
    /// `default = now()` and `on_update = now()` in one word.
    pub(crate) updated_at: Option<Span>,
    /// What a deleted row has there.
    pub(crate) soft_delete: Option<Expression>,
}

/// What a moment is set to.
const NOW: &str = "now()";

impl Column<'_> {
    /// What the server puts in if an insert leaves the column out.
    pub(crate) fn default_sql(&self) -> Option<&str> {
        let moment = self.automatic.created_at.or(self.automatic.updated_at).map(|_| NOW);
        self.default.as_ref().map(|default| &*default.sql).or(moment)
    }

    /// What every UPDATE sets the column to.
    pub(crate) fn on_update_sql(&self) -> Option<&str> {
        let moment = self.automatic.updated_at.map(|_| NOW);
        self.automatic.on_update.as_ref().map(|expression| &*expression.sql).or(moment)
    }
}

impl Expression {
    /// The moment, said by a word alone.
    pub(super) fn now(span: Span) -> Self {
        Self { sql: NOW.to_owned(), span }
    }
}
