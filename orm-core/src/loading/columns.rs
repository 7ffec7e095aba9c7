//! Floor 6: deferred columns of rows that are in memory.
//!
//! Awaited for one entity, a column and its group are loaded for all that came with it and lack it, in one statement.
//! Invariant: nothing is flushed for it, since what is loaded goes below what was changed.

use std::sync::Arc;

use super::fetch::ask;
use super::statement::Rows;
use crate::error::{Error, Result};
use crate::graph::{Locked, Node};
use crate::model::{ColumnSet, Table};
use crate::query::{Expression, SelectStatement};
use crate::unit_of_work::Scope;

/// Loads a column of a node, and of its peers that lack it, with the columns of its group.
pub(crate) async fn load_column(scope: &Arc<Scope>, node: Node, column: usize) -> Result<()> {
    let table = scope.graph.any(node.model).table();
    let is_pending = scope.graph.lock().record(node).is_pending();
    if is_pending {
        // The server makes it with the row, and it comes back.
        scope.autoflush(&[table]).await?;
    }
    let positions = {
        let locked = scope.graph.lock();
        if !locked.record(node).is_persistent() {
            return Err(Error::column_not_loadable(table.model, table.columns[column].field));
        }
        match locked.must_load(node, column) {
            true => locked.peers_that_lack(node, column),
            false => return Ok(()),
        }
    };
    load_columns(scope, table, positions, table.group_of(column)).await
}

/// Loads columns of nodes, where they are not known.
pub(crate) async fn load_columns(
    scope: &Arc<Scope>,
    table: &'static Table,
    positions: Vec<u32>,
    columns: ColumnSet,
) -> Result<()> {
    if positions.is_empty() || columns.is_empty() {
        return Ok(());
    }
    let mut turn = None;
    loop {
        let generation = scope.generation(turn.as_ref()).await;
        let statement = scope.graph.lock().select_columns(table, &positions, columns);
        let replies = ask(scope, &[(Some(table), statement.to_sql())]).await?;
        {
            let mut locked = scope.graph.lock();
            if locked.generation() == generation {
                for reply in &replies {
                    let cells = table.primary_key.iter().copied().chain(columns.iter());
                    reply.check(cells.map(|column| (table, column)), 0)?;
                    let taken = locked.take_columns(table, &reply.rows, columns);
                    taken.map_err(|error| error.of(table))?;
                }
                return Ok(());
            }
        }
        // The second time nothing is written while it is asked for.
        turn = Some(scope.write_turn().await);
    }
}

impl Locked<'_> {
    /// Whether a row is to be asked for a column: it is not known, or it may never have been committed.
    pub(crate) fn must_load(&self, node: Node, column: usize) -> bool {
        let record = self.record(node);
        let arena = self.arena(node.model);
        let is_loaded = arena.value(arena.publish(node.position), column).is_loaded();
        !is_loaded || record.is_persistent() && record.is_in_doubt()
    }

    fn peers_that_lack(&self, node: Node, column: usize) -> Vec<u32> {
        let columns = ColumnSet::from_iter([column]);
        let peers = self.model(node.model).peers(node.position);
        let lacks = |&position: &u32| {
            position != node.position && !self.lacks(Node { position, ..node }, columns).is_empty()
        };
        std::iter::once(node.position).chain(peers.filter(lacks)).collect()
    }

    /// The keys and these columns, by the keys that the rows have in the database.
    fn select_columns(
        &self,
        table: &'static Table,
        positions: &[u32],
        columns: ColumnSet,
    ) -> SelectStatement {
        let model = (table.number)();
        let arena = self.arena(model);
        let values = |&column: &usize| {
            let bases = positions.iter().map(|&position| self.record(Node { model, position }).base);
            bases.map(|base| arena.value(base, column).to_shared()).collect()
        };
        let keys: Vec<Vec<_>> = table.primary_key.iter().map(values).collect();
        let Rows { statement, source } = Rows::of(table);
        let condition = match positions {
            [_] => Expression::key_is(source, table.primary_key, keys.into_iter().flatten().collect()),
            _ => Expression::key_in(source, table.primary_key, keys),
        };
        let outputs: Vec<usize> = table.primary_key.iter().copied().chain(columns.iter()).collect();
        statement.filter(condition).only(source, &outputs)
    }
}
