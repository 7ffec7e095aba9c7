//! Floor 2: text and patterns: regular expressions, `SIMILAR TO`, trigrams.

use super::compare;
use crate::query::argument::operand;
use crate::query::expression::BinaryOperator;
use crate::query::{Both, ColumnElement, Condition, Expression, Operand};
use crate::types::ColumnType;

macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::User; use orm_core::prelude::*;\nlet condition = User::email.", stringify!($name), "(\"a.*\");\nassert_eq!(format!(\"{condition:?}\"), \"Condition(users.email ", $operator, " $1)\");\n```")]
            fn $name<O: Operand<String>>(self, pattern: O) -> Condition<Both<Self::Sources, O::Sources>> {
                compare(self, BinaryOperator::Other($operator), pattern)
            }
        )+
    };
}

/// Operators of text with patterns.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let users = select::<User>().filter(User::email.regexp_match("^[a-m]"));
/// assert!(users.to_string().ends_with("WHERE users.email ~ $1"));
/// ```
#[expect(clippy::wrong_self_convention, reason = "an operator takes its expression along")]
pub trait PatternOperators: ColumnElement<Type: ColumnType<NotNull = String>> {
    patterns! {
        /// `~`: whether a part of it matches the regular expression.
        regexp_match "~";
        /// `~*`: the same, upper and lower case being alike.
        regexp_imatch "~*";
        /// `!~`: whether no part of it matches the regular expression.
        not_regexp_match "!~";
        /// `!~*`: the same, upper and lower case being alike.
        not_regexp_imatch "!~*";
        /// `SIMILAR TO`: whether all of it matches SQL's kind of regular expression.
        similar_to "SIMILAR TO";
        /// `NOT SIMILAR TO`
        not_similar_to "NOT SIMILAR TO";
        /// `^@`: whether it begins with this text.
        begins_with "^@";
        /// `%`: whether it is alike, by trigrams; in the extension `pg_trgm`.
        is_similar "%";
    }

    /// `LIKE pattern ESCAPE character`: the character takes away what `%` and `_` mean, instead of a backslash.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let condition = User::email.like_escaped("10#%", '#');
    /// assert_eq!(format!("{condition:?}"), "Condition(users.email LIKE $1::text ESCAPE $2::text)");
    /// ```
    fn like_escaped<O: Operand<String>>(
        self,
        pattern: O,
        escape: char,
    ) -> Condition<Both<Self::Sources, O::Sources>> {
        let operands =
            vec![self.into_expr().expression, operand(pattern), operand::<String>(escape.to_string())];
        Condition::new(Expression::Syntax(vec!["", " LIKE ", " ESCAPE ", ""], operands))
    }
}
