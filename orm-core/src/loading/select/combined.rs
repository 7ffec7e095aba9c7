//! Floor 6: selects made of selects: common table expressions and set operations.

use std::fmt;
use std::marker::PhantomData;

use super::{Query, Select};
use crate::model::Selectable;
use crate::query::{
    Columns, CommonBody, CommonTable, Expression, From, OrderBy, Scope, SelectStatement, SetOperator,
    TableReference,
};

/// A common table expression: a query under the name of its struct. Made by [`Select::cte`].
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// #[derive(FromRow)]
/// struct Busy {
///     user_id: i64,
///     posts: i64,
/// }
/// let busy = select::<Post>().group_by(Post::user_id);
/// let busy = busy.columns(row!(Busy { user_id: Post::user_id, posts: func::count_all() })).cte();
/// let query = select::<User>().with(busy).join(table::<Busy>().on(Busy::user_id.eq(User::id))).filter(Busy::posts.gt(3));
/// assert!(query.to_string().starts_with("WITH busy (user_id, posts) AS (SELECT posts.user_id, count(*) FROM posts"));
/// ```
#[must_use = "a common table does nothing until a query is said `with` it"]
pub struct Cte<R> {
    pub(super) table: CommonTable,
    row: PhantomData<fn() -> R>,
}

impl<R: Selectable> Cte<R> {
    pub(crate) fn new(body: CommonBody) -> Self {
        Self { table: CommonTable::new(TableReference::to::<R>(), body), row: PhantomData }
    }

    pub(crate) fn into_table(self) -> CommonTable {
        self.table
    }

    /// It is computed once, and what reads it is not taken into account: `MATERIALIZED`.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// #[derive(FromRow)]
    /// struct Number {
    ///     n: i64,
    /// }
    /// let numbers = func::generate_series(1, 9).table::<Number>().select().cte().materialized().select();
    /// assert!(numbers.to_string().starts_with("WITH number (n) AS MATERIALIZED (SELECT"));
    /// ```
    pub fn materialized(mut self) -> Self {
        self.table.materialized = Some(true);
        self
    }

    /// It is computed as a part of what reads it: `NOT MATERIALIZED`.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// #[derive(FromRow)]
    /// struct Number {
    ///     n: i64,
    /// }
    /// let numbers = func::generate_series(1, 9).table::<Number>().select().cte().not_materialized().select();
    /// assert!(numbers.to_string().starts_with("WITH number (n) AS NOT MATERIALIZED (SELECT"));
    /// ```
    pub fn not_materialized(mut self) -> Self {
        self.table.materialized = Some(false);
        self
    }

    /// A select of all its columns, which begins with it.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// #[derive(FromRow)]
    /// struct Number {
    ///     n: i64,
    /// }
    /// let numbers = func::generate_series(1, 9).table::<Number>().select().cte();
    /// let even = numbers.select().filter((Number::n % 2).eq(0));
    /// # let _ = even;
    /// ```
    pub fn select(self) -> Select<Columns<R>, From<R>> {
        super::select_from::<R>().with(self)
    }
}

impl<R: Selectable> fmt::Debug for Cte<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cte").field(&self.table).finish()
    }
}

impl<R: Selectable, S> Select<Columns<R>, S> {
    /// This query as a common table expression, under the name of its struct.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Author {
    ///     id: i64,
    /// }
    /// let authors = select::<Post>().columns(row!(Author { id: Post::user_id })).cte();
    /// let users = select::<User>().with(authors).filter(User::id.in_(select_from::<Author>().columns(Author::id)));
    /// # let _ = users;
    /// ```
    pub fn cte(self) -> Cte<R> {
        Cte::new(CommonBody::Query(Box::new(self.into_part())))
    }
}

/// The scope of a set operation: its rows can be ordered by [`nth_column`]; as a [`subquery`](Select::subquery), by name.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, query::Columns, Combined, Select};
/// let ids: Select<Columns<i64>, Combined> = select::<User>().columns(User::id).union(select::<Post>().columns(Post::id));
/// # let _ = ids;
/// ```
#[derive(Debug)]
pub struct Combined;

impl Scope for Combined {
    type Outer = ();
}

/// An output column by its number, from 1 on, to order by.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{nth_column, prelude::*};
/// let names = select::<User>().columns(User::email).union(select::<Post>().columns(Post::title));
/// assert!(names.order_by(nth_column(1).desc()).to_string().ends_with("ORDER BY 1 DESC"));
/// ```
pub fn nth_column(number: usize) -> OrderBy {
    OrderBy::ascending(Expression::Position(number))
}

