//! `#[derive(ColumnEnum)]`: an enum without data as a column, stored as text or as a PostgreSQL enum.
//!
//! Invariant: the expansion is the names of the variants and calls into `orm-core`; a mistake is one error on its
//! word, and the impls stand beside it so that no other follows.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Variant};

use crate::column_attributes::{Mistakes, Word, read_words, refuse_generics, sql_impls, unknown};

/// How a label follows from a variant's name.
const RULES: [&str; 7] =
    ["snake_case", "lowercase", "UPPERCASE", "SCREAMING_SNAKE_CASE", "kebab-case", "camelCase", "PascalCase"];

/// An enum as it was declared.
struct Enumeration {
    name: Ident,
    /// The PostgreSQL enum's name; text if there is none.
    sql_type: Option<LitStr>,
    variants: Vec<(Ident, String)>,
}

/// The impls, or the errors with impls that let the rest compile.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    refuse_generics(&input.generics, "ColumnEnum", &mut mistakes);
    let enumeration = read(input, &mut mistakes);
    if mistakes.is_empty() {
        return enumeration.expand();
    }
    let fallback = input.generics.params.is_empty().then(|| enumeration.fallback());
    let errors = mistakes.into_tokens();
    quote!(#errors #fallback)
}

fn read(input: &DeriveInput, mistakes: &mut Mistakes) -> Enumeration {
    let (mut sql_type, mut rename_all) = (None, None);
    let mut words =
        [Word { name: "type", value: &mut sql_type }, Word { name: "rename_all", value: &mut rename_all }];
    read_words(&input.attrs, &mut words, mistakes);
    let rule = rename_all.and_then(|rule| mistakes.take(known_rule(&rule)));
    let variants = read_variants(input, rule.unwrap_or("snake_case"), sql_type.is_some(), mistakes);
    Enumeration { name: input.ident.clone(), sql_type, variants }
}

fn known_rule(written: &LitStr) -> Result<&'static str, Error> {
    let text = written.value();
    RULES
        .into_iter()
        .find(|&rule| rule == text)
        .ok_or_else(|| Error::new(written.span(), unknown("rule", &text, &RULES)))
}

fn read_variants(
    input: &DeriveInput,
    rule: &str,
    is_sql_enum: bool,
    mistakes: &mut Mistakes,
) -> Vec<(Ident, String)> {
    let Data::Enum(data) = &input.data else {
        let message = "`ColumnEnum` is for enums: for a struct around one value derive `ColumnNewtype`";
        mistakes.push(Error::new_spanned(&input.ident, message));
        return Vec::new();
    };
    if data.variants.is_empty() {
        let message = format!("`{}` has no variants, and so no value for a column", input.ident);
        mistakes.push(Error::new_spanned(&input.ident, message));
    }
    let mut variants: Vec<(Ident, String)> = Vec::new();
    for variant in &data.variants {
        let label = read_label(variant, rule, mistakes);
        mistakes.take(check_label(variant, &label.value(), is_sql_enum, &variants, label.span()));
        variants.push((variant.ident.clone(), label.value()));
    }
    variants
}

/// The variant's label, at the place to which an error about it points.
fn read_label(variant: &Variant, rule: &str, mistakes: &mut Mistakes) -> LitStr {
    if !matches!(variant.fields, Fields::Unit) {
        let message = format!("`{}` holds data, which a column's label cannot keep", variant.ident);
        mistakes.push(Error::new_spanned(&variant.fields, message));
    }
    let mut rename = None;
    read_words(&variant.attrs, &mut [Word { name: "rename", value: &mut rename }], mistakes);
    let name = variant.ident.unraw();
    rename.unwrap_or_else(|| LitStr::new(&apply(rule, &name.to_string()), variant.ident.span()))
}

fn check_label(
    variant: &Variant,
    label: &str,
    is_sql_enum: bool,
    before: &[(Ident, String)],
    span: proc_macro2::Span,
) -> Result<(), Error> {
    if let Some((other, _)) = before.iter().find(|(_, known)| known == label) {
        let message = format!("`{}` has the label `{label}`, which `{other}` has already", variant.ident);
        return Err(Error::new(span, message));
    }
    if is_sql_enum && label.len() > 63 {
        let message = format!("`{label}` is longer than the 63 bytes that PostgreSQL allows for a label");
        return Err(Error::new(span, message));
    }
    Ok(())
}

