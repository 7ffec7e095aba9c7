//! Floor 5: which row goes in before which. Pure.
//!
//! Whole tables are ordered by their foreign keys; only tables inside a cycle are split per row, and there nullable keys
//! are written afterwards: all of a circle at once, so that a long one is a few statements and not one a row. Invariant: a
//! row stands in a later layer than every row that it goes behind.

use hashbrown::HashMap;

use super::changes::{Need, Row};
use super::tables::edges;
use crate::error::{Error, Result};
use crate::graph::Node;
use crate::model::{ColumnSet, Table};
use crate::schema::dependencies::components;

/// How inserts, and the updates that stand among them, are ordered.
pub(crate) struct Order {
    /// Positions among the rows; a layer's rows do not need each other.
    pub(crate) layers: Vec<Vec<usize>>,
    /// Updates that write the keys which were left out to break a cycle.
    pub(crate) deferred: Vec<Row>,
}

/// The rows of one component of tables.
struct Members {
    /// Positions among the rows.
    rows: Vec<usize>,
    /// The place of each row among `rows`; none where no row goes behind another of them.
    places: HashMap<Node, usize>,
}

/// Orders the rows. A row that must go without some of its keys loses the need for them.
///
/// # Errors
/// If rows need each other's keys in a circle and none of them is nullable.
pub(crate) fn order(rows: &mut [Row]) -> Result<Order> {
    let (tables, by_table) = by_table(rows);
    let mut order = Order { layers: Vec::new(), deferred: Vec::new() };
    for component in components(tables.len(), &edges(&tables, |_, _| true)) {
        let members: Vec<usize> =
            component.iter().flat_map(|&table| by_table[table].iter().copied()).collect();
        order.layer(rows, &Members::new(rows, members))?;
    }
    Ok(order)
}

/// The tables, and the positions of each one's rows.
fn by_table(rows: &[Row]) -> (Vec<&'static Table>, Vec<Vec<usize>>) {
    let mut tables: Vec<&'static Table> = Vec::new();
    let mut by_table: Vec<Vec<usize>> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        match tables.iter().rposition(|table| table.is(row.table)) {
            Some(table) => by_table[table].push(place),
            None => {
                tables.push(row.table);
                by_table.push(vec![place]);
            }
        }
    }
    (tables, by_table)
}

impl Members {
    fn new(all: &[Row], rows: Vec<usize>) -> Self {
        let mut models: Vec<usize> = rows.iter().map(|&row| all[row].node.model).collect();
        models.dedup();
        let is_bound =
            rows.iter().flat_map(|&row| all[row].goes_behind()).any(|node| models.contains(&node.model));
        let place = |(member, &row): (usize, &usize)| (all[row].node, member);
        let places = if is_bound { rows.iter().enumerate().map(place).collect() } else { HashMap::new() };
        Self { rows, places }
    }

    /// Which member goes behind which.
    fn edges(&self, all: &[Row]) -> Vec<(usize, usize)> {
        let of = |(member, &row): (usize, &usize)| {
            let others = all[row].goes_behind().filter_map(|other| self.places.get(&other));
            others.map(move |&other| (member, other)).collect::<Vec<_>>()
        };
        self.rows.iter().enumerate().flat_map(of).collect()
    }
}

impl Order {
    /// Adds the layers of the rows of one component of tables.
    fn layer(&mut self, all: &mut [Row], members: &Members) -> Result<()> {
        let count = members.rows.len();
        let mut edges = if members.places.is_empty() { Vec::new() } else { members.edges(all) };
        if edges.is_empty() {
            self.layers.extend((count > 0).then(|| members.rows.clone()));
            return Ok(());
        }
        let mut groups = components(count, &edges);
        if self.defer(all, members, &groups) {
            edges = members.edges(all);
            groups = components(count, &edges);
        }
        let mut on_itself = vec![false; count];
        edges.iter().for_each(|&(member, other)| on_itself[member] |= member == other);
        if let Some(circle) = groups.iter().find(|group| group.len() > 1 || on_itself[group[0]]) {
            return Err(Error::unsolvable(&in_words(all, members, circle)));
        }
        self.layers.extend(layers(&members.rows, &groups, &edges));
        Ok(())
    }

