//! `sql!`: SQL as a text with expressions in braces.
//!
//! Invariant: every brace becomes a call that makes a parameter or an expression of it; nothing but the literal's own text is
//! text. So the text is read as PostgreSQL reads it: a brace within quotes would not be a parameter, and is an error.

mod scan;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, LitStr, Token};

use self::scan::Part;
use crate::context::Context;
use crate::names::plain;

/// What ends or begins a transaction, and what to write instead.
const TRANSACTIONS: [(&str, &str); 9] = [
    ("begin", "session.begin()"),
    ("start", "session.begin()"),
    ("commit", "session.commit()"),
    ("end", "session.commit()"),
    ("rollback", "session.rollback()"),
    ("abort", "session.rollback()"),
    ("savepoint", "session.begin_nested()"),
    ("release", "session.begin_nested()"),
    ("prepare", "session.commit()"),
];

/// What stands in the parentheses.
pub(crate) struct Input {
    text: LitStr,
    arguments: Vec<Argument>,
}

/// `expression` or `name = expression`.
struct Argument {
    name: Option<Ident>,
    value: Expr,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(LitStr) {
            let message = "`sql!` takes its text as a string literal; one that is put together at run time, which nothing \
                           checks, is `sql_unchecked(text)`";
            return Err(Error::new(input.span(), message));
        }
        let text = input.parse()?;
        let mut arguments = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let is_named = input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
            let name = if is_named { Some(input.parse()?) } else { None };
            if is_named {
                input.parse::<Token![=]>()?;
            }
            arguments.push(Argument { name, value: input.parse()? });
        }
        Ok(Self { text, arguments })
    }
}

/// The value, or the errors.
pub(crate) fn expand(input: &Input) -> TokenStream {
    let context = Context::default();
    let pieces = input.pieces(&context);
    let errors = context.into_errors();
    if !errors.is_empty() {
        return quote!({ #errors ::orm_core::__private::raw_sql() });
    }
    // No variable of the application's is this one.
    let sql = Ident::new("sql", Span::mixed_site());
    let pieces = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(#sql.add_text(#text);),
        Piece::Value(value) => {
            quote_spanned!(value.span()=> ::orm_core::__private::interpolate(&mut #sql, ::orm_core::__private::Braces(&(#value)));)
        }
    });
    quote! {{
        let mut #sql = ::orm_core::__private::raw_sql();
        #(#pieces)*
        #sql
    }}
}

enum Piece {
    Text(String),
    Value(TokenStream),
}

impl Input {
    fn pieces(&self, context: &Context) -> Vec<Piece> {
        let text = self.text.value();
        self.check_beginning(context, &text);
        let mut positional =
            self.arguments.iter().enumerate().filter(|(_, argument)| argument.name.is_none());
        let mut used = vec![false; self.arguments.len()];
        let mut pieces = Vec::new();
        let given = positional.clone().count();
        let mut asked = 0;
        for part in scan::scan(&text) {
            match part {
                Part::Text(text) => pieces.push(Piece::Text(text)),
                Part::Mistake(message) => context.error(self.text.span(), message),
                Part::Placeholder(name) if name.is_empty() => {
                    asked += 1;
                    if let Some((place, argument)) = positional.next() {
                        used[place] = true;
                        let value = &argument.value;
                        pieces.push(Piece::Value(quote!(#value)));
                    }
                }
                Part::Placeholder(name) => {
                    pieces.extend(self.captured(context, &name, &mut used).map(Piece::Value));
                }
            }
        }
        if asked > given {
            let message = format!("the text has {asked} `{{}}`, and {given} {} given", are(given));
            context.error(self.text.span(), message);
        }
        self.check_use(context, &used);
        pieces
    }

    /// What stands in braces: an argument's name, or an expression of the place where the macro is.
    fn captured(&self, context: &Context, text: &str, used: &mut [bool]) -> Option<TokenStream> {
        let span = self.text.span();
        let named = |argument: &Argument| argument.name.as_ref().is_some_and(|name| plain(name) == text);
        if let Some(place) = self.arguments.iter().position(named) {
            used[place] = true;
            let value = &self.arguments[place].value;
            return Some(quote!(#value));
        }
        match LitStr::new(text, span).parse::<Expr>() {
            Ok(Expr::Lit(_)) => {
                context.error(
                    span,
                    format_args!("`{{{text}}}`: write `{{}}` and an argument, or `{text}` without braces"),
                );
                None
            }
            Ok(value) => Some(quote!(#value)),
            Err(_) => {
                let message = "is not an expression: between the braces stands a variable, a column or an expression, and \
                               nothing else; a brace by itself is written twice";
                context.error(span, format_args!("`{{{text}}}` {message}"));
                None
            }
        }
    }

    fn check_use(&self, context: &Context, used: &[bool]) {
        let names: Vec<_> =
            self.arguments.iter().filter_map(|argument| argument.name.as_ref().map(plain)).collect();
        for (position, argument) in self.arguments.iter().enumerate() {
            let Some(name) = &argument.name else {
                if !used[position] {
                    context.error(
                        argument.value.span(),
                        "this argument is not used: the text has no `{}` for it",
                    );
                }
                continue;
            };
            if !used[position] {
                context
                    .error(name.span(), format_args!("`{name}` is not used: the text has no `{{{name}}}`"));
            } else if names.iter().filter(|other| **other == plain(name)).count() > 1 {
                context.error(name.span(), format_args!("`{name}` is given twice"));
            }
        }
    }

    /// A session knows where its transaction begins and ends.
    fn check_beginning(&self, context: &Context, text: &str) {
        let first =
            text.trim_start().split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        if text.trim().is_empty() {
            context.error(self.text.span(), "the text is empty");
        }
        if let Some((word, instead)) = TRANSACTIONS.iter().find(|(word, _)| first.eq_ignore_ascii_case(word))
        {
            context.error(self.text.span(), format_args!("`{word}` is the session's: write `{instead}`"));
        }
    }
}

fn are(count: usize) -> &'static str {
    if count == 1 { "argument is" } else { "arguments are" }
}
