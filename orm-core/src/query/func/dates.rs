//! Floor 2: functions on dates, times and intervals, behind the feature `chrono`.
//!
//! Invariant: the part of a time that a function is about stands in the text, not in a parameter, so that an expression in
//! GROUP BY and the same one among the columns are the same to the server.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::define::functions;
use crate::query::argument::{Like, LikeBoth, argument, operand};
use crate::query::{ArgumentType, Both, Condition, Expr, Expression, FunctionArgument, Operand};
use crate::types::{DataType, Interval};

/// A part of a point in time, for [`extract`], [`date_part`] and [`date_trunc`].
///
/// ```
/// # use orm_core::{func, func::DatePart, prelude::*};
/// let day = func::date_part(DatePart::IsoDayOfWeek, chrono::NaiveDate::MIN);
/// assert_eq!(format!("{day:?}"), "Expr(date_part('isodow', $1::date))");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each says itself")]
pub enum DatePart {
    Microseconds,
    Milliseconds,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
    Millennium,
    /// From Sunday, which is 0.
    DayOfWeek,
    /// From Monday, which is 1, to Sunday, which is 7.
    IsoDayOfWeek,
    DayOfYear,
    IsoYear,
    /// Seconds since 1970.
    Epoch,
    /// The day's number since 4714 BC.
    Julian,
    /// The offset of the time zone in seconds.
    TimeZone,
}

impl DatePart {
    fn word(self) -> &'static str {
        match self {
            Self::Microseconds => "microseconds",
            Self::Milliseconds => "milliseconds",
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Decade => "decade",
            Self::Century => "century",
            Self::Millennium => "millennium",
            Self::DayOfWeek => "dow",
            Self::IsoDayOfWeek => "isodow",
            Self::DayOfYear => "doy",
            Self::IsoYear => "isoyear",
            Self::Epoch => "epoch",
            Self::Julian => "julian",
            Self::TimeZone => "timezone",
        }
    }
}

/// A date, a time or an interval.
///
/// ```
/// # use orm_core::func::Temporal;
/// fn is_temporal<T: Temporal>() {}
/// is_temporal::<chrono::NaiveDate>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a date or a time",
    label = "a date or a time is expected"
)]
pub trait Temporal: DataType {
    /// What `date_trunc` makes of it.
    type Truncated: DataType;
    /// What is between two of them: days between dates, else an interval.
    type Distance: DataType;
    /// What it becomes with an interval added.
    type Moved: DataType;
}

macro_rules! temporal {
    ($($type:ty => $truncated:ty, $distance:ty, $moved:ty;)+) => {
        $(impl Temporal for $type {
            type Truncated = $truncated;
            type Distance = $distance;
            type Moved = $moved;
        })+
    };
}

temporal! {
    NaiveDate => DateTime<Utc>, i32, NaiveDateTime;
    NaiveDateTime => NaiveDateTime, Interval, NaiveDateTime;
    DateTime<Utc> => DateTime<Utc>, Interval, DateTime<Utc>;
    DateTime<FixedOffset> => DateTime<FixedOffset>, Interval, DateTime<FixedOffset>;
    NaiveTime => Interval, Interval, NaiveTime;
    Interval => Interval, Interval, Interval;
}

/// `date_trunc('month', time)`: the time at which this part of it began. Of a date it is a `timestamptz`, in the session's
/// time zone.
///
/// ```
/// # #[cfg(feature = "rust_decimal")] {
/// # use orm_examples::chinook::sales::Invoice; use orm_core::{func, func::DatePart, prelude::*};
/// let month = func::date_trunc(DatePart::Month, Invoice::invoice_date);
/// let query = select::<Invoice>().group_by(month.clone()).columns((month, func::sum(Invoice::total)));
/// assert!(query.to_string().ends_with("GROUP BY date_trunc('month', invoice.invoice_date)"));
/// # }
/// ```
pub fn date_trunc<A: FunctionArgument>(
    part: DatePart,
    time: A,
) -> Expr<Like<A, <ArgumentType<A> as Temporal>::Truncated>, A::Sources>
where
    ArgumentType<A>: Temporal,
{
    Expr::call("date_trunc", vec![Expression::Quoted(part.word()), argument(time)])
}

