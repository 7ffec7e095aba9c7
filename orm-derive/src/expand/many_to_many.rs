//! The ways of many-to-many relationships, and the bare tables that they name.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::names::{self, Names, at, projection};
use super::table::action;
use crate::ast::{Model, Over, Relationship, Secondary};
use crate::names::{number, plain};

/// The many-to-many relationships, each with its position and what it goes over.
fn many_to_many<'m>(model: &'m Model<'_>) -> impl Iterator<Item = (usize, &'m Relationship, &'m Over)> {
    let all = model.relationships.iter().enumerate();
    all.filter_map(|(position, relationship)| Some((position, relationship, relationship.over.as_ref()?)))
}

/// The link models, each by one name.
pub(crate) fn aliases(model: &Model<'_>, names: &Names) -> Vec<TokenStream> {
    let alias = |(position, relationship, over): (usize, &Relationship, &Over)| {
        let alias = names::link(relationship, position);
        let link = match over {
            Over::Model { link, .. } => projection(link, "Target", "Model"),
            Over::Table(_) => {
                let marker = names.marker(relationship);
                quote!(__orm::LinkRow<#marker>)
            }
            Over::OtherSide => {
                let named = relationship.back_populates.as_ref()?;
                let (target, number) = (names::target(relationship, position), number(&plain(named)));
                quote_spanned!(at(named.span())=> <#target as __orm::Secondary<#number>>::Link)
            }
        };
        Some(quote!(type #alias = #link;))
    };
    many_to_many(model).filter_map(alias).collect()
}

/// The hidden relationships that lead to the links in bare tables.
pub(crate) fn links(model: &Model<'_>) -> Vec<TokenStream> {
    let bare = many_to_many(model).filter(|(_, _, over)| over.is_bare());
    let links = bare.map(|(position, relationship, over)| {
        let (name, link) = (plain(&relationship.ident), names::link(relationship, position));
        let [near, _] = sides(over);
        quote_spanned!(link.span()=> __orm::links::<#link>(#name, #near))
    });
    links.collect()
}

/// The relationships of a link in a bare table that lead back and to the far side; its columns are called by the same
/// numbers.
fn sides(over: &Over) -> [usize; 2] {
    if matches!(over, Over::OtherSide) { [1, 0] } else { [0, 1] }
}

/// Where each many-to-many leads along.
pub(crate) fn ways(model: &Model<'_>, names: &Names) -> TokenStream {
    let ways = many_to_many(model).map(|(position, relationship, over)| {
        let (through, marker) = (names::through(position), names.marker(relationship));
        let way = match over {
            Over::Model { link, source, target } => {
                let source = end("source", link, source.as_ref(), &marker);
                let target = end("target", link, target.as_ref(), &marker);
                quote_spanned!(at(link.span())=> __orm::through::<#marker>(#source, #target))
            }
            _ => {
                let ([near, far], links) = (sides(over), model.links_of(position));
                quote!(__orm::Through::new([#links, #near, #far], &[#near], &[#far]))
            }
        };
        let table = match over {
            Over::Table(secondary) => over_table(model, names, position, secondary),
            _ => TokenStream::new(),
        };
        quote!(const #through: __orm::Through = #way; #table)
    });
    ways.collect()
}

/// The relationship of the link model that `source` or `target` names.
fn end(word: &str, link: &syn::Type, name: Option<&Ident>, marker: &Ident) -> TokenStream {
    match name {
        Some(name) => {
            let end = format_ident!("{word}");
            quote_spanned!(at(name.span())=> __orm::#end::<#marker, _>(<#link>::#name))
        }
        None => quote!(__orm::None),
    }
}

/// The facts of a bare table.
fn over_table(model: &Model<'_>, names: &Names, position: usize, secondary: &Secondary) -> TokenStream {
    let (ident, relationship) = (model.ident, &model.relationships[position]);
    let (marker, target) = (names.marker(relationship), names::target(relationship, position));
    let (path, number) = (marker.to_string(), number(&plain(&relationship.ident)));
    let Secondary { table, schema, columns, on_delete } = secondary;
    let schema = super::table::option(schema.as_ref());
    let columns = match columns {
        Some(columns) => {
            let [near, far] = &columns.0;
            quote!(__orm::Some([#near, #far]))
        }
        None => quote!(__orm::None),
    };
    let (on_delete, links) = (action(on_delete.as_ref()), model.links_of(position));
    let far_links = match &relationship.back_populates {
        Some(name) => {
            let target = &relationship.target;
            quote_spanned!(at(name.span())=> __orm::links_of(<#target>::#name))
        }
        None => quote!(__orm::None),
    };
    let far = quote_spanned! {target.span()=>
        type Far = <<#target as __orm::Model>::Key as __orm::KeyColumn>::Column;
    };
    let check = quote_spanned!(at(table.span())=> const _: () = __orm::check_secondary::<#marker>(););
    quote! {
        #[automatically_derived]
        impl __orm::OverTable for #marker {
            type Near = <<#ident as __orm::Model>::Key as __orm::KeyColumn>::Column;
            #far
            const PATH: &'static str = ::core::concat!(::core::module_path!(), "::", #path);
            const TABLE_NAME: &'static str = #table;
            const SCHEMA: __orm::Option<&'static str> = #schema;
            const COLUMNS: __orm::Option<[&'static str; 2]> = #columns;
            const ON_DELETE: __orm::Action = __orm::Action::#on_delete;
            const LINKS: [__orm::Option<usize>; 2] = [__orm::Some(#links), #far_links];
            fn number() -> usize {
                static NUMBER: __orm::ModelNumber = __orm::ModelNumber::new();
                NUMBER.get()
            }
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::Secondary<#number> for #ident {
            type Link = __orm::LinkRow<#marker>;
        }
        #check
    }
}
