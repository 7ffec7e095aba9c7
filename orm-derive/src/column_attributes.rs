//! What `ColumnEnum` and `ColumnNewtype` share: the words inside `#[orm(..)]`, and errors collected and told at once.
//!
//! Invariant: every word is either understood or an error on that word; nothing is skipped in silence.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Generics, LitStr};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    /// Remembers a mistake.
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value, if there is one; otherwise its mistake is remembered.
    pub(crate) fn take<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// All of them as `compile_error!`.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(|error| error.to_compile_error()).unwrap_or_default()
    }
}

/// A word of `#[orm(word = "text")]` and where its text goes.
pub(crate) struct Word<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: &'a mut Option<LitStr>,
}

/// Reads all `#[orm(..)]` of an item, which may hold these words.
pub(crate) fn read_words(attributes: &[Attribute], words: &mut [Word<'_>], mistakes: &mut Mistakes) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("orm")) {
        let read = attribute.parse_nested_meta(|meta| {
            if let Err(error) = read_word(&meta, words) {
                mistakes.push(error);
                skip_value(&meta)?;
            }
            Ok(())
        });
        mistakes.take(read);
    }
}

fn read_word(meta: &ParseNestedMeta<'_>, words: &mut [Word<'_>]) -> Result<(), Error> {
    let known: Vec<&str> = words.iter().map(|word| word.name).collect();
    let Some(word) = words.iter_mut().find(|word| meta.path.is_ident(word.name)) else {
        let written = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        return Err(meta.error(unknown("attribute", &written, &known)));
    };
    if word.value.is_some() {
        return Err(meta.error(format_args!("`{}` is given twice", word.name)));
    }
    let text: LitStr = meta
        .value()
        .and_then(syn::parse::ParseBuffer::parse)
        .map_err(|_| meta.error(format_args!("expected `{} = \"..\"`", word.name)))?;
    if text.value().is_empty() || text.value().contains('\0') {
        return Err(Error::new(text.span(), format_args!("`{}` needs a text", word.name)));
    }
    *word.value = Some(text);
    Ok(())
}

/// Passes over what is left of a word that is already a mistake, so that the words after it are read.
fn skip_value(meta: &ParseNestedMeta<'_>) -> Result<(), Error> {
    while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
        meta.input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// The message about a word that is none of those known, with the nearest one.
pub(crate) fn unknown(what: &str, written: &str, known: &[&str]) -> String {
    let list = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    if known.is_empty() {
        return format!("unknown {what} `{written}`: none is expected here");
    }
    let nearest = known.iter().map(|word| (distance(written, word), word)).min();
    match nearest {
        Some((edits, word)) if edits <= 2.max(word.len() / 3) => {
            format!("unknown {what} `{written}`: did you mean `{word}`?")
        }
        _ => format!("unknown {what} `{written}`: expected {list}"),
    }
}

/// How many letters must be put in, taken out or replaced to make `b` out of `a`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Refuses type parameters and lifetimes: a column's type is one type.
pub(crate) fn refuse_generics(generics: &Generics, derive: &str, mistakes: &mut Mistakes) {
    if let Some(parameter) = generics.params.first() {
        let message = format!("`{derive}` does not take generics: a column has one data type");
        mistakes.push(Error::new_spanned(parameter, message));
    }
}

/// `ToSql` and `FromSql` of a type, from the bodies of their three functions.
pub(crate) fn sql_impls(
    name: &syn::Ident,
    [to_sql, from_sql]: [TokenStream; 2],
    [writes, reads]: [TokenStream; 2],
) -> TokenStream {
    let private = quote!(::orm_core::__private);
    let postgres = quote!(::orm_core::__private::postgres_types);
    quote! {
        #[automatically_derived]
        impl #postgres::ToSql for #name {
            fn to_sql(
                &self,
                ty: &#postgres::Type,
                out: &mut #private::BytesMut,
            ) -> ::core::result::Result<#postgres::IsNull, #private::DecodeError> {
                #to_sql
            }

            fn accepts(ty: &#postgres::Type) -> bool {
                #writes
            }

            #postgres::to_sql_checked!();
        }

        #[automatically_derived]
        impl<'a> #postgres::FromSql<'a> for #name {
            fn from_sql(
                ty: &#postgres::Type,
                raw: &'a [u8],
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                #from_sql
            }

            fn accepts(ty: &#postgres::Type) -> bool {
                #reads
            }
        }
    }
}
