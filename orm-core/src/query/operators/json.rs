//! Floor 2: the operators of `jsonb`, behind the feature `serde_json`.

use serde_json::Value;

use crate::query::argument::{argument, cast_value, operand};
use crate::query::expression::BinaryOperator;
use crate::query::{Both, ColumnElement, Combined, Condition, Expr, Expression, FunctionArgument, Operand};
use crate::types::{ColumnType, DataType, Json, JsonDocument};

/// A data type that is `jsonb`.
///
/// ```
/// # use orm_core::query::JsonType;
/// fn is_json<T: JsonType>() {}
/// is_json::<serde_json::Value>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not JSON",
    label = "a `jsonb` column or expression is expected"
)]
pub trait JsonType: DataType {}

impl JsonType for Value {}
impl<T: JsonDocument> JsonType for Json<T> {}

/// How a part of a document is called: a member by its name, an element by its number, from 0.
///
/// ```
/// # use orm_core::query::JsonKey;
/// fn is_key<K: JsonKey>(_: K) {}
/// is_key("name");
/// is_key(2);
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is neither a member's name nor an element's number")]
pub trait JsonKey: FunctionArgument<Sources = ()> {}

impl JsonKey for &str {}
impl JsonKey for String {}
impl JsonKey for i32 {}

fn path<'a>(path: impl IntoIterator<Item = &'a str>) -> Expression {
    argument(path.into_iter().map(str::to_owned).collect::<Vec<_>>())
}

/// A path of SQL/JSON, which the server reads.
fn jsonpath(path: &str) -> Expression {
    Expression::Cast(Box::new(argument(path)), crate::types::SqlType::new("jsonpath"))
}

fn apply<E: ColumnElement>(left: E, operator: &'static str, right: Expression) -> Expression {
    left.into_expr().expression.binary(BinaryOperator::Other(operator), right)
}

/// Operators of `jsonb` columns and expressions.
///
/// ```
/// # use orm_core::{func, prelude::*}; use serde_json::json;
/// let city = func::value(json!({"address": {"city": "Oslo"}})).get("address").get_text("city");
/// assert_eq!(format!("{city:?}"), "Expr(($1::jsonb -> $2::text) ->> $3::text)");
/// ```
pub trait JsonOperators: ColumnElement<Type: ColumnType<NotNull: JsonType>> {
    /// `->`: a part of it; NULL if it is not there.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// assert_eq!(format!("{:?}", func::value(json!([1, 2])).get(0)), "Expr($1::jsonb -> $2::integer)");
    /// ```
    fn get<K: JsonKey>(self, key: K) -> Expr<Option<Value>, Self::Sources> {
        Expr::new(apply(self, "->", argument(key)))
    }

    /// `->>`: a part of it as text; NULL if it is not there, or a JSON `null`.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// assert_eq!(format!("{:?}", func::value(json!({"a": 1})).get_text("a")), "Expr($1::jsonb ->> $2::text)");
    /// ```
    fn get_text<K: JsonKey>(self, key: K) -> Expr<Option<String>, Self::Sources> {
        Expr::new(apply(self, "->>", argument(key)))
    }

