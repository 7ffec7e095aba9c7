//! The names that generated code makes, and where its tokens stand.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::ast::{ForeignKey, Model, Over, Relationship};
use crate::names::plain;

/// What generated items are called.
pub(crate) struct Names {
    pub(crate) accessors: Ident,
    pub(crate) builder: Ident,
    model: String,
}

impl Names {
    /// The names for a model.
    pub(crate) fn new(model: &Model<'_>) -> Self {
        let name = plain(model.ident);
        Self {
            accessors: format_ident!("{name}Accessors"),
            builder: format_ident!("{name}Builder"),
            model: name,
        }
    }

    /// The type that stands for a relationship: `posts_of_User`. It hides no type and no module of the application's.
    pub(crate) fn marker(&self, relationship: &Relationship) -> Ident {
        format_ident!("{}_of_{}", plain(&relationship.ident), self.model)
    }
}

/// The alias of the target of the relationship at this position, at the user's word.
///
/// The user's type is named once, and everything else names the alias: a target that is not a model is one error.
pub(crate) fn target(relationship: &Relationship, position: usize) -> Ident {
    format_ident!("TARGET_{position}", span = at(relationship.target.span()))
}

/// The alias of the target of the foreign key at this position, at the user's word.
pub(crate) fn referenced_model(key: &ForeignKey, position: usize) -> Ident {
    format_ident!("REFERENCED_MODEL_{position}", span = at(key.target.span()))
}

/// An associated type of the user's type, from the type's first token to its last.
pub(crate) fn projection(ty: &Type, of: &str, associated: &str) -> TokenStream {
    let last = quote!(#ty).into_iter().last().map_or_else(|| ty.span(), |token| token.span());
    let [of, associated] = [of, associated].map(|name| Ident::new(name, at(last)));
    let open = quote_spanned!(at(ty.span())=> <);
    let close = quote_spanned!(at(last)=> as __orm::#of>::#associated);
    quote!(#open #ty #close)
}

/// The alias of the link model of the many-to-many at this position, at the word that says which it is.
pub(crate) fn link(relationship: &Relationship, position: usize) -> Ident {
    let span = match (&relationship.over, &relationship.back_populates) {
        (Some(Over::Model { link, .. }), _) => link.span(),
        (Some(Over::OtherSide), Some(name)) => name.span(),
        _ => relationship.target.span(),
    };
    format_ident!("LINK_{position}", span = at(span))
}

/// The constant that holds the way of the many-to-many at this position.
pub(crate) fn through(position: usize) -> Ident {
    format_ident!("THROUGH_{position}")
}

/// The constant that holds the relationship at this position's other side.
pub(crate) fn back(position: usize) -> Ident {
    format_ident!("BACK_{position}")
}

/// The constant that holds the columns that the foreign key at this position references.
pub(crate) fn referenced(position: usize) -> Ident {
    format_ident!("REFERENCED_{position}")
}

/// Generated code at the user's word, so that an error stands there.
pub(crate) fn at(span: Span) -> Span {
    span
}

/// What is asked of a field's type, at the type.
pub(crate) fn field(ty: &Type) -> TokenStream {
    quote_spanned!(at(ty.span())=> <#ty as __orm::Field>)
}
