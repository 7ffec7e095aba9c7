//! Floor 6: selects of columns, groups of rows, and rows that are there once.

use super::Select;
use crate::func::{ManyValues, RowAmong, RowOf, Subquery};
use crate::query::{
    Choices, Columns, Covers, Elements, Expr, Expression, GroupWise, GroupingSets, Interpolate,
    IntoCondition, NoneYet, OfQuery, OutputList, RawSql, Rollup, RowWise, Scope, Source, Sources,
    SubqueryStatement, Term, UnaryOperator, Window, Yields, elements, grouping_sets,
};
use crate::types::{ArrayElement, ColumnType};

/// A select that is grouped by several sets of columns; its columns are still to be said.
type GroupedBySets<S> = Select<Columns<NoneYet>, Rollup<S>>;

impl<T, S> Select<T, S> {
    /// Yields these instead of entities: a column, an expression, an aggregate, or a tuple of up to 16 of them.
    ///
    /// They must be about what was joined before. What may be NULL, by itself or by the way it was joined, comes as an
    /// `Option`.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = select::<User>().left_join(User::posts).group_by(User::email).columns((User::email, func::count(Post::id)));
    /// for (email, posts) in session.execute(query).await? {
    ///     println!("{email}: {posts}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn columns<O: Yields<S, I, R>, I, R>(mut self, columns: O) -> Select<Columns<R>, S> {
        let criteria = std::mem::take(&mut self.options.criteria);
        let given = match self.statement.from {
            Some(Source::Table(table)) => Some((table, self.options.clone())),
            _ => None,
        };
        (self.statement.outputs, self.along) = OutputList::gather(columns, given);
        self.options.criteria = criteria;
        for options in &mut self.along {
            self.options.criteria.extend(std::mem::take(&mut options.criteria));
        }
        self.entities = None;
        self.typed()
    }
}

impl<T, S: Scope> Subquery for Select<T, S> {
    type Outer = S::Outer;

    fn into_statement(self) -> SubqueryStatement {
        SubqueryStatement(self.into_part())
    }
}

/// In `sql!` a select is a query in parentheses.
#[diagnostic::do_not_recommend]
impl<T, S> Interpolate<OfQuery> for Select<T, S> {
    fn add_to(&self, sql: &mut RawSql) {
        sql.add_expression(Expression::Subquery(Box::new(self.sent().saying(&self.options.criteria))));
    }
}

/// A query of one column, in which a value can be looked for: `Post::user_id.in_(query)`.
impl<C: ColumnType, S: Scope> Choices<C::NotNull> for Select<Columns<C>, S> {
    type Sources = S::Outer;

    fn find(self, operand: Term, is_in: bool) -> Term {
        let found = Expression::In(Box::new(operand.0), Box::new(self.into_part()));
        Term(if is_in { found } else { found.unary(UnaryOperator::Not) })
    }
}

#[diagnostic::do_not_recommend]
impl<C: ColumnType, S: Scope> ManyValues for Select<Columns<C>, S> {
    type Type = Columns<C::NotNull>;
    type Sources = S::Outer;

    fn into_values(self) -> (Term, bool) {
        (Term(Expression::Subquery(Box::new(self.into_part()))), true)
    }
}

/// A query of several columns, in which a row value can be looked for: `func::row((a, b)).in_(query)`.
impl<R, V: RowOf<R>, S: Scope> RowAmong<R> for Select<Columns<V>, S> {
    type Sources = S::Outer;

    fn search_row(self, row: Term) -> Term {
        Term(Expression::In(Box::new(row.0), Box::new(self.into_part())))
    }
}

impl<T: ArrayElement, S: Scope> Select<Columns<T>, S> {
    /// The values of the query's rows as an array, in its order: `ARRAY(query)`. An array of none where there are no rows.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let titles = select::<Post>().correlate::<User>().filter(Post::user_id.eq(User::id)).order_by(Post::id);
    /// let query = select::<User>().columns((User::email, titles.columns(func::upper(Post::title)).array_subquery()));
    /// assert!(query.to_string().starts_with("SELECT users.email, ARRAY(SELECT upper(posts.title) FROM posts WHERE"));
    /// ```
    pub fn array_subquery(self) -> Expr<Vec<T>, S::Outer> {
        let query = Expression::Subquery(Box::new(self.into_part()));
        Expr::new(Expression::Syntax(vec!["ARRAY", ""], vec![query]))
    }
}

impl<C: ColumnType, S: Scope> Select<Columns<C>, S> {
    /// The value of the query's only row, in a query around it; NULL if there is none. Several rows are an error of the
    /// database's.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let posts = select::<Post>().correlate::<User>().filter(Post::user_id.eq(User::id)).columns(func::count_all());
    /// let query = select::<User>().columns((User::email, posts.scalar_subquery()));
    /// assert_eq!(
    ///     query.to_string(),
    ///     "SELECT users.email, (SELECT count(*) FROM posts WHERE posts.user_id = users.id) FROM users"
    /// );
    /// ```
    pub fn scalar_subquery(self) -> Expr<Option<C::NotNull>, S::Outer> {
        Expr::new(Expression::Subquery(Box::new(self.into_part())))
    }
}

