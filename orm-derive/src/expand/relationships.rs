//! The types that stand for relationships, and the constants that carry them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::deferred::value_type;
use super::names::{self, Names, field};
use crate::ast::{Kind, Model, Relationship};
use crate::names::plain;

/// A marker and a constant for each relationship.
pub(crate) fn markers(model: &Model<'_>, names: &Names) -> TokenStream {
    let ident = model.ident;
    let markers = model.relationships.iter().enumerate().map(|(position, relationship)| {
        let name = names.marker(relationship);
        let marker = marker(model, relationship, position);
        let vis = relationship.vis.as_ref().unwrap_or(model.vis);
        quote! {
            #[derive(::core::clone::Clone, ::core::marker::Copy)]
            #vis struct #name {}
            #[automatically_derived]
            impl __orm::RelationshipMarker for #name { #marker }
        }
    });
    let constants = model.relationships.iter().map(|relationship| {
        let vis = relationship.vis.as_ref().unwrap_or(model.vis);
        let (name, marker) = (&relationship.ident, names.marker(relationship));
        let doc = format!("The relationship `{}`.", plain(name));
        quote!(#[doc = #doc] #vis const #name: __orm::Relationship<#marker> = __orm::Relationship::new();)
    });
    quote! {
        #(#markers)*
        impl #ident { #(#constants)* }
    }
}

fn marker(model: &Model<'_>, relationship: &Relationship, position: usize) -> TokenStream {
    let ident = model.ident;
    let target = names::target(relationship, position);
    let link = match relationship.over {
        Some(_) => names::link(relationship, position),
        None => target.clone(),
    };
    let target = quote_spanned!(target.span()=> type Target = #target; type Link = #link;);
    let through = relationship.over.as_ref().map(|_| {
        let through = names::through(position);
        quote! {
            const THROUGH: __orm::Option<&'static __orm::Through> = __orm::Some(&#through);
        }
    });
    let cardinality = cardinality(model, relationship);
    let name = plain(&relationship.ident);
    let back_populates = match &relationship.back_populates {
        Some(name) => {
            let name = plain(name);
            quote!(__orm::Some(#name))
        }
        None => quote!(__orm::None),
    };
    quote! {
        type Source = #ident;
        #target
        type Cardinality = #cardinality;
        const INDEX: usize = #position;
        const NAME: &'static str = #name;
        const BACK_POPULATES: __orm::Option<&'static str> = #back_populates;
        #through
    }
}

/// To-one over a key is optional if one of its columns takes NULL.
fn cardinality(model: &Model<'_>, relationship: &Relationship) -> TokenStream {
    match relationship.kind {
        Kind::HasMany | Kind::ManyToMany if relationship.write_only.is_some() => quote!(__orm::WriteOnly),
        Kind::HasMany | Kind::ManyToMany => quote!(__orm::Many),
        Kind::HasOne => quote!(__orm::Optional),
        Kind::BelongsTo => {
            let columns = model.key_of(relationship).iter().map(|&column| {
                let field = field(&value_type(&model.columns[column]));
                quote!(#field::Cardinality)
            });
            let and = |all, next| quote!(<#all as __orm::Cardinality>::And<#next>);
            columns.reduce(and).unwrap_or_else(|| quote!(__orm::Required))
        }
    }
}
