//! The words inside `#[orm(..)]`, before anyone asks what they mean.
//!
//! Invariant: reading never stops at a mistake; what cannot be read is an error and the next word is looked at.

mod options;
mod vocabulary;

use std::collections::HashSet;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, LitBool, LitStr, Meta};

pub(crate) use self::options::{Choice, Deferrable, Names, Options, Reference, Relation, Texts};
pub(crate) use self::vocabulary::Place;
use crate::context::Context;
use crate::names;

/// A word and what stands after it.
pub(crate) struct Word {
    pub(crate) name: Ident,
    place: Place,
    value: Value,
}

enum Value {
    Nothing,
    /// After `=`.
    Equals(TokenStream),
    /// In parentheses.
    List(TokenStream),
}

/// All words of the `#[orm(..)]` attributes of a struct or a field.
pub(crate) fn words(context: &Context, attributes: &[Attribute], place: Place) -> Vec<Word> {
    let mut words = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("orm")) {
        match &attribute.meta {
            Meta::List(list) if matches!(list.delimiter, syn::MacroDelimiter::Paren(_)) => {
                words.extend(split(context, list.tokens.clone(), place));
            }
            _ => context.error(
                syn::spanned::Spanned::span(attribute.path()),
                format_args!("`orm` takes its words in parentheses: write `#[orm({})]`", place.example()),
            ),
        }
    }
    once(context, &mut words);
    words
}

/// A word is written once, but for those that each say something new; the first one counts.
fn once(context: &Context, words: &mut Vec<Word>) {
    let mut seen = HashSet::new();
    words.retain(|word| {
        let is_new = word.place.may_repeat(&word.text()) || seen.insert(word.text());
        if !is_new {
            context.error(word.span(), format_args!("`{}` is written twice", word.name));
        }
        is_new
    });
}

type Tokens = std::iter::Peekable<proc_macro2::token_stream::IntoIter>;

/// Splits at the commas.
fn split(context: &Context, tokens: TokenStream, place: Place) -> Vec<Word> {
    let mut tokens = tokens.into_iter().peekable();
    let mut words = Vec::new();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(name) = token else {
            if !is_punct(&token, ',') {
                context.error(token.span(), format_args!("expected a word such as `{}`", place.example()));
                while tokens.next_if(|token| !is_punct(token, ',')).is_some() {}
            }
            continue;
        };
        let value = match tokens.peek() {
            Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Parenthesis => {
                let list = list.stream();
                tokens.next();
                Value::List(list)
            }
            Some(token) if is_punct(token, '=') => {
                tokens.next();
                Value::Equals(std::iter::from_fn(|| tokens.next_if(|token| !is_punct(token, ','))).collect())
            }
            _ => Value::Nothing,
        };
        let word = Word { name, place, value };
        let is_whole = tokens.peek().is_none_or(|token| is_punct(token, ','));
        if !is_whole && !word.unexpected(context, &mut tokens) {
            continue;
        }
        words.push(word);
    }
    words
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

impl Word {
    /// The word's text.
    pub(crate) fn text(&self) -> String {
        names::plain(&self.name)
    }

    /// Where the word stands.
    pub(crate) fn span(&self) -> Span {
        self.name.span()
    }

    fn usage(&self) -> &'static str {
        self.place.usage(&self.text())
    }

    /// Something stands between this word and the next comma; whether the word can be read nevertheless.
    fn unexpected(&self, context: &Context, tokens: &mut Tokens) -> bool {
        let Some(token) = tokens.peek() else { return true };
        let is_word = matches!(token, TokenTree::Ident(_));
        let is_read = is_word || !matches!(self.value, Value::Nothing);
        let message = match is_read {
            _ if is_word => format!("write a comma before `{token}`"),
            true => format!("write a comma after `{}`", self.name),
            false => self.how_to_write(),
        };
        context.error(token.span(), message);
        while tokens.next_if(|token| !is_punct(token, ',') && !matches!(token, TokenTree::Ident(_))).is_some()
        {
        }
        is_read
    }

    fn how_to_write(&self) -> String {
        match self.usage() {
            "" => format!("expected `=`, `(..)` or a comma after `{}`", self.name),
            usage => format!("`{}` is written `{usage}`", self.name),
        }
    }

    /// The word is none of those that are known here.
    pub(crate) fn unknown(&self, context: &Context) {
        context.error(self.span(), self.place.unknown(&self.text()));
    }

    /// A word that stands alone.
    pub(crate) fn flag(&self, context: &Context) -> bool {
        if !matches!(self.value, Value::Nothing) {
            context.error(self.span(), format_args!("`{0}` takes no value: write `{0}`", self.name));
        }
        true
    }

    /// Whether the word stands alone.
    pub(crate) fn is_alone(&self) -> bool {
        matches!(self.value, Value::Nothing)
    }

    /// A word that stands alone or is set to `true` or `false`.
    pub(crate) fn switch(&self, context: &Context) -> Option<bool> {
        if matches!(self.value, Value::Nothing) {
            return Some(true);
        }
        self.equals::<LitBool>(context).map(|value| value.value)
    }

    /// A word that stands alone or is set to a name.
    #[expect(clippy::option_option, reason = "what is written wrong is neither")]
    pub(crate) fn source(&self, context: &Context) -> Option<Option<Ident>> {
        match self.value {
            Value::Nothing => Some(None),
            _ => self.equals(context).map(Some),
        }
    }

    /// A word that is set to a text.
    pub(crate) fn string(&self, context: &Context) -> Option<LitStr> {
        self.equals(context)
    }

    /// A word that is set to something.
    pub(crate) fn equals<T: Parse>(&self, context: &Context) -> Option<T> {
        match &self.value {
            Value::Equals(tokens) => self.parse(context, T::parse, tokens),
            _ => self.mistaken(context),
        }
    }

    /// A word that is set to tokens.
    pub(crate) fn tokens(&self, context: &Context) -> Option<TokenStream> {
        match &self.value {
            Value::Equals(tokens) if !tokens.is_empty() => Some(tokens.clone()),
            _ => self.mistaken(context),
        }
    }

    /// A word with parentheses.
    pub(crate) fn list<T>(
        &self,
        context: &Context,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    ) -> Option<T> {
        match &self.value {
            Value::List(tokens) if !tokens.is_empty() => self.parse(context, parser, tokens),
            _ => self.mistaken(context),
        }
    }

    /// The words in the parentheses of a word.
    pub(crate) fn words(&self, context: &Context, place: Place) -> Vec<Self> {
        let tokens = self.list(context, <TokenStream as Parse>::parse).unwrap_or_default();
        let mut words = split(context, tokens, place);
        once(context, &mut words);
        words
    }

    fn parse<T>(
        &self,
        context: &Context,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
        tokens: &TokenStream,
    ) -> Option<T> {
        if tokens.is_empty() {
            return self.mistaken(context);
        }
        match parser.parse2(tokens.clone()) {
            Ok(value) => Some(value),
            Err(error) => {
                let at_the_end = error.to_string().starts_with("unexpected end of input");
                let span = if at_the_end { self.span() } else { error.span() };
                context.error(span, self.how_to_write());
                None
            }
        }
    }

    fn mistaken<T>(&self, context: &Context) -> Option<T> {
        context.error(self.span(), self.how_to_write());
        None
    }
}
