//! Floor 2: which columns a row is grouped by.

use crate::query::sources::Aggregated;
use crate::query::{Elements, Expr, elements};

/// `GROUPING (a, b)`: which of these the row is not grouped by, a bit each, the last one being 1.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let counts = select::<Post>()
///     .group_by_rollup(Post::user_id)
///     .columns((Post::user_id, func::grouping(Post::user_id), func::count_all()));
/// # let _ = counts;
/// ```
pub fn grouping<E: Elements>(by: E) -> Expr<i32, Aggregated<E::Sources>> {
    Expr::call("grouping", elements(by))
}
