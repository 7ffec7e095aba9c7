//! Floor 6: selects that are read in pages, each of which begins where a row was (keyset pagination).
//!
//! Invariant: a page is found by the values of its order and not by a number of rows, so that it costs the same wherever
//! it is, and rows that come or go before it move nothing. What the order says is read with each row, from the
//! database: entities in memory may be edited.

mod cursor;
mod order;
mod values;

use std::fmt;

pub use cursor::Cursor;
use cursor::fingerprint;
pub use order::PageOrder;
pub use values::CursorValues;

use super::Select;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::query::{Columns, KeyTerm, Ordering, SelectStatement, Sql, TableReference, behind, terms};

/// A select that is read in pages. Made by [`Select::paginate`]; a session executes it, and yields a [`Page`].
///
/// `K` are the values that a [`Cursor`] holds.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let posts = select::<Post>().paginate(Post::title.desc(), 20);
/// let mut page = session.execute(posts.clone()).await?;
/// while let Some(next) = page.next() {
///     page = session.execute(posts.clone().after(next)).await?;
/// }
/// # Ok(()) }
/// ```
#[must_use = "pages are not read until a session executes them"]
pub struct Pages<T, S, K> {
    pub(crate) select: Select<T, S>,
    order: Order,
    size: usize,
    place: Place<K>,
}

/// What rows are ordered by.
#[derive(Clone)]
struct Order {
    /// As many as a cursor has values.
    terms: Vec<KeyTerm>,
    /// Which of them are there already.
    repeated: Vec<bool>,
    fingerprint: u64,
}

/// Where a page is.
#[derive(Clone)]
enum Place<K> {
    First,
    After(Cursor<K>),
    Before(Cursor<K>),
    Last,
}

impl<M: Model, S> Select<M, S> {
    /// Reads the entities in pages of this size, in this order: a column, an expression, or a tuple of such, each ascending
    /// unless it says otherwise; and then by the primary key, so that no two rows are in one place.
    ///
    /// A page begins behind the row at which another ended, whatever was inserted or deleted before it meanwhile, and costs
    /// the same wherever it is, if an index has the order's columns and the key. Where nothing in the order may be NULL and
    /// all terms have one direction, the condition is one comparison of rows, `(title, id) > ($1, $2)`; the key goes in the
    /// direction of the last term. Else it is written out, and only the first term can be looked for in an index. The text is
    /// the same for all pages but the first and the last.
    ///
    /// Not by window functions, which are not known where rows are left out: those are columns of a `subquery()`.
    /// Joins that bring an entity in several rows make pages shorter: say [`any`](crate::Relationship::any) instead.
    /// Options load along as those of an [entity among columns](crate::EntityOf::options) do.
    ///
    /// # Errors
    /// When it is executed: [`is_not_in_pages`](crate::Error::is_not_in_pages) if the select is `distinct`, or has an
    /// order, a limit or an offset of its own.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let posts = select::<Post>().filter(Post::user_id.eq(1)).paginate(Post::title, 20);
    /// let behind = posts.cursor(("Hello".into(), 7));
    /// let sql = posts.after(&behind).to_sql().text;
    /// assert!(sql.ends_with(
    ///     "WHERE posts.user_id = $1 AND (posts.title, posts.id) > ($2, $3) ORDER BY posts.title, posts.id LIMIT $4"
    /// ));
    /// ```
    pub fn paginate<O, I>(self, order: O, size: u32) -> Pages<M, S, (O::Values, M::Key)>
    where
        O: PageOrder<S, I>,
        M::Key: CursorValues,
    {
        let mut orderings = terms(order);
        let last = orderings.last().is_some_and(Ordering::is_descending);
        let source = TableReference::of(M::TABLE);
        orderings.extend(M::TABLE.primary_key.iter().map(|&column| {
            let key = Ordering::ascending(source.column(column));
            if last { key.reversed() } else { key }
        }));
        Pages::new(self, orderings, size)
    }
}

impl<R, S> Select<Columns<R>, S> {
    /// Reads the rows in pages of this size, in this order, as [`paginate`](Select::paginate) does for entities.
    ///
    /// The order must tell rows apart: of rows that are equal in all its terms a page may show some, and the next one none.
    /// So it ends with a key. Of groups it has what they are grouped by, or aggregates.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let busiest = select::<Post>().group_by(Post::user_id).columns((Post::user_id, func::count_all()));
    /// let pages = busiest.paginate((func::count_all().desc(), Post::user_id.desc()), 10);
    /// let behind = pages.cursor((3, 7));
    /// assert!(pages.after(&behind).to_sql().text.contains("HAVING (count(*), posts.user_id) < ($1, $2) ORDER BY count(*) DESC"));
    /// ```
    pub fn paginate<O: PageOrder<S, I>, I>(self, order: O, size: u32) -> Pages<Columns<R>, S, O::Values> {
        Pages::new(self, terms(order), size)
    }
}