/// The variant's name in another case. A word begins where an upper-case letter follows a lower-case one or a digit,
/// or stands before a lower-case one.
fn apply(rule: &str, name: &str) -> String {
    let words = split(name);
    let join = |words: Vec<String>, between: &str| words.join(between);
    let lower = |word: &String| word.to_lowercase();
    match rule {
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "SCREAMING_SNAKE_CASE" => join(words, "_").to_uppercase(),
        "kebab-case" => join(words.iter().map(lower).collect(), "-"),
        "camelCase" => decapitalize(name),
        "PascalCase" => name.to_owned(),
        _ => join(words.iter().map(lower).collect(), "_"),
    }
}

fn decapitalize(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn split(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (i, &letter) in letters.iter().enumerate() {
        let after_lower = i > 0 && !letters[i - 1].is_uppercase() && letters[i - 1] != '_';
        let before_lower = i > 0 && letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        let begins = letter.is_uppercase() && (after_lower || before_lower);
        if (begins || letter == '_') && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), letter != '_') {
            word.push(letter);
        }
    }
    words
}

impl Enumeration {
    fn expand(&self) -> TokenStream {
        let (names, labels): (Vec<_>, Vec<_>) = self.variants.iter().cloned().unzip();
        let positions = 0..names.len();
        let variants = quote!(&[#(Self::#names),*]);
        let position = quote!(match self { #(Self::#names => #positions,)* });
        self.expand_with(&labels, &variants, &position)
    }

    /// Impls that are never run, beside an error.
    fn fallback(&self) -> TokenStream {
        self.expand_with(&[], &quote!(&[]), &quote!(::core::unreachable!()))
    }

    fn expand_with(&self, labels: &[String], variants: &TokenStream, position: &TokenStream) -> TokenStream {
        let name = &self.name;
        let text = name.unraw().to_string();
        let sql_impls = self.sql_impls();
        let data_type = self.data_type();
        quote! {
            const _: () = {
                #[automatically_derived]
                #[allow(deprecated)]
                impl ::orm_core::__private::ColumnEnum for #name {
                    const NAME: &'static str = #text;
                    const VARIANTS: &'static [Self] = #variants;
                    const LABELS: &'static [&'static str] = &[#(#labels),*];

                    fn position(&self) -> usize {
                        #position
                    }
                }
                #data_type
                #sql_impls
            };
        }
    }

    fn data_type(&self) -> TokenStream {
        let name = &self.name;
        let hasher = format_ident!("H");
        let sql_type = match &self.sql_type {
            Some(text) => quote!(enumeration(#text, <Self as ::orm_core::__private::ColumnEnum>::LABELS)),
            None => quote!(new("text")),
        };
        quote! {
            #[automatically_derived]
            impl ::orm_core::__private::DataType for #name {
                type KeyState = ::orm_core::__private::Missing;
                const SQL_TYPE: ::orm_core::__private::SqlType = ::orm_core::__private::SqlType::#sql_type;

                fn unset() -> Self {
                    ::orm_core::__private::first_variant()
                }

                fn hash_value<#hasher: ::core::hash::Hasher + ?::core::marker::Sized>(&self, state: &mut #hasher) {
                    ::orm_core::__private::hash_variant(self, state);
                }

                fn compare(&self, other: &Self) -> ::core::cmp::Ordering {
                    ::orm_core::__private::compare_variants(self, other)
                }
            }

            #[automatically_derived]
            impl ::orm_core::__private::ArrayElement for #name {}
        }
    }

    fn sql_impls(&self) -> TokenStream {
        let accepts = quote!(::orm_core::__private::accepts_label::<Self>(ty));
        let to_sql = quote! {
            let _ = ty;
            ::core::result::Result::Ok(::orm_core::__private::write_label(self, out))
        };
        let from_sql = quote! {
            let _ = ty;
            ::orm_core::__private::read_label(raw)
        };
        sql_impls(&self.name, [to_sql, from_sql], [accepts.clone(), accepts])
    }
}

#[cfg(test)]
mod tests {
    use super::apply;

    #[test]
    fn a_label_follows_from_the_variant_by_the_rule() {
        assert_eq!(apply("snake_case", "InProgress"), "in_progress");
        assert_eq!(apply("snake_case", "HTTPError"), "http_error");
        assert_eq!(apply("snake_case", "Http2Error"), "http2_error");
        assert_eq!(apply("snake_case", "Already_Snake"), "already_snake");
        assert_eq!(apply("snake_case", "A"), "a");
        assert_eq!(apply("lowercase", "InProgress"), "inprogress");
        assert_eq!(apply("UPPERCASE", "InProgress"), "INPROGRESS");
        assert_eq!(apply("SCREAMING_SNAKE_CASE", "InProgress"), "IN_PROGRESS");
        assert_eq!(apply("kebab-case", "InProgress"), "in-progress");
        assert_eq!(apply("camelCase", "InProgress"), "inProgress");
        assert_eq!(apply("PascalCase", "InProgress"), "InProgress");
    }
}
