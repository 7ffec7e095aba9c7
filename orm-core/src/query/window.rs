//! Floor 2: windows: which rows a function sees beside its own.

use std::fmt;
use std::marker::PhantomData;

use super::aggregate::AggregateCall;
use super::elements::elements;
use super::order::terms;
use super::sources::Windowed;
use super::{Both, Elements, Expr, Expression, OrderTerms, Ordering, Sources};

/// A window as data.
#[derive(Clone, Default)]
pub(crate) struct WindowClause {
    /// The name of a window of the statement that this one is, or begins with.
    pub(super) name: Option<&'static str>,
    pub(super) partition: Vec<Expression>,
    pub(super) order: Vec<Ordering>,
    pub(super) frame: Option<(FrameMode, Frame, Frame, &'static str)>,
}

impl WindowClause {
    /// Whether it is nothing but a name.
    pub(super) fn is_name(&self) -> bool {
        self.name.is_some() && self.partition.is_empty() && self.order.is_empty() && self.frame.is_none()
    }

    pub(super) fn children(&self) -> impl Iterator<Item = &Expression> {
        self.partition.iter().chain(self.order.iter().map(|term| &term.expression))
    }

    pub(super) fn children_mut(&mut self) -> impl Iterator<Item = &mut Expression> {
        self.partition.iter_mut().chain(self.order.iter_mut().map(|term| &mut term.expression))
    }
}

/// What a frame counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameMode {
    Rows,
    Range,
    Groups,
}

/// An end of a window's frame.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::{Frame, window}};
/// let last_three = window().order_by(Post::id).rows(Frame::Preceding(2), Frame::CurrentRow);
/// let query = select::<Post>().columns(func::count_all().over(last_three));
/// assert!(query.to_string().contains("(ORDER BY posts.id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// The partition's first row.
    UnboundedPreceding,
    /// So many rows or groups before the current one.
    Preceding(u32),
    /// The current row, with its peers unless rows are counted.
    CurrentRow,
    /// So many rows or groups after the current one.
    Following(u32),
    /// The partition's last row.
    UnboundedFollowing,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnboundedPreceding => f.write_str("UNBOUNDED PRECEDING"),
            Self::Preceding(rows) => write!(f, "{rows} PRECEDING"),
            Self::CurrentRow => f.write_str("CURRENT ROW"),
            Self::Following(rows) => write!(f, "{rows} FOLLOWING"),
            Self::UnboundedFollowing => f.write_str("UNBOUNDED FOLLOWING"),
        }
    }
}

/// Which rows a window function sees. Made by [`window`].
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::window};
/// let newest_first = window().partition_by(Post::user_id).order_by(Post::id.desc());
/// let query = select::<Post>().columns((Post::title, func::rank().over(newest_first)));
/// assert!(query.to_string().contains("rank() OVER (PARTITION BY posts.user_id ORDER BY posts.id DESC)"));
/// ```
#[must_use = "a window does nothing by itself"]
pub struct Window<S = ()> {
    pub(crate) clause: WindowClause,
    sources: PhantomData<fn() -> S>,
}

/// All rows, until it is partitioned, ordered and framed.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::window};
/// let query = select::<Post>().columns(func::count_all().over(window()));
/// assert_eq!(query.to_string(), "SELECT count(*) OVER () FROM posts");
/// ```
pub fn window() -> Window {
    Window { clause: WindowClause::default(), sources: PhantomData }
}

impl<S: Sources> Window<S> {
    fn reading<Other>(self) -> Window<Other> {
        Window { clause: self.clause, sources: PhantomData }
    }

    /// Only rows that are equal in these.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::count_all().over(window().partition_by(Post::user_id)));
    /// assert!(query.to_string().contains("OVER (PARTITION BY posts.user_id)"));
    /// ```
    pub fn partition_by<E: Elements>(mut self, by: E) -> Window<Both<S, E::Sources>> {
        self.clause.partition.extend(elements(by));
        self.reading()
    }

    /// The rows in this order; without a frame, those up to the current one and its peers.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::row_number().over(window().order_by(Post::id.desc())));
    /// assert!(query.to_string().contains("row_number() OVER (ORDER BY posts.id DESC)"));
    /// ```
    pub fn order_by<O: OrderTerms>(mut self, order: O) -> Window<Both<S, O::Sources>> {
        self.clause.order.extend(terms(order));
        self.reading()
    }