impl<M: Model, S, K: CursorValues> Pages<M, S, K> {
    /// The select of the page, with each entity its place.
    pub(crate) fn by_rows<E>(&self) -> Select<Columns<(E, K)>, S> {
        let mut select = self.select.clone().untyped().by_rows(M::TABLE).typed();
        select.statement = self.paged(select.statement);
        select
    }
}

impl<R, S, K: CursorValues> Pages<Columns<R>, S, K> {
    /// The select of the page, with each row its place.
    pub(crate) fn with_places(&self) -> Select<Columns<(R, K)>, S> {
        let mut select = self.select.clone().typed();
        select.statement = self.paged(select.statement);
        select
    }
}

impl<T, S, K: CursorValues> Pages<T, S, K> {
    fn new(select: Select<T, S>, orderings: Vec<Ordering>, size: u32) -> Self {
        let mut types = Vec::new();
        K::add_types(&mut types);
        let fingerprint = fingerprint(&orderings, &types);
        let nullable = types.iter().map(|(nullable, _)| *nullable);
        let terms = orderings.into_iter().zip(nullable);
        let terms: Vec<_> = terms.map(|(ordering, nullable)| KeyTerm { ordering, nullable }).collect();
        let is_there = |place: usize| {
            terms[..place].iter().any(|term| term.ordering.is_by_column_of(&terms[place].ordering))
        };
        let repeated = (0..terms.len()).map(is_there).collect();
        let size = usize::try_from(size).unwrap_or(usize::MAX).max(1);
        Self { select, order: Order { terms, repeated, fingerprint }, size, place: Place::First }
    }

    /// The page that begins behind this place.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(page: &orm_core::Page<Entity<Post>, (String, i64)>) {
    /// let posts = select::<Post>().paginate(Post::title, 20);
    /// let next = page.next().map(|next| posts.after(next));
    /// # let _ = next; }
    /// ```
    pub fn after(self, cursor: &Cursor<K>) -> Self {
        Self { place: Place::After(cursor.clone()), ..self }
    }

    /// The page that ends before this place; its rows come in the select's order.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(page: &orm_core::Page<Entity<Post>, (String, i64)>) {
    /// let posts = select::<Post>().paginate(Post::title, 20);
    /// let previous = page.previous().map(|previous| posts.before(previous));
    /// # let _ = previous; }
    /// ```
    pub fn before(self, cursor: &Cursor<K>) -> Self {
        Self { place: Place::Before(cursor.clone()), ..self }
    }

    /// The last page: a whole one, unless there are fewer rows.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let last = select::<Post>().paginate(Post::title, 20).last();
    /// assert!(last.to_sql().text.ends_with("ORDER BY posts.title DESC, posts.id DESC LIMIT $1"));
    /// ```
    pub fn last(self) -> Self {
        Self { place: Place::Last, ..self }
    }

    /// A place in the order, whether there is a row or not.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let posts = select::<Post>().paginate(Post::title, 20);
    /// let from_m_on = posts.cursor(("m".into(), 0));
    /// let page = posts.after(&from_m_on);
    /// # let _ = page;
    /// ```
    pub fn cursor(&self, values: K) -> Cursor<K> {
        Cursor::new(self.order.fingerprint, values)
    }

    /// The place that [`Cursor::to_text`] wrote, for an order like this one.
    ///
    /// A text from outside can name no more than a place in the order: what it holds is sent as parameters.
    ///
    /// # Errors
    /// [`is_invalid_cursor`](crate::Error::is_invalid_cursor) if the text is broken, or of another order.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn main() -> orm_core::Result<()> {
    /// let posts = select::<Post>().paginate(Post::title, 20);
    /// let text = posts.cursor(("Hello".into(), 7)).to_text()?;
    /// assert_eq!(posts.parse_cursor(&text)?.values(), &("Hello".to_owned(), 7));
    /// assert!(posts.parse_cursor("1; drop table posts").is_err_and(|error| error.is_invalid_cursor()));
    /// # Ok(()) }
    /// ```
    pub fn parse_cursor(&self, text: &str) -> Result<Cursor<K>> {
        Cursor::parse(self.order.fingerprint, text)
    }

    /// The text and the parameters, without those of loader options.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let posts = select::<Post>().paginate(Post::id, 20).to_sql();
    /// assert!(posts.text.ends_with("FROM posts ORDER BY posts.id LIMIT $1"));
    /// ```
    pub fn to_sql(&self) -> Sql {
        self.paged(self.select.sent()).to_sql()
    }

