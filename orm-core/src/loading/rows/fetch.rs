//! Floor 6: a statement is sent, and its rows are read as what was asked for.
//!
//! Invariant: a statement that may write is sent once, with the turn to write; one that reads is sent again if what
//! it brought may be older than what is known by then.

use std::sync::Arc;

use tokio_postgres::Row;

use super::FromRow;
use super::joins::RowJoins;
use super::layout::{Layout, Mapping};
use super::reader::{RowReader, TakenIn};
use super::returned::fetch_written;
use super::shape::Shape;
use crate::connection::{End, Reply};
use crate::error::{Error, Result};
use crate::graph::Freshness;
use crate::loading::fetch::{load_along, send};
use crate::loading::select::{Select, UntypedSelect};
use crate::loading::step::{Found, each_once};
use crate::model::Table;
use crate::query::{Columns, Criteria, Loads, SelectStatement, Sql};
use crate::unit_of_work::Scope;

/// A statement whose rows are read.
pub(crate) struct RowQuery {
    pub(crate) sql: Sql,
    /// The tables that it reads, whose changes are flushed before; all changes are if that is not known.
    pub(crate) reads: Option<Vec<&'static Table>>,
    pub(crate) mapping: Mapping,
    /// Whether it may write.
    pub(crate) writes: bool,
    /// What rows do to entities that are there.
    pub(crate) freshness: Freshness,
    /// What is loaded along with the entities in a row, one after the other; with others what their models say.
    pub(crate) options: Vec<Loads>,
}

/// The rows of a statement, what they are read as, and how.
pub(crate) struct Read {
    pub(super) rows: Vec<Row>,
    pub(super) taken_in: TakenIn,
}

/// What comes along with the entities in a row, in the order of these.
pub(super) struct Along<'o> {
    pub(super) options: &'o [Loads],
    /// What was joined for them, if anything was.
    pub(super) joins: Option<RowJoins<'o>>,
}

/// The rows of a statement. What it reads is flushed before; its entities come into the graph.
///
/// # Errors
/// If the statement fails, or its rows are not what is read.
pub(crate) async fn fetch_rows<R: FromRow>(scope: &Arc<Scope>, query: RowQuery) -> Result<Vec<R>> {
    query.fetch(scope, Shape::of::<R>).await?.all()
}

/// The rows of a select, whose columns stand as they are read. What its options join is joined.
///
/// # Errors
/// As for [`fetch_rows`].
pub(crate) async fn fetch_select<R: FromRow, S>(
    scope: &Arc<Scope>,
    select: Select<Columns<R>, S>,
) -> Result<Vec<R>> {
    fetch_shape(scope, select.untyped(), Shape::of::<R>).await?.all()
}

/// The same, of rows that have this shape.
pub(crate) async fn fetch_shape(
    scope: &Arc<Scope>,
    select: UntypedSelect,
    shape: fn() -> Shape,
) -> Result<Read> {
    let freshness = select.freshness();
    let criteria = select.options.criteria.within(&scope.criteria);
    let options = select.row_options();
    if options.iter().any(Loads::takes_from_joins) {
        return Err(Error::row_of_joins());
    }
    if select.statement.writes() {
        return fetch_written(scope, select, shape).await;
    }
    let mut options = complete(&options, &shape());
    options.iter_mut().for_each(Loads::separate_subqueries);
    let (statement, joins) = RowJoins::add(select.statement, &shape(), &options);
    let query = RowQuery::select(&statement.restricted(&criteria)).along(options.clone(), &scope.criteria);
    let query = RowQuery { freshness, ..query };
    query.read(scope, shape, Along { options: &options, joins }).await
}

/// The options of all entities of a shape, with what the models say.
pub(super) fn complete(options: &[Loads], shape: &Shape) -> Vec<Loads> {
    let given = options.iter().cloned().chain(std::iter::repeat_with(Loads::default));
    given.zip(shape.entities()).map(|(options, table)| options.complete(table)).collect()
}

impl Read {
    /// The rows, each as what it is read as.
    pub(super) fn all<R: FromRow>(&self) -> Result<Vec<R>> {
        let taken_in = &self.taken_in;
        let mut all = Vec::with_capacity(self.rows.len());
        for (number, row) in self.rows.iter().enumerate() {
            all.push(R::from_row(&mut RowReader { row, number, taken_in, cell: 0, entity: 0 })?);
        }
        Ok(all)
    }

    /// The entities that come first in the rows, each once.
    pub(crate) fn entities(&self) -> Vec<u32> {
        let first = self.taken_in.entities.first();
        each_once(first.into_iter().flatten().copied())
    }
}

/// How many rows a statement of the application's own wrote or returned. Everything that changed is flushed before.
pub(crate) async fn execute_raw(scope: &Arc<Scope>, sql: Sql, writes: bool) -> Result<u64> {
    scope.autoflush_all().await?;
    let _turn = scope.write_turn().await;
    let replies = match writes {
        true => {
            scope.graph.lock().begin_flush();
            let replies = send(scope, &[(None, sql)], End::Write).await?;
            scope.graph.lock().end_flush();
            replies
        }
        false => send(scope, &[(None, sql)], End::Read).await?,
    };
    Ok(replies.first().map_or(0, |reply| reply.affected))
}

