//! Floor 2: full-text search.
//!
//! Invariant: the configuration stands in the text, so that an index over `to_tsvector('english', ..)` is used.

use crate::query::argument::{argument, operand};
use crate::query::expression::BinaryOperator;
use crate::query::{Both, ColumnElement, Condition, Expr, Expression, Operand};
use crate::types::{ColumnType, Nullness, OrNull, TsQuery, TsVector};

/// `'english'::regconfig`
fn configuration(name: &'static str) -> Expression {
    Expression::Cast(Box::new(Expression::Quoted(name)), crate::types::SqlType::new("regconfig"))
}

macro_rules! configured {
    ($($(#[$doc:meta])* $name:ident -> $output:ty;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::Post; use orm_core::func;\nassert_eq!(format!(\"{:?}\", func::", stringify!($name), "(\"english\", Post::title)), \"Expr(", stringify!($name), "('english'::regconfig, posts.title))\");\n```")]
            pub fn $name<O: Operand<String>>(
                config: &'static str,
                text: O,
            ) -> Expr<OrNull<O::Nullness, $output>, O::Sources> {
                Expr::call(stringify!($name), vec![configuration(config), operand(text)])
            }
        )+
    };
}

configured! {
    /// The text as full-text search sees it, by a configuration of the server's, `english` or `simple` for example.
    to_tsvector -> TsVector;
    /// What is searched for, of words with `&`, `|`, `!` and `<->` between them; an error of the server's if it is not so.
    to_tsquery -> TsQuery;
    /// What is searched for: all words of the text.
    plainto_tsquery -> TsQuery;
    /// What is searched for: all words of the text, one behind the other.
    phraseto_tsquery -> TsQuery;
    /// What is searched for, as people type it: words, `"phrases"`, `or`, `-not`. No text is an error.
    websearch_to_tsquery -> TsQuery;
}

type Rank<V, Q> =
    OrNull<<<V as Operand<TsVector>>::Nullness as Nullness>::Or<<Q as Operand<TsQuery>>::Nullness>, f32>;

macro_rules! ranks {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::Post; use orm_core::{func, prelude::*};\nlet (title, cats) = (func::to_tsvector(\"english\", Post::title), func::to_tsquery(\"english\", \"cat\"));\nlet best = select::<Post>().order_by(func::", stringify!($name), "(title, cats).desc());\n# let _ = best;\n```")]
            pub fn $name<V: Operand<TsVector>, Q: Operand<TsQuery>>(
                vector: V,
                query: Q,
            ) -> Expr<Rank<V, Q>, Both<V::Sources, Q::Sources>> {
                Expr::call(stringify!($name), vec![operand(vector), operand(query)])
            }
        )+
    };
}

ranks! {
    /// How well it is found, by how often the words are there.
    ts_rank;
    /// How well it is found, by how near to each other the words are.
    ts_rank_cd;
}

type Headline<O, Q> =
    OrNull<<<O as Operand<String>>::Nullness as Nullness>::Or<<Q as Operand<TsQuery>>::Nullness>, String>;

/// `ts_headline('english', text, query)`: a part of the text with the found words between `<b>` and `</b>`. The text is not
/// escaped.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let cats = func::to_tsquery("english", "cat");
/// let headline = func::ts_headline("english", Post::title, cats);
/// # let _ = headline;
/// ```
pub fn ts_headline<O: Operand<String>, Q: Operand<TsQuery>>(
    config: &'static str,
    text: O,
    query: Q,
) -> Expr<Headline<O, Q>, Both<O::Sources, Q::Sources>> {
    Expr::call("ts_headline", vec![configuration(config), operand(text), operand(query)])
}

/// `setweight(vector, 'A')`: all its positions with this weight, `'A'` to `'D'`.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let title = func::setweight(func::to_tsvector("english", Post::title), 'A');
/// assert!(format!("{title:?}").starts_with("Expr(setweight("));
/// ```
pub fn setweight<O: Operand<TsVector>>(
    vector: O,
    weight: char,
) -> Expr<OrNull<O::Nullness, TsVector>, O::Sources> {
    let weight =
        Expression::Cast(Box::new(argument(weight.to_string())), crate::types::SqlType::new("\"char\""));
    Expr::call("setweight", vec![operand(vector), weight])
}

