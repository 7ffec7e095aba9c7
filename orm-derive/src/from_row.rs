//! `derive(FromRow)`: a struct whose fields are the columns of a query.
//!
//! Invariant: it shares a model's words and ways; there is no key, no builder and no entity, only the columns' facts,
//! their constants and how a row is read.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Field, Ident, LitStr, Type, Visibility};

use crate::ast::named_fields;
use crate::attr::{self, Place};
use crate::context::Context;
use crate::expand::{allowed, field};
use crate::names::{self, LONGEST, plain};

/// The struct as it was declared.
struct Row<'a> {
    ident: &'a Ident,
    name: Option<LitStr>,
    columns: Vec<Column<'a>>,
}

/// A field.
struct Column<'a> {
    vis: &'a Visibility,
    ident: &'a Ident,
    ty: &'a Type,
    name: Option<LitStr>,
}

/// The impls beside the errors.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let context = Context::default();
    let row = Row::read(&context, input).inspect(|row| row.check(&context));
    let expansion = row.filter(|row| !row.columns.is_empty()).map(|row| row.expand());
    let errors = context.into_errors();
    quote!(#errors #expansion)
}

impl<'a> Row<'a> {
    fn read(context: &Context, input: &'a DeriveInput) -> Option<Self> {
        let fields = named_fields(context, input, "a row", "the types of its columns are known")?;
        let mut row = Self { ident: &input.ident, name: None, columns: Vec::new() };
        for word in attr::words(context, &input.attrs, Place::RowStruct) {
            match word.text().as_str() {
                "name" => row.name = word.string(context),
                _ => word.unknown(context),
            }
        }
        row.columns = fields.iter().filter_map(|field| Column::read(context, field)).collect();
        Some(row)
    }

    fn name(&self) -> String {
        self.name.as_ref().map_or_else(|| names::snake_case(&plain(self.ident)), LitStr::value)
    }

    /// Names are those of columns, and differ.
    fn check(&self, context: &Context) {
        if self.columns.is_empty() {
            let message = format!("`{}` has no fields: a row has a column at least", self.ident);
            context.error(self.ident.span(), message);
        }
        for name in self.name.iter().chain(self.columns.iter().filter_map(|column| column.name.as_ref())) {
            let text = name.value();
            if text.is_empty() || text.len() > LONGEST || text.contains('\0') {
                let message = format!("a name in PostgreSQL has 1 to {LONGEST} bytes, none of them 0");
                context.error(name.span(), message);
            }
        }
        for (position, column) in self.columns.iter().enumerate() {
            let same = self.columns[..position].iter().find(|other| other.name() == column.name());
            if let Some(other) = same {
                let written =
                    [column, other].iter().find_map(|column| column.name.as_ref().map(LitStr::span));
                let span = written.unwrap_or_else(|| column.ident.span());
                let name = column.name();
                let message =
                    format!("`{}` and `{}` are both the column \"{name}\"", other.ident, column.ident);
                context.error(span, message);
            }
        }
    }

    fn expand(&self) -> TokenStream {
        let (ident, model, name) = (self.ident, plain(self.ident), self.name());
        let constants = self.columns.iter().enumerate().map(|(position, column)| {
            let Column { vis, ident: name, ty, .. } = column;
            let doc = format!("The column `{}`.", plain(name));
            quote!(#[doc = #doc] #vis const #name: __orm::Column<#ident, #ty> = __orm::Column::new(#position);)
        });
        let facts = self.columns.iter().map(|column| {
            let (of_type, field, name) = (field(column.ty), plain(column.ident), column.name());
            quote!(__orm::ColumnFacts { field: #field, name: #name, ..#of_type::FACTS })
        });
        let reads = self.columns.iter().map(|column| {
            let (name, of_type) = (column.ident, field(column.ty));
            quote!(#name: #of_type::read(row)?)
        });
        let last = self.columns.len().saturating_sub(1);
        let values = self.columns.iter().enumerate().map(|(position, column)| {
            let (name, of_type) = (column.ident, field(column.ty));
            let pattern = if position == last { quote!(_) } else { quote!(#position) };
            quote!(#pattern => #of_type::value(&self.#name))
        });
        let allowed = allowed();
        quote! {
            #allowed
            const _: () = {
                use ::orm_core::__private as __orm;
                impl #ident { #(#constants)* }
                static TABLE: __orm::Table =
                    __orm::Table::of_rows([#model, #name], &[#(#facts),*], || {
                        static NUMBER: __orm::ModelNumber = __orm::ModelNumber::new();
                        NUMBER.get()
                    });
                #[automatically_derived]
                impl __orm::Selectable for #ident {
                    const SOURCE: &'static __orm::Table = &TABLE;
                }
                #[automatically_derived]
                impl __orm::FromRow for #ident {
                    fn shape(shape: &mut __orm::Shape) {
                        shape.fields(&TABLE);
                    }
                    fn from_row(row: &mut __orm::RowReader<'_>) -> __orm::Result<Self> {
                        ::core::result::Result::Ok(Self { #(#reads),* })
                    }
                }
                #[automatically_derived]
                impl __orm::RowValues for #ident {
                    fn value(&self, column: usize) -> &dyn __orm::Value {
                        match column { #(#values),* }
                    }
                }
            };
        }
    }
}

impl<'a> Column<'a> {
    fn read(context: &Context, field: &'a Field) -> Option<Self> {
        let mut column = Self { vis: &field.vis, ident: field.ident.as_ref()?, ty: &field.ty, name: None };
        for word in attr::words(context, &field.attrs, Place::RowField) {
            match word.text().as_str() {
                "column" => column.name = word.string(context),
                _ => word.unknown(context),
            }
        }
        Some(column)
    }

    fn name(&self) -> String {
        self.name.as_ref().map_or_else(|| plain(self.ident), LitStr::value)
    }
}
