//! Floor 2: aggregates over a sorted list of values: percentiles, the mode, and ranks of what is not there.

use crate::query::argument::{argument, operand};
use crate::query::{Aggregate, ColumnElement, DataTypeOf, Expression, Operand, Parameter};
use crate::types::Number;

/// `percentile_cont(fraction) WITHIN GROUP (ORDER BY element)`: the value below which this part of the values lies, from 0
/// to 1, between two values if need be; NULL without any. `0.5` is the median.
///
/// ```
/// # use orm_examples::chinook::sales::InvoiceLine; use orm_core::{func, prelude::*};
/// let median = select::<InvoiceLine>().columns(func::percentile_cont(0.5, InvoiceLine::quantity));
/// assert!(median.to_string().contains("percentile_cont($1) WITHIN GROUP (ORDER BY invoice_line.quantity)"));
/// ```
pub fn percentile_cont<E: ColumnElement>(fraction: f64, of: E) -> Aggregate<Option<f64>, E::Sources>
where
    DataTypeOf<E>: Number,
{
    ordered("percentile_cont", Some(parameter(fraction)), of)
}

/// `percentile_disc(fraction) WITHIN GROUP (ORDER BY element)`: as [`percentile_cont`], but always one of the values.
///
/// ```
/// # use orm_examples::chinook::sales::InvoiceLine; use orm_core::{func, prelude::*};
/// let median = select::<InvoiceLine>().columns(func::percentile_disc(0.5, InvoiceLine::unit_price));
/// # let _ = median;
/// ```
pub fn percentile_disc<E: ColumnElement>(
    fraction: f64,
    of: E,
) -> Aggregate<Option<DataTypeOf<E>>, E::Sources> {
    ordered("percentile_disc", Some(parameter(fraction)), of)
}

/// `mode() WITHIN GROUP (ORDER BY element)`: the most frequent value; NULL without any.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let query = select::<Post>().columns(func::mode(Post::title));
/// assert_eq!(query.to_string(), "SELECT mode() WITHIN GROUP (ORDER BY posts.title) FROM posts");
/// ```
pub fn mode<E: ColumnElement>(of: E) -> Aggregate<Option<DataTypeOf<E>>, E::Sources> {
    ordered("mode", None, of)
}

/// `percentile_cont(fractions) WITHIN GROUP (ORDER BY element)`: several percentiles at once.
///
/// ```
/// # use orm_examples::chinook::sales::InvoiceLine; use orm_core::{func, prelude::*};
/// let quartiles = select::<InvoiceLine>().columns(func::percentiles_cont([0.25, 0.5, 0.75], InvoiceLine::quantity));
/// assert!(quartiles.to_string().contains("percentile_cont($1::double precision[]) WITHIN GROUP"));
/// ```
pub fn percentiles_cont<E: ColumnElement>(
    fractions: impl IntoIterator<Item = f64>,
    of: E,
) -> Aggregate<Option<Vec<f64>>, E::Sources>
where
    DataTypeOf<E>: Number,
{
    let fractions: Vec<f64> = fractions.into_iter().collect();
    ordered("percentile_cont", Some(argument(fractions)), of)
}

macro_rules! ranks {
    ($($(#[$doc:meta])* $name:ident $function:literal -> $output:ty;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::*; use orm_core::{func, prelude::*};\nlet rank = select::<Post>().columns(func::", stringify!($name), "(7, Post::id));\nassert_eq!(rank.to_string(), \"SELECT ", $function, "($1::bigint) WITHIN GROUP (ORDER BY posts.id) FROM posts\");\n```")]
            pub fn $name<E: ColumnElement>(
                value: impl Operand<DataTypeOf<E>, Sources = ()>,
                of: E,
            ) -> Aggregate<$output, E::Sources> {
                ordered($function, Some(operand(value)), of)
            }
        )+
    };
}

ranks! {
    /// `rank(value) WITHIN GROUP (ORDER BY element)`: which place the value would have among the rows, from 1 on, with gaps.
    rank_of "rank" -> i64;
    /// `dense_rank(value) WITHIN GROUP (ORDER BY element)`: the same without gaps.
    dense_rank_of "dense_rank" -> i64;
    /// `percent_rank(value) WITHIN GROUP (ORDER BY element)`: the same as a part of the rows, from 0 to 1.
    percent_rank_of "percent_rank" -> f64;
    /// `cume_dist(value) WITHIN GROUP (ORDER BY element)`: which part of the rows would not be above it.
    cume_dist_of "cume_dist" -> f64;
}

fn parameter(fraction: f64) -> Expression {
    Expression::Parameter(Parameter::of(fraction))
}

fn ordered<T, E: ColumnElement>(
    function: &'static str,
    first: Option<Expression>,
    of: E,
) -> Aggregate<T, E::Sources> {
    Aggregate::within_group(function, first.into_iter().collect(), of.into_expr())
}
