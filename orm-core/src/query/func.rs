//! Floor 2: SQL functions, by their names.

use super::{Expr, Expression, Operand};
use crate::model::{Column, Model};
use crate::types::ColumnType;
#[cfg(feature = "chrono")]
use crate::types::DataType;

/// `lower(text)`
///
/// ```
/// # use orm_examples::blog::User; use orm_core::func;
/// assert_eq!(format!("{:?}", func::lower(User::email)), "Expr(lower(users.email))");
/// ```
pub fn lower(text: impl Operand<String>) -> Expr<String> {
    Expr::call("lower", vec![text.into_term().0])
}

/// `upper(text)`
///
/// ```
/// # use orm_examples::blog::User; use orm_core::func;
/// assert_eq!(format!("{:?}", func::upper(User::email)), "Expr(upper(users.email))");
/// ```
pub fn upper(text: impl Operand<String>) -> Expr<String> {
    Expr::call("upper", vec![text.into_term().0])
}

/// `coalesce(column, otherwise)`: the column, or what stands for it where it is NULL.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::func;
/// assert_eq!(format!("{:?}", func::coalesce(User::name, "nobody")), "Expr(coalesce(users.name, $1))");
/// ```
pub fn coalesce<M: Model, C: ColumnType>(
    column: Column<M, C>,
    otherwise: impl Operand<C::NotNull>,
) -> Expr<C::NotNull> {
    let column: Expression = Operand::<C::NotNull>::into_term(column).0;
    Expr::call("coalesce", vec![column, otherwise.into_term().0])
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
