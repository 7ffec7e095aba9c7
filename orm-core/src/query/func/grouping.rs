//! Floor 2: grouping sets: several ways to group the same rows.

use std::marker::PhantomData;

use crate::query::sources::Aggregated;
use crate::query::{
    Both, ColumnElement, DataTypeOf, ElementList, Elements, Expr, Expression, Sources, elements,
};

/// Grouping sets, for `group_by`: made by [`rollup`], [`cube`] and [`grouping_sets`].
///
/// In rows of a set that a column is not in, the column is NULL: what is not nullable goes through [`nullable`] there.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let counts = select::<Post>()
///     .group_by(func::rollup((Post::user_id, Post::title)))
///     .columns((Post::user_id, func::nullable(Post::title), func::count_all()));
/// assert!(counts.to_string().ends_with("GROUP BY ROLLUP(posts.user_id, posts.title)"));
/// ```
#[must_use = "grouping sets do nothing by themselves"]
pub struct GroupingSets<S> {
    expression: Expression,
    sources: PhantomData<fn() -> S>,
}

impl<S> std::fmt::Debug for GroupingSets<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("GroupingSets").field(&self.expression).finish()
    }
}

impl<S: Sources> Elements for GroupingSets<S> {
    type Sources = S;

    fn add_to(self, list: &mut ElementList) {
        list.0.push(self.expression);
    }
}

fn sets<S>(word: &'static str, sets: Vec<Expression>) -> GroupingSets<S> {
    GroupingSets { expression: Expression::Function(word, sets), sources: PhantomData }
}

/// `ROLLUP (a, b)`: by all, by all but the last, and so on, and all rows together.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let counts = select::<Post>().group_by(func::rollup(Post::user_id)).columns((Post::user_id, func::count_all()));
/// # let _ = counts;
/// ```
pub fn rollup<E: Elements>(by: E) -> GroupingSets<E::Sources> {
    sets("ROLLUP", elements(by))
}

/// `CUBE (a, b)`: by each choice among these.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let counts = select::<Post>().group_by(func::cube(Post::user_id)).columns((Post::user_id, func::count_all()));
/// # let _ = counts;
/// ```
pub fn cube<E: Elements>(by: E) -> GroupingSets<E::Sources> {
    sets("CUBE", elements(by))
}

/// `GROUPING SETS ((a, b), a, ())`: by each of these; `()` is all rows together.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let counts = select::<Post>()
///     .group_by(func::grouping_sets((Post::user_id, ())))
///     .columns((Post::user_id, func::count_all()));
/// assert!(counts.to_string().ends_with("GROUP BY GROUPING SETS((posts.user_id), ())"));
/// ```
pub fn grouping_sets<G: GroupingSetList>(list: G) -> GroupingSets<G::Sources> {
    sets("GROUPING SETS", list.into_sets().0)
}

/// A tuple of grouping sets, each of them a column, an expression, a tuple of such, or `()`.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::func::GroupingSetList;
/// fn is_list<G: GroupingSetList>(_: G) {}
/// is_list((Post::user_id, (Post::user_id, Post::title), ()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of grouping sets",
    label = "a tuple of sets is expected"
)]
pub trait GroupingSetList {
    /// What they read.
    type Sources: Sources;

    #[doc(hidden)]
    fn into_sets(self) -> ElementList;
}

impl Elements for () {
    type Sources = ();

    fn add_to(self, _: &mut ElementList) {}
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Elements, $($rest: Elements),*> GroupingSetList for ($first, $($rest,)*) {
            type Sources = tuples!(@sources $first $($rest)*);

            #[allow(non_snake_case)]
            fn into_sets(self) -> ElementList {
                let ($first, $($rest,)*) = self;
                ElementList(vec![
                    Expression::List(elements($first)),
                    $(Expression::List(elements($rest)),)*
                ])
            }
        }

        tuples!($($rest)*);
    };
    (@sources $only:ident) => { $only::Sources };
    (@sources $first:ident $($rest:ident)+) => { Both<$first::Sources, tuples!(@sources $($rest)+)> };
    () => {};
}

tuples!(A B C D E F G H);

/// `GROUPING (a, b)`: which of these the row's set is without, a bit each, the last one being 1.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let counts = select::<Post>()
///     .group_by(func::rollup(Post::user_id))
///     .columns((Post::user_id, func::grouping(Post::user_id), func::count_all()));
/// # let _ = counts;
/// ```
pub fn grouping<E: Elements>(by: E) -> Expr<i32, Aggregated<E::Sources>> {
    Expr::call("grouping", elements(by))
}

/// The element, said to be NULL at times: what is grouped by in some sets only.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, Expr};
/// let title: Expr<Option<String>, _> = func::nullable(Post::title);
/// assert_eq!(format!("{title:?}"), "Expr(posts.title)");
/// ```
pub fn nullable<E: ColumnElement>(element: E) -> Expr<Option<DataTypeOf<E>>, E::Sources> {
    Expr::new(element.into_expr().expression)
}
