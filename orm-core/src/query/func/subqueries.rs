//! Floor 2: queries as conditions.

use crate::query::{Condition, Sources, SubqueryStatement};

/// A query that can be a part of another.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, func::Subquery, prelude::*, Condition};
/// fn has_rows(query: impl Subquery<Outer = ()>) -> Condition {
///     func::exists(query)
/// }
/// let any_post = has_rows(select::<Post>());
/// assert_eq!(format!("{any_post:?}"), "Condition(EXISTS (SELECT 1 FROM posts))");
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a query", label = "a query is expected")]
pub trait Subquery {
    /// What it reads of the query around it.
    type Outer: Sources;

    #[doc(hidden)]
    fn into_statement(self) -> SubqueryStatement;
}

/// `EXISTS (query)`: whether the query has rows. It may read the query around it, see
/// [`Select::correlate`](crate::Select::correlate).
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let posts = select::<Post>().correlate::<User>().filter(Post::user_id.eq(User::id));
/// let silent = select::<User>().filter(!func::exists(posts));
/// assert!(
///     silent.to_string().ends_with("WHERE NOT EXISTS (SELECT 1 FROM posts WHERE posts.user_id = users.id)")
/// );
/// ```
pub fn exists<Q: Subquery>(query: Q) -> Condition<Q::Outer> {
    Condition::new(query.into_statement().0.into_exists())
}