    /// Takes the nullable keys out of circles; whether there are circles.
    fn defer(&mut self, all: &mut [Row], members: &Members, groups: &[Vec<usize>]) -> bool {
        let mut group_of = vec![0; members.rows.len()];
        for (place, group) in groups.iter().enumerate() {
            group.iter().for_each(|&member| group_of[member] = place);
        }
        let (mut is_cyclic, first) = (false, self.deferred.len());
        for (member, &row) in members.rows.iter().enumerate() {
            let is_in_circle = |other: Node| {
                members.places.get(&other).is_some_and(|&other| group_of[other] == group_of[member])
            };
            let row = &mut all[row];
            is_cyclic |= row.goes_behind().any(is_in_circle);
            let closes = |need: &mut Need| need.deferrable && is_in_circle(need.parent);
            let needs: Vec<Need> = row.needs.extract_if(.., closes).collect();
            if !needs.is_empty() {
                self.deferred.push(row.leave_out(needs));
            }
        }
        widen(&mut self.deferred[first..], all, members);
        is_cyclic
    }
}

/// Updates of one table become one statement: each also writes what only others left out.
fn widen(deferred: &mut [Row], all: &[Row], members: &Members) {
    let mut columns: HashMap<usize, ColumnSet> = HashMap::new();
    for row in &*deferred {
        row.columns.iter().for_each(|column| columns.entry(row.node.model).or_default().insert(column));
    }
    for row in deferred.iter_mut().filter(|row| row.is_new) {
        let inserted = &all[members.rows[members.places[&row.node]]];
        let is_written =
            |column: &usize| !inserted.columns.contains(*column) && inserted.need(*column).is_none();
        columns[&row.node.model].iter().filter(is_written).for_each(|column| row.columns.insert(column));
    }
}

/// A row's layer is one more than the highest of those that it goes behind.
fn layers(members: &[usize], groups: &[Vec<usize>], edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut others: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    edges.iter().for_each(|&(member, other)| others[member].push(other));
    let mut level = vec![0; members.len()];
    for &member in groups.iter().flatten() {
        level[member] = others[member].iter().map(|&other| level[other] + 1).max().unwrap_or(0);
    }
    let mut layers = vec![Vec::new(); level.iter().max().map_or(0, |highest| highest + 1)];
    for (member, &row) in members.iter().enumerate() {
        layers[level[member]].push(row);
    }
    layers
}

/// At most as many rows of a circle are named.
const NAMED: usize = 8;

/// A circle, row by row: `Department::head` -> `Employee::department` -> the first.
fn in_words(all: &[Row], members: &Members, circle: &[usize]) -> String {
    let row = |member: usize| &all[members.rows[member]];
    let inside =
        |other: Node| members.places.get(&other).copied().filter(|other| circle.binary_search(other).is_ok());
    let (mut path, mut met) = (Vec::new(), HashMap::new());
    let mut member = circle[0];
    while met.insert(member, path.len()).is_none() {
        path.push(member);
        member = row(member).goes_behind().find_map(inside).unwrap_or(member);
    }
    let name = |row: &Row| {
        let need = row.needs.iter().find(|need| inside(need.parent).is_some())?;
        row.table.relationship_over(need.columns)
    };
    let step =
        |&member: &usize| format!("`{}::{}`", row(member).table.model, name(row(member)).unwrap_or("?"));
    let start = path.iter().position(|&other| other == member).unwrap_or_default();
    let steps: Vec<_> = path[start..].iter().take(NAMED).map(step).collect();
    let rest = if path.len() - start > NAMED { " -> .." } else { "" };
    format!("{}{rest} -> the first", steps.join(" -> "))
}
