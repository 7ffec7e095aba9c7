//! Floor 2: the terms of ORDER BY.
//!
//! Invariant: what is not said is left to the server: NULLs come last, and first when the order is descending.

use std::fmt;
use std::marker::PhantomData;

use super::tuples::tuples_of;
use super::{Both, ColumnElement, Expr, Expression, Only, Sources, TableReference};
use crate::model::{Column, Selectable};
use crate::types::ColumnType;

const DESCENDING: &str = " DESC";
const NULLS_FIRST: &str = " NULLS FIRST";
const NULLS_LAST: &str = " NULLS LAST";

/// A term to order rows by, as data.
#[derive(Debug, Clone)]
pub(crate) struct Ordering {
    pub(crate) expression: Expression,
    pub(super) direction: &'static str,
    pub(super) nulls: &'static str,
}

impl Ordering {
    /// Ascending order.
    pub(crate) const fn ascending(expression: Expression) -> Self {
        Self { expression, direction: "", nulls: "" }
    }

    /// Whether greater values come first.
    pub(crate) fn is_descending(&self) -> bool {
        !self.direction.is_empty()
    }

    /// Whether NULLs come before all others.
    pub(crate) fn has_nulls_first(&self) -> bool {
        if self.nulls.is_empty() { self.is_descending() } else { self.nulls == NULLS_FIRST }
    }

    /// Whether both are by one column.
    pub(crate) fn is_by_column_of(&self, other: &Self) -> bool {
        match (&self.expression, &other.expression) {
            (Expression::Column(source, column), Expression::Column(others, other)) => {
                source.is(*others) && column == other
            }
            _ => false,
        }
    }

    /// The same order from its end to its beginning.
    pub(crate) fn reversed(self) -> Self {
        let direction = if self.is_descending() { "" } else { DESCENDING };
        let nulls = match self.nulls {
            "" => "",
            NULLS_FIRST => NULLS_LAST,
            _ => NULLS_FIRST,
        };
        Self { direction, nulls, ..self }
    }

    /// The same over other columns, see [`Expression::map_sources`].
    pub(super) fn map_sources(self, change: &dyn Fn(TableReference) -> TableReference) -> Self {
        Self { expression: self.expression.map_sources(change), ..self }
    }
}

/// A term to order rows by. Columns and expressions make them: `User::name.desc().nulls_last()`; a column alone means
/// ascending. `S` is what it reads, `T` the Rust type of its values, if that is known.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let sql = select::<User>().order_by(User::name.desc().nulls_last()).to_string();
/// assert!(sql.ends_with("ORDER BY users.name DESC NULLS LAST"));
/// ```
#[must_use = "an order does nothing until a statement is ordered by it"]
pub struct OrderBy<S = (), T = ()> {
    pub(super) term: Ordering,
    types: PhantomData<fn() -> (S, T)>,
}

impl<S, T> OrderBy<S, T> {
    /// The same, without saying what it reads and of which type it is, so that any terms can stand in one list.
    ///
    /// It gives a check up: no query looks whether it reads these tables, and what is not there the server refuses
    /// ([`is_undefined_table`](crate::Error::is_undefined_table)). A tuple of terms keeps the check.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let orders = vec![User::name.asc().untyped(), Post::id.desc().untyped()];
    /// let sql = select::<User>().join(User::posts).order_by(orders).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name, posts.id DESC"));
    /// ```
    pub fn untyped(self) -> OrderBy {
        OrderBy { term: self.term, types: PhantomData }
    }

    pub(crate) const fn ascending(expression: Expression) -> Self {
        Self { term: Ordering::ascending(expression), types: PhantomData }
    }

    pub(super) const fn descending(expression: Expression) -> Self {
        Self { term: Ordering { expression, direction: DESCENDING, nulls: "" }, types: PhantomData }
    }

    /// The same in descending order.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{nth_column, prelude::*};
    /// let emails = select::<User>().columns(User::email).order_by(nth_column(1).desc());
    /// assert!(emails.to_string().ends_with("ORDER BY 1 DESC"));
    /// ```
    pub fn desc(mut self) -> Self {
        self.term.direction = DESCENDING;
        self
    }

