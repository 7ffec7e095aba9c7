//! Floor 6: a typed select, of entities with what is to be loaded along, or of columns.

mod columns;
mod combined;
mod joins;
mod recursive;
mod sources;

use std::marker::PhantomData;

use super::option::OptionOf;
use crate::graph::Freshness;
use crate::model::{Model, Table};
use crate::query::{
    Closed, Columns, Covers, From, IntoCondition, Loads, Lock, Locking, OrderTerms, RowWise, SelectStatement,
    Sql,
};

pub use combined::{Combined, Cte, RowsOf, nth_column};
pub use joins::Query;
pub use joins::{JoinTo, Keeps, On};
pub use recursive::{is_cycle, search_order};
pub use sources::{RowValues, TableSource, select_from, select_row, table, values};

/// A select: of entities of the model `T`, or of [`Columns`]. Made by [`select`](fn@select); a session executes it. Its
/// `Display` is the SQL.
///
/// `S` is its scope: what it reads from, and how that was joined. Conditions, orders and columns must be about what is there
/// when they are said, so joins come first.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let query = select::<User>().filter(User::name.is_not_null()).order_by(User::email).limit(10);
/// let users = session.scalars(query).await?.all();
/// # Ok(()) }
/// ```
///
/// A query is a value: filters, orders and groups may be said in loops, and are conditions that functions return.
/// A select of entities can be named, `Select<User>`, once its joins are [forgotten](Select::forget_joins); one of columns is
/// a [`Query`](crate::Query) then.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{all, prelude::*, query::OrderBy, Condition, Select};
/// struct Search<'a> {
///     words: &'a [&'a str],
///     title: Option<&'a str>,
///     newest_first: bool,
/// }
/// fn found(search: &Search<'_>) -> Select<User> {
///     let mut query = select::<User>();
///     for &word in search.words {
///         query = query.filter(User::email.contains(word));
///     }
///     let orders: Vec<OrderBy> = match search.newest_first {
///         true => vec![User::id.desc().untyped()],
///         false => vec![User::name.asc().nulls_last().untyped(), User::id.asc().untyped()],
///     };
///     let query = query.order_by(orders);
///     match search.title {
///         None => query,
///         Some(title) => query.join(User::posts).filter(Post::title.eq(title)).forget_joins(),
///     }
/// }
/// let sql = found(&Search { words: &["ann", "org"], title: Some("Hello"), newest_first: true }).to_string();
/// assert!(sql.contains("JOIN posts ON posts.user_id = users.id WHERE users.email LIKE $1 AND users.email LIKE $2 AND"));
/// let optional = [Some(User::id.gt(7)), None::<Condition<User>>];
/// let query = select::<User>().filter(all(optional.into_iter().flatten()));
/// assert!(query.to_string().ends_with("WHERE users.id > $1"));
/// ```
#[must_use = "a select does nothing until a session executes it"]
pub struct Select<T, S = From<T>> {
    pub(crate) statement: SelectStatement,
    pub(crate) options: Loads,
    pub(crate) populate_existing: bool,
    /// What is loaded along with each entity among the columns.
    pub(crate) along: Vec<Loads>,
    /// The table whose columns are the output, if entities are selected.
    entities: Option<&'static Table>,
    types: PhantomData<fn() -> (T, S)>,
}

/// A select whose types are forgotten.
pub(crate) type UntypedSelect = Select<(), ()>;

/// Selects entities of the model `M`: all of them, until it is filtered. [`columns`](Select::columns) selects something
/// else of the same rows.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// assert_eq!(select::<User>().to_string(), "SELECT users.id, users.name, users.email FROM users");
/// ```
#[inline(always)]
pub fn select<M: Model>() -> Select<M> {
    Select {
        statement: SelectStatement::of(M::TABLE),
        options: Loads::default(),
        populate_existing: false,
        along: Vec::new(),
        entities: Some(M::TABLE),
        types: PhantomData,
    }
}

