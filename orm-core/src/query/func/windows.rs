//! Floor 2: functions that see the rows of a window.

use crate::query::{ColumnElement, DataTypeOf, Expression, Parameter, WindowFunction};

macro_rules! ranks {
    ($($(#[$doc:meta])* $function:ident -> $type:ty);+ $(;)?) => {
        $(
            $(#[$doc])*
            pub fn $function() -> WindowFunction<$type> {
                WindowFunction::new(stringify!($function), Vec::new())
            }
        )+
    };
}

ranks! {
    /// `row_number()`: the row's number in its partition, from 1 on.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::row_number().over(window().order_by(Post::id)));
    /// assert!(query.to_string().contains("row_number() OVER (ORDER BY posts.id)"));
    /// ```
    row_number -> i64;
    /// `rank()`: the number of the first of the rows that are equal in the order, from 1 on, with gaps.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::rank().over(window().order_by(Post::user_id)));
    /// # let _ = query;
    /// ```
    rank -> i64;
    /// `dense_rank()`: as [`rank`], without gaps.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::dense_rank().over(window().order_by(Post::user_id)));
    /// # let _ = query;
    /// ```
    dense_rank -> i64;
    /// `percent_rank()`: the rank from 0 to 1.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::percent_rank().over(window().order_by(Post::id)));
    /// # let _ = query;
    /// ```
    percent_rank -> f64;
    /// `cume_dist()`: which part of the rows comes before the row or is equal to it, above 0 and up to 1.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::cume_dist().over(window().order_by(Post::id)));
    /// # let _ = query;
    /// ```
    cume_dist -> f64;
}

/// `ntile(buckets)`: in which of so many buckets of equal size the row is, from 1 on.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
/// let quartile = select::<Post>().columns((Post::id, func::ntile(4).over(window().order_by(Post::id))));
/// # let _ = quartile;
/// ```
pub fn ntile(buckets: i32) -> WindowFunction<i32> {
    WindowFunction::new("ntile", vec![Expression::Parameter(Parameter::of(buckets))])
}

fn at<E: ColumnElement>(
    function: &'static str,
    of: E,
    offset: Option<i32>,
) -> WindowFunction<Option<DataTypeOf<E>>, E::Sources> {
    let offset = offset.map(|rows| Expression::Parameter(Parameter::of(rows)));
    WindowFunction::new(function, std::iter::once(of.into_expr().expression).chain(offset).collect())
}

/// `lag(element, rows)`: its value so many rows before this one; NULL if there is no such row.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
/// let before = func::lag(Post::title, 1).over(window().order_by(Post::id));
/// let query = select::<Post>().columns((Post::title, before));
/// assert!(query.to_string().contains("lag(posts.title, $1) OVER (ORDER BY posts.id)"));
/// ```
pub fn lag<E: ColumnElement>(of: E, rows: i32) -> WindowFunction<Option<DataTypeOf<E>>, E::Sources> {
    at("lag", of, Some(rows))
}

/// `lead(element, rows)`: its value so many rows behind this one; NULL if there is no such row.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
/// let next = func::lead(Post::title, 1).over(window().order_by(Post::id));
/// let query = select::<Post>().columns((Post::title, next));
/// # let _ = query;
/// ```
pub fn lead<E: ColumnElement>(of: E, rows: i32) -> WindowFunction<Option<DataTypeOf<E>>, E::Sources> {
    at("lead", of, Some(rows))
}

/// `first_value(element)`: its value in the first row of the frame; NULL if that has no row.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
/// let first = func::first_value(Post::title).over(window().partition_by(Post::user_id).order_by(Post::id));
/// let query = select::<Post>().columns((Post::title, first));
/// # let _ = query;
/// ```
pub fn first_value<E: ColumnElement>(of: E) -> WindowFunction<Option<DataTypeOf<E>>, E::Sources> {
    at("first_value", of, None)
}

/// `last_value(element)`: its value in the last row of the frame, which ends at the current row if nothing else is said.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::{Frame, window}};
/// let all = window().order_by(Post::id).rows(Frame::UnboundedPreceding, Frame::UnboundedFollowing);
/// let query = select::<Post>().columns(func::last_value(Post::title).over(all));
/// # let _ = query;
/// ```
pub fn last_value<E: ColumnElement>(of: E) -> WindowFunction<Option<DataTypeOf<E>>, E::Sources> {
    at("last_value", of, None)
}

/// `nth_value(element, row)`: its value in the frame's row of this number, from 1 on; NULL if there is no such row.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};
/// let second = func::nth_value(Post::title, 2).over(window().order_by(Post::id));
/// let query = select::<Post>().columns(second);
/// # let _ = query;
/// ```
pub fn nth_value<E: ColumnElement>(of: E, row: i32) -> WindowFunction<Option<DataTypeOf<E>>, E::Sources> {
    at("nth_value", of, Some(row))
}

macro_rules! neighbours_or {
    ($($(#[$doc:meta])* $name:ident $function:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::*; use orm_core::{func, prelude::*, query::window};\nlet other = func::", stringify!($name), "(Post::id, 1, 0).over(window().order_by(Post::id));\nlet query = select::<Post>().columns(other);\nassert!(query.to_string().contains(\"", $function, "(posts.id, $1, $2) OVER\"));\n```")]
            pub fn $name<E: ColumnElement>(of: E, rows: i32, otherwise: DataTypeOf<E>) -> WindowFunction<E::Type, E::Sources> {
                let [rows, otherwise] = [Parameter::of(rows), Parameter::of(otherwise)].map(Expression::Parameter);
                WindowFunction::new($function, vec![of.into_expr().expression, rows, otherwise])
            }
        )+
    };
}

neighbours_or! {
    /// As [`lag`], with a value where there is no such row.
    lag_or "lag";
    /// As [`lead`], with a value where there is no such row.
    lead_or "lead";
}