    /// Rows where the term is NULL come before all others.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().order_by(User::name.asc().nulls_first()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name NULLS FIRST"));
    /// ```
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls = NULLS_FIRST;
        self
    }

    /// Rows where the term is NULL come after all others.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().order_by(User::name.desc().nulls_last()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name DESC NULLS LAST"));
    /// ```
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls = NULLS_LAST;
        self
    }
}

impl<S, T> Clone for OrderBy<S, T> {
    fn clone(&self) -> Self {
        Self { term: self.term.clone(), types: PhantomData }
    }
}

/// Shows the SQL, and so no values.
impl<S, T> fmt::Debug for OrderBy<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ordering { expression, direction, nulls } = &self.term;
        write!(f, "OrderBy({expression:?}{direction}{nulls})")
    }
}

/// What rows are ordered by: a column, an expression, one of them with a direction, or a tuple of such.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let sql = select::<User>().order_by((User::name.desc(), User::id)).to_string();
/// assert!(sql.ends_with("ORDER BY users.name DESC, users.id"));
/// ```
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by `{Self}`",
    label = "a column, an expression, or a tuple of such is expected"
)]
pub trait OrderTerms {
    /// What they read.
    type Sources: Sources;

    #[doc(hidden)]
    fn add_all_to(self, terms: &mut Terms);
}

#[diagnostic::do_not_recommend]
impl<O: Ordered> OrderTerms for O {
    type Sources = O::Sources;

    #[inline(always)]
    fn add_all_to(self, terms: &mut Terms) {
        self.add_to(terms);
    }
}

/// What [`OrderTerms`] is said of.
#[doc(hidden)]
pub trait Ordered {
    type Sources: Sources;

    fn add_to(self, terms: &mut Terms);
}

/// What the rows of `M` can be ordered by alone.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, query::OrderOn};
/// fn ordered(order: impl OrderOn<Post>) -> orm_core::LoadOption<User, Post, impl Sized> {
///     selectinload(User::posts).order_by(order)
/// }
/// # let _ = ordered(Post::title);
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not an order of `{M}` alone",
    label = "it reads another table than that of `{M}`, or is neither column nor expression"
)]
pub trait OrderOn<M>: OrderTerms {}

#[diagnostic::do_not_recommend]
impl<M, O: Ordered<Sources: Only<M>>> OrderOn<M> for O {}

/// Terms as data, while they are gathered.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Terms(pub(crate) Vec<Ordering>);

/// The terms as data.
#[inline(always)]
pub(crate) fn terms(order: impl OrderTerms) -> Vec<Ordering> {
    let mut terms = Terms::default();
    order.add_all_to(&mut terms);
    terms.0
}

impl Ordered for Ordering {
    type Sources = ();

    #[inline(always)]
    fn add_to(self, terms: &mut Terms) {
        terms.0.push(self);
    }
}

impl<S: Sources, T> Ordered for OrderBy<S, T> {
    type Sources = S;

    #[inline(always)]
    fn add_to(self, terms: &mut Terms) {
        terms.0.push(self.term);
    }
}

/// Terms that are known when the program runs, one after the other.
impl<O: Ordered> Ordered for Vec<O> {
    type Sources = O::Sources;

    #[inline(always)]
    fn add_to(self, terms: &mut Terms) {
        self.into_iter().for_each(|term| term.add_to(terms));
    }
}

impl<M: Selectable, C: ColumnType> Ordered for Column<M, C> {
    type Sources = M;

    #[inline(always)]
    fn add_to(self, terms: &mut Terms) {
        terms.0.push(Ordering::ascending(self.into_expr().expression));
    }
}

impl<C: ColumnType, S: Sources> Ordered for Expr<C, S> {
    type Sources = S;

    #[inline(always)]
    fn add_to(self, terms: &mut Terms) {
        terms.0.push(Ordering::ascending(self.expression));
    }
}

tuples_of!(Ordered, Terms);
