//! Floor 8: SQL of the application's own, and what its rows are read as.
//!
//! Invariant: everything that changed is flushed before, since nobody knows what the statement reads.

use std::marker::PhantomData;

use super::execute::Run;
use super::stream::each_once;
use super::{Executing, Rows, Session};
use crate::entity::{Entity, Live};
use crate::error::Result;
use crate::graph::Freshness;
use crate::loading::{FromRow, Mapping, OptionOf, RowQuery, execute_raw, fetch_rows};
use crate::query::{Criteria, Loads, RawSql};

/// A statement of the application's own, with what its rows are read as. Made by [`RawSql::rows`].
///
/// ```no_run
/// # use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let query = orm_core::sql_unchecked("select id, email from users").rows::<(i64, String)>();
/// let users = session.execute(query).await?.all();
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a statement does nothing until a session executes it"]
pub struct RawRows<R> {
    pub(super) sql: RawSql,
    row: PhantomData<fn() -> R>,
}

/// A statement of the application's own that brings entities. Made by [`RawSql::entities`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let query = orm_core::sql_unchecked("select * from users order by length(email)").entities::<User>();
/// let users = session.scalars(query.options(selectinload(User::posts))).await?.all();
/// # Ok(()) }
/// ```
#[must_use = "a statement does nothing until a session executes it"]
pub struct RawEntities<M> {
    pub(super) sql: RawSql,
    pub(super) options: Loads,
    populate_existing: bool,
    model: PhantomData<fn() -> M>,
}

/// SQL whose rows can be read as this: see [`RawSql::rows`]. It holds for each `R` that is [`FromRow`].
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{RawSql, ReadAs, prelude::*};
/// fn all<R>(sql: RawSql) -> orm_core::RawRows<R>
/// where
///     RawSql: ReadAs<R>,
/// {
///     sql.rows::<R>()
/// }
/// # let _ = all::<(i64, Entity<User>)>(sql!("select 1"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a row cannot be read as `{R}`",
    label = "columns' types, tuples of up to 16, structs with `#[derive(FromRow)]`, and models as `Entity<..>` are rows"
)]
pub trait ReadAs<R> {}

#[diagnostic::do_not_recommend]
impl<R: FromRow> ReadAs<R> for RawSql {}

/// SQL whose rows can be read as entities of this: see [`RawSql::entities`]. It holds for each model.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{RawSql, ReadAsEntities, prelude::*};
/// fn all<M>(sql: RawSql) -> orm_core::RawEntities<M>
/// where
///     RawSql: ReadAsEntities<M>,
/// {
///     sql.entities::<M>()
/// }
/// # let _ = all::<User>(sql!("select * from users"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{M}` is not a model",
    label = "put `#[derive(Model)]` above the struct"
)]
pub trait ReadAsEntities<M> {}

#[diagnostic::do_not_recommend]
impl<M: Live> ReadAsEntities<M> for RawSql {}

impl RawSql {
    /// Reads the rows as this: a value, a tuple, a struct that derives `FromRow`, an entity.
    ///
    /// A tuple reads the columns one after the other, and all of them. A struct and an entity find theirs by their names,
    /// whatever the order, and pass over others; in a tuple they do so from where they stand up to the first column that
    /// is none of theirs, or that they have already.
    ///
    /// What is read is checked against the statement's columns before the first row: a type or a name that does not fit is
    /// an error that [`is_decode`](crate::Error::is_decode).
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// #[derive(FromRow)]
    /// struct Author {
    ///     email: String,
    ///     posts: i64,
    /// }
    /// let text = "select email, count(*) as posts from posts join users on users.id = user_id group by email";
    /// for author in session.execute(orm_core::sql_unchecked(text).rows::<Author>()).await? {
    ///     println!("{} has written {}", author.email, author.posts);
    /// }
    /// # Ok(()) }
    /// ```
    #[rustfmt::skip]
    pub fn rows<R>(self) -> RawRows<R> where Self: ReadAs<R> {
        RawRows { sql: self, row: PhantomData }
    }

