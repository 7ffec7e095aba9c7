//! Columns that queries leave out.

use proc_macro2::Span;
use syn::Ident;

use crate::attr::{Place, Word};
use crate::context::Context;

/// `deferred` or `deferred(group = scan, raise)`.
pub(crate) struct Deferral {
    pub(crate) group: Option<Ident>,
    pub(crate) raise: bool,
    pub(crate) span: Span,
}

impl Deferral {
    /// Reads the word and what stands in its parentheses.
    pub(crate) fn read(context: &Context, word: &Word) -> Self {
        let mut deferral = Self { group: None, raise: false, span: word.span() };
        if word.is_alone() {
            return deferral;
        }
        for inner in word.words(context, Place::Deferred) {
            match inner.text().as_str() {
                "group" => deferral.group = inner.equals(context),
                "raise" => deferral.raise = inner.flag(context),
                _ => inner.unknown(context),
            }
        }
        deferral
    }
}
