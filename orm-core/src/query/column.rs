//! Floor 2: the operators of a column.
//!
//! Invariant: an operator fixes the shape of the text alone. Only `eq` and `ne` look at the other side, for NULL.

use super::expression::{BinaryOperator, Quantifier, UnaryOperator};
use super::operand::array;
use super::{Condition, Element, Expression, Operand, OrderBy};
use crate::model::{Column, Model};
use crate::types::{ColumnType, DataType};

/// Comparisons. The other side is a value or a column of the same data type, see [`Operand`].
impl<M: Model, T: ColumnType> Column<M, T> {
    fn expression(self) -> Expression {
        Operand::<T::NotNull>::into_term(self).0
    }

    fn compare(self, operator: BinaryOperator, other: impl Operand<T::NotNull>) -> Condition<M> {
        Condition::new(self.expression().binary(operator, other.into_term().0))
    }

    /// `=`; `IS NULL` if the other side is `None`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::email.eq("ann@example.org")).to_string();
    /// assert!(sql.ends_with("WHERE users.email = $1"));
    /// ```
    pub fn eq(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        Condition::new(self.expression().equal(other.into_term().0))
    }

    /// `<>`; `IS NOT NULL` if the other side is `None`.
    ///
    /// As in SQL, a NULL is not different from a value; [`is_distinct_from`](Column::is_distinct_from) says that it is.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.ne(None)).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NOT NULL"));
    /// ```
    pub fn ne(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        Condition::new(self.expression().not_equal(other.into_term().0))
    }

    /// `<`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::id.lt(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id < $1"));
    /// ```
    pub fn lt(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        self.compare(BinaryOperator::Less, other)
    }

    /// `<=`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::id.le(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id <= $1"));
    /// ```
    pub fn le(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        self.compare(BinaryOperator::LessOrEqual, other)
    }

    /// `>`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::id.gt(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id > $1"));
    /// ```
    pub fn gt(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        self.compare(BinaryOperator::Greater, other)
    }

    /// `>=`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::id.ge(9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id >= $1"));
    /// ```
    pub fn ge(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        self.compare(BinaryOperator::GreaterOrEqual, other)
    }

    /// `IS DISTINCT FROM`: like `<>`, but NULL is a value like any other.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.is_distinct_from("Ann")).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS DISTINCT FROM $1"));
    /// ```
    pub fn is_distinct_from(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        self.compare(BinaryOperator::IsDistinctFrom, other)
    }

    /// `IS NOT DISTINCT FROM`: like `=`, but NULL is a value like any other.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.is_not_distinct_from(None)).to_string();
    /// assert!(sql.ends_with("users.name IS NOT DISTINCT FROM $1"));
    /// ```
    pub fn is_not_distinct_from(self, other: impl Operand<T::NotNull>) -> Condition<M> {
        self.compare(BinaryOperator::IsNotDistinctFrom, other)
    }

    /// `IS NULL`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.is_null()).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NULL"));
    /// ```
    pub fn is_null(self) -> Condition<M> {
        Condition::new(self.expression().unary(UnaryOperator::IsNull))
    }

    /// `IS NOT NULL`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.is_not_null()).to_string();
    /// assert!(sql.ends_with("WHERE users.name IS NOT NULL"));
    /// ```
    pub fn is_not_null(self) -> Condition<M> {
        Condition::new(self.expression().unary(UnaryOperator::IsNotNull))
    }

    /// `BETWEEN low AND high`, both ends included.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::id.between(1, 9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id BETWEEN $1 AND $2"));
    /// ```
    pub fn between(self, low: impl Operand<T::NotNull>, high: impl Operand<T::NotNull>) -> Condition<M> {
        let operands = [self.expression(), low.into_term().0, high.into_term().0];
        Condition::new(Expression::Between(Box::new(operands)))
    }

    /// `NOT BETWEEN low AND high`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::id.not_between(1, 9)).to_string();
    /// assert!(sql.ends_with("WHERE users.id NOT BETWEEN $1 AND $2"));
    /// ```
    pub fn not_between(self, low: impl Operand<T::NotNull>, high: impl Operand<T::NotNull>) -> Condition<M> {
        let operands = [self.expression(), low.into_term().0, high.into_term().0];
        Condition::new(Expression::NotBetween(Box::new(operands)))
    }

    /// Whether the column holds one of the values: `= ANY($1)`. All of them travel as one parameter, so the statement
    /// is the same for any number; among no values there is no row.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::id.in_([1, 2, 3])).to_string();
    /// assert!(sql.ends_with("WHERE users.id = ANY($1)"));
    /// ```
    pub fn in_(self, values: impl IntoIterator<Item: Element<T::NotNull>>) -> Condition<M> {
        self.quantified(BinaryOperator::Equal, Quantifier::Any, values)
    }

    /// Whether the column holds none of the values: `<> ALL($1)`. Rows where it is NULL are left out, unless there are
    /// no values.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.not_in(["Ann", "Bob"])).to_string();
    /// assert!(sql.ends_with("WHERE users.name <> ALL($1)"));
    /// ```
    pub fn not_in(self, values: impl IntoIterator<Item: Element<T::NotNull>>) -> Condition<M> {
        self.quantified(BinaryOperator::NotEqual, Quantifier::All, values)
    }