    /// # Errors
    /// If there are no such pages.
    pub(crate) fn check(&self) -> Result<()> {
        let statement = &self.select.statement;
        let owns = [
            (statement.distinct.is_some(), "DISTINCT"),
            (!statement.order.is_empty(), "an order of its own"),
            (statement.is_limited(), "limits of its own"),
            (statement.writes(), "statements that write"),
        ];
        if let Some((_, why)) = owns.iter().find(|(has, _)| *has) {
            return Err(Error::not_in_pages(why));
        }
        match &self.place {
            Place::After(cursor) | Place::Before(cursor) => cursor.check(self.order.fingerprint),
            Place::First | Place::Last => Ok(()),
        }
    }

    /// Whether rows are read from the end on.
    fn is_backwards(&self) -> bool {
        matches!(self.place, Place::Before(_) | Place::Last)
    }

    /// The statement of the page, and of one row more; the values of the order stand behind its outputs.
    pub(crate) fn paged(&self, mut statement: SelectStatement) -> SelectStatement {
        let Order { terms, repeated, .. } = &self.order;
        statement.outputs.extend(terms.iter().map(|term| term.ordering.expression.clone()));
        let own = terms.iter().zip(repeated).filter(|(_, repeated)| !**repeated);
        let own: Vec<_> = own.map(|(term, _)| term.clone().towards(self.is_backwards())).collect();
        if let Place::After(cursor) | Place::Before(cursor) = &self.place {
            let values = cursor.parameters().into_iter().zip(repeated);
            let values = values.filter(|(_, repeated)| !**repeated).map(|(value, _)| value);
            statement = statement.narrow_rows(behind(&own, values));
        }
        statement.order = own.into_iter().map(|term| term.ordering).collect();
        statement.limit(self.size as u64 + 1)
    }

    /// What was read, as a page.
    pub(crate) fn page<R>(&self, mut rows: Vec<(R, K)>) -> Page<R, K> {
        let has_more = rows.len() > self.size;
        rows.truncate(self.size);
        if self.is_backwards() {
            rows.reverse();
        }
        let (has_next, has_previous) = match self.place {
            Place::First => (has_more, false),
            Place::After(_) => (has_more, true),
            Place::Before(_) => (true, has_more),
            Place::Last => (false, has_more),
        };
        let cursor = |(_, values): &(R, K)| self.cursor(values.clone());
        Page {
            next: rows.last().filter(|_| has_next).map(cursor),
            previous: rows.first().filter(|_| has_previous).map(cursor),
            items: rows.into_iter().map(|(item, _)| item).collect(),
        }
    }
}

impl<T, S, K: Clone> Clone for Pages<T, S, K> {
    fn clone(&self) -> Self {
        Self {
            select: self.select.clone(),
            order: self.order.clone(),
            size: self.size,
            place: self.place.clone(),
        }
    }
}

impl<T, S, K: CursorValues> fmt::Debug for Pages<T, S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(&format_args!("{}", self.to_sql())).finish()
    }
}

/// Some rows of a select, and where those before and behind them are. Yielded by [`Pages`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let page = session.execute(select::<Post>().paginate(Post::title, 20)).await?;
/// for post in page.items() {
///     println!("{}", post.title);
/// }
/// if let Some(next) = page.next() {
///     println!("/posts?after={}", next.to_text()?);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<R, K> {
    pub(crate) items: Vec<R>,
    next: Option<Cursor<K>>,
    previous: Option<Cursor<K>>,
}

impl<R, K> Page<R, K> {
    /// The rows, in the select's order.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(page: orm_core::Page<Entity<Post>, (String, i64)>) {
    /// println!("{} posts", page.items().len());
    /// # }
    /// ```
    pub fn items(&self) -> &[R] {
        &self.items
    }

    /// The rows by value.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(page: orm_core::Page<Entity<Post>, (String, i64)>) {
    /// let titles: Vec<_> = page.into_items().iter().map(|post| post.title.clone()).collect();
    /// # }
    /// ```
    pub fn into_items(self) -> Vec<R> {
        self.items
    }

    /// Where the next page begins, for [`Pages::after`]; none if there were no rows behind this page's when it was read. (Of a
    /// page that was read backwards it is not looked whether there still are.)
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(page: orm_core::Page<Entity<Post>, (String, i64)>) {
    /// let is_last = page.next().is_none();
    /// # let _ = is_last; }
    /// ```
    pub const fn next(&self) -> Option<&Cursor<K>> {
        self.next.as_ref()
    }

    /// Where the previous page ends, for [`Pages::before`]; none if this one begins with the first row. A page without rows
    /// has neither.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn example(page: orm_core::Page<Entity<Post>, (String, i64)>) {
    /// let is_first = page.previous().is_none();
    /// # let _ = is_first; }
    /// ```
    pub const fn previous(&self) -> Option<&Cursor<K>> {
        self.previous.as_ref()
    }
}
