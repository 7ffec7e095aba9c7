//! Floor 2: functions that return rows.

use crate::query::argument::{argument, operand};
use crate::query::{ArgumentType, Both, Expr, Expression, FunctionArgument, Operand};
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

/// `generate_series(first, last, step)`: numbers, or times, from the one on and not beyond the other, a row each. The step of
/// times is an interval.
///
/// ```
/// # #[cfg(feature = "chrono")] {
/// # use orm_core::{func, prelude::*, types::Interval}; use chrono::NaiveDateTime;
/// #[derive(FromRow)]
/// struct Month {
///     start: NaiveDateTime,
/// }
/// let first: NaiveDateTime = "2026-01-01T00:00:00".parse().expect("it is a time");
/// let months = func::generate_series_by(first, func::localtimestamp(), Interval::months(1)).table::<Month>().select();
/// assert!(months.to_string().contains("FROM generate_series($1::timestamp, LOCALTIMESTAMP, $2::interval)"));
/// # }
/// ```
pub fn generate_series_by<A, B, C>(
    first: A,
    last: B,
    step: C,
) -> Expr<ArgumentType<A>, Both<Both<A::Sources, B::Sources>, C::Sources>>
where
    A: FunctionArgument,
    ArgumentType<A>: Stepped,
    B: Operand<ArgumentType<A>>,
    C: Operand<<ArgumentType<A> as Stepped>::Step>,
{
    Expr::call("generate_series", vec![argument(first), operand(last), operand(step)])
}

/// What a series can be made of.
///
/// ```
/// # use orm_core::func::Stepped;
/// fn makes_series<T: Stepped>() {}
/// makes_series::<i64>();
/// ```
#[diagnostic::on_unimplemented(
    message = "there is no series of `{Self}`",
    label = "a number or a time is expected"
)]
pub trait Stepped: DataType {
    /// How far it is from one to the next.
    type Step: DataType;
}

macro_rules! stepped {
    ($($(#[$attribute:meta])* $type:ty => $step:ty;)+) => {
        $($(#[$attribute])* impl Stepped for $type { type Step = $step; })+
    };
}

stepped! {
    i32 => i32;
    i64 => i64;
    #[cfg(feature = "rust_decimal")]
    rust_decimal::Decimal => rust_decimal::Decimal;
    #[cfg(feature = "chrono")]
    chrono::NaiveDateTime => crate::types::Interval;
    #[cfg(feature = "chrono")]
    chrono::DateTime<chrono::Utc> => crate::types::Interval;
}

super::define::functions! {
    /// `string_to_table(text, delimiter)`: a row for each part; a source by [`Expr::table`].
    string_to_table "string_to_table" (A text: String, B delimiter: String) -> like String
        = (User::email, "@") => "string_to_table(users.email, $1::text)";
    /// `regexp_split_to_table(text, pattern)`: a row for each part; a source by [`Expr::table`].
    regexp_split_to_table "regexp_split_to_table" (A text: String, B pattern: String) -> like String
        = (User::email, "[@.]") => "regexp_split_to_table(users.email, $1::text)";
    /// `regexp_matches(text, pattern, flags)`: a row for each match, with the texts of the groups; a source by [`Expr::table`].
    regexp_matches "regexp_matches" (A text: String, B pattern: String, C flags: String) -> like Vec<String>
        = (User::email, "([a-z]+)", "g") => "regexp_matches(users.email, $1::text, $2::text)";
}
