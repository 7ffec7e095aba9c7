//! What the compiler is asked to check, each at the word that would be wrong.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::deferred::value_type;
use super::names::{Names, at, projection, referenced, referenced_model};
use super::table::{action, named_back, table_of};
use crate::ast::{ForeignKey, Model, VersionKind};
use crate::names::plain;

/// All checks.
pub(crate) fn checks(model: &Model<'_>, names: &Names) -> TokenStream {
    let parts = [both_sides(model, names), keys(model), columns(model)];
    quote!(#(#parts)*)
}

/// `back_populates` names the other side.
fn both_sides(model: &Model<'_>, names: &Names) -> TokenStream {
    let checks = model.relationships.iter().enumerate().map(|(position, relationship)| {
        let name = relationship.back_populates.as_ref()?;
        let named = named_back(relationship, names, None)?;
        let cascade = relationship.cascade.as_ref().and_then(|cascade| {
            let (word, named) = (&cascade.word, named_back(relationship, names, Some(&cascade.word))?);
            Some(quote_spanned!(at(word.span())=> const _: () = #named.check_cascade(&TABLE, #position);))
        });
        let sides = quote_spanned!(at(name.span())=> const _: () = #named.check(&TABLE, #position););
        Some(quote!(#sides #cascade))
    });
    checks.flatten().collect()
}

/// A key has the type of what it references, which is unique, and can do what its actions say.
fn keys(model: &Model<'_>) -> TokenStream {
    let checks = model.foreign_keys.iter().enumerate().map(|(position, key)| {
        let referenced = if !key.is_paired {
            TokenStream::new()
        } else if key.references.is_empty() {
            key_type(model, position, key)
        } else {
            unique(position, key)
        };
        let actions = [&key.on_delete, &key.on_update].into_iter().flatten();
        let actions = actions.filter(|word| matches!(word.value, "SetNull" | "SetDefault")).map(|word| {
            let name = action(Some(word));
            quote_spanned! {at(word.word.span())=>
                const _: () = __orm::check_action(&TABLE, #position, __orm::Action::#name);
            }
        });
        quote!(#referenced #(#actions)*)
    });
    checks.collect()
}

/// The key's type is the type of the target's primary key.
fn key_type(model: &Model<'_>, position: usize, key: &ForeignKey) -> TokenStream {
    let target = referenced_model(key, position);
    let theirs = quote_spanned!(target.span()=> <#target as __orm::Model>::Key);
    let types = key.columns.iter().map(|&column| value_type(&model.columns[column]));
    let not_null = types.map(|ty| projection(&ty, "Field", "NotNull"));
    let (ours, span) = match key.columns.as_slice() {
        [column] => (quote!(#(#not_null)*), model.columns[*column].ty.span()),
        _ => (quote_spanned!(at(key.span)=> (#(#not_null),*)), key.span),
    };
    quote_spanned!(at(span)=> const _: () = <#ours as __orm::References<#theirs>>::OK;)
}

fn unique(position: usize, key: &ForeignKey) -> TokenStream {
    let table = table_of(&referenced_model(key, position));
    let span = key.references.first().map_or(key.span, syn::Ident::span);
    let columns = format_ident!("{}", referenced(position), span = at(span));
    quote_spanned!(at(span)=> const _: () = __orm::check_referenced(#table, #columns);)
}

/// A key's column takes no NULL, and an identity is an integer.
fn columns(model: &Model<'_>) -> TokenStream {
    let keys = model.primary_key.iter().map(|&position| {
        let span = at(model.columns[position].ty.span());
        quote_spanned!(span=> const _: () = __orm::check_key_column(&TABLE, #position);)
    });
    let identities = model.columns.iter().map(|column| {
        let identity = column.identity.filter(|identity| identity.wanted)?;
        let (ty, name) = (column.ty, plain(column.ident));
        Some(quote_spanned!(at(identity.span)=> const _: () = __orm::check_identity::<#ty>(#name);))
    });
    let identities = identities.flatten();
    let xmin = model.columns.iter().filter(|column| column.is_version(VersionKind::Xmin)).map(|column| {
        let ty = column.ty;
        quote_spanned!(at(ty.span())=> const _: () = __orm::check_xmin::<#ty>();)
    });
    let soft = model.columns.iter().enumerate().filter(|(_, column)| column.automatic.soft_delete.is_some());
    let soft = soft.map(|(position, column)| {
        quote_spanned!(at(column.ty.span())=> const _: () = __orm::check_soft_delete(&TABLE, #position);)
    });
    quote!(#(#keys)* #(#identities)* #(#xmin)* #(#soft)*)
}