    /// The rows from one to the other, counted as rows.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::{Frame, window}};
    /// let up_to_here = window().order_by(Post::id).rows(Frame::UnboundedPreceding, Frame::CurrentRow);
    /// let query = select::<Post>().columns(func::count_all().over(up_to_here));
    /// assert!(query.to_string().contains("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"));
    /// ```
    pub fn rows(self, from: Frame, to: Frame) -> Self {
        self.frame(FrameMode::Rows, from, to)
    }

    /// The rows from one to the other, rows that are equal in the order belonging together.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::{Frame, window}};
    /// let all = window().order_by(Post::id).range(Frame::UnboundedPreceding, Frame::UnboundedFollowing);
    /// let query = select::<Post>().columns(func::last_value(Post::title).over(all));
    /// assert!(query.to_string().contains("RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"));
    /// ```
    pub fn range(self, from: Frame, to: Frame) -> Self {
        self.frame(FrameMode::Range, from, to)
    }

    /// The rows from one to the other, counted as groups of rows that are equal in the order.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::{Frame, window}};
    /// let near = window().order_by(Post::user_id).groups(Frame::Preceding(1), Frame::Following(1));
    /// let query = select::<Post>().columns(func::count_all().over(near));
    /// assert!(query.to_string().contains("GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING"));
    /// ```
    pub fn groups(self, from: Frame, to: Frame) -> Self {
        self.frame(FrameMode::Groups, from, to)
    }

    /// Without the current row.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::{Frame, window}};
    /// let others = window().rows(Frame::UnboundedPreceding, Frame::UnboundedFollowing).exclude_current_row();
    /// let query = select::<Post>().columns(func::count_all().over(others));
    /// assert!(query.to_string().contains("EXCLUDE CURRENT ROW"));
    /// ```
    pub fn exclude_current_row(mut self) -> Self {
        let all = (FrameMode::Range, Frame::UnboundedPreceding, Frame::CurrentRow, "");
        let (mode, from, to, _) = self.clause.frame.unwrap_or(all);
        self.clause.frame = Some((mode, from, to, " EXCLUDE CURRENT ROW"));
        self
    }

    fn frame(mut self, mode: FrameMode, from: Frame, to: Frame) -> Self {
        self.clause.frame = Some((mode, from, to, ""));
        self
    }
}

impl Window {
    /// The statement's window of this name, see [`Select::window`](crate::Select::window), which may be ordered and framed
    /// further.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::{Window, window}};
    /// let query = select::<Post>()
    ///     .window("w", window().partition_by(Post::user_id))
    ///     .columns((func::count_all().over(Window::named("w")), func::max(Post::id).over(Window::named("w"))));
    /// assert!(query.to_string().ends_with("WINDOW w AS (PARTITION BY posts.user_id)"));
    /// ```
    pub fn named(name: &'static str) -> Self {
        Self { clause: WindowClause { name: Some(name), ..WindowClause::default() }, sources: PhantomData }
    }
}

impl<S> Clone for Window<S> {
    fn clone(&self) -> Self {
        Self { clause: self.clause.clone(), sources: PhantomData }
    }
}

impl<S> fmt::Debug for Window<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("partition_by", &self.clause.partition).finish_non_exhaustive()
    }
}

/// A call of a function that sees the rows of a window: it must say which, with [`over`](WindowFunction::over).
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::window};
/// let number = func::row_number().over(window().order_by(Post::id));
/// let query = select::<Post>().columns((number, Post::title));
/// # let _ = query;
/// ```
#[must_use = "a window function does nothing until it is said over which window"]
pub struct WindowFunction<T, S = ()> {
    call: AggregateCall,
    types: PhantomData<fn() -> (T, S)>,
}

impl<T, S: Sources> WindowFunction<T, S> {
    pub(crate) fn new(function: &'static str, arguments: Vec<Expression>) -> Self {
        Self { call: AggregateCall::new(function, arguments), types: PhantomData }
    }

    /// Over the rows of this window.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, query::window};
    /// let query = select::<Post>().columns(func::dense_rank().over(window().order_by(Post::user_id)));
    /// assert!(query.to_string().contains("dense_rank() OVER (ORDER BY posts.user_id)"));
    /// ```
    pub fn over<W: Sources>(mut self, window: Window<W>) -> Expr<T, Windowed<Both<S, W>>> {
        self.call.over = Some(window.clause);
        Expr::new(Expression::Aggregate(Box::new(self.call)))
    }
}

impl<T, S> fmt::Debug for WindowFunction<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WindowFunction").field(&self.call.function).finish()
    }
}
