//! Floor 5: values that one row gives up and another takes, where a column is unique.
//!
//! The server checks unique columns row by row, so a value must be free before it is taken. A row that gives up a value
//! over a nullable column is set to NULL there first; one that gives it up by being deleted is deleted first, and with it
//! what refers to its table. Invariant: what is written in the end is the same.

use hashbrown::HashSet;

use super::changes::{Changes, Row};
use crate::graph::{Locked, hash};
use crate::model::{ColumnSet, Table};

/// A value of some unique columns: the model, the columns' place among its unique ones, and a hash of the values.
type Taken = HashSet<(usize, usize, u64)>;

impl Locked<'_> {
    /// Takes what must go before everything else out of the changes.
    pub(super) fn free(&self, changes: &mut Changes) {
        let taken = self.taken(changes);
        let first = self.deleted_first(&changes.deletes, &taken);
        let goes_first = |row: &mut Row| first.iter().any(|table| table.is(row.table));
        changes.deleted_first = changes.deletes.extract_if(.., goes_first).collect();
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
                // What a new parent or the server makes is new: nobody gives it up.
                let made = |&column: &usize| {
                    row.is_new && row.columns.contains(column) || row.need(column).is_some()
                };
                if !columns.iter().any(made) {
                    let hash = self.hash(row, row.version, &columns);
                    taken.extend(hash.map(|hash| (row.node.model, place, hash)));
                }
            }
        }
        taken
    }

    /// The tables whose deletes free what others take, and those whose deletes must go before them.
    fn deleted_first(&self, deletes: &[Row], taken: &Taken) -> Vec<&'static Table> {
        let frees = |row: &&Row| {
            written_uniques(row.table, ColumnSet::first(row.table.columns.len())).any(|(place, columns)| {
                let hash = self.hash(row, row.base, &columns);
                hash.is_some_and(|hash| taken.contains(&(row.node.model, place, hash)))
            })
        };
        let mut first: Vec<&'static Table> = deletes.iter().filter(frees).map(|row| row.table).collect();
        first.dedup_by(|one, other| one.is(other));
        let mut place = 0;
        while let Some(&table) = first.get(place) {
            for row in deletes {
                if refers_to(row.table, table) && !first.iter().any(|other| other.is(row.table)) {
                    first.push(row.table);
                }
            }
            place += 1;
        }
        first
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

fn refers_to(table: &Table, target: &Table) -> bool {
    table.foreign_keys.iter().any(|key| (key.target)().is(target))
}

/// The unique columns of a table, its primary key included, that are among those written, each with its place.
fn written_uniques(table: &Table, written: ColumnSet) -> impl Iterator<Item = (usize, Vec<usize>)> {
    let single = (0..table.columns.len()).filter(|&column| table.columns[column].unique);
    let several = table.uniques.iter().map(|columns| columns.to_vec());
    let key = std::iter::once(table.primary_key.to_vec());
    let all = key.chain(single.map(|column| vec![column])).chain(several).enumerate();
    all.filter(move |(_, columns)| columns.iter().any(|&column| written.contains(column)))
}
