//! Floor 6: a select is sent and its rows become entities.

use std::sync::Arc;

use tokio_postgres::Row;

use super::joined::{Found, Joins};
use super::links::composed;
use super::option::Load;
use crate::connection::{End, Reply, Request};
use crate::error::{Error, Result};
use crate::graph::Freshness;
use crate::model::{CellError, Table};
use crate::query::{Argument, SelectStatement, Sql};
use crate::types::DataType;
use crate::unit_of_work::Scope;

/// A select of entities of one model.
pub(crate) struct Fetch<'a> {
    pub(crate) table: &'static Table,
    pub(crate) statement: SelectStatement,
    pub(crate) options: &'a [Load],
    pub(crate) freshness: Freshness,
}

/// Sends a read; what the server refuses is about this table's model.
async fn ask(scope: &Arc<Scope>, table: Option<&'static Table>, sql: &Sql) -> Result<Reply> {
    let arguments: Vec<_> = sql.parameters.iter().map(Argument::Parameter).collect();
    let request = Request { text: &sql.text, arguments: &arguments, returns: None };
    let replies = scope.connection.send(&[request], End::Read).await.map_err(|(_, error)| match table {
        Some(table) => scope.connection.reword(error, |error| error.about(table.model)),
        None => error,
    })?;
    replies.into_iter().next().ok_or_else(Error::closed)
}

/// The positions of the entities that a select yields, each once, in the order of the rows; its options are carried
/// out. All models that it names have their arenas.
pub(crate) async fn fetch(scope: &Arc<Scope>, fetch: Fetch<'_>) -> Result<Vec<u32>> {
    let Fetch { table, statement, options, freshness } = fetch;
    let options = &*composed(options);
    let (statement, joins) = Joins::add(statement, table, options);
    let sql = statement.to_sql();
    let mut turn = None;
    let (positions, joined) = loop {
        let generation = scope.generation(turn.as_ref()).await;
        let reply = ask(scope, Some(table), &sql).await?;
        match take_in(scope, generation, table, &reply, &joins, freshness)? {
            Some(found) => break found,
            // The second time nothing is written while it is asked for.
            None => turn = Some(scope.write_turn().await),
        }
    };
    drop(turn);
    super::eager::load(scope, &positions, options, &joined).await?;
    Ok(positions)
}

/// The positions of a reply's entities and of those that were joined; `None` if something was written, committed or
/// rolled back since it was asked for, so that it may be older than what is known.
fn take_in<'o>(
    scope: &Arc<Scope>,
    generation: u64,
    table: &'static Table,
    reply: &Reply,
    joins: &Joins<'o>,
    freshness: Freshness,
) -> Result<Option<(Vec<u32>, Vec<Found<'o>>)>> {
    reply.check((0..table.columns.len()).map(|column| (table, column)), 0)?;
    joins.check(reply)?;
    let mut locked = scope.graph.lock();
    if locked.generation() != generation {
        return Ok(None);
    }
    let counted = scope.count_loaded(&locked);
    let arena = scope.graph.any((table.number)());
    let positions = arena.absorb(&mut locked, &reply.rows, 0, freshness);
    let rows = positions.map_err(|error| cell_error(table, error))?;
    let mut joined = Vec::new();
    joins.absorb(&mut locked, &reply.rows, &rows, freshness, &mut joined)?;
    let loaded = Scope::loaded_since(&locked, &counted);
    drop(locked);
    scope.tell_loaded(loaded)?;
    Ok(Some((each_once(rows), joined)))
}

/// The first column of each row of a select.
pub(crate) async fn fetch_value<T: DataType>(
    scope: &Arc<Scope>,
    statement: &SelectStatement,
) -> Result<Vec<T>> {
    if scope.connection.is_abandoned() {
        // What was dropped without an end must not be counted.
        drop(scope.write_turn().await);
    }
    let reply = ask(scope, statement.tables().first().copied(), &statement.to_sql()).await?;
    let value = |row: &Row| row.try_get(0).map_err(|error| Error::driver(error, "the value cannot be read"));
    reply.rows.iter().map(value).collect()
}

/// Each position once, at its first place.
pub(super) fn each_once(positions: impl IntoIterator<Item = Option<u32>>) -> Vec<u32> {
    let mut positions: Vec<u32> = positions.into_iter().flatten().collect();
    // New entities stand in a row, so that nothing has to be looked up.
    if !positions.is_sorted_by(|one, next| one < next) {
        let mut seen = hashbrown::HashSet::with_capacity(positions.len());
        positions.retain(|&position| seen.insert(position));
    }
    positions
}

pub(super) fn cell_error(table: &'static Table, error: CellError) -> Error {
    Error::decode(table.model, table.columns[error.column].field, error.source)
}
