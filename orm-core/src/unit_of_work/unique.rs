//! Floor 5: values that one row gives up and another takes, where a column is unique.
//!
//! The server checks unique columns row by row, so a value must be free before it is taken. A row that gives up a value
//! over a nullable column is set to NULL there first. Invariant: what is written in the end is the same.

use hashbrown::HashSet;

use super::changes::{Changes, Row};
use crate::graph::{Locked, hash};
use crate::model::{ColumnSet, Table};

/// A value of some unique columns: the model, the columns' place among its unique ones, and a hash of the values.
type Taken = HashSet<(usize, usize, u64)>;

impl Locked<'_> {
    /// Takes the updates that must go before all others out of the changes.
    pub(super) fn free(&self, changes: &mut Changes) {
        let taken = self.taken(changes);
        for row in &mut changes.updates {
            let nulls = self.freed(row, &taken);
            if nulls.is_empty() {
                continue;
            }
            changes.freed.push(Row { columns: nulls, nulls, needs: Vec::new(), ..row.clone() });
            let arena = self.arena(row.node.model);
            let stays = nulls.iter().filter(|&column| arena.value(row.version, column).is_null());
            stays.for_each(|column| row.columns.remove(column));
        }
        changes.updates.retain(|row| !row.columns.is_empty());
    }

    fn taken(&self, changes: &Changes) -> Taken {
        let updates = changes.updates.iter().map(|row| (row, row.columns));
        let inserts = changes.inserts.iter().map(|row| (row, ColumnSet::first(row.table.columns.len())));
        let mut taken = Taken::new();
        for (row, written) in inserts.chain(updates) {
            for (place, columns) in written_uniques(row.table, written) {
                // What a new parent brings is new: nobody gives it up.
                if columns.iter().all(|&column| row.need(column).is_none()) {
                    let hash = self.hash(row, row.version, &columns);
                    taken.extend(hash.map(|hash| (row.node.model, place, hash)));
                }
            }
        }
        taken
    }

    /// The columns that are to be NULL so that others can take what the row had in them.
    fn freed(&self, row: &Row, taken: &Taken) -> ColumnSet {
        let given_up = written_uniques(row.table, row.columns).filter(|(place, columns)| {
            let hash = self.hash(row, row.base, columns);
            hash.is_some_and(|hash| taken.contains(&(row.node.model, *place, hash)))
        });
        let nullable = |&column: &usize| row.columns.contains(column) && row.table.columns[column].nullable;
        given_up.flat_map(|(_, columns)| columns).filter(nullable).collect()
    }

    fn hash(&self, row: &Row, version: u32, columns: &[usize]) -> Option<u64> {
        hash(columns.iter().map(|&column| self.arena(row.node.model).value(version, column)))
    }
}

/// The unique columns of a table that are among those written, each with its place.
fn written_uniques(table: &Table, written: ColumnSet) -> impl Iterator<Item = (usize, Vec<usize>)> {
    let single = (0..table.columns.len()).filter(|&column| table.columns[column].unique);
    let several = table.uniques.iter().map(|columns| columns.to_vec());
    let all = single.map(|column| vec![column]).chain(several).enumerate();
    all.filter(move |(_, columns)| columns.iter().any(|&column| written.contains(column)))
}
