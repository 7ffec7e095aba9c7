//! What stands inside the parentheses of a relationship or a foreign key.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token, Type, Visibility, parenthesized};

use super::{Place, Word, once, split};
use crate::context::Context;
use crate::suggest;

/// `posts: Post`, perhaps after a visibility.
pub(crate) struct Relation {
    pub(crate) vis: Option<Visibility>,
    pub(crate) name: Ident,
    pub(crate) target: Type,
}

/// What follows a relationship's target: `back_populates = user, on_delete = cascade`.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) back_populates: Option<Ident>,
    pub(crate) key: Option<Names>,
    pub(crate) references: Option<Names>,
    pub(crate) on_delete: Option<Choice>,
    pub(crate) on_update: Option<Choice>,
    pub(crate) lazy: Option<Choice>,
    pub(crate) cascade: Option<Choice>,
    pub(crate) write_only: Option<Span>,
    pub(crate) through: Option<Type>,
    pub(crate) source: Option<Ident>,
    pub(crate) target: Option<Ident>,
    pub(crate) secondary: Option<LitStr>,
    pub(crate) schema: Option<LitStr>,
    pub(crate) columns: Option<Texts>,
}

/// What a bare foreign key refers to: `User` or `User::email`.
pub(crate) struct Reference {
    pub(crate) target: Type,
    pub(crate) column: Option<Ident>,
}

/// One name, or several in parentheses.
pub(crate) struct Names(pub(crate) Vec<Ident>);

/// Two names in the database, in parentheses.
pub(crate) struct Texts(pub(crate) [LitStr; 2]);

/// One of a few words, and what it is called in the facts.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) value: &'static str,
    pub(crate) word: Ident,
}

/// Words to choose from, each with its name in the facts.
type Choices = &'static [(&'static str, &'static str)];

const LAZY: Choices = &[
    ("select", "Select"),
    ("selectin", "SelectIn"),
    ("joined", "Joined"),
    ("subquery", "Subquery"),
    ("raise", "Raise"),
    ("raise_on_sql", "RaiseOnSql"),
];
const CASCADES: Choices = &[("delete", "Delete"), ("delete_orphan", "DeleteOrphan")];
const ACTIONS: Choices = &[
    ("cascade", "Cascade"),
    ("set_null", "SetNull"),
    ("restrict", "Restrict"),
    ("no_action", "NoAction"),
    ("set_default", "SetDefault"),
];

impl Relation {
    /// Reads `posts: Post` and what follows.
    pub(crate) fn read(context: &Context, word: &Word, place: Place) -> Option<(Self, Options)> {
        let (relation, rest) = word.list(context, |input| {
            let relation = Self::parse(input)?;
            Ok((relation, rest(input)?))
        })?;
        Some((relation, Options::read(context, rest, place)))
    }

    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let vis = match input.parse()? {
            Visibility::Inherited => None,
            vis => Some(vis),
        };
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        Ok(Self { vis, name, target: input.parse()? })
    }
}

impl Reference {
    /// Reads `User` or `User::email`, and what follows.
    pub(crate) fn read(context: &Context, word: &Word) -> Option<(Self, Options)> {
        let (target, rest) = word.list(context, |input| Ok((input.parse::<Type>()?, rest(input)?)))?;
        Some((Self::split(target), Options::read(context, rest, Place::References)))
    }

    /// A path that ends in a lower-case name leads to a column.
    fn split(mut target: Type) -> Self {
        let Type::Path(path) = &mut target else {
            return Self { target, column: None };
        };
        let segments = &mut path.path.segments;
        let is_column = segments.last().is_some_and(|last| {
            last.arguments.is_none() && last.ident.unraw().to_string().starts_with(char::is_lowercase)
        });
        if segments.len() < 2 || !is_column {
            return Self { target, column: None };
        }
        let column = segments.pop().map(|last| last.ident);
        segments.pop_punct();
        Self { target, column }
    }
}

