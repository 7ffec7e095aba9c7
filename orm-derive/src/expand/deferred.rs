//! Columns that queries leave out: the field holds a value or none, and an accessor of the entity loads it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::names::{at, field};
use crate::ast::{Column, Model};
use crate::names::plain;

/// The type of a column's values: the field's, or what is in it.
pub(super) fn value_type(column: &Column<'_>) -> Type {
    let ty = column.ty;
    match column.deferred {
        None => ty.clone(),
        Some(_) => syn::parse_quote_spanned!(at(ty.span())=> <#ty as __orm::DeferredField>::Value),
    }
}

/// What is asked of a field's value, at the field's type.
pub(super) fn of_field(column: &Column<'_>) -> TokenStream {
    let ty = column.ty;
    match column.deferred {
        None => field(ty),
        Some(_) => quote_spanned!(at(ty.span())=> <#ty as __orm::DeferredField>),
    }
}

/// How a column is loaded, in the facts.
pub(super) fn facts(column: &Column<'_>) -> Option<TokenStream> {
    let deferral = column.deferred.as_ref()?;
    let group = match &deferral.group {
        Some(group) => {
            let group = plain(group);
            quote!(::core::option::Option::Some(#group))
        }
        None => quote!(::core::option::Option::None),
    };
    let raise = deferral.raise;
    Some(quote! {
        deferred: ::core::option::Option::Some(__orm::Deferral { group: #group, raise: #raise }),
    })
}

/// `entity.text()`.
pub(super) fn accessors<'m>(model: &'m Model<'_>) -> impl Iterator<Item = TokenStream> + use<'m> {
    let ident = model.ident;
    let deferred = model.columns.iter().enumerate().filter(|(_, column)| column.deferred.is_some());
    deferred.map(move |(position, column)| {
        let (vis, name, ty) = (column.vis, column.ident, value_type(column));
        let doc = format!("The deferred column `{}` of this entity.", plain(name));
        quote! {
            #[doc = #doc]
            #vis fn #name(&self) -> __orm::DeferredColumn<'_, #ident, #ty> {
                __orm::DeferredColumn::new(&self.0, #position)
            }
        }
    })
}
