//! Floor 8: rows that are read a few at a time, however many there are.

use std::future::Future;
use std::sync::Arc;

use super::{Executing, RawEntities, RawRows, Session, Statement};
use crate::entity::{Entity, Live};
use crate::error::Result;
use crate::loading::{Chunks, FromRow, RowQuery, Select};
use crate::query::{self, Columns};
use crate::unit_of_work::Scope;

/// A query whose rows can be read a few at a time, see [`Session::stream`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let mut users = session.stream(select::<User>().order_by(User::id), 1_000).await?;
/// while let Some(user) = users.next().await? {
///     println!("{}", user.email);
/// }
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query whose rows can be read a few at a time",
    label = "selects can be streamed, and `sql!(..)` with `rows` or `entities`"
)]
pub trait Streamed: Stream<Row: FromRow> {}

#[diagnostic::do_not_recommend]
impl<Q: Stream<Row: FromRow>> Streamed for Q {}

/// What [`Streamed`] is said of.
#[doc(hidden)]
pub trait Stream: Statement {
    /// What a row is read as.
    type Row;

    /// Begins to read.
    fn open(self, session: &Session, rows: u32) -> impl Future<Output = Result<RowStream<Self::Row>>> + Send;
}

/// Rows that are read a few at a time. Made by [`Session::stream`].
///
/// Dropped, its cursor is closed.
///
/// ```no_run
/// # use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let mut rows = session.stream(sql!("select id, email from users").rows::<(i64, String)>(), 1_000).await?;
/// while let Some(chunk) = rows.next_chunk().await? {
///     println!("{} rows more", chunk.len());
/// }
/// # Ok(()) }
/// ```
#[must_use = "a stream reads nothing until it is asked for rows"]
pub struct RowStream<R> {
    chunks: Chunks,
    /// What is left of the last chunk.
    rest: std::vec::IntoIter<R>,
    /// Takes what comes again out of a chunk.
    once: fn(&mut Vec<R>),
}

impl Session {
    /// Reads a query's rows a few at a time, so that memory stays as it is however many there are.
    ///
    /// The rows stay on the server, in a cursor within the session's transaction; `chunk` of them are fetched in one round
    /// trip whenever the last ones are used up. In between the session can be used for anything else. The cursor shows what
    /// was there when it was opened, whatever is written meanwhile. It ends with the transaction, and with a savepoint in
    /// which it was opened and that is rolled back.
    ///
    /// Entities of a chunk have a graph of their own, with what the query's options load along for the chunk; they are
    /// detached: they can be read, nothing is loaded lazily for them and nothing writes what is edited there. Their memory is
    /// given back with the last of them. With [`tracked`](RowStream::tracked) they are the session's own. An entity that
    /// comes in several rows is there once in a chunk; it comes again in another one.
    ///
    /// # Errors
    /// As for [`execute`](Session::execute). What is wrong with the rows' types is said by the first that are read.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = select::<User>().order_by(User::id).options(selectinload(User::posts));
    /// let mut users = session.stream(query, 1_000).await?;
    /// while let Some(user) = users.next().await? {
    ///     println!("{} has {} posts", user.email, user.posts().get()?.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn stream<'s, Q: Streamed<Row = R> + 's, R>(
        &'s self,
        query: Q,
        chunk: u32,
    ) -> Executing<'s, RowStream<R>> {
        Executing::new(query.open(self, chunk))
    }
}

impl<R: FromRow> RowStream<R> {
    fn new(chunks: Chunks, once: fn(&mut Vec<R>)) -> Self {
        Self { chunks, rest: Vec::new().into_iter(), once }
    }

    /// The entities are the session's own: edits of them are flushed, and they stay in memory as long as its graph.
    ///
    /// What this transaction read or wrote stays as it is in memory. A row that the session has deleted since the stream
    /// was opened still comes.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let mut users = session.stream(select::<User>(), 1_000).await?.tracked();
    /// while let Some(user) = users.next().await? {
    ///     user.edit().name = Some(user.email.to_uppercase());
    /// }
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn tracked(mut self) -> Self {
        self.chunks.tracked = true;
        self
    }

