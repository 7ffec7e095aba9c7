//! The facts: one `static TABLE`, and the columns and relationships as constants.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use super::deferred::{self, value_type};
use super::many_to_many;
use super::names::{self, Names, at, back, field, projection, referenced};
use crate::ast::{Column, ForeignKey, Kind, Model, Relationship, VersionKind};
use crate::attr::Choice;
use crate::fallback;
use crate::names::plain;

/// `User::email` and the like.
pub(crate) fn constants(model: &Model<'_>) -> TokenStream {
    let ident = model.ident;
    let columns = model.columns.iter().enumerate().filter(|(_, column)| fallback::has_constant(column));
    let columns = columns.map(|(position, column)| {
        let Column { vis, ident: name, .. } = column;
        let ty = value_type(column);
        let doc = format!("The column `{}`.", plain(name));
        quote!(#[doc = #doc] #vis const #name: __orm::Column<#ident, #ty> = __orm::Column::new(#position);)
    });
    quote!(impl #ident { #(#columns)* })
}

/// The table.
pub(crate) fn table(model: &Model<'_>, names: &Names) -> TokenStream {
    let ident = model.ident;
    let model_name = plain(ident);
    let table = model.table_name();
    let schema = option(model.schema.as_ref());
    let columns = (0..model.columns.len()).map(|position| column(model, position));
    let foreign_keys =
        model.foreign_keys.iter().enumerate().map(|(position, key)| foreign_key(position, key));
    let references =
        model.foreign_keys.iter().enumerate().map(|(position, key)| references(model, position, key));
    let backs = model.relationships.iter().enumerate().filter_map(|(i, of)| other_side(of, i, names));
    let relationships = model.relationships.iter().enumerate().map(|(i, of)| relationship(of, i, names));
    let relationships = relationships.chain(many_to_many::links(model));
    let version = version(model);
    let Model { primary_key, uniques, deferrable, indexes, .. } = model;
    quote! {
        #(#references)*
        #(#backs)*
        static TABLE: __orm::Table = __orm::Table {
            model: #model_name,
            schema: #schema,
            name: #table,
            columns: &[#(#columns),*],
            primary_key: &[#(#primary_key),*],
            foreign_keys: &[#(#foreign_keys),*],
            relationships: &[#(#relationships),*],
            uniques: &[#(&[#(#uniques),*]),*],
            deferrable: &[#(&[#(#deferrable),*]),*],
            indexes: &[#(&[#(#indexes),*]),*],
            version: #version,
            number: <#ident as __orm::Model>::number,
            serializer: {
                #[allow(unused_imports)]
                use __orm::NotSerialize as _;
                __orm::SerializerOf::<#ident>::FOUND
            },
            unset: <#ident as __orm::AnyModel>::unset,
        };
    }
}

pub(crate) fn option(text: Option<&LitStr>) -> TokenStream {
    match text {
        Some(text) => quote!(__orm::Some(#text)),
        None => quote!(__orm::None),
    }
}

/// A text that is there.
fn text(text: Option<&str>) -> Option<TokenStream> {
    text.map(|text| quote!(::core::option::Option::Some(#text)))
}

/// A column's facts: what the user said, and the rest from the type.
fn column(model: &Model<'_>, position: usize) -> TokenStream {
    let column = &model.columns[position];
    let type_says = field(&value_type(column));
    let (name_of_field, name) = (plain(column.ident), column.name());
    let default = default(model, position).map(|default| quote!(default: #default,));
    let is_fetched = column.fetched.is_some() || column.is_read_only();
    let fetched = is_fetched.then(|| quote!(fetched: true,));
    let on_update = text(column.on_update_sql()).map(|sql| quote!(on_update: #sql,));
    let soft_delete = column.automatic.soft_delete.as_ref().map(|expression| &*expression.sql);
    let soft_delete = text(soft_delete).map(|sql| quote!(soft_delete: #sql,));
    let declared = column.declared_type.as_ref().map(|text| {
        let text = option(Some(text));
        quote!(declared_type: #text,)
    });
    let unique = column.unique.map(|_| quote!(unique: true,));
    let index = column.index.map(|_| quote!(index: true,));
    let deferred = deferred::facts(column);
    quote!(__orm::ColumnFacts { field: #name_of_field, name: #name, #declared #unique #index #default #fetched #on_update #soft_delete #deferred ..#type_says::FACTS })
}

/// What the server puts in.
fn default(model: &Model<'_>, position: usize) -> Option<TokenStream> {
    let column = &model.columns[position];
    if let Some(expression) = &column.generated {
        let sql = &expression.sql;
        return Some(quote!(__orm::Default::Generated(#sql)));
    }
    if let Some(sql) = column.default_sql() {
        return Some(quote!(__orm::Default::Expression(#sql)));
    }
    if column.is_version(VersionKind::Xmin) {
        return Some(quote!(__orm::Default::System));
    }
    if column.identity.is_some_and(|identity| identity.wanted) {
        return Some(quote!(__orm::Default::Identity));
    }
    let type_says = field(&value_type(column));
    model.is_generated_by_type(position).then(|| quote!(#type_says::KEY_DEFAULT))
}

/// The version column, if there is one.
fn version(model: &Model<'_>) -> TokenStream {
    let Some((position, version)) = model.version() else {
        return quote!(::core::option::Option::None);
    };
    let ty = model.columns[position].ty;
    let made = match version.kind {
        VersionKind::Counter => quote_spanned!(at(ty.span())=> __orm::Version::counter::<#ty>(#position)),
        _ => quote!(__orm::Version::server(#position)),
    };
    quote!(::core::option::Option::Some(#made))
}

fn foreign_key(position: usize, key: &ForeignKey) -> TokenStream {
    let columns = &key.columns;
    let target = names::referenced_model(key, position);
    let target = quote_spanned!(target.span()=> <#target as __orm::AnyModel>);
    let on_delete = action(key.on_delete.as_ref());
    let on_update = action(key.on_update.as_ref());
    let references = if key.references.is_empty() {
        quote!(#target::primary_key)
    } else {
        let columns = referenced(position);
        quote!(|| #columns)
    };
    quote! {
        __orm::ForeignKey {
            columns: &[#(#columns),*],
            target: #target::table,
            references: #references,
            on_delete: __orm::Action::#on_delete,
            on_update: __orm::Action::#on_update,
        }
    }
}

/// The action's name in the facts.
pub(crate) fn action(word: Option<&Choice>) -> Ident {
    format_ident!("{}", word.map_or("NoAction", |word| word.value))
}

/// The models that this one names, each by the user's words once.
pub(crate) fn aliases(model: &Model<'_>, names: &Names) -> TokenStream {
    let relationships = model.relationships.iter().enumerate();
    let relationships = relationships.map(|(i, of)| (names::target(of, i), &of.target));
    let keys =
        model.foreign_keys.iter().enumerate().map(|(i, key)| (names::referenced_model(key, i), &key.target));
    relationships
        .chain(keys)
        .map(|(alias, target)| {
            let target = projection(target, "Target", "Model");
            quote!(type #alias = #target;)
        })
        .chain(many_to_many::aliases(model, names))
        .collect()
}

/// Another model's table.
pub(crate) fn table_of(target: &Ident) -> TokenStream {
    quote_spanned!(target.span()=> <#target as __orm::Model>::TABLE)
}

/// The columns that a key references, where they are not the primary key.
fn references(model: &Model<'_>, position: usize, key: &ForeignKey) -> TokenStream {
    if key.references.is_empty() {
        return TokenStream::new();
    }
    let target = &key.target;
    let columns = key.columns.iter().zip(&key.references).map(|(&column, name)| {
        let ty = value_type(&model.columns[column]);
        quote_spanned!(at(name.span())=> __orm::referenced(<#target>::#name).by::<#ty>())
    });
    let constant = referenced(position);
    quote!(const #constant: &[usize] = &[#(#columns),*];)
}

/// The position of the relationship that `back_populates` names.
fn other_side(relationship: &Relationship, position: usize, names: &Names) -> Option<TokenStream> {
    let named = named_back(relationship, names, None)?;
    let constant = back(position);
    Some(quote!(const #constant: usize = #named.index();))
}

/// The relationship that `back_populates` names; what is wrong with it stands there, or at another word.
pub(crate) fn named_back(
    relationship: &Relationship,
    names: &Names,
    word: Option<&Ident>,
) -> Option<TokenStream> {
    let name = relationship.back_populates.as_ref()?;
    let span = word.map_or_else(|| name.span(), Ident::span);
    let (target, marker) = (&relationship.target, names.marker(relationship));
    Some(quote_spanned!(at(span)=> __orm::back::<#marker, _>(<#target>::#name)))
}

fn relationship(relationship: &Relationship, position: usize, names: &Names) -> TokenStream {
    let kind = format_ident!("{}", format!("{:?}", relationship.kind));
    let marker = names.marker(relationship);
    let foreign_key = if relationship.kind == Kind::BelongsTo { relationship.foreign_key } else { 0 };
    let inverse = match &relationship.back_populates {
        Some(_) => {
            let back = back(position);
            quote!(__orm::Some(#back))
        }
        None => quote!(__orm::None),
    };
    let facts = quote!(__orm::relationship::<#marker>(__orm::Kind::#kind, #foreign_key, #inverse));
    let Relationship { lazy, cascade, write_only, .. } = relationship;
    if lazy.is_none() && cascade.is_none() && write_only.is_none() {
        return facts;
    }
    let lazy = match write_only {
        Some(_) => "WriteOnly",
        None => lazy.as_ref().map_or("Select", |word| word.value),
    };
    let lazy = format_ident!("{lazy}");
    let cascade = format_ident!("{}", cascade.as_ref().map_or("None", |word| word.value));
    quote!(__orm::with(&#facts, __orm::Lazy::#lazy, __orm::Cascade::#cascade))
}
