//! An SQL expression that was written as Rust tokens, as text.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The tokens as SQL: `now()`, `price * 2`, `current_date`.
pub(crate) fn text(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

/// Writes the tokens of one group with the spaces that a reader expects.
fn write(tokens: TokenStream, text: &mut String) {
    let start = text.len();
    let mut before = None;
    for token in tokens {
        if before.as_ref().is_some_and(|before| !is_glued(before, &token, &text[start..])) {
            text.push(' ');
        }
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = delimiters(group.delimiter());
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            word => text.push_str(&word.to_string()),
        }
        before = Some(token);
    }
}

/// Whether no space belongs between the two: `now()`, `shop.orders`, `'x'::text`, `<=`, a sign.
fn is_glued(before: &TokenTree, token: &TokenTree, text: &str) -> bool {
    let ends = match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ',' | '.' | ';' | ':'),
        TokenTree::Group(_) => matches!(before, TokenTree::Ident(_)),
        _ => false,
    };
    let begins = match before {
        TokenTree::Punct(punct) => {
            punct.spacing() == Spacing::Joint
                || matches!(punct.as_char(), '.' | ':')
                || matches!(text, "-" | "+")
        }
        _ => false,
    };
    ends || begins
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use quote::quote;

    #[test]
    fn tokens_are_written_as_sql() {
        assert_eq!(text(quote!(now())), "now()");
        assert_eq!(text(quote!(-1)), "-1");
        assert_eq!(text(quote!(true)), "true");
        assert_eq!(text(quote!(2 * (1 + 3))), "2 * (1 + 3)");
        assert_eq!(text(quote!(coalesce(a, 0.5))), "coalesce(a, 0.5)");
        assert_eq!(text(quote!(shop.next_number() + 1)), "shop.next_number() + 1");
        assert_eq!(text(quote!('x'::text)), "'x'::text");
    }
}