/// `extract(year FROM time)`, as a `numeric`.
///
/// ```
/// # use orm_core::{func, func::DatePart, prelude::*};
/// let year = func::extract(DatePart::Year, chrono::NaiveDate::MIN);
/// assert_eq!(format!("{year:?}"), "Expr(extract('year' FROM $1::date))");
/// ```
#[cfg(feature = "rust_decimal")]
pub fn extract<A: FunctionArgument>(
    part: DatePart,
    time: A,
) -> Expr<Like<A, rust_decimal::Decimal>, A::Sources>
where
    ArgumentType<A>: Temporal,
{
    let words = vec!["extract(", " FROM ", ")"];
    Expr::new(Expression::Syntax(words, vec![Expression::Quoted(part.word()), argument(time)]))
}

/// `date_part('year', time)`: as `extract`, as a `double precision`.
///
/// ```
/// # use orm_core::{func, func::DatePart, prelude::*};
/// let hour = func::date_part(DatePart::Hour, chrono::NaiveDateTime::MIN);
/// assert_eq!(format!("{hour:?}"), "Expr(date_part('hour', $1::timestamp))");
/// ```
pub fn date_part<A: FunctionArgument>(part: DatePart, time: A) -> Expr<Like<A, f64>, A::Sources>
where
    ArgumentType<A>: Temporal,
{
    Expr::call("date_part", vec![Expression::Quoted(part.word()), argument(time)])
}

/// `age(later, earlier)`: the years, months, days and hours between two times.
///
/// ```
/// # use orm_core::{func, prelude::*}; use chrono::NaiveDateTime;
/// let age = func::age(NaiveDateTime::MAX, NaiveDateTime::MIN);
/// assert_eq!(format!("{age:?}"), "Expr(age($1::timestamp, $2::timestamp))");
/// ```
pub fn age<A: FunctionArgument, O: Operand<ArgumentType<A>>>(
    later: A,
    earlier: O,
) -> Expr<LikeBoth<A, O, ArgumentType<A>, Interval>, Both<A::Sources, O::Sources>>
where
    ArgumentType<A>: Temporal,
{
    Expr::call("age", vec![argument(later), operand(earlier)])
}

/// `date_bin(width, time, origin)`: when the interval of this width began that the time is in, counted from the origin.
///
/// ```
/// # use orm_core::{func, prelude::*, types::Interval}; use chrono::NaiveDateTime;
/// let quarter = func::date_bin(Interval::minutes(15), NaiveDateTime::MAX, NaiveDateTime::MIN);
/// assert_eq!(format!("{quarter:?}"), "Expr(date_bin($1::interval, $2::timestamp, $3::timestamp))");
/// ```
pub fn date_bin<A: FunctionArgument>(
    width: Interval,
    time: A,
    origin: ArgumentType<A>,
) -> Expr<A::Type, A::Sources>
where
    ArgumentType<A>: Temporal,
{
    Expr::call("date_bin", vec![argument(width), argument(time), argument(origin)])
}

