//! Floor 2: lists of columns and expressions, as tuples.

use super::tuples::tuples_of;
use super::{Both, ColumnElement, Expr, Expression, Sources};
use crate::model::{Column, Selectable};
use crate::types::ColumnType;

/// A column, an expression, or a tuple of such: what `group_by`, `distinct_on` and `partition_by` take.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let posts = select::<Post>().group_by((Post::user_id, Post::title)).columns(func::count_all());
/// assert!(posts.to_string().ends_with("GROUP BY posts.user_id, posts.title"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of columns and expressions",
    label = "a column, an expression, or a tuple of such is expected"
)]
pub trait Elements {
    /// What they read.
    type Sources: Sources;

    #[doc(hidden)]
    fn add_all_to(self, list: &mut ElementList);
}

#[diagnostic::do_not_recommend]
impl<E: Listed> Elements for E {
    type Sources = E::Sources;

    fn add_all_to(self, list: &mut ElementList) {
        self.add_to(list);
    }
}

/// What [`Elements`] is said of.
#[doc(hidden)]
pub trait Listed {
    type Sources: Sources;

    fn add_to(self, list: &mut ElementList);
}

/// Expressions as data, while they are gathered.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct ElementList(pub(crate) Vec<Expression>);

/// The elements as data.
pub(crate) fn elements(elements: impl Elements) -> Vec<Expression> {
    let mut list = ElementList::default();
    elements.add_all_to(&mut list);
    list.0
}

impl<M: Selectable, C: ColumnType> Listed for Column<M, C> {
    type Sources = M;

    fn add_to(self, list: &mut ElementList) {
        list.0.push(self.into_expr().expression);
    }
}

impl<C: ColumnType, S: Sources> Listed for Expr<C, S> {
    type Sources = S;

    fn add_to(self, list: &mut ElementList) {
        list.0.push(self.expression);
    }
}

tuples_of!(Listed, ElementList);

/// Sets of columns to group by, as a tuple: each a column, an expression, a tuple of such, or `()`.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// let query = select::<Post>().group_by_sets(((Post::user_id, Post::title), ())).columns(func::count_all());
/// assert!(query.to_string().ends_with("GROUP BY GROUPING SETS((posts.user_id, posts.title), ())"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of grouping sets",
    label = "a tuple of columns, of tuples of columns, and of `()` is expected"
)]
pub trait GroupingSets {
    /// What they read.
    type Sources: Sources;

    #[doc(hidden)]
    fn add_to(self, list: &mut ElementList);
}

/// The sets as data.
pub(crate) fn grouping_sets(sets: impl GroupingSets) -> Vec<Expression> {
    let mut list = ElementList::default();
    sets.add_to(&mut list);
    list.0
}

/// The set of no column.
impl Listed for () {
    type Sources = ();

    fn add_to(self, _: &mut ElementList) {}
}

macro_rules! sets {
    ($($set:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($set: Elements),+> GroupingSets for ($($set,)+) {
            type Sources = tuples_of!(@sources $($set)+);

            #[allow(non_snake_case)]
            fn add_to(self, list: &mut ElementList) {
                let ($($set,)+) = self;
                $(list.0.push(Expression::List(elements($set)));)+
            }
        }
    };
}

sets!(A B);
sets!(A B C);
sets!(A B C D);
sets!(A B C D E);
sets!(A B C D E F);
