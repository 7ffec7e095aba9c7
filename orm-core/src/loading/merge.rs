//! Floor 6: rows of another graph come into this one.
//!
//! Level by level, what the database has of them is read: the rows of a model by their keys in one statement, and each
//! relationship that is known there in one more. Only then they are taken in, all at once; nothing is flushed.

use std::sync::Arc;

use futures_util::future::try_join_all;

use super::fetch::{Fetch, Reading, Want, fetch, load};
use super::lazy::load_for_known;
use super::relationship::Known;
use super::statement::Keys;
use crate::error::Result;
use crate::graph::{Freshness, Graph, Link, Locked, Node, SourceRow};
use crate::model::{ColumnSet, Kind, Table};
use crate::query::{ColumnStrategy, Expression, Load, Loads, SelectStatement, Strategy, TableReference};
use crate::unit_of_work::Scope;

/// Merges rows of another graph, with what they are known to lead to; where the roots are then. The options are carried
/// out for the roots.
pub(crate) async fn merge(
    scope: &Arc<Scope>,
    source: &Graph,
    roots: &[Node],
    options: &Loads,
) -> Result<Vec<u32>> {
    let rows = source.lock().source_rows(roots, scope.graph.id());
    scope.graph.lock().make_arenas(source, &rows);
    for level in rows.chunk_by(|one, next| one.level == next.level) {
        let none = Loads::default();
        let options = if level[0].level == 0 { options } else { &none };
        let (missing, known) = {
            let locked = scope.graph.lock();
            (locked.missing(&rows, level), locked.known(level))
        };
        let reads = missing.into_iter().map(async |(table, keys)| {
            let (statement, mut options) = (by_keys(table, keys), options.clone().complete(table));
            undefer_set(&mut options, &rows, table);
            let reading = Reading::Select(Freshness::Keep);
            fetch(scope, Fetch { table, statement, options: &options, reading }).await
        });
        try_join_all(reads).await?;
        if options.says_something() {
            try_join_all(known.iter().map(|&node| load_for_known(scope, node, options))).await?;
        }
        let loads = scope.graph.lock().not_loaded(&rows, level);
        let wants = loads.iter().map(|(load, positions)| Want::new(load, positions.clone(), Known::Keep));
        load(scope, wants.collect(), Freshness::Keep).await?;
    }
    let places = scope.graph.lock().merge_rows(source, &rows)?;
    // The roots, no two of which are the same, came first.
    Ok(places[..roots.len()].iter().map(|place| place.position).collect())
}

fn by_keys(table: &'static Table, keys: Keys) -> SelectStatement {
    let source = TableReference::of(table);
    let condition = match keys[0].len() {
        1 => Expression::key_is(source, table.primary_key, keys.into_iter().flatten().collect()),
        _ => Expression::key_in(source, table.primary_key, keys),
    };
    SelectStatement::of(table).filter(condition).unrestricted()
}

/// Deferred columns that are known there are read, to be compared: what is as it was is not written.
fn undefer_set(options: &mut Loads, rows: &[SourceRow], table: &'static Table) {
    let own = rows.iter().filter(|row| row.node.model == (table.number)());
    let set = own.fold(ColumnSet::EMPTY, |all, row| all.union(row.set));
    options.columns.say(table, set, ColumnStrategy::Undefer);
}

impl Locked<'_> {
    /// The keys of rows that are not in memory, by table.
    fn missing(&self, rows: &[SourceRow], level: &[SourceRow]) -> Vec<(&'static Table, Keys)> {
        let mut missing: Vec<(&'static Table, Keys)> = Vec::new();
        for row in level {
            let Some(key) = &row.key else { continue };
            if self.counterpart(row).is_some() || self.is_below_new(rows, row) {
                continue;
            }
            let table = self.table(row.node.model);
            let keys = match missing.iter_mut().find(|(other, _)| other.is(table)) {
                Some((_, keys)) => keys,
                None => {
                    missing.push((table, vec![Vec::new(); key.len()]));
                    &mut missing.last_mut().expect("it was just put there").1
                }
            };
            keys.iter_mut().zip(key).for_each(|(list, part)| list.push(Arc::clone(part)));
        }
        missing
    }

    /// Where those rows are that are in memory.
    fn known(&self, level: &[SourceRow]) -> Vec<Node> {
        level.iter().filter_map(|row| self.counterpart(row)).collect()
    }

    /// The relationships that are known there and not here, with the rows that have them.
    fn not_loaded(&mut self, rows: &[SourceRow], level: &[SourceRow]) -> Vec<(Load, Vec<u32>)> {
        let mut loads: Vec<(Load, Vec<u32>)> = Vec::new();
        for row in level {
            let Some(node) = self.counterpart(row) else { continue };
            let source = self.table(node.model);
            for &relationship in &row.loaded {
                let side = self.side(node, relationship);
                let is_known = match side.facts.kind {
                    Kind::HasMany => self.collection(side).is_some(),
                    _ => self.link(side) != Link::Unknown,
                };
                if is_known {
                    continue;
                }
                let same = |load: &Load| load.source.is(source) && load.relationship == relationship;
                match loads.iter_mut().find(|(load, _)| same(load)) {
                    Some((_, positions)) => positions.push(node.position),
                    None => {
                        let mut load = Load::new(source, relationship, Strategy::SelectIn);
                        let target = load.target();
                        undefer_set(&mut load.below, rows, target);
                        loads.push((load, vec![node.position]));
                    }
                }
            }
        }
        loads
    }
}
