//! Floor 6: a statement is sent, and its rows are read as what was asked for.
//!
//! Invariant: a statement that may write is sent once, with the turn to write; one that reads is sent again if what
//! it brought may be older than what is known by then.

use std::sync::Arc;

use tokio_postgres::Row;

use super::FromRow;
use super::layout::{Layout, Mapping};
use super::reader::{RowReader, TakenIn};
use super::shape::Shape;
use crate::connection::{End, Reply};
use crate::error::{Error, Result};
use crate::graph::Freshness;
use crate::loading::fetch::{Want, load, send};
use crate::loading::relationship::Known;
use crate::loading::step::{Found, each_once};
use crate::model::Table;
use crate::query::{Loads, SelectStatement, Sql};
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
    /// What is loaded along with the entities that come first in a row; with others what their models say.
    pub(crate) options: Loads,
}

/// The rows of a statement, what they are read as, and how.
pub(super) struct Read {
    rows: Vec<Row>,
    pub(super) taken_in: TakenIn,
}

/// The rows of a statement. What it reads is flushed before; its entities come into the graph.
///
/// # Errors
/// If the statement fails, or its rows are not what is read.
pub(crate) async fn fetch_rows<R: FromRow>(scope: &Arc<Scope>, query: RowQuery) -> Result<Vec<R>> {
    read_all(&query.read(scope, Shape::of::<R>).await?)
}

/// The rows, each as what it is read as.
pub(super) fn read_all<R: FromRow>(Read { rows, taken_in }: &Read) -> Result<Vec<R>> {
    let read = |(number, row)| R::from_row(&mut RowReader { row, number, taken_in, cell: 0, entity: 0 });
    rows.iter().enumerate().map(read).collect()
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
            options: Loads::default(),
        }
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

    async fn read(self, scope: &Arc<Scope>, shape: fn() -> Shape) -> Result<Read> {
        self.flush(scope).await?;
        let has_entities = shape().entities().next().is_some();
        let statement = [(self.about(), self.sql.clone())];
        if self.writes {
            return self.write(scope, shape, &statement).await;
        }
        let mut turn = None;
        loop {
            let generation = match has_entities {
                true => scope.generation(turn.as_ref()).await,
                false => 0,
            };
            let replies = send(scope, &statement, End::Read).await?;
            let reply = replies.into_iter().next().ok_or_else(Error::closed)?;
            let layout = Layout::new(shape(), reply.statement.columns(), self.mapping, &self.options)?;
            if let Some(read) = self.take_in(scope, layout, reply, generation)? {
                drop(turn);
                self.load_along(scope, &read.taken_in).await?;
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
        let layout = Layout::new(shape(), reply.statement.columns(), self.mapping, &self.options)?;
        let read = self.take_in(scope, layout, reply, generation)?.ok_or_else(Error::closed)?;
        drop(turn);
        self.load_along(scope, &read.taken_in).await?;
        Ok(read)
    }

    /// The table that an error of the server is about.
    pub(super) fn about(&self) -> Option<&'static Table> {
        self.reads.as_ref().and_then(|tables| tables.first().copied())
    }

    /// Takes the entities in; none if something was written since they were asked for.
    pub(super) fn take_in(
        &self,
        scope: &Arc<Scope>,
        layout: Layout,
        reply: Reply,
        asked_in: u64,
    ) -> Result<Option<Read>> {
        let mut entities = Vec::new();
        if !layout.entities.is_empty() {
            let mut locked = scope.graph.lock();
            if locked.generation() != asked_in {
                return Ok(None);
            }
            let counted = scope.count_loaded(&locked);
            for (place, table) in layout.shape.entities().enumerate() {
                let portion = layout.portion(place, table);
                let arena = locked.make_arena(table);
                let positions = arena.absorb(&mut locked, &reply.rows, portion, self.freshness);
                entities.push(positions.map_err(|error| error.of(table))?);
            }
            let loaded = Scope::loaded_since(&locked, &counted);
            drop(locked);
            scope.tell_loaded(loaded)?;
        }
        let taken_in = TakenIn { scope: Arc::clone(scope), layout, entities };
        Ok(Some(Read { rows: reply.rows, taken_in }))
    }

    /// Loads what the options and the models say is loaded along.
    pub(super) async fn load_along(&self, scope: &Arc<Scope>, taken_in: &TakenIn) -> Result<()> {
        let mut given = Some(self.options.clone());
        for (table, positions) in taken_in.layout.shape.entities().zip(&taken_in.entities) {
            let options = given.take().unwrap_or_default().complete(table);
            let found = Found::read(table, &options, each_once(positions.iter().copied()));
            let wants = found
                .rest()
                .map(|along| Want::new(along, found.positions.clone(), Known::below(self.freshness)));
            let wants = wants.filter(|want| !want.is_empty()).collect();
            load(scope, wants, self.freshness).await?;
            found.remember(&mut scope.graph.lock());
        }
        Ok(())
    }
}