    /// The next row; none after the last. One in a chunk's length is fetched with a round trip.
    ///
    /// Cancel safety: dropped while it fetches, rows are lost, and the stream says that it has ended.
    ///
    /// # Errors
    /// [`Error::is_stream_ended`](crate::Error::is_stream_ended) if the transaction has ended; else as for
    /// [`Session::execute`].
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let mut users = session.stream(select::<User>(), 1_000).await?;
    /// while let Some(user) = users.next().await? {
    ///     println!("{}", user.email);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Result<Option<R>> {
        loop {
            if let Some(row) = self.rest.next() {
                return Ok(Some(row));
            }
            match self.fetch().await? {
                Some(rows) => self.rest = rows.into_iter(),
                None => return Ok(None),
            }
        }
    }

    /// The next rows together, as many as a chunk has, or what is left of one; none after the last.
    ///
    /// Cancel safety and errors: as for [`next`](RowStream::next).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let mut users = session.stream(select::<User>(), 1_000).await?;
    /// while let Some(chunk) = users.next_chunk().await? {
    ///     println!("{} users", chunk.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next_chunk(&mut self) -> Result<Option<Vec<R>>> {
        let rest: Vec<R> = std::mem::take(&mut self.rest).collect();
        if rest.is_empty() { self.fetch().await } else { Ok(Some(rest)) }
    }

    async fn fetch(&mut self) -> Result<Option<Vec<R>>> {
        let mut rows = self.chunks.next().await?;
        rows.iter_mut().for_each(self.once);
        Ok(rows)
    }
}

impl<R> std::fmt::Debug for RowStream<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowStream").field("left", &self.rest.len()).finish_non_exhaustive()
    }
}

/// Each entity at its first place.
pub(super) fn each_once<M: Live>(entities: &mut Vec<Entity<M>>) {
    let mut seen = hashbrown::HashSet::new();
    entities.retain(|entity| seen.insert(Entity::handle(entity).position));
}

impl<M: Live, S: query::Scope> Stream for Select<M, S> {
    type Row = Entity<M>;

    async fn open(self, session: &Session, rows: u32) -> Result<RowStream<Entity<M>>> {
        let (scope, mut select) = (session.scope(), self.untyped());
        let (freshness, options) = (select.freshness(), select.take_options(M::TABLE));
        let left_out = options.columns.left_out(M::TABLE);
        let statement = select.statement.leave_out(0, left_out);
        let statement = statement.restricted(&options.criteria.within(&scope.criteria));
        let query =
            RowQuery { freshness, ..RowQuery::select(&statement).along(vec![options], &scope.criteria) };
        open(&scope, query, rows, each_once).await
    }
}

impl<R: FromRow, S: query::Scope> Stream for Select<Columns<R>, S> {
    type Row = R;

    async fn open(self, session: &Session, rows: u32) -> Result<RowStream<R>> {
        let (scope, select) = (session.scope(), self.untyped());
        let (freshness, options) = (select.freshness(), select.row_options());
        let statement = select.statement.restricted(&select.options.criteria.within(&scope.criteria));
        let query = RowQuery { freshness, ..RowQuery::select(&statement).along(options, &scope.criteria) };
        open(&scope, query, rows, |_| {}).await
    }
}

impl<R: FromRow> Stream for RawRows<R> {
    type Row = R;

    async fn open(self, session: &Session, rows: u32) -> Result<RowStream<R>> {
        let scope = session.scope();
        open(&scope, self.query(&scope.criteria)?, rows, |_| {}).await
    }
}

impl<M: Live> Stream for RawEntities<M> {
    type Row = Entity<M>;

    async fn open(self, session: &Session, rows: u32) -> Result<RowStream<Entity<M>>> {
        let scope = session.scope();
        open(&scope, self.query(&scope.criteria)?, rows, each_once).await
    }
}

async fn open<R: FromRow>(
    scope: &Arc<Scope>,
    query: RowQuery,
    rows: u32,
    once: fn(&mut Vec<R>),
) -> Result<RowStream<R>> {
    Ok(RowStream::new(query.open(scope, rows).await?, once))
}
