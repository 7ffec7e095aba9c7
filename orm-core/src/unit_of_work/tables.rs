//! Floor 5: tables in the order of their foreign keys. Pure.

use crate::model::{Action, ForeignKey, Table};
use crate::schema::dependencies::components;

/// The tables so that each stands before those that it refers to: the order of deletes. Inside a cycle only keys count
/// that cannot be let go.
pub(crate) fn dependent_first(tables: &[&'static Table]) -> Vec<&'static Table> {
    let mut ordered = Vec::new();
    for component in components(tables.len(), &edges(tables, |_, _| true)).into_iter().rev() {
        let members: Vec<&'static Table> = component.into_iter().map(|table| tables[table]).collect();
        let inside = components(members.len(), &edges(&members, refuses));
        ordered.extend(inside.into_iter().rev().flatten().map(|table| members[table]));
    }
    ordered
}

/// Whether the database refuses to delete a row that this key names, and the session cannot let the key go.
fn refuses(table: &Table, key: &ForeignKey) -> bool {
    match key.on_delete {
        Action::NoAction => !table.can_be_null(key),
        action => action == Action::Restrict,
    }
}

/// Which of these tables refers to which, over the keys that count.
pub(super) fn edges(
    tables: &[&'static Table],
    counts: impl Fn(&Table, &ForeignKey) -> bool,
) -> Vec<(usize, usize)> {
    let mut edges = Vec::new();
    for (dependent, table) in tables.iter().enumerate() {
        for key in table.foreign_keys.iter().filter(|key| counts(table, key)) {
            let target = (key.target)();
            edges.extend(tables.iter().position(|table| table.is(target)).map(|target| (dependent, target)));
        }
    }
    edges
}
