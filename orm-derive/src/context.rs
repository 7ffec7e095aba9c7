//! The errors of one derive, collected so that all of them are shown at once.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::{Span, TokenStream};

/// Collects errors; reading goes on after each of them.
#[derive(Default)]
pub(crate) struct Context {
    errors: RefCell<Vec<syn::Error>>,
}

impl Context {
    /// An error at a word.
    pub(crate) fn error(&self, span: Span, message: impl Display) {
        self.add(syn::Error::new(span, message));
    }

    /// An error that parsing found.
    pub(crate) fn add(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }

    /// All errors, as what makes the compiler show them.
    pub(crate) fn into_errors(self) -> TokenStream {
        self.errors.into_inner().iter().map(syn::Error::to_compile_error).collect()
    }
}
