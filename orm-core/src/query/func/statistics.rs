//! Floor 2: aggregates for statistics, and those of bits.

use super::Average;
use crate::query::{Aggregate, Both, ColumnElement, DataTypeOf, Whole};
use crate::types::Number;

macro_rules! of_one {
    ($($(#[$doc:meta])* $name:ident -> $output:ty where $bound:ident;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# #[cfg(feature = \"rust_decimal\")] {\n# use orm_examples::blog::Post; use orm_core::{func, prelude::*};\nlet query = select::<Post>().columns(func::", stringify!($name), "(Post::id));\nassert_eq!(query.to_string(), \"SELECT ", stringify!($name), "(posts.id) FROM posts\");\n# }\n```")]
            pub fn $name<E: ColumnElement>(of: E) -> Aggregate<Option<$output>, E::Sources>
            where
                DataTypeOf<E>: $bound,
            {
                Aggregate::new(stringify!($name), vec![of.into_expr().expression])
            }
        )+
    };
}

of_one! {
    /// The standard deviation of all values; NULL without any.
    stddev_pop -> <DataTypeOf<E> as Average>::Output where Average;
    /// The standard deviation of a sample; NULL with less than two values.
    stddev_samp -> <DataTypeOf<E> as Average>::Output where Average;
    /// The variance of all values; NULL without any.
    var_pop -> <DataTypeOf<E> as Average>::Output where Average;
    /// The variance of a sample; NULL with less than two values.
    var_samp -> <DataTypeOf<E> as Average>::Output where Average;
    /// The bits that are set in all values; NULL without any.
    bit_and -> DataTypeOf<E> where Whole;
    /// The bits that are set in one of the values; NULL without any.
    bit_or -> DataTypeOf<E> where Whole;
    /// The bits that are set in an odd number of values; NULL without any.
    bit_xor -> DataTypeOf<E> where Whole;
}

macro_rules! of_two {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::Post; use orm_core::{func, prelude::*};\nlet query = select::<Post>().columns(func::", stringify!($name), "(Post::id, Post::user_id));\nassert_eq!(query.to_string(), \"SELECT ", stringify!($name), "(posts.id, posts.user_id) FROM posts\");\n```")]
            pub fn $name<Y: ColumnElement, X: ColumnElement>(
                y: Y,
                x: X,
            ) -> Aggregate<Option<f64>, Both<Y::Sources, X::Sources>>
            where
                DataTypeOf<Y>: Number,
                DataTypeOf<X>: Number,
            {
                Aggregate::new(stringify!($name), vec![y.into_expr().expression, x.into_expr().expression])
            }
        )+
    };
}

of_two! {
    /// The correlation; NULL if there is none to be computed.
    corr;
    /// The covariance of all values.
    covar_pop;
    /// The covariance of a sample.
    covar_samp;
    /// The slope of the line that fits best.
    regr_slope;
    /// Where the line that fits best meets the y axis.
    regr_intercept;
    /// The square of the correlation.
    regr_r2;
}

/// `every(condition)`: whether it holds in all rows, as `bool_and`; NULL without any.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let query = select::<Post>().columns(func::every(Post::id.gt(1)));
/// assert_eq!(query.to_string(), "SELECT every(posts.id > $1) FROM posts");
/// ```
pub fn every<E: ColumnElement<Type: crate::types::ColumnType<NotNull = bool>>>(
    of: E,
) -> Aggregate<Option<bool>, E::Sources> {
    Aggregate::new("every", vec![of.into_expr().expression])
}