functions! {
    /// Days as months, 30 of them being one.
    justify_days "justify_days" (A interval: Interval) -> like Interval
        = (Interval::days(35)) => "justify_days($1::interval)";
    /// Hours as days, 24 of them being one.
    justify_hours "justify_hours" (A interval: Interval) -> like Interval
        = (Interval::hours(27)) => "justify_hours($1::interval)";
    /// Both, with signs alike.
    justify_interval "justify_interval" (A interval: Interval) -> like Interval
        = (Interval::hours(-27)) => "justify_interval($1::interval)";
    /// The date of year, month and day.
    make_date "make_date" (A year: i32, B month: i32, C day: i32) -> like NaiveDate
        = (2013, 7, 15) => "make_date($1::integer, $2::integer, $3::integer)";
    /// The time of hour, minute and seconds.
    make_time "make_time" (A hour: i32, B minute: i32, C seconds: f64) -> like NaiveTime
        = (8, 15, 23.5) => "make_time($1::integer, $2::integer, $3::double precision)";
    /// The point in time that is so many seconds after 1970 began.
    to_timestamp "to_timestamp" (A seconds: f64) -> like DateTime<Utc>
        = (1284352323.0) => "to_timestamp($1::double precision)";
    /// The date that a text holds in this pattern: `DD Mon YYYY`.
    to_date "to_date" (A text: String, B pattern: String) -> like NaiveDate
        = ("05 Dec 2000", "DD Mon YYYY") => "to_date($1::text, $2::text)";
    /// The point in time that a text holds in this pattern.
    parse_timestamp "to_timestamp" (A text: String, B pattern: String) -> like DateTime<Utc>
        = ("05 Dec 2000", "DD Mon YYYY") => "to_timestamp($1::text, $2::text)";
}

macro_rules! clocks {
    ($($(#[$doc:meta])* $name:ident $sql:literal -> $type:ty;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::func;\nassert_eq!(format!(\"{:?}\", func::", stringify!($name), "()), \"Expr(", $sql, ")\");\n```")]
            pub fn $name() -> Expr<$type> {
                Expr::new(Expression::Literal($sql))
            }
        )+
    };
}

clocks! {
    /// Today, when the transaction began.
    current_date "CURRENT_DATE" -> NaiveDate;
    /// When the transaction began, in the session's time zone.
    localtimestamp "LOCALTIMESTAMP" -> NaiveDateTime;
    /// When the transaction began.
    transaction_timestamp "transaction_timestamp()" -> DateTime<Utc>;
    /// When the statement began.
    statement_timestamp "statement_timestamp()" -> DateTime<Utc>;
    /// Now; another time in each row.
    clock_timestamp "clock_timestamp()" -> DateTime<Utc>;
}

/// What the ends of a span read.
type Span<A, B> = Both<<A as FunctionArgument>::Sources, <B as FunctionArgument>::Sources>;

/// `(start, end) OVERLAPS (start, end)`: whether the two spans of time have something in common.
///
/// ```
/// # use orm_core::{func, prelude::*}; use chrono::NaiveDate;
/// let (a, b) = (NaiveDate::MIN, NaiveDate::MAX);
/// let meet = func::overlaps((a, b), (a, b));
/// assert_eq!(format!("{meet:?}"), "Condition(($1::date, $2::date) OVERLAPS ($3::date, $4::date))");
/// ```
pub fn overlaps<A: FunctionArgument, B: FunctionArgument, C: FunctionArgument, D: FunctionArgument>(
    (a, b): (A, B),
    (c, d): (C, D),
) -> Condition<Both<Span<A, B>, Span<C, D>>>
where
    ArgumentType<A>: Temporal,
    ArgumentType<B>: Temporal,
    ArgumentType<C>: Temporal,
    ArgumentType<D>: Temporal,
{
    let spans =
        [[argument(a), argument(b)], [argument(c), argument(d)]].map(|span| Expression::List(span.into()));
    Condition::new(Expression::Syntax(vec!["", " OVERLAPS ", ""], spans.into()))
}

/// A point in time in another time zone: a `timestamptz` there becomes a `timestamp`, and the other way round.
///
/// ```
/// # use orm_core::func::Zoned;
/// fn becomes_timestamp<T: Zoned<There = chrono::NaiveDateTime>>() {}
/// becomes_timestamp::<chrono::DateTime<chrono::Utc>>();
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` has no time zone and gets none")]
pub trait Zoned: DataType {
    /// What it is there.
    type There: DataType;
}

impl Zoned for NaiveDateTime {
    type There = DateTime<Utc>;
}

impl Zoned for DateTime<Utc> {
    type There = NaiveDateTime;
}