super::define::functions! {
    /// How many lexemes it has.
    tsvector_length "length" (A vector: TsVector) -> like i32
        = (func::to_tsvector("english", User::email)) => "length(to_tsvector('english'::regconfig, users.email))";
    /// Without positions and weights.
    strip "strip" (A vector: TsVector) -> like TsVector
        = (func::to_tsvector("english", User::email)) => "strip(to_tsvector('english'::regconfig, users.email))";
    /// How many words and operators it has.
    numnode "numnode" (A query: TsQuery) -> like i32
        = (func::to_tsquery("english", "cat")) => "numnode(to_tsquery('english'::regconfig, $1::text))";
}

/// Operators of documents in full-text search.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let cats = func::to_tsvector("english", Post::title).matches(func::plainto_tsquery("english", "cats"));
/// let posts = select::<Post>().filter(cats);
/// # let _ = posts;
/// ```
pub trait SearchOperators: ColumnElement<Type: ColumnType<NotNull = TsVector>> {
    /// `@@`: whether the query finds it.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
    /// let found = func::to_tsvector("simple", Post::title).matches(func::to_tsquery("simple", "cat"));
    /// assert!(format!("{found:?}").contains(" @@ to_tsquery("));
    /// ```
    fn matches<Q: Operand<TsQuery>>(self, query: Q) -> Condition<Both<Self::Sources, Q::Sources>> {
        Condition::new(self.into_expr().expression.binary(BinaryOperator::Other("@@"), operand(query)))
    }

    /// `||`: both documents as one.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
    /// let both = func::to_tsvector("simple", Post::title).concat(func::to_tsvector("simple", "cats"));
    /// # let _ = both;
    /// ```
    fn concat<O: Operand<TsVector>>(
        self,
        other: O,
    ) -> Expr<crate::query::Combined<Self, O, TsVector, TsVector>, Both<Self::Sources, O::Sources>> {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Other("||"), operand(other)))
    }
}

impl<E: ColumnElement<Type: ColumnType<NotNull = TsVector>>> SearchOperators for E {}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::{func, prelude::*};\nlet word = |word| func::to_tsquery(\"simple\", word);\nlet both = word(\"fat\").", stringify!($name), "(word(\"cat\"));\n# let _ = both;\n```")]
            fn $name<Q: Operand<TsQuery>>(
                self,
                other: Q,
            ) -> Expr<crate::query::Combined<Self, Q, TsQuery, TsQuery>, Both<Self::Sources, Q::Sources>> {
                Expr::new(self.into_expr().expression.binary(BinaryOperator::Other($operator), operand(other)))
            }
        )+
    };
}

/// Operators of what is searched for.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let cats = func::to_tsquery("simple", "cat").and(func::to_tsquery("simple", "dog"));
/// # let _ = cats;
/// ```
pub trait TsQueryOperators: ColumnElement<Type: ColumnType<NotNull = TsQuery>> {
    queries! {
        /// `&&`: both must be found.
        and "&&";
        /// `||`: one of them must be found.
        or "||";
        /// `<->`: the other must stand behind this one.
        followed_by "<->";
    }

    /// `!!`: it must not be found.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// let no_cats = func::to_tsquery("simple", "cat").negated();
    /// assert_eq!(format!("{no_cats:?}"), "Expr((!! to_tsquery('simple'::regconfig, $1::text)))");
    /// ```
    fn negated(self) -> Expr<Self::Type, Self::Sources> {
        Expr::new(Expression::Syntax(vec!["(!! ", ")"], vec![self.into_expr().expression]))
    }
}

impl<E: ColumnElement<Type: ColumnType<NotNull = TsQuery>>> TsQueryOperators for E {}
