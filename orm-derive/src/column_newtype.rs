//! `#[derive(ColumnNewtype)]`: a struct around one data type, which is to the database what the inner type is.
//!
//! Invariant: every function is the inner type's; the newtype adds a name and nothing else.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Ident, Member};

use crate::column_attributes::{Mistakes, read_words, refuse_generics, sql_impls};

/// The impls, or the errors.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    refuse_generics(&input.generics, "ColumnNewtype", &mut mistakes);
    read_words(&input.attrs, &mut [], &mut mistakes);
    let field = mistakes.take(only_field(input));
    if let Some((_, field)) = field {
        read_words(&field.attrs, &mut [], &mut mistakes);
    }
    let errors = mistakes.into_tokens();
    if !input.generics.params.is_empty() {
        return errors;
    }
    let newtype =
        field.map_or_else(|| Newtype::fallback(&input.ident), |(m, f)| Newtype::new(&input.ident, &m, f));
    let impls = newtype.expand();
    quote!(#errors #impls)
}

fn only_field(input: &DeriveInput) -> Result<(Member, &Field), Error> {
    let Data::Struct(data) = &input.data else {
        let message = "`ColumnNewtype` is for structs around one value: for an enum derive `ColumnEnum`";
        return Err(Error::new_spanned(&input.ident, message));
    };
    let mut fields = data.fields.members().zip(&data.fields);
    match (fields.next(), fields.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some((_, second))) => {
            Err(Error::new_spanned(second, "a newtype has one field: a column has one value"))
        }
        (None, _) => Err(Error::new_spanned(&input.ident, "a newtype needs one field: the column's value")),
    }
}

/// A struct and how to get at its value.
struct Newtype<'a> {
    name: &'a Ident,
    inner: TokenStream,
    span: Span,
    unwrap: TokenStream,
    wrap: TokenStream,
}

impl<'a> Newtype<'a> {
    fn new(name: &'a Ident, member: &Member, field: &Field) -> Self {
        let inner = field.ty.to_token_stream();
        let (unwrap, wrap) = (quote!(&self.#member), quote!(Self { #member: inner }));
        Self { name, inner, span: field.ty.span(), unwrap, wrap }
    }

    /// Impls that are never run, beside an error.
    fn fallback(name: &'a Ident) -> Self {
        let (unwrap, wrap) = (
            quote!(::core::unreachable!()),
            quote!({
                let _ = inner;
                ::core::unreachable!()
            }),
        );
        Self { name, inner: quote!(i64), span: Span::call_site(), unwrap, wrap }
    }

    fn expand(&self) -> TokenStream {
        let Self { name, inner, unwrap, wrap, .. } = self;
        let data_type = self.data_type();
        let sql_impls = transparent_sql(name);
        // The `for` lets the bound fail quietly where the inner type is no element, for example an array.
        quote! {
            const _: () = {
                #[automatically_derived]
                impl ::orm_core::__private::ColumnNewtype for #name {
                    type Inner = #inner;

                    fn inner(&self) -> &#inner {
                        #unwrap
                    }

                    fn wrap(inner: #inner) -> Self {
                        #wrap
                    }
                }

                #data_type

                #[automatically_derived]
                impl ::orm_core::__private::ArrayElement for #name
                where
                    for<'a> #inner: ::orm_core::__private::ArrayElement,
                {
                }

                #sql_impls
            };
        }
    }

    /// The inner type is asked for at its own place in the source, so that one that is no data type is an error there.
    fn data_type(&self) -> TokenStream {
        let Self { name, inner, span, .. } = self;
        let data = quote_spanned!(*span=> <#inner as ::orm_core::__private::DataType>);
        let key_state = quote_spanned!(*span=> #data::KeyState);
        let sql_type = quote_spanned!(*span=> #data::SQL_TYPE);
        quote! {
            #[automatically_derived]
            impl ::orm_core::__private::DataType for #name {
                type KeyState = #key_state;
                const SQL_TYPE: ::orm_core::__private::SqlType = #sql_type;

                fn unset() -> Self {
                    ::orm_core::__private::unset_newtype()
                }

                fn same(&self, other: &Self) -> bool {
                    ::orm_core::__private::same_newtype(self, other)
                }

                fn hash_value<H: ::core::hash::Hasher + ?::core::marker::Sized>(&self, state: &mut H) {
                    ::orm_core::__private::hash_newtype(self, state);
                }

                fn compare(&self, other: &Self) -> ::core::cmp::Ordering {
                    ::orm_core::__private::compare_newtypes(self, other)
                }
            }
        }
    }
}

fn transparent_sql(name: &Ident) -> TokenStream {
    let write = quote!(::orm_core::__private::write_newtype(self, ty, out));
    let read = quote!(::orm_core::__private::read_newtype(ty, raw));
    let writes = quote!(::orm_core::__private::writes_newtype::<Self>(ty));
    let reads = quote!(::orm_core::__private::reads_newtype::<Self>(ty));
    sql_impls(name, [write, read], [writes, reads])
}