/// Everything after a comma.
fn rest(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    input.parse()
}

impl Options {
    fn read(context: &Context, tokens: TokenStream, place: Place) -> Self {
        let mut words = split(context, tokens, place);
        once(context, &mut words);
        let mut options = Self::default();
        for word in &words {
            if place.usage(&word.text()).is_empty() {
                word.unknown(context);
                continue;
            }
            match word.text().as_str() {
                "back_populates" => options.back_populates = word.equals::<Name>(context).map(|name| name.0),
                "key" => options.key = word.equals(context),
                "references" => options.references = word.equals(context),
                "lazy" => options.lazy = choose(context, word, "way of loading", LAZY),
                "cascade" => options.cascade = choose(context, word, "cascade", CASCADES),
                "on_delete" => options.on_delete = choose(context, word, "action", ACTIONS),
                "write_only" => options.write_only = word.flag(context).then(|| word.span()),
                "through" => options.through = word.equals(context),
                "source" => options.source = word.equals::<Name>(context).map(|name| name.0),
                "target" => options.target = word.equals::<Name>(context).map(|name| name.0),
                "secondary" => options.secondary = word.string(context),
                "schema" => options.schema = word.string(context),
                "columns" => options.columns = word.equals(context),
                _ => options.on_update = choose(context, word, "action", ACTIONS),
            }
        }
        options
    }
}

/// A name, which may be a keyword to Rust.
struct Name(Ident);

impl Parse for Name {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Ident::parse_any).map(Self)
    }
}

/// The word `deferrable`.
pub(crate) struct Deferrable;

impl Parse for Deferrable {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let word = input.call(Ident::parse_any)?;
        if word != "deferrable" {
            return Err(syn::Error::new(word.span(), "expected `deferrable`"));
        }
        Ok(Self)
    }
}

impl Names {
    /// Reads names with commas between them.
    pub(crate) fn list(input: ParseStream<'_>) -> syn::Result<Self> {
        let names = Punctuated::<Name, Token![,]>::parse_terminated(input)?;
        Ok(Self(names.into_iter().map(|name| name.0).collect()))
    }

    /// Reads names, and whether `; deferrable` follows them.
    pub(crate) fn unique(input: ParseStream<'_>) -> syn::Result<(Self, bool)> {
        let mut names = Vec::new();
        while !input.is_empty() && !input.peek(Token![;]) {
            names.push(input.parse::<Name>()?.0);
            if !input.peek(Token![;]) && !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let is_deferrable = input.parse::<Option<Token![;]>>()?.is_some();
        if is_deferrable {
            input.parse::<Deferrable>()?;
        }
        Ok((Self(names), is_deferrable))
    }

    /// Where the names stand.
    pub(crate) fn span(&self) -> Span {
        self.0.first().map_or_else(Span::call_site, Ident::span)
    }
}

impl Parse for Names {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(syn::token::Paren) {
            return Ok(Self(vec![input.parse::<Name>()?.0]));
        }
        let names;
        parenthesized!(names in input);
        Self::list(&names)
    }
}

impl Parse for Texts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let texts;
        parenthesized!(texts in input);
        let near = texts.parse()?;
        texts.parse::<Token![,]>()?;
        let far = texts.parse()?;
        texts.parse::<Option<Token![,]>>()?;
        match texts.is_empty() {
            true => Ok(Self([near, far])),
            false => Err(texts.error("two names")),
        }
    }
}

/// The word that another is set to.
fn choose(context: &Context, word: &Word, what: &str, choices: Choices) -> Option<Choice> {
    let word = word.equals::<Name>(context)?.0;
    let Some(choice) = choices.iter().find(|choice| word == choice.0) else {
        let known: Vec<_> = choices.iter().map(|choice| choice.0).collect();
        let hint = suggest::nearest_or_all(&word.to_string(), &known);
        context.error(word.span(), format_args!("unknown {what} `{word}`{hint}"));
        return None;
    };
    Some(Choice { value: choice.1, word })
}
