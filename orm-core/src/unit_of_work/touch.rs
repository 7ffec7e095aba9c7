//! Floor 5: columns that every update of a row sets (`on_update`).
//!
//! They are expressions like those of `session.set`, and so come back with the update. Invariant: a row that is not
//! written for another reason is not written, and what the application writes itself is left as it is.

use std::sync::Arc;

use hashbrown::HashMap;

use super::changes::Row;
use crate::graph::{Assignment, Assignments};
use crate::model::Table;

/// Lets the updates set what their tables say.
pub(super) fn touch<'r>(updates: impl IntoIterator<Item = &'r mut Row>) {
    let mut said: HashMap<usize, Assignments> = HashMap::new();
    for row in updates {
        let assignments = said.entry(row.node.model).or_insert_with(|| on_update(row.table));
        if row.columns.is_empty() {
            continue;
        }
        for assignment in &*assignments {
            if !row.columns.contains(assignment.column) {
                row.assign(Arc::clone(assignment));
            }
        }
    }
}

fn on_update(table: &Table) -> Assignments {
    let columns = table.columns.iter().enumerate();
    columns
        .filter_map(|(column, facts)| Some(Arc::new(Assignment::of_model(column, facts.on_update?))))
        .collect()
}

impl Row {
    /// Lets an update set a column to an expression.
    pub(super) fn assign(&mut self, assignment: Arc<Assignment>) {
        self.columns.insert(assignment.column);
        self.assignments.push(assignment);
        self.assignments.sort_by_key(|assignment| assignment.column);
    }
}
