//! `impl Model`: values as rows, columns by their positions.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::deferred::{of_field, value_type};
use super::names::projection;
use crate::ast::{Column, Model};
use crate::names::plain;

/// The impl.
pub(crate) fn model(model: &Model<'_>) -> TokenStream {
    let (ident, name) = (model.ident, plain(model.ident));
    let names: Vec<_> = model.columns.iter().map(|column| column.ident).collect();
    let fields: Vec<_> = model.columns.iter().map(of_field).collect();
    let (unset, decoded): (Vec<_>, Vec<_>) = model.columns.iter().enumerate().map(made).unzip();
    let key = key(model);
    let this = quote!(self);
    let copied = quote_spanned!(ident.span()=> <#ident as ::core::clone::Clone>::clone(#this));
    let (value, value_mut) = (by_position(model, false), by_position(model, true));
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::Model for #ident {
            const TABLE: &'static __orm::Table = &TABLE;
            const PATH: &'static str = ::core::concat!(::core::module_path!(), "::", #name);
            fn number() -> usize {
                static NUMBER: __orm::ModelNumber = __orm::ModelNumber::new();
                NUMBER.get()
            }
            fn copied(&self) -> Self {
                #copied
            }
            fn unset() -> Self {
                Self { #(#names: #fields::#unset),* }
            }
            #key
            fn decode(cells: &__orm::Cells<'_>) -> ::core::result::Result<Self, __orm::CellError> {
                ::core::result::Result::Ok(Self { #(#names: #fields::#decoded?),* })
            }
            fn value(&self, column: usize) -> &dyn __orm::Value {
                match column { #value }
            }
            fn value_mut(&mut self, column: usize) -> &mut dyn __orm::Value {
                match column { #value_mut }
            }
        }
    }
}

/// A field's first value, and the one that is read from a row.
fn made((position, column): (usize, &Column<'_>)) -> (TokenStream, TokenStream) {
    match column.deferred {
        None => (quote!(unset()), quote!(decode(cells, #position))),
        Some(_) => (quote!(unset::<Self>(#position)), quote!(decode::<Self>(cells, #position))),
    }
}

/// The key: the column's type, or a tuple of the columns' types.
fn key(model: &Model<'_>) -> TokenStream {
    let columns = model.primary_key.iter().map(|&column| &model.columns[column]);
    let columns = columns.map(|column| {
        let (name, field) = (column.ident, of_field(column));
        (projection(&value_type(column), "Field", "NotNull"), quote!(#field::key(&self.#name)))
    });
    let (types, values): (Vec<_>, Vec<_>) = columns.unzip();
    let (ty, value) = match types.as_slice() {
        [_] => (quote!(#(#types)*), quote!(#(#values)*)),
        _ => (quote!((#(#types),*)), quote!((#(#values),*))),
    };
    quote! {
        type Key = #ty;
        fn key(&self) -> Self::Key {
            #value
        }
    }
}

/// The arms that find a column's value; positions come from this model's own facts, so the last arm takes the rest.
fn by_position(model: &Model<'_>, mutable: bool) -> TokenStream {
    let last = model.columns.len().saturating_sub(1);
    let arms = model.columns.iter().enumerate().map(|(position, column)| {
        let (name, field) = (column.ident, of_field(column));
        let pattern = if position == last { quote!(_) } else { quote!(#position) };
        let value = if mutable { quote!(value_mut(&mut self.#name)) } else { quote!(value(&self.#name)) };
        quote!(#pattern => #field::#value,)
    });
    quote!(#(#arms)*)
}