    fn quantified(
        self,
        operator: BinaryOperator,
        quantifier: Quantifier,
        values: impl IntoIterator<Item: Element<T::NotNull>>,
    ) -> Condition<M> {
        const {
            assert!(
                !T::NotNull::SQL_TYPE.is_array,
                "a column that is an array cannot be looked for in a list: PostgreSQL flattens arrays of arrays"
            );
        };
        Condition::new(self.expression().quantified(operator, quantifier, array(values)))
    }

    /// Ascending order.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().order_by(User::name.asc()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name"));
    /// ```
    pub fn asc(self) -> OrderBy {
        OrderBy::ascending(self.expression())
    }

    /// Descending order.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().order_by(User::name.desc()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name DESC"));
    /// ```
    pub fn desc(self) -> OrderBy {
        OrderBy::descending(self.expression())
    }
}

/// Text operators. In a pattern, `%` stands for any text and `_` for one character.
impl<M: Model, T: ColumnType<NotNull = String>> Column<M, T> {
    /// `LIKE`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::email.like("%@example.org")).to_string();
    /// assert!(sql.ends_with("WHERE users.email LIKE $1"));
    /// ```
    pub fn like(self, pattern: impl Operand<String>) -> Condition<M> {
        self.compare(BinaryOperator::Like, pattern)
    }

    /// `NOT LIKE`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::email.not_like("%@example.org")).to_string();
    /// assert!(sql.ends_with("WHERE users.email NOT LIKE $1"));
    /// ```
    pub fn not_like(self, pattern: impl Operand<String>) -> Condition<M> {
        self.compare(BinaryOperator::NotLike, pattern)
    }

    /// `ILIKE`: `LIKE`, upper and lower case being the same.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.ilike("ann%")).to_string();
    /// assert!(sql.ends_with("WHERE users.name ILIKE $1"));
    /// ```
    pub fn ilike(self, pattern: impl Operand<String>) -> Condition<M> {
        self.compare(BinaryOperator::ILike, pattern)
    }

    /// `NOT ILIKE`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::name.not_ilike("ann%")).to_string();
    /// assert!(sql.ends_with("WHERE users.name NOT ILIKE $1"));
    /// ```
    pub fn not_ilike(self, pattern: impl Operand<String>) -> Condition<M> {
        self.compare(BinaryOperator::NotILike, pattern)
    }

    /// Whether the text begins with this one, taken literally.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::email.starts_with("50%")).to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), r#""50\\%%""#);
    /// ```
    pub fn starts_with(self, text: impl AsRef<str>) -> Condition<M> {
        self.like(format!("{}%", escape(text.as_ref())))
    }

    /// Whether this text, taken literally, is in the column's.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::email.contains("a_b")).to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), r#""%a\\_b%""#);
    /// ```
    pub fn contains(self, text: impl AsRef<str>) -> Condition<M> {
        self.like(format!("%{}%", escape(text.as_ref())))
    }

    /// Whether the text ends with this one, taken literally.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().filter(User::email.ends_with(".org")).to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), r#""%.org""#);
    /// ```
    pub fn ends_with(self, text: impl AsRef<str>) -> Condition<M> {
        self.like(format!("%{}", escape(text.as_ref())))
    }
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

#[cfg(test)]
mod tests {
    use crate::query::fixture::{Post, User};
    use crate::query::{Condition, SelectStatement};

    /// The condition's text, and its parameters with their values.
    fn sql<M>(condition: Condition<M>) -> (String, Vec<String>) {
        let sql = SelectStatement::default().filter(condition.0).to_sql();
        let text = sql.text.trim_start_matches("SELECT  WHERE ").to_owned();
        (text, sql.parameters.iter().map(|parameter| parameter.display_value().to_string()).collect())
    }

    fn assert_sql<M>(condition: Condition<M>, text: &str, parameters: &[&str]) {
        assert_eq!(sql(condition), (text.to_owned(), parameters.iter().map(ToString::to_string).collect()));
    }

    #[test]
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
    fn lists_are_one_parameter() {
        assert_sql(User::id.in_([1, 2]), "users.id = ANY($1)", &["[1, 2]"]);
        assert_sql(User::id.in_(Vec::<i64>::new()), "users.id = ANY($1)", &["[]"]);
        assert_sql(User::id.in_(1..3), "users.id = ANY($1)", &["[1, 2]"]);
        assert_sql(User::name.not_in(["a", "b"]), "users.name <> ALL($1)", &["[\"a\", \"b\"]"]);
    }

    #[test]
    fn patterns() {
        assert_sql(User::email.like("a%"), "users.email LIKE $1", &["\"a%\""]);
        assert_sql(User::email.not_like("a%"), "users.email NOT LIKE $1", &["\"a%\""]);
        assert_sql(User::name.ilike("a%"), "users.name ILIKE $1", &["\"a%\""]);
        assert_sql(User::name.not_ilike("a%"), "users.name NOT ILIKE $1", &["\"a%\""]);
        assert_sql(User::email.like(User::name), "users.email LIKE users.name", &[]);
    }

    #[test]
    fn text_is_searched_literally() {
        assert_sql(User::email.starts_with("50%"), "users.email LIKE $1", &[r#""50\\%%""#]);
        assert_sql(User::email.contains("a_b"), "users.email LIKE $1", &[r#""%a\\_b%""#]);
        assert_sql(User::email.ends_with(r"\"), "users.email LIKE $1", &[r#""%\\\\""#]);
    }
}
