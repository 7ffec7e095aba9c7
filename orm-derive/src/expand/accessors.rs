//! `impl Live`: the accessors, which dereference to the value.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::deferred;
use super::names::{Names, at};
use crate::ast::Model;
use crate::names::plain;

/// The accessors of an entity.
pub(crate) fn accessors(model: &Model<'_>, names: &Names) -> TokenStream {
    let Model { vis, ident, .. } = model;
    let accessors = &names.accessors;
    let doc = format!("The relationships of an entity of `{}`.", plain(ident));
    let relationships = model.relationships.iter().map(|relationship| {
        let vis = relationship.vis.as_ref().unwrap_or(vis);
        let (name, marker) = (&relationship.ident, names.marker(relationship));
        let doc = format!("The relationship `{}` of this entity.", plain(name));
        quote_spanned! {at(relationship.target.span())=>
            #[doc = #doc]
            #vis fn #name(&self) -> __orm::Related<'_, #marker> {
                __orm::Related::new(&self.0)
            }
        }
    });
    let columns = deferred::accessors(model);
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone)]
        #vis struct #accessors(__orm::Handle<#ident>);
        #[automatically_derived]
        impl ::core::convert::From<__orm::Handle<#ident>> for #accessors {
            fn from(handle: __orm::Handle<#ident>) -> Self {
                Self(handle)
            }
        }
        #[automatically_derived]
        impl ::core::convert::AsRef<__orm::Handle<#ident>> for #accessors {
            fn as_ref(&self) -> &__orm::Handle<#ident> {
                &self.0
            }
        }
        #[automatically_derived]
        impl ::core::ops::Deref for #accessors {
            type Target = #ident;
            fn deref(&self) -> &#ident {
                self.0.value()
            }
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::Live for #ident {
            type Accessors = #accessors;
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::Target for #ident {
            type Model = Self;
        }
        impl #accessors { #(#relationships)* #(#columns)* }
    }
}
