//! Floor 2: the operators of dates, times and intervals, behind the feature `chrono`.

use chrono::NaiveDate;

use crate::func::{Temporal, Zoned};
use crate::query::argument::{cast_value, operand};
use crate::query::expression::BinaryOperator;
use crate::query::{Both, ColumnElement, Combined, DataTypeOf, Expr, NullnessOf, Operand};
use crate::types::{ColumnType, Interval, OrNull};

type Moved<E> = <DataTypeOf<E> as Temporal>::Moved;
type Distance<E> = <DataTypeOf<E> as Temporal>::Distance;

/// Operators of dates, times and intervals.
///
/// ```
/// # use orm_core::{func, prelude::*, types::Interval};
/// let soon = func::localtimestamp().plus(Interval::days(3));
/// assert_eq!(format!("{soon:?}"), "Expr(LOCALTIMESTAMP + $1::interval)");
/// ```
pub trait TimeOperators: ColumnElement<Type: ColumnType<NotNull: Temporal>> {
    /// `time + interval`; a date becomes a `timestamp`.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Invoice; use orm_core::{func, prelude::*, types::Interval};
    /// let late = select::<Invoice>().filter(Invoice::invoice_date.plus(Interval::months(1)).lt(func::localtimestamp()));
    /// assert!(late.to_string().ends_with("WHERE (invoice.invoice_date + $1::interval) < LOCALTIMESTAMP"));
    /// ```
    fn plus<O: Operand<Interval>>(
        self,
        interval: O,
    ) -> Expr<Combined<Self, O, Interval, Moved<Self>>, Both<Self::Sources, O::Sources>> {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Add, operand(interval)))
    }

    /// `time - interval`; a date becomes a `timestamp`.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*, types::Interval};
    /// let before = func::localtimestamp().minus(Interval::hours(1));
    /// assert_eq!(format!("{before:?}"), "Expr(LOCALTIMESTAMP - $1::interval)");
    /// ```
    fn minus<O: Operand<Interval>>(
        self,
        interval: O,
    ) -> Expr<Combined<Self, O, Interval, Moved<Self>>, Both<Self::Sources, O::Sources>> {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Sub, operand(interval)))
    }

    /// `time - other`: days between dates, else an interval of days and hours; [`func::age`](crate::func::age) gives months
    /// and years too.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*, Expr}; use chrono::NaiveDate;
    /// let days: Expr<i32> = func::current_date().since(NaiveDate::MIN);
    /// assert_eq!(format!("{days:?}"), "Expr(CURRENT_DATE - $1::date)");
    /// ```
    fn since<O: Operand<DataTypeOf<Self>>>(
        self,
        other: O,
    ) -> Expr<Combined<Self, O, DataTypeOf<Self>, Distance<Self>>, Both<Self::Sources, O::Sources>> {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Sub, cast_value(other.into_term())))
    }

    /// `date + days`
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// assert_eq!(format!("{:?}", func::current_date().plus_days(7)), "Expr(CURRENT_DATE + $1::integer)");
    /// ```
    fn plus_days<O: Operand<i32>>(
        self,
        days: O,
    ) -> Expr<Combined<Self, O, i32, NaiveDate>, Both<Self::Sources, O::Sources>>
    where
        Self: ColumnElement<Type: ColumnType<NotNull = NaiveDate>>,
    {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Add, operand(days)))
    }

    /// `interval * factor`
    ///
    /// ```
    /// # use orm_core::{func, prelude::*, types::Interval};
    /// let hours = func::value(Interval::hours(1)).times(3.5);
    /// assert_eq!(format!("{hours:?}"), "Expr($1::interval * $2::double precision)");
    /// ```
    fn times<O: Operand<f64>>(
        self,
        factor: O,
    ) -> Expr<Combined<Self, O, f64, Interval>, Both<Self::Sources, O::Sources>>
    where
        Self: ColumnElement<Type: ColumnType<NotNull = Interval>>,
    {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Mul, operand(factor)))
    }

    /// `time AT TIME ZONE zone`: a `timestamp` of that zone as a point in time, a point in time as a `timestamp` of that zone.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*, Expr}; use chrono::NaiveDateTime;
    /// let there: Expr<NaiveDateTime> = func::clock_timestamp().at_time_zone("Asia/Tokyo");
    /// assert_eq!(format!("{there:?}"), "Expr(timezone($1::text, clock_timestamp()))");
    /// ```
    fn at_time_zone(
        self,
        zone: &str,
    ) -> Expr<OrNull<NullnessOf<Self>, <DataTypeOf<Self> as Zoned>::There>, Self::Sources>
    where
        DataTypeOf<Self>: Zoned,
    {
        Expr::call("timezone", vec![operand::<String>(zone), self.into_expr().expression])
    }
}

impl<E: ColumnElement<Type: ColumnType<NotNull: Temporal>>> TimeOperators for E {}