impl<T, S> Select<T, S> {
    /// Leaves out rows that are there already.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let authors = select::<Post>().columns(Post::user_id).distinct();
    /// assert_eq!(authors.to_string(), "SELECT DISTINCT posts.user_id FROM posts");
    /// ```
    pub fn distinct(mut self) -> Self {
        self.statement.distinct = Some(Vec::new());
        self
    }

    /// Of the rows that are equal in these, keeps the first in the select's order, which must begin with them.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let newest = select::<Post>().distinct_on(Post::user_id).order_by((Post::user_id, Post::id.desc()));
    /// assert!(newest.to_string().starts_with("SELECT DISTINCT ON (posts.user_id) posts.id"));
    /// ```
    #[rustfmt::skip]
    pub fn distinct_on<E: Elements<Sources: RowWise>, I>(mut self, on: E) -> Self where S: Covers<E::Sources, I> {
        self.statement.distinct = Some(elements(on));
        self
    }

    /// Makes one row of those that are equal in these, after what was grouped by before.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let counts = select::<Post>().group_by(Post::user_id).columns((Post::user_id, func::count_all()));
    /// assert_eq!(counts.to_string(), "SELECT posts.user_id, count(*) FROM posts GROUP BY posts.user_id");
    /// ```
    #[rustfmt::skip]
    pub fn group_by<E: Elements<Sources: RowWise>, I>(mut self, by: E) -> Self where S: Covers<E::Sources, I> {
        self.statement.group_by.extend(elements(by));
        self
    }

    /// Makes groups of rows that are equal in all of these, in all but the last, and so on to one group of all rows:
    /// `ROLLUP`. All columns come as `Option`s then, since they are NULL where they are not grouped by; so
    /// [`columns`](Select::columns) are said afterwards.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let query = select::<Post>().group_by_rollup((Post::user_id, Post::title)).columns((Post::user_id, func::count_all()));
    /// assert!(query.to_string().ends_with("GROUP BY ROLLUP(posts.user_id, posts.title)"));
    /// ```
    #[rustfmt::skip]
    pub fn group_by_rollup<E: Elements<Sources: RowWise>, I>(self, by: E) -> GroupedBySets<S> where S: Covers<E::Sources, I> {
        self.group_by_sets_of("ROLLUP", elements(by))
    }

    /// Makes groups of rows that are equal in each subset of these: `CUBE`. Columns are said afterwards and come as `Option`s.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let query = select::<Post>().group_by_cube((Post::user_id, Post::title)).columns((Post::user_id, func::count_all()));
    /// assert!(query.to_string().ends_with("GROUP BY CUBE(posts.user_id, posts.title)"));
    /// ```
    #[rustfmt::skip]
    pub fn group_by_cube<E: Elements<Sources: RowWise>, I>(self, by: E) -> GroupedBySets<S> where S: Covers<E::Sources, I> {
        self.group_by_sets_of("CUBE", elements(by))
    }

    /// Makes groups by each of these sets, `()` being all rows: `GROUPING SETS`. Columns are said afterwards and
    /// come as `Option`s.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let query = select::<Post>().group_by_sets((Post::user_id, Post::title, ())).columns((Post::user_id, func::count_all()));
    /// assert!(query.to_string().ends_with("GROUP BY GROUPING SETS((posts.user_id), (posts.title), ())"));
    /// ```
    #[rustfmt::skip]
    pub fn group_by_sets<E: GroupingSets<Sources: RowWise>, I>(self, sets: E) -> GroupedBySets<S> where S: Covers<E::Sources, I> {
        self.group_by_sets_of("GROUPING SETS", grouping_sets(sets))
    }

    fn group_by_sets_of(mut self, kind: &'static str, sets: Vec<Expression>) -> GroupedBySets<S> {
        self.statement.group_by.push(Expression::Function(kind, sets));
        self.typed()
    }

    /// Keeps the groups for which the condition holds; several must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let busy = select::<Post>().group_by(Post::user_id).having(func::count_all().gt(10)).columns(Post::user_id);
    /// assert!(busy.to_string().ends_with("GROUP BY posts.user_id HAVING count(*) > $1"));
    /// ```
    #[rustfmt::skip]
    pub fn having<C: IntoCondition<Sources: GroupWise>, I>(mut self, condition: C) -> Self where S: Covers<C::Sources, I> {
        let all = self.statement.having.take().into_iter().chain([condition.into_condition().0]);
        self.statement.having = Some(Expression::and(all));
        self
    }

    /// Gives a window a name, for [`Window::named`].
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::{Window, window}};
    /// let query = select::<Post>()
    ///     .window("mine", window().partition_by(Post::user_id))
    ///     .columns((func::count_all().over(Window::named("mine")), func::max(Post::id).over(Window::named("mine"))));
    /// assert!(query.to_string().ends_with("WINDOW mine AS (PARTITION BY posts.user_id)"));
    /// ```
    #[rustfmt::skip]
    pub fn window<W: Sources, I>(mut self, name: &'static str, window: Window<W>) -> Self where S: Covers<W, I> {
        self.statement.windows.push((name, window.clause));
        self
    }
}
