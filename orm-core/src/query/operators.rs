//! Floor 2: the operators of columns and expressions.
//!
//! Invariant: an operator fixes the shape of the text alone. Only `eq` and `ne` look at the other side, for NULL.

mod array;
mod general;
#[cfg(feature = "serde_json")]
mod json;
mod pattern;
mod range;
mod text;
#[cfg(feature = "chrono")]
mod time;

use super::expression::{BinaryOperator, UnaryOperator};
use super::{Among, Both, ColumnElement, Condition, DataTypeOf, Expression, Operand, OrderBy, Term};

/// Implements operators for a data type: for each way of having it, so that a method that is not there is said in few lines.
macro_rules! operators_of {
    ($type:ty: $($operators:ident),+) => {
        $(
            impl<M: crate::model::Selectable> $operators for crate::model::Column<M, $type> {}
            impl<M: crate::model::Selectable> $operators for crate::model::Column<M, Option<$type>> {}
            impl<S: crate::query::Sources> $operators for crate::query::Expr<$type, S> {}
            impl<S: crate::query::Sources> $operators for crate::query::Expr<Option<$type>, S> {}
            impl<S: crate::query::RowWise> $operators for crate::query::Aggregate<$type, S> {}
            impl<S: crate::query::RowWise> $operators for crate::query::Aggregate<Option<$type>, S> {}
        )+
    };
}

operators_of!(String: TextOperators, PatternOperators);
operators_of!(bool: BooleanOperators);

pub use array::{Array, ArrayOperators};
pub use general::{BitOperators, BooleanOperators, GeneralOperators, Whole};
#[cfg(feature = "serde_json")]
pub use json::{JsonKey, JsonOperators, JsonType};
pub use pattern::PatternOperators;
pub use range::{RangeOperators, Ranged};
pub use text::TextOperators;
#[cfg(feature = "chrono")]
pub use time::TimeOperators;

