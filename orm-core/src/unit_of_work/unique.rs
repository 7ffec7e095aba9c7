//! Floor 5: values that one row gives up and another takes, where a column is unique.
//!
//! The server checks unique columns row by row, so a value must be free before it is taken. A row that gives up a value
//! over a nullable column is set to NULL there first; over others, the update that takes the value is ranked behind; one
//! that gives it up by being deleted is deleted first, and with it what refers to its table. Invariant: what is written in
//! the end is the same.

use hashbrown::HashMap;

use super::changes::{Changes, Row};
use crate::graph::{Locked, hash};
use crate::model::{ColumnSet, Table};
use crate::schema::dependencies::components;

/// Values of unique columns that rows take: the model, the columns' place among its unique ones and a hash of the values;
/// and the update that takes them, if it is one.
type Taken = HashMap<(usize, usize, u64), Option<usize>>;

impl Locked<'_> {
    /// Takes what must go before everything else out of the changes.
    pub(super) fn free(&self, changes: &mut Changes) {
        if changes.deletes.is_empty() && !changes.updates.iter().any(writes_unique) {
            return;
        }
        let taken = self.taken(changes);
        self.rank(&mut changes.updates, &taken);
        let first = self.deleted_first(&changes.deletes, &taken);
        let goes_first = |row: &mut Row| first.iter().any(|table| table.is(row.table));
        changes.deleted_first = changes.deletes.extract_if(.., goes_first).collect();
        for row in &mut changes.updates {
            let nulls = self.freed(row, &taken);
            if nulls.is_empty() {
                continue;
            }
            changes.freed.push(Row { columns: nulls, nulls, needs: Vec::new(), rank: 0, ..row.clone() });
            let arena = self.arena(row.node.model);
            let stays = nulls.iter().filter(|&column| arena.value(row.version, column).is_null());
            stays.for_each(|column| row.columns.remove(column));
        }
        changes.updates.retain(|row| !row.columns.is_empty());
    }

    fn taken(&self, changes: &Changes) -> Taken {
        let updates = changes.updates.iter().enumerate().map(|(place, row)| (row, row.columns, Some(place)));
        let inserts = changes.inserts.iter().map(|row| (row, all_columns(row.table), None));
        let mut taken = Taken::new();
        for (row, written, update) in inserts.chain(updates) {
            for (place, columns) in written_uniques(row.table, written) {
                // What a new parent or the server makes is new: nobody gives it up.
                let made = |&column: &usize| {
                    row.is_new && row.columns.contains(column) || row.need(column).is_some()
                };
                if !columns.iter().any(made) {
                    let hash = self.hash(row, row.version, &columns);
                    taken.extend(hash.map(|hash| ((row.node.model, place, hash), update)));
                }
            }
        }
        taken
    }

    /// Ranks the updates that take what others give up over columns that cannot be NULL. In a circle no rank helps, and
    /// the server refuses it.
    fn rank(&self, updates: &mut [Row], taken: &Taken) {
        let mut edges = Vec::new();
        for (giver, row) in updates.iter().enumerate() {
            for (place, columns) in written_uniques(row.table, row.columns) {
                let can_be_null = columns.iter().any(|&column| may_write_null(row, column));
                let hash = self.hash(row, row.base, &columns).filter(|_| !can_be_null);
                let taker = hash.and_then(|hash| *taken.get(&(row.node.model, place, hash))?);
                edges.extend(taker.filter(|&taker| taker != giver).map(|taker| (taker, giver)));
            }
        }
        if edges.is_empty() {
            return;
        }
        let mut givers: HashMap<usize, Vec<usize>> = HashMap::new();
        edges.iter().for_each(|&(taker, giver)| givers.entry(taker).or_default().push(giver));
        for taker in components(updates.len(), &edges).into_iter().flatten() {
            let givers = givers.get(&taker).into_iter().flatten();
            updates[taker].rank = givers.map(|&giver| updates[giver].rank + 1).max().unwrap_or(0);
        }
    }

    /// The tables whose deletes free what others take, and those whose deletes must go before them.
    fn deleted_first(&self, deletes: &[Row], taken: &Taken) -> Vec<&'static Table> {
        let frees = |row: &&Row| {
            written_uniques(row.table, all_columns(row.table)).any(|(place, columns)| {
                let hash = self.hash(row, row.base, &columns);
                hash.is_some_and(|hash| taken.contains_key(&(row.node.model, place, hash)))
            })
        };
        // Nothing refers to a bare link, so the links that go may as well go before those that come.
        let goes_first = |row: &&Row| row.table.is_bare() || frees(row);
        let mut first: Vec<&'static Table> = deletes.iter().filter(goes_first).map(|row| row.table).collect();
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
            hash.is_some_and(|hash| taken.contains_key(&(row.node.model, *place, hash)))
        });
        given_up.flat_map(|(_, columns)| columns).filter(|&column| may_write_null(row, column)).collect()
    }

    fn hash(&self, row: &Row, version: u32, columns: &[usize]) -> Option<u64> {
        hash(columns.iter().map(|&column| self.arena(row.node.model).value(version, column)))
    }
}

fn writes_unique(row: &Row) -> bool {
    written_uniques(row.table, row.columns).next().is_some()
}

fn may_write_null(row: &Row, column: usize) -> bool {
    row.columns.contains(column) && row.table.columns[column].nullable
}

fn all_columns(table: &Table) -> ColumnSet {
    ColumnSet::first(table.columns.len())
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
