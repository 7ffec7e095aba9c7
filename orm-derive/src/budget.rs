//! How large an expansion may be: rustc reads it again at every build of the application.

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

/// Tokens, a group counted as its two ends and what is in it.
fn count(tokens: TokenStream) -> usize {
    tokens.into_iter().fold(0, |count, token| match token {
        TokenTree::Group(group) => count + 2 + self::count(group.stream()),
        _ => count + 1,
    })
}

/// The expansion of a model with a key, this many other columns and the relationships given.
fn expansion(columns: usize, relationships: &TokenStream) -> TokenStream {
    let names = (0..columns).map(|i| format_ident!("column_{i}"));
    let input = syn::parse_quote! {
        #[orm(table = "users")]
        #relationships
        pub struct User {
            #[orm(primary_key)]
            pub id: i64,
            #(pub #names: String,)*
        }
    };
    crate::model(&input)
}

#[test]
fn a_model_of_ten_columns_stays_within_its_budget() {
    let tokens = count(expansion(9, &TokenStream::new()));
    assert!(tokens <= 3700, "{tokens} tokens");
}

#[test]
fn a_column_stays_within_its_budget() {
    let none = TokenStream::new();
    let tokens = count(expansion(10, &none)) - count(expansion(9, &none));
    assert!(tokens <= 320, "{tokens} tokens");
}

#[test]
fn a_many_to_many_stays_within_its_budget() {
    let of = |relationship: TokenStream| count(expansion(9, &relationship)) - count(expansion(9, &quote!()));
    let bare = of(quote!(#[orm(many_to_many(posts: Post, secondary = "links", back_populates = users))]));
    assert!(bare <= 730, "{bare} tokens");
    let other = of(quote!(#[orm(many_to_many(posts: Post, back_populates = users))]));
    assert!(other <= 500, "{other} tokens");
    let through = of(quote!(#[orm(many_to_many(posts: Post, through = Link, back_populates = users))]));
    assert!(through <= 450, "{through} tokens");
}

#[test]
fn a_relationship_stays_within_its_budget() {
    let one = quote!(#[orm(has_many(posts: Post, back_populates = user))]);
    let tokens = count(expansion(9, &one)) - count(expansion(9, &TokenStream::new()));
    assert!(tokens <= 420, "{tokens} tokens");
}

#[test]
fn a_row_stays_within_its_budget() {
    let of = |columns: usize| {
        let names = (0..columns).map(|i| format_ident!("column_{i}"));
        let input = syn::parse_quote! { pub struct Revenue { #(pub #names: String,)* } };
        count(crate::from_row::expand(&input))
    };
    assert!(of(10) <= 1250, "{} tokens", of(10));
    assert!(of(11) - of(10) <= 110, "{} tokens a column", of(11) - of(10));
}