impl RowQuery {
    /// A select whose columns stand as they are read; deferred ones of entities are left out.
    pub(crate) fn select(statement: &SelectStatement) -> Self {
        Self {
            sql: statement.to_sql(),
            reads: Some(statement.tables()),
            mapping: Mapping::Position,
            writes: false,
            freshness: Freshness::Keep,
            options: Vec::new(),
        }
    }

    /// With these options, which hold within the session's criteria.
    pub(crate) fn along(mut self, options: Vec<Loads>, session: &Criteria) -> Self {
        if let Some(tables) = &mut self.reads {
            for options in &options {
                options.collect_tables(tables);
                options.criteria.within(session).collect_tables(tables);
            }
        }
        Self { options, ..self }
    }

    /// Writes what changed, if the query reads it.
    pub(super) async fn flush(&self, scope: &Arc<Scope>) -> Result<()> {
        match &self.reads {
            Some(tables) => scope.autoflush(tables).await?,
            None => scope.autoflush_all().await?,
        }
        if scope.connection.is_abandoned() {
            // What was dropped without an end must not be seen.
            drop(scope.write_turn().await);
        }
        Ok(())
    }

    async fn fetch(self, scope: &Arc<Scope>, shape: fn() -> Shape) -> Result<Read> {
        let options = complete(&self.options, &shape());
        self.read(scope, shape, Along { options: &options, joins: None }).await
    }

    async fn read(self, scope: &Arc<Scope>, shape: fn() -> Shape, along: Along<'_>) -> Result<Read> {
        self.flush(scope).await?;
        let has_entities = shape().entities().next().is_some();
        let statement = [(self.about(), self.sql.clone())];
        if self.writes {
            return self.write(scope, shape, &statement, along).await;
        }
        let mut turn = None;
        loop {
            let generation = match has_entities {
                true => scope.generation(turn.as_ref()).await,
                false => 0,
            };
            let replies = send(scope, &statement, End::Read).await?;
            let reply = replies.into_iter().next().ok_or_else(Error::closed)?;
            if let Some((read, found)) = self.take_in(scope, shape(), &along, reply, generation)? {
                drop(turn);
                load_along(scope, &found, self.freshness).await?;
                return Ok(read);
            }
            // The second time nothing is written while it is asked for.
            turn = Some(scope.write_turn().await);
        }
    }

    /// Sends a statement that may write; what is read from here on may be undone by a rollback.
    async fn write(
        self,
        scope: &Arc<Scope>,
        shape: fn() -> Shape,
        statement: &[(Option<&'static Table>, Sql)],
        along: Along<'_>,
    ) -> Result<Read> {
        let turn = scope.write_turn().await;
        scope.graph.lock().begin_flush();
        let replies = send(scope, statement, End::Write).await?;
        let generation = {
            let mut locked = scope.graph.lock();
            locked.end_flush();
            locked.generation()
        };
        let reply = replies.into_iter().next().ok_or_else(Error::closed)?;
        let taken_in = self.take_in(scope, shape(), &along, reply, generation)?;
        let (read, found) = taken_in.ok_or_else(Error::closed)?;
        drop(turn);
        load_along(scope, &found, self.freshness).await?;
        Ok(read)
    }

    /// The table that an error of the server is about.
    pub(super) fn about(&self) -> Option<&'static Table> {
        self.reads.as_ref().and_then(|tables| tables.first().copied())
    }

    /// Takes the entities in, and says what came; none if something was written since they were asked for.
    pub(super) fn take_in<'o>(
        &self,
        scope: &Arc<Scope>,
        shape: Shape,
        along: &Along<'o>,
        mut reply: Reply,
        asked_in: u64,
    ) -> Result<Option<(Read, Vec<Found<'o>>)>> {
        let columns = reply.statement.columns();
        let columns = along.joins.as_ref().map_or(columns, |joins| &columns[..joins.width]);
        let layout = Layout::new(shape, columns, self.mapping, along.options)?;
        let (mut entities, mut found) = (Vec::new(), Vec::new());
        if !layout.entities.is_empty() {
            let mut locked = scope.graph.lock();
            if locked.generation() != asked_in {
                return Ok(None);
            }
            let counted = scope.count_loaded(&locked);
            entities = layout.absorb(&mut locked, &reply.rows, self.freshness, false)?;
            found = layout.found(&entities, along);
            if let Some(joins) = &along.joins {
                let session = &scope.criteria;
                joins.take_in(&mut locked, session, &mut reply, &mut entities, self.freshness, &mut found)?;
            }
            let loaded = Scope::loaded_since(&locked, &counted);
            drop(locked);
            scope.tell_loaded(loaded)?;
        }
        let taken_in = TakenIn { scope: Arc::clone(scope), layout, entities };
        Ok(Some((Read { rows: reply.rows, taken_in }, found)))
    }
}