impl<R, S> Select<Columns<R>, S> {
    /// A select whose outputs are not those of one table.
    fn of_columns(statement: SelectStatement) -> Self {
        Self {
            statement,
            options: Loads::default(),
            populate_existing: false,
            along: Vec::new(),
            entities: None,
            types: PhantomData,
        }
    }
}

impl<T, S> Select<T, S> {
    /// A select of something about the rows that are yielded: of entities, those that have one.
    fn about_rows<R>(self, of: fn(SelectStatement) -> SelectStatement) -> Select<Columns<R>, Closed<S>> {
        let criteria = self.options.criteria;
        let rows = if self.entities.is_some() { self.statement.of_first() } else { self.statement };
        let mut select = Select::of_columns(of(rows));
        select.options.criteria = criteria;
        select
    }

    /// The statement as a part of another, with what this select says of all rows that it reads.
    pub(crate) fn into_part(self) -> SelectStatement {
        self.statement.saying(&self.options.criteria)
    }

    /// The same statement, said to be of other types.
    #[inline(always)]
    pub(super) fn typed<Other, Scope>(self) -> Select<Other, Scope> {
        let Self { statement, options, populate_existing, along, entities, .. } = self;
        Select { statement, options, populate_existing, along, entities, types: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn untyped(self) -> UntypedSelect {
        self.typed()
    }

    /// Keeps the rows for which the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.eq(1)).to_string();
    /// assert!(sql.ends_with("FROM users WHERE users.id = $1"));
    /// ```
    #[rustfmt::skip]
    #[inline(always)]
    pub fn filter<C: IntoCondition<Sources: RowWise>, I>(mut self, condition: C) -> Self where S: Covers<C::Sources, I> {
        self.statement = self.statement.filter(condition.into_condition().0);
        self
    }

    /// Orders by a column, ascending unless it says otherwise; after what was ordered by before.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().order_by(User::name.desc().nulls_last()).order_by(User::id).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name DESC NULLS LAST, users.id"));
    /// ```
    #[rustfmt::skip]
    #[inline(always)]
    pub fn order_by<O: OrderTerms, I>(mut self, order: O) -> Self where S: Covers<O::Sources, I> {
        self.statement = self.statement.order_by(order);
        self
    }

    /// At most so many entities.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let newest = select::<User>().order_by(User::id.desc()).limit(10);
    /// assert!(newest.to_string().contains("LIMIT"));
    /// ```
    #[inline(always)]
    pub fn limit(mut self, entities: u64) -> Self {
        self.statement = self.statement.limit(entities);
        self
    }

    /// The last row of the limit brings along those that are equal to it in the order: `FETCH FIRST .. ROWS WITH TIES`. There
    /// must be an order.
    ///
    /// ```
    /// # use orm_examples::blog::Post; use orm_core::prelude::*;
    /// let first_three_titles = select::<Post>().order_by(Post::title).limit(3).with_ties();
    /// assert!(first_three_titles.to_string().ends_with("ORDER BY posts.title FETCH FIRST $1 ROWS WITH TIES"));
    /// ```
    pub fn with_ties(mut self) -> Self {
        self.statement.with_ties = true;
        self
    }

    /// Leaves out the first so many entities.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let third_page = select::<User>().order_by(User::id).limit(10).offset(20);
    /// assert!(third_page.to_string().contains("OFFSET"));
    /// ```
    #[inline(always)]
    pub fn offset(mut self, entities: u64) -> Self {
        self.statement = self.statement.offset(entities);
        self
    }

    /// What the rows do to entities that are there.
    pub(crate) fn freshness(&self) -> Freshness {
        match &self.statement.lock {
            _ if self.populate_existing => Freshness::Overwrite,
            Some(_) => Freshness::Renew,
            None => Freshness::Keep,
        }
    }

    /// How many rows there are.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let named = session.scalar(select::<User>().filter(User::name.is_not_null()).count()).await?;
    /// assert_eq!(named, Some(3));
    /// # Ok(()) }
    /// ```
    pub fn count(self) -> Select<Columns<i64>, Closed<S>> {
        self.about_rows(SelectStatement::count)
    }

    /// Whether there is a row, as a query. As a condition of another query it is [`func::exists`](crate::func::exists).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = select::<User>().filter(User::email.eq("ann@example.org")).exists();
    /// let taken: bool = session.execute(query).await?.one()?;
    /// # Ok(()) }
    /// ```
    pub fn exists(self) -> Select<Columns<bool>, Closed<S>> {
        self.about_rows(SelectStatement::exists)
    }

    /// The text and the parameters, without those of loader options.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.eq(7)).to_sql();
    /// assert!(sql.text.ends_with("WHERE users.id = $1"));
    /// assert_eq!(sql.parameters[0].display_value().to_string(), "7");
    /// ```
    pub fn to_sql(&self) -> Sql {
        self.sent().to_sql()
    }

    /// The statement without those of loader options.
    pub(crate) fn sent(&self) -> SelectStatement {
        match self.entities {
            None => self.statement.clone(),
            Some(table) => self.statement.clone().leave_out(0, self.options.columns.left_out(table)),
        }
    }
}

impl<M: Model, S> Select<M, S> {
    /// Loads relationships along. Call it once for each.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = select::<User>().options(selectinload(User::posts)).options(joinedload(User::profile));
    /// let users = session.scalars(query).await?.all();
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn options<O: OptionOf<M>>(mut self, option: O) -> Self {
        self.options.extend(option.into_loads());
        self
    }

    /// Takes the rows' values also for entities that were read or written in this transaction already.
    ///
    /// Their edits are flushed before the statement, as before any; within
    /// [`no_autoflush`](crate::Session::no_autoflush) they are lost.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = session.scalars(select::<User>().populate_existing()).await?;
    /// # Ok(()) }
    /// ```
    pub fn populate_existing(mut self) -> Self {
        self.populate_existing = true;
        self
    }
}

impl UntypedSelect {
    /// The options of a select of entities, with what the models load by default.
    pub(crate) fn take_options(&mut self, table: &'static Table) -> Loads {
        let mut options = std::mem::take(&mut self.options).complete(table);
        if self.statement.is_limited() && self.statement.has_joins() {
            // The limit counts the rows of the select's own joins, so that it cannot move into a subselect.
            options.separate_many();
        }
        options
    }

    /// The same rows, each read by itself: the entity, and what is added to the outputs.
    pub(crate) fn by_rows(mut self, table: &'static Table) -> Self {
        let mut own = std::mem::take(&mut self.options);
        self.options.criteria = std::mem::take(&mut own.criteria);
        self.statement = self.statement.of_first().leave_out(0, own.columns.left_out(table));
        self.along = vec![own];
        self.entities = None;
        self
    }

    /// What is loaded along with the entities among the columns.
    pub(crate) fn row_options(&self) -> Vec<Loads> {
        let criteria = &self.options.criteria;
        let with_criteria = |options: &Loads| {
            let mut options = options.clone();
            options.criteria = criteria.clone();
            options
        };
        self.along.iter().map(with_criteria).collect()
    }
}

impl<M: Model, S> Locking for Select<M, S> {
    fn lock_mut(&mut self) -> &mut Option<Lock> {
        &mut self.statement.lock
    }
}

impl<T, S> Clone for Select<T, S> {
    fn clone(&self) -> Self {
        let (statement, options) = (self.statement.clone(), self.options.clone());
        Self { statement, options, along: self.along.clone(), ..*self }
    }
}

impl<T, S> std::fmt::Debug for Select<T, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Select").field(&format_args!("{}", self.to_sql())).finish()
    }
}

impl<T, S> std::fmt::Display for Select<T, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_sql().fmt(f)
    }
}