    /// Reads the rows as entities of a model, each once: the session's own, whatever statement brings them.
    ///
    /// The columns are found by their names. All of the model's must be there, but for deferred ones.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = orm_core::sql_unchecked("select * from users order by length(email)").entities::<User>();
    /// let shortest = session.execute(query).await?.first();
    /// # Ok(()) }
    /// ```
    #[rustfmt::skip]
    pub fn entities<M>(self) -> RawEntities<M> where Self: ReadAsEntities<M> {
        RawEntities { sql: self, options: Loads::default(), populate_existing: false, model: PhantomData }
    }
}

impl<M: Live> RawEntities<M> {
    /// Loads relationships along, as [`Select::options`](crate::Select::options) does; `joinedload` becomes a statement
    /// of its own.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = orm_core::sql_unchecked("select * from users").entities::<User>();
    /// let users = session.scalars(query.options(selectinload(User::posts))).await?.all();
    /// # Ok(()) }
    /// ```
    pub fn options<O: OptionOf<M>>(mut self, option: O) -> Self {
        self.options.extend(option.into_loads());
        self
    }

    /// Takes the rows' values also for entities that were read or written in this transaction already, as
    /// [`Select::populate_existing`](crate::Select::populate_existing) does.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = orm_core::sql_unchecked("select * from users").entities::<User>();
    /// let users = session.scalars(query.populate_existing()).await?.all();
    /// # Ok(()) }
    /// ```
    pub fn populate_existing(mut self) -> Self {
        self.populate_existing = true;
        self
    }
}

impl<M> std::fmt::Debug for RawEntities<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RawEntities").field(&format_args!("{}", self.sql)).finish()
    }
}

/// How the rows are read, in a session of these criteria.
fn query(sql: &RawSql, options: Loads, populate_existing: bool, session: &Criteria) -> Result<RowQuery> {
    let writes = sql.may_write()?;
    let sql = sql.clone().restricted(&options.criteria.within(session)).to_sql();
    let freshness = match writes {
        _ if populate_existing => Freshness::Overwrite,
        // What a write returns is newer than what is in memory.
        true => Freshness::Renew,
        false => Freshness::Keep,
    };
    Ok(RowQuery { sql, reads: None, mapping: Mapping::Name, writes, freshness, options: vec![options] })
}

impl<R> RawRows<R> {
    pub(super) fn query(&self, session: &Criteria) -> Result<RowQuery> {
        query(&self.sql, Loads::default(), false, session)
    }
}

impl<M> RawEntities<M> {
    pub(super) fn query(&self, session: &Criteria) -> Result<RowQuery> {
        query(&self.sql, self.options.clone(), self.populate_existing, session)
    }
}

impl<R: FromRow> Run for RawRows<R> {
    type Output = Rows<R>;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, Rows<R>>
    where
        Self: 's,
    {
        Executing::new(async move {
            let scope = session.scope();
            fetch_rows(&scope, self.query(&scope.criteria)?).await.map(Rows::new)
        })
    }
}

impl<M: Live> Run for RawEntities<M> {
    type Output = Rows<Entity<M>>;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, Rows<Entity<M>>>
    where
        Self: 's,
    {
        Executing::new(async move {
            let scope = session.scope();
            let mut entities = fetch_rows(&scope, self.query(&scope.criteria)?).await?;
            each_once(&mut entities);
            Ok(Rows::new(entities))
        })
    }
}

/// The number of rows that it inserted, updated, deleted or returned.
impl Run for RawSql {
    type Output = u64;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, u64>
    where
        Self: 's,
    {
        Executing::new(async move {
            let (scope, writes) = (session.scope(), self.may_write()?);
            execute_raw(&scope, self.restricted(&scope.criteria).to_sql(), writes).await
        })
    }
}
