//! Floor 2: functions that compute one value from many rows.

use crate::query::{Aggregate, ColumnElement, DataTypeOf, Expression, Operand};
use crate::types::{ArrayElement, ColumnType, DataType, NeverNull};

fn one<T, E: ColumnElement>(function: &'static str, of: E) -> Aggregate<T, E::Sources> {
    Aggregate::new(function, vec![of.into_expr().expression])
}

/// `count(element)`: in how many rows it is not NULL.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let query = select::<User>().left_join(User::posts).group_by(User::id).columns((User::id, func::count(Post::id)));
/// assert!(query.to_string().starts_with("SELECT users.id, count(posts.id) FROM users"));
/// ```
pub fn count<E: ColumnElement>(of: E) -> Aggregate<i64, E::Sources> {
    one("count", of)
}

/// `count(*)`: how many rows there are.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let query = select::<Post>().group_by(Post::user_id).columns((Post::user_id, func::count_all()));
/// assert!(query.to_string().starts_with("SELECT posts.user_id, count(*) FROM posts"));
/// ```
pub fn count_all() -> Aggregate<i64> {
    Aggregate::new("count", vec![Expression::Literal("*")])
}

/// What the sum of values of a data type is, as PostgreSQL has it.
///
/// ```
/// # use orm_core::func::Sum;
/// fn sums_to_bigint<T: Sum<Output = i64>>() {}
/// sums_to_bigint::<i32>();
/// ```
#[diagnostic::on_unimplemented(
    message = "there is no sum of `{Self}`",
    label = "a number is expected, `i64` only with the feature `rust_decimal`"
)]
pub trait Sum: DataType {
    /// The sum's data type.
    type Output: DataType;
}

#[diagnostic::do_not_recommend]
impl<T: HasSum> Sum for T {
    type Output = T::Output;
}

/// What [`Sum`] is said of.
#[doc(hidden)]
pub trait HasSum: DataType {
    type Output: DataType;
}

/// What the average of values of a data type is, as PostgreSQL has it.
///
/// ```
/// # use orm_core::func::Average;
/// fn averages_to_double<T: Average<Output = f64>>() {}
/// averages_to_double::<f32>();
/// ```
#[diagnostic::on_unimplemented(
    message = "there is no average of `{Self}`",
    label = "a number is expected, an integer only with the feature `rust_decimal`"
)]
pub trait Average: DataType {
    /// The average's data type.
    type Output: DataType;
}

#[diagnostic::do_not_recommend]
impl<T: HasAverage> Average for T {
    type Output = T::Output;
}

/// What [`Average`] is said of.
#[doc(hidden)]
pub trait HasAverage: DataType {
    type Output: DataType;
}

macro_rules! results {
    ($($function:ident: $($of:ty => $output:ty),+);+) => {
        $($(impl $function for $of { type Output = $output; })+)+
    };
}

results!(HasSum: i16 => i64, i32 => i64, f32 => f32, f64 => f64; HasAverage: f32 => f64, f64 => f64);
#[cfg(feature = "rust_decimal")]
results!(
    HasSum: i64 => rust_decimal::Decimal, rust_decimal::Decimal => rust_decimal::Decimal;
    HasAverage: i16 => rust_decimal::Decimal, i32 => rust_decimal::Decimal, i64 => rust_decimal::Decimal,
        rust_decimal::Decimal => rust_decimal::Decimal
);

/// `sum(element)`: the sum of all values that are not NULL; NULL without any. Of integers it is a wider type, as in
/// PostgreSQL: see [`Sum`].
///
/// ```
/// # use orm_examples::chinook::sales::InvoiceLine; use orm_core::{func, prelude::*};
/// let sold = select::<InvoiceLine>().columns(func::sum(InvoiceLine::quantity));
/// # let _: orm_core::Select<orm_core::query::Columns<Option<i64>>, _> = sold;
/// ```
pub fn sum<E: ColumnElement<Type: ColumnType<NotNull: Sum<Output = T>>>, T>(
    of: E,
) -> Aggregate<Option<T>, E::Sources> {
    one("sum", of)
}

