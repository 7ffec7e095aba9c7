//! Floor 2: calls of aggregates, also over windows.

use std::fmt;
use std::marker::PhantomData;

use super::expression::UnaryOperator;
use super::order::terms;
use super::sources::{Aggregated, RowWise, Windowed};
use super::window::WindowClause;
use super::{Both, ColumnElement, Condition, Expr, Expression, OrderTerms, Ordering, Sources, Window};
use crate::types::ColumnType;

/// A call of an aggregate or a window function, as data.
#[derive(Clone)]
pub(crate) struct AggregateCall {
    pub(super) function: &'static str,
    pub(super) distinct: bool,
    pub(super) arguments: Vec<Expression>,
    pub(super) order: Vec<Ordering>,
    /// Whether the order stands in `WITHIN GROUP`.
    pub(super) within_group: bool,
    pub(super) filter: Option<Expression>,
    pub(super) over: Option<WindowClause>,
}

impl AggregateCall {
    pub(super) fn new(function: &'static str, arguments: Vec<Expression>) -> Self {
        Self {
            function,
            distinct: false,
            arguments,
            order: Vec::new(),
            within_group: false,
            filter: None,
            over: None,
        }
    }

    pub(super) fn children(&self) -> Vec<&Expression> {
        let order = self.order.iter().map(|term| &term.expression);
        let over = self.over.iter().flat_map(WindowClause::children);
        self.arguments.iter().chain(order).chain(&self.filter).chain(over).collect()
    }

    pub(super) fn children_mut(&mut self) -> Vec<&mut Expression> {
        let order = self.order.iter_mut().map(|term| &mut term.expression);
        let over = self.over.iter_mut().flat_map(WindowClause::children_mut);
        self.arguments.iter_mut().chain(order).chain(&mut self.filter).chain(over).collect()
    }
}

/// A value computed from many rows: `func::sum(Post::id)`. `T` is its Rust type, `S` what it reads.
///
/// It stands in `columns`, `having` and `order_by`, not in `filter`.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let query = select::<Post>()
///     .group_by(Post::user_id)
///     .columns((Post::user_id, func::count(Post::id).distinct().filter(Post::title.ne("draft"))));
/// assert_eq!(
///     query.to_string(),
///     "SELECT posts.user_id, count(DISTINCT posts.id) FILTER (WHERE posts.title <> $1) FROM posts GROUP BY posts.user_id"
/// );
/// ```
#[must_use = "an aggregate does nothing by itself"]
pub struct Aggregate<T, S = ()> {
    call: AggregateCall,
    types: PhantomData<fn() -> (T, S)>,
}

impl<T, S> Aggregate<T, S> {
    pub(crate) fn new(function: &'static str, arguments: Vec<Expression>) -> Self {
        Self { call: AggregateCall::new(function, arguments), types: PhantomData }
    }

    /// A call over an ordered set.
    pub(super) fn within_group<C>(
        function: &'static str,
        arguments: Vec<Expression>,
        element: Expr<C, S>,
    ) -> Self {
        let order = vec![Ordering::ascending(element.expression)];
        let call = AggregateCall { order, within_group: true, ..AggregateCall::new(function, arguments) };
        Self { call, types: PhantomData }
    }

    fn reading<Other>(self) -> Aggregate<T, Other> {
        Aggregate { call: self.call, types: PhantomData }
    }

    /// Only different values: `count(DISTINCT ..)`.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
    /// let authors = select::<Post>().columns(func::count(Post::user_id).distinct());
    /// assert!(authors.to_string().starts_with("SELECT count(DISTINCT posts.user_id)"));
    /// ```
    pub fn distinct(mut self) -> Self {
        self.call.distinct = true;
        self
    }
}

impl<T, S: Sources> Aggregate<T, S> {
    /// Only rows for which the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
    /// let drafts = select::<Post>().columns(func::count_all().filter(Post::title.eq("draft")));
    /// assert!(drafts.to_string().starts_with("SELECT count(*) FILTER (WHERE posts.title = $1)"));
    /// ```
    pub fn filter<C: RowWise>(mut self, condition: Condition<C>) -> Aggregate<T, Both<S, C>> {
        self.call.filter = Some(Expression::and(self.call.filter.take().into_iter().chain([condition.0])));
        self.reading()
    }

    /// The rows in this order: `string_agg(a, b ORDER BY c)`.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
    /// let titles = select::<Post>().columns(func::string_agg(Post::title, ", ").order_by(Post::id.desc()));
    /// assert!(titles.to_string().starts_with("SELECT string_agg(posts.title, $1 ORDER BY posts.id DESC)"));
    /// ```
    pub fn order_by<O: OrderTerms>(mut self, order: O) -> Aggregate<T, Both<S, O::Sources>> {
        self.call.order.extend(terms(order));
        self.reading()
    }

    /// Leaves out rows where this is NULL.
    pub(super) fn without_null(mut self, element: Expression) -> Self {
        let is_there = element.unary(UnaryOperator::IsNotNull);
        self.call.filter = Some(Expression::and(self.call.filter.take().into_iter().chain([is_there])));
        self
    }

    /// Computed for each row over the rows of its window, and no rows become one.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::window};
    /// let of_author = func::count_all().over(window().partition_by(Post::user_id));
    /// let query = select::<Post>().columns((Post::title, of_author));
    /// assert!(query.to_string().contains("count(*) OVER (PARTITION BY posts.user_id)"));
    /// ```
    pub fn over<W: Sources>(mut self, window: Window<W>) -> Expr<T, Windowed<Both<S, W>>> {
        self.call.over = Some(window.clause);
        Expr::new(Expression::Aggregate(Box::new(self.call)))
    }
}

impl<T: ColumnType, S: RowWise> ColumnElement for Aggregate<T, S> {
    type Type = T;
    type Sources = Aggregated<S>;

    fn into_expr(self) -> Expr<T, Aggregated<S>> {
        Expr::new(Expression::Aggregate(Box::new(self.call)))
    }
}

impl<T, S> Clone for Aggregate<T, S> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), types: PhantomData }
    }
}

/// Shows the SQL, and so no values.
impl<T, S> fmt::Debug for Aggregate<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Aggregate").field(&Expression::Aggregate(Box::new(self.call.clone()))).finish()
    }
}
