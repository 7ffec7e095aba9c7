//! Floor 2: the operators of text.

use super::compare;
use crate::query::expression::BinaryOperator;
use crate::query::{Both, ColumnElement, Combined, Condition, Expr, Expression, Operand, Parameter};
use crate::types::ColumnType;

/// Operators of text columns and expressions. In a pattern, `%` stands for any text and `_` for one character.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let sql = select::<User>().filter(func::lower(User::email).starts_with("ann")).to_string();
/// assert!(sql.ends_with("WHERE lower(users.email) LIKE $1"));
/// ```
pub trait TextOperators: ColumnElement<Type: ColumnType<NotNull = String>> {
    /// `LIKE`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.like("%@example.org")).to_string();
    /// assert!(sql.ends_with("WHERE users.email LIKE $1"));
    /// ```
    fn like<O: Operand<String>>(self, pattern: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::Like, pattern)
    }

    /// `NOT LIKE`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.not_like("%@example.org")).to_string();
    /// assert!(sql.ends_with("WHERE users.email NOT LIKE $1"));
    /// ```
    fn not_like<O: Operand<String>>(self, pattern: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::NotLike, pattern)
    }

    /// `ILIKE`: `LIKE`, upper and lower case being the same.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.ilike("ann%")).to_string();
    /// assert!(sql.ends_with("WHERE users.name ILIKE $1"));
    /// ```
    fn ilike<O: Operand<String>>(self, pattern: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::ILike, pattern)
    }

    /// `NOT ILIKE`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.not_ilike("ann%")).to_string();
    /// assert!(sql.ends_with("WHERE users.name NOT ILIKE $1"));
    /// ```
    fn not_ilike<O: Operand<String>>(self, pattern: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::NotILike, pattern)
    }

    /// `||`: this text and then the other; NULL if one of them is.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let query = select::<User>().columns(User::email.concat("!"));
    /// assert_eq!(query.to_string(), "SELECT users.email || $1 FROM users");
    /// ```
    fn concat<O: Operand<String>>(
        self,
        other: O,
    ) -> Expr<Combined<Self, O, String, String>, Both<Self::Sources, O::Sources>> {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Other("||"), other.into_term().0))
    }

    /// Whether the text begins with this one, taken literally.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.starts_with("50%")).to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), r#""50\\%%""#);
    /// ```
    fn starts_with(self, text: impl AsRef<str>) -> Condition<Self::Sources> {
        like_text(self, BinaryOperator::Like, format!("{}%", escape(text.as_ref())))
    }

    /// As [`starts_with`](TextOperators::starts_with), whether letters are large or small: `ILIKE`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.istarts_with("ann")).to_sql().text;
    /// assert!(sql.ends_with("WHERE users.email ILIKE $1"));
    /// ```
    fn istarts_with(self, text: impl AsRef<str>) -> Condition<Self::Sources> {
        like_text(self, BinaryOperator::ILike, format!("{}%", escape(text.as_ref())))
    }

    /// Whether this text, taken literally, is in the column's.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.contains("a_b")).to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), r#""%a\\_b%""#);
    /// ```
    fn contains(self, text: impl AsRef<str>) -> Condition<Self::Sources> {
        like_text(self, BinaryOperator::Like, format!("%{}%", escape(text.as_ref())))
    }

    /// As [`contains`](TextOperators::contains), whether letters are large or small: `ILIKE`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.icontains("a_b")).to_sql();
    /// assert!(sql.text.ends_with("WHERE users.email ILIKE $1"));
    /// assert_eq!(sql.parameters[0].display_value().to_string(), r#""%a\\_b%""#);
    /// ```
    fn icontains(self, text: impl AsRef<str>) -> Condition<Self::Sources> {
        like_text(self, BinaryOperator::ILike, format!("%{}%", escape(text.as_ref())))
    }

    /// Whether the text ends with this one, taken literally.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.ends_with(".org")).to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), r#""%.org""#);
    /// ```
    fn ends_with(self, text: impl AsRef<str>) -> Condition<Self::Sources> {
        like_text(self, BinaryOperator::Like, format!("%{}", escape(text.as_ref())))
    }

    /// As [`ends_with`](TextOperators::ends_with), whether letters are large or small: `ILIKE`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.iends_with(".ORG")).to_sql().text;
    /// assert!(sql.ends_with("WHERE users.email ILIKE $1"));
    /// ```
    fn iends_with(self, text: impl AsRef<str>) -> Condition<Self::Sources> {
        like_text(self, BinaryOperator::ILike, format!("%{}", escape(text.as_ref())))
    }
}

fn like_text<E: ColumnElement>(
    element: E,
    operator: BinaryOperator,
    pattern: String,
) -> Condition<E::Sources> {
    let pattern = Expression::Parameter(Parameter::of(pattern));
    Condition::new(element.into_expr().expression.binary(operator, pattern))
}

/// The pattern that only the text itself matches.
fn escape(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
