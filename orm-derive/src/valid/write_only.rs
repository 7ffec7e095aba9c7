//! The rules for relationships that are too large to be loaded.

use syn::Ident;

use crate::ast::{Kind, Model, Relationship};
use crate::context::Context;

/// Runs them.
pub(super) fn check(context: &Context, model: &Model<'_>) {
    for relationship in model.relationships.iter().filter(|relationship| relationship.write_only.is_some()) {
        leads_to_many(context, relationship);
        is_never_loaded(context, relationship);
    }
}

/// One row is not too many.
fn leads_to_many(context: &Context, relationship: &Relationship) {
    if let Some(span) = relationship.write_only.filter(|_| relationship.kind == Kind::HasOne) {
        let name = &relationship.ident;
        context.error(span, format_args!("`{name}` leads to one row at most: take `write_only` away"));
    }
}

/// Neither when it is asked for nor by a flush.
fn is_never_loaded(context: &Context, relationship: &Relationship) {
    let Relationship { ident: name, lazy, cascade, .. } = relationship;
    let word = |word: &Ident, message: String| context.error(word.span(), message);
    if let Some(lazy) = lazy {
        word(&lazy.word, format!("`{name}` is `write_only`, so it is never loaded: take `lazy` away"));
    }
    if let Some(cascade) = cascade {
        word(
            &cascade.word,
            format!(
                "`{name}` is `write_only`, so the session cannot load what it would delete: write \
                 `on_delete = cascade` on the key instead, and the database does it"
            ),
        );
    }
}
