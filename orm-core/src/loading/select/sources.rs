//! Floor 6: what a select reads from beside models' tables: subqueries, lists of values, functions that return rows.
//!
//! Each has the columns of a struct that derives `FromRow`, whose name it has in the statement.

use std::fmt;
use std::marker::PhantomData;

use super::{Query, Select};
use crate::model::{Column, Selectable};
use crate::query::{
    Columns, Derived, DerivedBody, Element, Expr, Expression, From, Scope, SelectStatement, Source,
    TableReference, Yields, array,
};
use crate::types::{ColumnType, DataType};

/// A source that is to be joined or selected from: a table, a subquery, values, a function's rows. Made by [`table`],
/// [`Select::subquery`], [`values`] and [`Expr::table`].
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, TableSource};
/// let users: TableSource<User> = table::<User>();
/// let pairs = select::<Post>().cross_join(users);
/// # let _ = pairs;
/// ```
#[derive(Clone)]
pub struct TableSource<J> {
    pub(super) source: Source,
    columns: PhantomData<fn() -> J>,
}

/// A table, an alias of one, or what a [`Cte`](super::Cte) is called, to be joined on a condition.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// let query = select::<User>().left_join(table::<Post>().on(Post::user_id.eq(User::id)));
/// assert!(query.to_string().ends_with("LEFT JOIN posts ON posts.user_id = users.id"));
/// ```
pub fn table<J: Selectable>() -> TableSource<J> {
    TableSource::new(Source::Table(TableReference::to::<J>()))
}

/// Selects from what a [`Cte`](super::Cte) of the statement, or of one around it, is called.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// #[derive(FromRow)]
/// struct Author {
///     id: i64,
/// }
/// let authors = select::<Post>().columns(row!(Author { id: Post::user_id }));
/// let first = select_from::<Author>().with(authors.cte()).order_by(Author::id).limit(1);
/// assert!(first.to_string().starts_with("WITH author (id) AS (SELECT posts.user_id FROM posts) SELECT author.id FROM"));
/// ```
pub fn select_from<R: Selectable>() -> Select<Columns<R>, From<R>> {
    table::<R>().select()
}

/// Selects one row of expressions that read no table: `SELECT now(), nextval('numbers')`.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let row = select_row((func::value(3) * 4, func::random()));
/// assert_eq!(row.to_string(), "SELECT $1::integer * $2, random()");
/// ```
pub fn select_row<O: Yields<(), I, R>, I, R>(columns: O) -> Query<R> {
    Query::<()>::of_columns(SelectStatement::default()).columns(columns)
}

impl<J: Selectable> TableSource<J> {
    fn new(source: Source) -> Self {
        Self { source, columns: PhantomData }
    }

    fn derived(body: DerivedBody) -> Self {
        let reference = TableReference::to::<J>();
        Self::new(Source::Derived(Box::new(Derived {
            body,
            reference,
            lateral: false,
            with_ordinality: false,
        })))
    }

    fn with(mut self, change: impl FnOnce(&mut Derived)) -> Self {
        if let Source::Derived(derived) = &mut self.source {
            change(derived);
        }
        self
    }

    /// It may read the sources before it, see [`Select::correlate`].
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Newest {
    ///     title: String,
    /// }
    /// let newest = select::<Post>().correlate::<User>().filter(Post::user_id.eq(User::id)).order_by(Post::id.desc()).limit(3);
    /// let newest = newest.columns(row!(Newest { title: Post::title })).subquery().lateral();
    /// let query = select::<User>().left_join(newest.on_true()).columns((User::email, Newest::title));
    /// assert!(query.to_string().contains("LEFT JOIN LATERAL (SELECT posts.title FROM posts WHERE"));
    /// ```
    pub fn lateral(self) -> Self {
        self.with(|derived| derived.lateral = true)
    }

    /// The rows of a function with their numbers, from 1 on, as a further column: the last of the struct's.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// #[derive(FromRow)]
    /// struct Numbered {
    ///     value: i64,
    ///     number: i64,
    /// }
    /// let rows = func::generate_series(10, 20).table::<Numbered>().with_ordinality().select();
    /// assert!(rows.to_string().ends_with("WITH ORDINALITY AS numbered (value, number)"));
    /// ```
    pub fn with_ordinality(self) -> Self {
        self.with(|derived| derived.with_ordinality = true)
    }

    /// A select of all its columns.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Point {
    ///     x: i64,
    ///     y: i64,
    /// }
    /// let points = values::<Point>().column(Point::x, [1, 2]).column(Point::y, [3, 4]).table();
    /// let right = points.select().filter(Point::x.gt(1));
    /// # let _ = right;
    /// ```
    pub fn select(self) -> Select<Columns<J>, From<J>> {
        let outputs = TableReference::to::<J>().columns().collect();
        Select::of_columns(SelectStatement { outputs, from: Some(self.source), ..SelectStatement::default() })
    }
}

impl<J: Selectable> fmt::Debug for TableSource<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TableSource({})", J::SOURCE.name)
    }
}

