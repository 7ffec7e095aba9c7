//! Floor 2: windows: which rows a function sees beside its own.

use std::fmt;
use std::marker::PhantomData;

use super::aggregate::AggregateCall;
use super::argument::argument;
use super::elements::elements;
use super::order::terms;
use super::sources::Windowed;
use super::{Both, Elements, Expr, Expression, OrderBy, OrderTerms, Ordering, Sources};
use crate::model::{Column, Selectable};
use crate::types::{ColumnType, DataType, Interval};

/// A window as data.
#[derive(Clone, Default)]
pub(crate) struct WindowClause {
    /// The name of a window of the statement that this one is, or begins with.
    pub(super) name: Option<&'static str>,
    pub(super) partition: Vec<Expression>,
    pub(super) order: Vec<Ordering>,
    pub(super) frame: Option<WindowFrame>,
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

/// Which rows around the current one are seen.
#[derive(Clone)]
pub(crate) struct WindowFrame {
    pub(super) mode: FrameMode,
    pub(super) from: Frame<Expression>,
    pub(super) to: Frame<Expression>,
    pub(super) exclusion: &'static str,
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
pub enum Frame<N = u32> {
    /// The partition's first row.
    UnboundedPreceding,
    /// So many rows or groups before the current one, or those whose value is so much less.
    Preceding(N),
    /// The current row, with its peers unless rows are counted.
    CurrentRow,
    /// So many rows or groups after the current one, or those whose value is so much more.
    Following(N),
    /// The partition's last row.
    UnboundedFollowing,
}

impl<N> Frame<N> {
    fn map<Other>(self, offset: impl FnOnce(N) -> Other) -> Frame<Other> {
        match self {
            Self::UnboundedPreceding => Frame::UnboundedPreceding,
            Self::Preceding(number) => Frame::Preceding(offset(number)),
            Self::CurrentRow => Frame::CurrentRow,
            Self::Following(number) => Frame::Following(offset(number)),
            Self::UnboundedFollowing => Frame::UnboundedFollowing,
        }
    }
}

/// What the values of an order can be apart, for the frame of a window: numbers by numbers, times by intervals.
///
/// ```
/// # use orm_core::{query::RangeOffset, types::Interval};
/// fn apart<T: RangeOffset<Offset = i64>>() {}
/// apart::<i64>();
/// ```
#[diagnostic::on_unimplemented(
    message = "how far values of `{Self}` are apart cannot be said",
    label = "a window's range is over a number, a date, a time or an interval"
)]
pub trait RangeOffset: DataType {
    /// The data type of a distance.
    type Offset: DataType;
}

macro_rules! offsets {
    ($($type:ty => $offset:ty),+ $(,)?) => { $(impl RangeOffset for $type { type Offset = $offset; })+ };
}

offsets!(i16 => i16, i32 => i32, i64 => i64, f32 => f64, f64 => f64, Interval => Interval);
#[cfg(feature = "rust_decimal")]
offsets!(rust_decimal::Decimal => rust_decimal::Decimal);
#[cfg(feature = "chrono")]
offsets!(
    chrono::NaiveDate => Interval, chrono::NaiveTime => Interval, chrono::NaiveDateTime => Interval,
    chrono::DateTime<chrono::Utc> => Interval,
);

/// A single term of an order: a column, an expression, or one of them with a direction.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{prelude::*, query::SingleOrder};
/// fn by_number(order: impl SingleOrder<Type = i64>) {}
/// by_number(Post::id.desc());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a single term of an order",
    label = "a column or an expression is expected, with a direction or without"
)]
pub trait SingleOrder: OrderTerms {
    /// The Rust type of its values.
    type Type: ColumnType;
}

impl<M: Selectable, C: ColumnType> SingleOrder for Column<M, C> {
    type Type = C;
}

impl<C: ColumnType, S: Sources> SingleOrder for Expr<C, S> {
    type Type = C;
}

impl<C: ColumnType, S: Sources> SingleOrder for OrderBy<S, C> {
    type Type = C;
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

    /// The rows in this order, and of them those whose values are not further from the current one's than this:
    /// `ORDER BY at RANGE BETWEEN '7 days' PRECEDING AND CURRENT ROW`. Numbers are apart by numbers, dates and times by
    /// intervals. The order is this alone.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Invoice; use orm_core::{func, prelude::*, query::{Frame, window}, types::Interval};
    /// let week = window().range_by(Invoice::invoice_date, Frame::Preceding(Interval::days(7)), Frame::CurrentRow);
    /// let query = select::<Invoice>().columns(func::sum(Invoice::total).over(week));
    /// assert!(query.to_string().contains(
    ///     "OVER (ORDER BY invoice.invoice_date RANGE BETWEEN $1::interval PRECEDING AND CURRENT ROW)"
    /// ));
    /// ```
    pub fn range_by<O>(
        mut self,
        order: O,
        from: Frame<<<O::Type as ColumnType>::NotNull as RangeOffset>::Offset>,
        to: Frame<<<O::Type as ColumnType>::NotNull as RangeOffset>::Offset>,
    ) -> Window<Both<S, O::Sources>>
    where
        O: SingleOrder<Type: ColumnType<NotNull: RangeOffset>>,
    {
        self.clause.order = terms(order);
        self.clause.frame = Some(WindowFrame {
            mode: FrameMode::Range,
            from: from.map(argument),
            to: to.map(argument),
            exclusion: "",
        });
        self.reading()
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
        let frame = self.clause.frame.get_or_insert(WindowFrame {
            mode: FrameMode::Range,
            from: Frame::UnboundedPreceding,
            to: Frame::CurrentRow,
            exclusion: "",
        });
        frame.exclusion = " EXCLUDE CURRENT ROW";
        self
    }

    fn frame(mut self, mode: FrameMode, from: Frame, to: Frame) -> Self {
        // A number in the text, since it is a part of the window's meaning.
        let number = |rows: u32| Expression::Position(rows as usize);
        self.clause.frame =
            Some(WindowFrame { mode, from: from.map(number), to: to.map(number), exclusion: "" });
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
