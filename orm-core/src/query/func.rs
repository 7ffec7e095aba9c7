//! Floor 2: SQL functions, by their names.

mod aggregates;
mod arrays;
mod choice;
#[cfg(feature = "chrono")]
mod dates;
mod define;
mod grouping;
#[cfg(feature = "serde_json")]
mod json;
mod numbers;
mod ordered_sets;
mod patterns;
mod ranges;
mod rows;
mod search;
mod sequences;
mod sets;
mod statistics;
mod subqueries;
mod text;
mod windows;

#[cfg(feature = "chrono")]
use super::Expression;
use super::sources::Hidden;
use super::{Both, ColumnElement, DataTypeOf, Expr, Operand};
#[cfg(feature = "chrono")]
use crate::types::DataType;
use crate::types::OrNull;

pub use aggregates::{
    Average, Sum, array_agg, avg, bool_and, bool_or, count, count_all, max, min, string_agg, sum,
};
pub use arrays::*;
pub use choice::*;
#[cfg(feature = "chrono")]
pub use dates::*;
pub use grouping::*;
#[cfg(feature = "serde_json")]
pub use json::*;
pub use numbers::*;
pub use ordered_sets::*;
pub use patterns::*;
pub use ranges::*;
pub use rows::*;
pub use search::*;
pub use sequences::*;
pub use sets::*;
pub use statistics::*;
pub use subqueries::{Subquery, exists};
pub use text::*;
pub use windows::{
    cume_dist, dense_rank, first_value, lag, lag_or, last_value, lead, lead_or, nth_value, ntile,
    percent_rank, rank, row_number,
};

/// `lower(text)`
///
/// ```
/// # use orm_examples::blog::User; use orm_core::func;
/// assert_eq!(format!("{:?}", func::lower(User::email)), "Expr(lower(users.email))");
/// ```
pub fn lower<O: Operand<String>>(text: O) -> Expr<OrNull<O::Nullness, String>, O::Sources> {
    Expr::call("lower", vec![text.into_term().0])
}

/// `upper(text)`
///
/// ```
/// # use orm_examples::blog::User; use orm_core::func;
/// assert_eq!(format!("{:?}", func::upper(User::email)), "Expr(upper(users.email))");
/// ```
pub fn upper<O: Operand<String>>(text: O) -> Expr<OrNull<O::Nullness, String>, O::Sources> {
    Expr::call("upper", vec![text.into_term().0])
}

/// `coalesce(element, otherwise)`: the column or expression, or what stands for it where it is NULL.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::func;
/// assert_eq!(format!("{:?}", func::coalesce(User::name, "nobody")), "Expr(coalesce(users.name, $1))");
/// ```
pub fn coalesce<E: ColumnElement, O: Operand<DataTypeOf<E>>>(
    element: E,
    otherwise: O,
) -> Expr<OrNull<O::Nullness, DataTypeOf<E>>, Both<Hidden<E::Sources>, O::Sources>> {
    Expr::call("coalesce", vec![element.into_expr().expression, otherwise.into_term().0])
}

/// `now()`: when the transaction began, as the column's type has it.
///
/// ```
/// # #[cfg(feature = "chrono")] {
/// use chrono::{DateTime, Utc};
/// use orm_core::func;
///
/// assert_eq!(format!("{:?}", func::now::<DateTime<Utc>>()), "Expr(now()::timestamptz)");
/// # }
/// ```
#[cfg(feature = "chrono")]
pub fn now<T: DataType + PointInTime>() -> Expr<T> {
    Expr::new(Expression::Cast(Box::new(Expression::Function("now", Vec::new())), T::SQL_TYPE))
}

/// What [`now`] can be.
///
/// ```
/// # use orm_core::func::PointInTime;
/// fn is_time<T: PointInTime>() {}
/// is_time::<chrono::NaiveDate>();
/// ```
#[cfg(feature = "chrono")]
#[diagnostic::on_unimplemented(message = "`now()` is not a `{Self}`", label = "not a date or a time")]
pub trait PointInTime {}

#[cfg(feature = "chrono")]
impl PointInTime for chrono::DateTime<chrono::Utc> {}
#[cfg(feature = "chrono")]
impl PointInTime for chrono::NaiveDateTime {}
#[cfg(feature = "chrono")]
impl PointInTime for chrono::NaiveDate {}
