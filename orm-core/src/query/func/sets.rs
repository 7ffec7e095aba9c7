//! Floor 2: functions that return rows.

use crate::query::{Both, Expr, Expression, Operand};
use crate::types::DataType;

/// `generate_series(first, last)`: the whole numbers from one to the other, a row each; a source by
/// [`Expr::table`].
///
/// ```
/// # use orm_core::{func, prelude::*};
/// #[derive(FromRow)]
/// struct Day {
///     number: i64,
/// }
/// let days = func::generate_series(1, 31).table::<Day>().select();
/// assert!(days.to_string().starts_with("SELECT day.number FROM generate_series($1::bigint, $2::bigint)"));
/// ```
pub fn generate_series<A: Operand<i64>, B: Operand<i64>>(
    first: A,
    last: B,
) -> Expr<i64, Both<A::Sources, B::Sources>> {
    let bigint = |term: Expression| Expression::Cast(Box::new(term), i64::SQL_TYPE);
    Expr::call("generate_series", vec![bigint(first.into_term().0), bigint(last.into_term().0)])
}
