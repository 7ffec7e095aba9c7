//! Floor 5: which row goes in before which. Pure.
//!
//! Whole tables are ordered by their foreign keys; only tables inside a cycle are split per row, and there a nullable key
//! may be written afterwards. Invariant: a row stands in a later layer than every row whose key it names.

use hashbrown::{HashMap, HashSet};

use super::changes::{Need, Row};
use super::tables::edges;
use crate::error::{Error, Result};
use crate::graph::Node;
use crate::model::{ColumnSet, Table};
use crate::schema::dependencies::components;

/// How inserts are ordered.
pub(crate) struct Order {
    /// Positions among the inserts; a layer's rows do not need each other.
    pub(crate) layers: Vec<Vec<usize>>,
    /// The tables that get new rows.
    pub(crate) tables: Vec<&'static Table>,
    /// Updates that write the keys which were left out to break a cycle.
    pub(crate) deferred: Vec<Row>,
}

/// Orders the inserts. A row that must go in without one of its keys loses the need for it.
///
/// # Errors
/// If new rows need each other's keys in a circle and none of them is nullable.
pub(crate) fn order(inserts: &mut [Row]) -> Result<Order> {
    let mut tables: Vec<&'static Table> = Vec::new();
    let mut by_table: Vec<Vec<usize>> = Vec::new();
    for (place, row) in inserts.iter().enumerate() {
        match tables.iter().rposition(|table| table.is(row.table)) {
            Some(table) => by_table[table].push(place),
            None => {
                tables.push(row.table);
                by_table.push(vec![place]);
            }
        }
    }
    let mut order = Order { layers: Vec::new(), tables, deferred: Vec::new() };
    for component in components(order.tables.len(), &edges(&order.tables, |_, _| true)) {
        let members: Vec<usize> =
            component.iter().flat_map(|&table| by_table[table].iter().copied()).collect();
        order.layer(inserts, &members)?;
    }
    Ok(order)
}

impl Order {
    /// Adds the layers of the rows of one component of tables.
    fn layer(&mut self, inserts: &mut [Row], members: &[usize]) -> Result<()> {
        let places: HashMap<Node, usize> =
            members.iter().enumerate().map(|(member, &row)| (inserts[row].node, member)).collect();
        loop {
            let needs = needs(inserts, members, &places);
            let components = components(members.len(), &needs);
            let mut on_itself = vec![false; members.len()];
            needs.iter().for_each(|&(member, parent)| on_itself[member] |= member == parent);
            let is_cycle = |members: &&Vec<usize>| members.len() > 1 || on_itself[members[0]];
            let cycles: Vec<_> = components.iter().filter(is_cycle).collect();
            if cycles.is_empty() {
                self.layers.extend(layers(members, &components, &needs));
                return Ok(());
            }
            for cycle in cycles {
                let cycle: Vec<usize> = cycle.iter().map(|&member| members[member]).collect();
                self.deferred.push(break_cycle(inserts, &cycle)?);
            }
        }
    }
}

/// Which member needs which.
fn needs(inserts: &[Row], members: &[usize], places: &HashMap<Node, usize>) -> Vec<(usize, usize)> {
    let of = |(member, &row): (usize, &usize)| {
        let parents = inserts[row].needs.iter().filter_map(|need| places.get(&need.parent));
        parents.map(move |&parent| (member, parent)).collect::<Vec<_>>()
    };
    members.iter().enumerate().flat_map(of).collect()
}

/// A row's layer is one more than the highest of those that it needs.
fn layers(members: &[usize], components: &[Vec<usize>], needs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    needs.iter().for_each(|&(member, parent)| parents[member].push(parent));
    let mut level = vec![0; members.len()];
    for &member in components.iter().flatten() {
        level[member] = parents[member].iter().map(|&parent| level[parent] + 1).max().unwrap_or(0);
    }
    let mut layers = vec![Vec::new(); level.iter().max().map_or(0, |highest| highest + 1)];
    for (member, &row) in members.iter().enumerate() {
        layers[level[member]].push(row);
    }
    layers
}

/// Lets one row of a cycle go in without the key that closes it; the update that writes the key afterwards.
fn break_cycle(inserts: &mut [Row], cycle: &[usize]) -> Result<Row> {
    let nodes: HashSet<Node> = cycle.iter().map(|&row| inserts[row].node).collect();
    let closes = |need: &Need| need.deferrable && nodes.contains(&need.parent);
    let found = cycle.iter().find_map(|&row| {
        let place = inserts[row].needs.iter().position(closes)?;
        Some((row, place))
    });
    let Some((row, place)) = found else {
        let mut models: Vec<_> = cycle.iter().map(|&row| inserts[row].table.model).collect();
        models.sort_unstable();
        models.dedup();
        return Err(Error::unsolvable(&models.join(", ")));
    };
    let need = inserts[row].needs.remove(place);
    // Without one of its columns a key refers to nothing, whatever the others hold.
    let table = inserts[row].table;
    let nullable = need.columns.iter().copied().filter(|&column| table.columns[column].nullable);
    let columns: ColumnSet = nullable.collect();
    columns.iter().for_each(|column| inserts[row].nulls.insert(column));
    Ok(Row { columns, nulls: ColumnSet::EMPTY, needs: vec![need], ..inserts[row].clone() })
}