/// `avg(element)`: the average of all values that are not NULL; NULL without any. Of integers it is a `numeric`.
///
/// ```
/// # #[cfg(feature = "rust_decimal")] {
/// # use orm_examples::chinook::sales::InvoiceLine; use orm_core::{func, prelude::*};
/// let average = select::<InvoiceLine>().columns(func::avg(InvoiceLine::quantity));
/// assert_eq!(average.to_string(), "SELECT avg(invoice_line.quantity) FROM invoice_line");
/// # }
/// ```
pub fn avg<E: ColumnElement<Type: ColumnType<NotNull: Average<Output = T>>>, T>(
    of: E,
) -> Aggregate<Option<T>, E::Sources> {
    one("avg", of)
}

/// `min(element)`: the least value; NULL without any.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// assert_eq!(select::<Post>().columns(func::min(Post::title)).to_string(), "SELECT min(posts.title) FROM posts");
/// ```
pub fn min<E: ColumnElement>(of: E) -> Aggregate<Option<DataTypeOf<E>>, E::Sources> {
    one("min", of)
}

/// `max(element)`: the greatest value; NULL without any.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// assert_eq!(select::<Post>().columns(func::max(Post::id)).to_string(), "SELECT max(posts.id) FROM posts");
/// ```
pub fn max<E: ColumnElement>(of: E) -> Aggregate<Option<DataTypeOf<E>>, E::Sources> {
    one("max", of)
}

/// `bool_and(condition)`: whether it holds in all rows; NULL without any.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let query = select::<Post>().columns(func::bool_and(Post::id.gt(1)));
/// assert_eq!(query.to_string(), "SELECT bool_and(posts.id > $1) FROM posts");
/// ```
pub fn bool_and<E: ColumnElement<Type: ColumnType<NotNull = bool>>>(
    of: E,
) -> Aggregate<Option<bool>, E::Sources> {
    one("bool_and", of)
}

/// `bool_or(condition)`: whether it holds in one row at least; NULL without any.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let query = select::<Post>().columns(func::bool_or(Post::id.gt(1)));
/// assert_eq!(query.to_string(), "SELECT bool_or(posts.id > $1) FROM posts");
/// ```
pub fn bool_or<E: ColumnElement<Type: ColumnType<NotNull = bool>>>(
    of: E,
) -> Aggregate<Option<bool>, E::Sources> {
    one("bool_or", of)
}

/// `string_agg(text, separator)`: the texts that are not NULL as one; NULL without any.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let titles = func::string_agg(Post::title, ", ").order_by(Post::title);
/// let query = select::<User>().join(User::posts).group_by(User::id).columns((User::id, titles));
/// assert!(query.to_string().contains("string_agg(posts.title, $1 ORDER BY posts.title)"));
/// ```
pub fn string_agg<E: ColumnElement<Type: ColumnType<NotNull = String>>>(
    text: E,
    separator: impl Operand<String, Sources = (), Nullness = NeverNull>,
) -> Aggregate<Option<String>, E::Sources> {
    Aggregate::new("string_agg", vec![text.into_expr().expression, separator.into_term().0])
}

/// `array_agg(element)`: all values as an array; NULL without any. What may be NULL is left out, where `array_agg` itself
/// puts a NULL into the array.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let query = select::<Post>().group_by(Post::user_id).columns(func::array_agg(Post::id).order_by(Post::id));
/// assert!(query.to_string().starts_with("SELECT array_agg(posts.id ORDER BY posts.id)"));
/// ```
pub fn array_agg<E: ColumnElement<Type: ColumnType<NotNull: ArrayElement>>>(
    of: E,
) -> Aggregate<Option<Vec<DataTypeOf<E>>>, E::Sources> {
    let element = of.into_expr().expression;
    let call = Aggregate::new("array_agg", vec![element.clone()]);
    let is_nullable = <E::Type as ColumnType>::NULLABLE;
    if is_nullable { call.without_null(element) } else { call }
}