/// A query of rows of the type `R`, whatever it reads from: the other side of a set operation.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, RowsOf};
/// fn with_titles(query: impl RowsOf<String>) -> orm_core::Query<String> {
///     select::<Post>().columns(Post::title).union(query).forget_joins()
/// }
/// # let _ = with_titles(select::<User>().columns(User::email));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query of rows of type `{R}`",
    label = "both sides have rows of one type: `{R}`"
)]
pub trait RowsOf<R> {
    #[doc(hidden)]
    fn into_rows(self) -> Query<R>;
}

#[diagnostic::do_not_recommend]
impl<R, Q: QueryOf<Row = R>> RowsOf<R> for Q {
    fn into_rows(self) -> Query<R> {
        self.without_scope()
    }
}

/// What [`RowsOf`] is said of.
#[doc(hidden)]
pub trait QueryOf {
    type Row;

    fn without_scope(self) -> Query<Self::Row>;
}

impl<R, S> QueryOf for Select<Columns<R>, S> {
    type Row = R;

    fn without_scope(self) -> Query<R> {
        self.typed()
    }
}

impl<R, S> Select<Columns<R>, S> {
    /// The rows of both, each once.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let words = select::<User>().columns(User::email).union(select::<Post>().columns(Post::title));
    /// assert_eq!(words.to_string(), "(SELECT users.email FROM users) UNION (SELECT posts.title FROM posts)");
    /// ```
    pub fn union<Q: RowsOf<R>>(self, other: Q) -> Select<Columns<R>, Combined> {
        self.combined(SetOperator::Union, false, other)
    }

    /// The rows of both.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let words = select::<User>().columns(User::email).union_all(select::<Post>().columns(Post::title));
    /// assert!(words.to_string().contains(") UNION ALL ("));
    /// ```
    pub fn union_all<Q: RowsOf<R>>(self, other: Q) -> Select<Columns<R>, Combined> {
        self.combined(SetOperator::Union, true, other)
    }

    /// The rows that both have, each once.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let authors = select::<User>().columns(User::id).intersect(select::<Post>().columns(Post::user_id));
    /// # let _ = authors;
    /// ```
    pub fn intersect<Q: RowsOf<R>>(self, other: Q) -> Select<Columns<R>, Combined> {
        self.combined(SetOperator::Intersect, false, other)
    }

    /// The rows that both have, as often as both have them.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let authors = select::<User>().columns(User::id).intersect_all(select::<Post>().columns(Post::user_id));
    /// # let _ = authors;
    /// ```
    pub fn intersect_all<Q: RowsOf<R>>(self, other: Q) -> Select<Columns<R>, Combined> {
        self.combined(SetOperator::Intersect, true, other)
    }

    /// The rows that the other does not have, each once.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let silent = select::<User>().columns(User::id).except(select::<Post>().columns(Post::user_id));
    /// # let _ = silent;
    /// ```
    pub fn except<Q: RowsOf<R>>(self, other: Q) -> Select<Columns<R>, Combined> {
        self.combined(SetOperator::Except, false, other)
    }

    /// The rows that are left when each row of the other takes one away.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let silent = select::<User>().columns(User::id).except_all(select::<Post>().columns(Post::user_id));
    /// # let _ = silent;
    /// ```
    pub fn except_all<Q: RowsOf<R>>(self, other: Q) -> Select<Columns<R>, Combined> {
        self.combined(SetOperator::Except, true, other)
    }

    fn combined(
        self,
        operator: SetOperator,
        all: bool,
        other: impl RowsOf<R>,
    ) -> Select<Columns<R>, Combined> {
        let (left, right) = (self.into_part(), other.into_rows().into_part());
        Select::of_columns(SelectStatement::combined(left, operator, all, right))
    }
}

impl<T, S> Select<T, S> {
    /// Begins the statement with a common table expression, whose name can be joined and selected from.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Author {
    ///     id: i64,
    /// }
    /// let authors = select::<Post>().columns(row!(Author { id: Post::user_id })).cte();
    /// let users = select::<User>().with(authors).join(table::<Author>().on(Author::id.eq(User::id)));
    /// # let _ = users;
    /// ```
    pub fn with<R: Selectable>(mut self, table: Cte<R>) -> Self {
        self.statement.with.push(table.table);
        self
    }
}