impl<R: Selectable, S: Scope> Select<Columns<R>, S> {
    /// This query as a source of another, under the name of its struct.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// #[derive(FromRow)]
    /// struct Busy {
    ///     user_id: i64,
    ///     posts: i64,
    /// }
    /// let busy = select::<Post>().group_by(Post::user_id);
    /// let busy = busy.columns(row!(Busy { user_id: Post::user_id, posts: func::count_all() }));
    /// let query = select::<User>().join(busy.subquery().on(Busy::user_id.eq(User::id))).columns((User::email, Busy::posts));
    /// assert!(query.to_string().ends_with("GROUP BY posts.user_id) AS busy (user_id, posts) ON busy.user_id = users.id"));
    /// ```
    pub fn subquery(self) -> TableSource<R> {
        TableSource::derived(DerivedBody::Select(Box::new(self.into_part())))
    }
}

impl<T, S> Expr<T, S> {
    /// The rows of a function that returns rows, as a source under the name of a struct.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// #[derive(FromRow)]
    /// struct Day {
    ///     number: i64,
    /// }
    /// let days = func::generate_series(1, 31).table::<Day>().select().filter(Day::number.gt(28));
    /// assert_eq!(
    ///     days.to_string(),
    ///     "SELECT day.number FROM generate_series($1::bigint, $2::bigint) AS day (number) WHERE day.number > $3"
    /// );
    /// ```
    pub fn table<R: Selectable>(self) -> TableSource<R> {
        TableSource::derived(DerivedBody::Call(self.expression))
    }
}

/// Rows of values, a column at a time. Made by [`values`].
///
/// ```
/// # use orm_core::{prelude::*, Values};
/// #[derive(FromRow)]
/// struct Point {
///     x: i64,
/// }
/// let points: Values<Point> = values::<Point>().column(Point::x, [1, 2]);
/// # let _ = points;
/// ```
pub struct Values<R> {
    columns: Vec<Expression>,
    row: PhantomData<fn() -> R>,
}

/// Rows of values as a source, under the name of a struct: a `VALUES` list whose text does not depend on its length, since
/// each column travels as one array. Columns that are not given, or are shorter than others, are NULL there.
///
/// ```
/// # use orm_core::prelude::*;
/// #[derive(FromRow)]
/// struct Point {
///     x: i64,
///     y: i64,
/// }
/// let points = values::<Point>().column(Point::x, [1, 2]).column(Point::y, [3, 4]).table().select();
/// assert_eq!(
///     points.to_string(),
///     "SELECT point.x, point.y FROM unnest($1::bigint[], $2::bigint[]) AS point (x, y)"
/// );
/// ```
pub fn values<R: Selectable>() -> Values<R> {
    let columns = R::SOURCE
        .columns
        .iter()
        .map(|column| Expression::Cast(Box::new(Expression::Literal("NULL")), column.sql_type.array()));
    Values { columns: columns.collect(), row: PhantomData }
}

impl<R: Selectable> Values<R> {
    /// The values of a column, a row each.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Word {
    ///     word: String,
    /// }
    /// let words = values::<Word>().column(Word::word, ["a", "b"]).table();
    /// # let _ = words;
    /// ```
    pub fn column<C: ColumnType>(
        mut self,
        column: Column<R, C>,
        values: impl IntoIterator<Item: Element<C::NotNull>>,
    ) -> Self {
        let sql_type = <C::NotNull as DataType>::SQL_TYPE.array();
        self.columns[column.index()] = Expression::Cast(Box::new(array(values)), sql_type);
        self
    }

    /// The rows as a source.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Wanted {
    ///     id: i64,
    /// }
    /// let wanted = values::<Wanted>().column(Wanted::id, [1, 2]).table();
    /// let users = select::<User>().join(wanted.on(Wanted::id.eq(User::id)));
    /// # let _ = users;
    /// ```
    pub fn table(self) -> TableSource<R> {
        TableSource::derived(DerivedBody::Call(Expression::Function("unnest", self.columns)))
    }
}

impl<R: Selectable> fmt::Debug for Values<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Values({})", R::SOURCE.name)
    }
}