/// Comparisons of columns and expressions. The other side is a value, a column or an expression of the same data type,
/// see [`Operand`].
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let sql = select::<User>().filter((User::id + 1).eq(8)).to_string();
/// assert!(sql.ends_with("WHERE (users.id + $1) = $2"));
/// ```
#[expect(
    clippy::wrong_self_convention,
    reason = "the operators take what they are said of, as SQL calls them"
)]
pub trait ColumnOperators: ColumnElement {
    /// `=`; `IS NULL` if the other side is `None`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::email.eq("ann@example.org")).to_string();
    /// assert!(sql.ends_with("WHERE users.email = $1"));
    /// ```
    #[inline(always)]
    fn eq<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        Condition::new(self.into_expr().expression.equal(other.into_term().0))
    }

    /// `<>`; `IS NOT NULL` if the other side is `None`.
    ///
    /// As in SQL, a NULL is not different from a value; [`is_distinct_from`](ColumnOperators::is_distinct_from) says that it is.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.ne(None)).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NOT NULL"));
    /// ```
    #[inline(always)]
    fn ne<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        Condition::new(self.into_expr().expression.not_equal(other.into_term().0))
    }

    /// `<`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.lt(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id < $1"));
    /// ```
    #[inline(always)]
    fn lt<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::Less, other)
    }

    /// `<=`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.le(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id <= $1"));
    /// ```
    #[inline(always)]
    fn le<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::LessOrEqual, other)
    }

    /// `>`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.gt(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id > $1"));
    /// ```
    #[inline(always)]
    fn gt<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::Greater, other)
    }

    /// `>=`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.ge(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id >= $1"));
    /// ```
    #[inline(always)]
    fn ge<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::GreaterOrEqual, other)
    }

    /// `IS DISTINCT FROM`: like `<>`, but NULL is a value like any other.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.is_distinct_from("Ann")).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS DISTINCT FROM $1"));
    /// ```
    fn is_distinct_from<O: Operand<DataTypeOf<Self>>>(
        self,
        other: O,
    ) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::IsDistinctFrom, other)
    }

    /// `IS NOT DISTINCT FROM`: like `=`, but NULL is a value like any other.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.is_not_distinct_from(None)).to_string();
    /// assert!(sql.ends_with("users.name IS NOT DISTINCT FROM $1"));
    /// ```
    fn is_not_distinct_from<O: Operand<DataTypeOf<Self>>>(
        self,
        other: O,
    ) -> Condition<Both<Self::Sources, O::Sources>> {
        compare(self, BinaryOperator::IsNotDistinctFrom, other)
    }

    /// `IS NULL`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.is_null()).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NULL"));
    /// ```
    #[inline(always)]
    fn is_null(self) -> Condition<Self::Sources> {
        Condition::new(self.into_expr().expression.unary(UnaryOperator::IsNull))
    }

    /// `IS NOT NULL`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.is_not_null()).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NOT NULL"));
    /// ```
    #[inline(always)]
    fn is_not_null(self) -> Condition<Self::Sources> {
        Condition::new(self.into_expr().expression.unary(UnaryOperator::IsNotNull))
    }

    /// `BETWEEN low AND high`, both ends included.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.between(1, 9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id BETWEEN $1 AND $2"));
    /// ```
    fn between<L: Operand<DataTypeOf<Self>>, H: Operand<DataTypeOf<Self>>>(
        self,
        low: L,
        high: H,
    ) -> Condition<Both<Both<Self::Sources, L::Sources>, H::Sources>> {
        let operands = [self.into_expr().expression, low.into_term().0, high.into_term().0];
        Condition::new(Expression::Between(Box::new(operands)))
    }

    /// `NOT BETWEEN low AND high`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.not_between(1, 9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id NOT BETWEEN $1 AND $2"));
    /// ```
    fn not_between<L: Operand<DataTypeOf<Self>>, H: Operand<DataTypeOf<Self>>>(
        self,
        low: L,
        high: H,
    ) -> Condition<Both<Both<Self::Sources, L::Sources>, H::Sources>> {
        let operands = [self.into_expr().expression, low.into_term().0, high.into_term().0];
        Condition::new(Expression::NotBetween(Box::new(operands)))
    }

    /// Whether the column holds one of the values: `= ANY($1)`. All of them travel as one parameter, so the statement
    /// is the same for any number; among no values there is no row.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.in_([1, 2, 3])).to_string();
    /// assert!(sql.ends_with("WHERE users.id = ANY($1)"));
    /// ```
    #[inline(always)]
    fn in_<A: Among<DataTypeOf<Self>>>(self, among: A) -> Condition<Both<Self::Sources, A::Sources>> {
        Condition::new(among.search(Term(self.into_expr().expression), true).0)
    }

    /// Whether the column holds none of the values: `<> ALL($1)`. Rows where it is NULL are left out, unless there are
    /// no values.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.not_in(["Ann", "Bob"])).to_string();
    /// assert!(sql.ends_with("WHERE users.name <> ALL($1)"));
    /// ```
    #[inline(always)]
    fn not_in<A: Among<DataTypeOf<Self>>>(self, among: A) -> Condition<Both<Self::Sources, A::Sources>> {
        Condition::new(among.search(Term(self.into_expr().expression), false).0)
    }

    /// Ascending order.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().order_by(User::name.asc()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name"));
    /// ```
    #[inline(always)]
    fn asc(self) -> OrderBy<Self::Sources, Self::Type> {
        OrderBy::ascending(self.into_expr().expression)
    }

    /// Descending order.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().order_by(User::name.desc()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name DESC"));
    /// ```
    #[inline(always)]
    fn desc(self) -> OrderBy<Self::Sources, Self::Type> {
        OrderBy::descending(self.into_expr().expression)
    }
}

impl<E: ColumnElement> ColumnOperators for E {}

/// The operator between the two.
fn compare<E: ColumnElement, D, O: Operand<D>>(
    left: E,
    operator: BinaryOperator,
    right: O,
) -> Condition<Both<E::Sources, O::Sources>> {
    Condition::new(left.into_expr().expression.binary(operator, right.into_term().0))
}

#[cfg(test)]
mod tests {
    use crate::query::fixture::{Post, User};
    use crate::query::{ColumnOperators, TextOperators};
    use crate::query::{Condition, SelectStatement};

    /// The condition's text, and its parameters with their values.
    #[inline(always)]
    fn sql<M>(condition: Condition<M>) -> (String, Vec<String>) {
        let sql = SelectStatement::default().filter(condition.0).to_sql();
        let text = sql.text.trim_start_matches("SELECT  WHERE ").to_owned();
        (text, sql.parameters.iter().map(|parameter| parameter.display_value().to_string()).collect())
    }

    #[inline(always)]
    fn assert_sql<M>(condition: Condition<M>, text: &str, parameters: &[&str]) {
        assert_eq!(sql(condition), (text.to_owned(), parameters.iter().map(ToString::to_string).collect()));
    }