    /// `#>`: what a path leads to.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let part = func::value(json!({"a": {"b": [1]}})).path(["a", "b", "0"]);
    /// assert_eq!(format!("{part:?}"), "Expr($1::jsonb #> $2::text[])");
    /// ```
    fn path<'a>(self, keys: impl IntoIterator<Item = &'a str>) -> Expr<Option<Value>, Self::Sources> {
        Expr::new(apply(self, "#>", path(keys)))
    }

    /// `#>>`: what a path leads to, as text.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let part = func::value(json!({"a": {"b": 1}})).path_text(["a", "b"]);
    /// assert_eq!(format!("{part:?}"), "Expr($1::jsonb #>> $2::text[])");
    /// ```
    fn path_text<'a>(self, keys: impl IntoIterator<Item = &'a str>) -> Expr<Option<String>, Self::Sources> {
        Expr::new(apply(self, "#>>", path(keys)))
    }

    /// `@>`: whether the other is a part of it.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let condition = func::value(json!({"a": 1, "b": 2})).contains(json!({"b": 2}));
    /// assert_eq!(format!("{condition:?}"), "Condition($1::jsonb @> $2::jsonb)");
    /// ```
    fn contains<O: Operand<Value>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        Condition::new(apply(self, "@>", operand(other)))
    }

    /// `<@`: whether it is a part of the other.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let condition = func::value(json!({"b": 2})).contained_by(json!({"a": 1, "b": 2}));
    /// assert_eq!(format!("{condition:?}"), "Condition($1::jsonb <@ $2::jsonb)");
    /// ```
    fn contained_by<O: Operand<Value>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        Condition::new(apply(self, "<@", operand(other)))
    }

    /// `?`: whether it has a member of this name, or this text as an element.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// assert_eq!(format!("{:?}", func::value(json!({"a": 1})).has_key("a")), "Condition($1::jsonb ? $2::text)");
    /// ```
    fn has_key<O: Operand<String>>(self, key: O) -> Condition<Both<Self::Sources, O::Sources>> {
        Condition::new(apply(self, "?", cast_value(key.into_term())))
    }

    /// `?|`: whether it has one of these.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let condition = func::value(json!({"a": 1})).has_any(["a", "b"]);
    /// assert_eq!(format!("{condition:?}"), "Condition($1::jsonb ?| $2::text[])");
    /// ```
    fn has_any<'a>(self, keys: impl IntoIterator<Item = &'a str>) -> Condition<Self::Sources> {
        Condition::new(apply(self, "?|", path(keys)))
    }

    /// `?&`: whether it has all of these.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let condition = func::value(json!({"a": 1})).has_all(["a", "b"]);
    /// assert_eq!(format!("{condition:?}"), "Condition($1::jsonb ?& $2::text[])");
    /// ```
    fn has_all<'a>(self, keys: impl IntoIterator<Item = &'a str>) -> Condition<Self::Sources> {
        Condition::new(apply(self, "?&", path(keys)))
    }

    /// `||`: with the other's members, or its elements.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let both = func::value(json!({"a": 1})).concat(json!({"b": 2}));
    /// assert_eq!(format!("{both:?}"), "Expr($1::jsonb || $2::jsonb)");
    /// ```
    fn concat<O: Operand<Value>>(
        self,
        other: O,
    ) -> Expr<Combined<Self, O, Value, Value>, Both<Self::Sources, O::Sources>> {
        Expr::new(apply(self, "||", operand(other)))
    }

    /// `-`: without this part. A name takes away members, or elements that are this text.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// assert_eq!(format!("{:?}", func::value(json!({"a": 1})).without("a")), "Expr($1::jsonb - $2::text)");
    /// ```
    fn without<K: JsonKey>(self, key: K) -> Expr<Self::Type, Self::Sources> {
        Expr::new(apply(self, "-", argument(key)))
    }

    /// `#-`: without what a path leads to.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let rest = func::value(json!({"a": {"b": 1}})).without_path(["a", "b"]);
    /// assert_eq!(format!("{rest:?}"), "Expr($1::jsonb #- $2::text[])");
    /// ```
    fn without_path<'a>(self, keys: impl IntoIterator<Item = &'a str>) -> Expr<Self::Type, Self::Sources> {
        Expr::new(apply(self, "#-", path(keys)))
    }

    /// `@?`: whether the path of SQL/JSON finds something.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let condition = func::value(json!({"a": [1, 2]})).path_exists("$.a[*] ? (@ > 1)");
    /// assert_eq!(format!("{condition:?}"), "Condition($1::jsonb @? $2::text::jsonpath)");
    /// ```
    fn path_exists(self, path: &str) -> Condition<Self::Sources> {
        Condition::new(apply(self, "@?", jsonpath(path)))
    }

    /// `@@`: what the path's predicate says of it.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*}; use serde_json::json;
    /// let condition = func::value(json!({"a": [1, 2]})).path_match("$.a[*] > 1");
    /// assert_eq!(format!("{condition:?}"), "Condition($1::jsonb @@ $2::text::jsonpath)");
    /// ```
    fn path_match(self, path: &str) -> Condition<Self::Sources> {
        Condition::new(apply(self, "@@", jsonpath(path)))
    }
}

impl<E: ColumnElement<Type: ColumnType<NotNull: JsonType>>> JsonOperators for E {}