    #[test]
    #[inline(always)]
    fn comparisons() {
        assert_sql(User::id.eq(1), "users.id = $1", &["1"]);
        assert_sql(User::id.ne(1), "users.id <> $1", &["1"]);
        assert_sql(User::id.lt(1), "users.id < $1", &["1"]);
        assert_sql(User::id.le(1), "users.id <= $1", &["1"]);
        assert_sql(User::id.gt(1), "users.id > $1", &["1"]);
        assert_sql(User::id.ge(1), "users.id >= $1", &["1"]);
        assert_sql(User::id.between(1, 9), "users.id BETWEEN $1 AND $2", &["1", "9"]);
        assert_sql(User::id.not_between(1, 9), "users.id NOT BETWEEN $1 AND $2", &["1", "9"]);
        assert_sql(Post::published.eq(true), "posts.published = $1", &["true"]);
    }

    #[test]
    #[inline(always)]
    fn null() {
        assert_sql(User::name.is_null(), "users.name IS NULL", &[]);
        assert_sql(User::name.is_not_null(), "users.name IS NOT NULL", &[]);
        assert_sql(User::name.eq(None), "users.name IS NULL", &[]);
        assert_sql(User::name.ne(None), "users.name IS NOT NULL", &[]);
        assert_sql(Post::user_id.eq(Some(1)), "posts.user_id = $1", &["1"]);
        assert_sql(User::name.is_distinct_from("x"), "users.name IS DISTINCT FROM $1", &["\"x\""]);
        assert_sql(User::name.is_distinct_from(None), "users.name IS DISTINCT FROM $1", &["NULL"]);
        assert_sql(User::name.is_not_distinct_from("x"), "users.name IS NOT DISTINCT FROM $1", &["\"x\""]);
    }

    #[test]
    #[inline(always)]
    fn the_other_side_may_be_borrowed_or_a_column() {
        let user = User { id: 1, name: Some("x".to_owned()), email: "e".to_owned() };
        let ids = vec![&user.id];
        assert_sql(User::id.eq(ids[0]), "users.id = $1", &["1"]);
        assert_sql(User::id.in_(ids), "users.id = ANY($1)", &["[1]"]);
        assert_sql(User::email.eq(&user.email), "users.email = $1", &["\"e\""]);
        assert_sql(User::name.eq(&user.name), "users.name = $1", &["\"x\""]);
        assert_sql(User::name.eq(user.name), "users.name = $1", &["\"x\""]);
        assert_sql(Post::body.eq(b"\x01".as_slice()), "posts.body = $1", &["[1]"]);
        assert_sql(Post::user_id.eq(User::id), "posts.user_id = users.id", &[]);
        assert_sql(User::id.eq(Post::user_id), "users.id = posts.user_id", &[]);
    }

    #[test]
    #[inline(always)]
    fn lists_are_one_parameter() {
        assert_sql(User::id.in_([1, 2]), "users.id = ANY($1)", &["[1, 2]"]);
        assert_sql(User::id.in_(Vec::<i64>::new()), "users.id = ANY($1)", &["[]"]);
        assert_sql(User::id.in_(1..3), "users.id = ANY($1)", &["[1, 2]"]);
        assert_sql(User::name.not_in(["a", "b"]), "users.name <> ALL($1)", &["[\"a\", \"b\"]"]);
    }

    #[test]
    #[inline(always)]
    fn patterns() {
        assert_sql(User::email.like("a%"), "users.email LIKE $1", &["\"a%\""]);
        assert_sql(User::email.not_like("a%"), "users.email NOT LIKE $1", &["\"a%\""]);
        assert_sql(User::name.ilike("a%"), "users.name ILIKE $1", &["\"a%\""]);
        assert_sql(User::name.not_ilike("a%"), "users.name NOT ILIKE $1", &["\"a%\""]);
        assert_sql(User::email.like(User::name), "users.email LIKE users.name", &[]);
    }

    #[test]
    #[inline(always)]
    fn text_is_searched_literally() {
        assert_sql(User::email.starts_with("50%"), "users.email LIKE $1", &[r#""50\\%%""#]);
        assert_sql(User::email.contains("a_b"), "users.email LIKE $1", &[r#""%a\\_b%""#]);
        assert_sql(User::email.ends_with(r"\"), "users.email LIKE $1", &[r#""%\\\\""#]);
    }
}
