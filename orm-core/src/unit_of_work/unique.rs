//! Floor 5: values that one row gives up and another takes, where a column is unique.
//!
//! The server checks unique columns row by row, so a value must be free before it is taken. A row that gives up a value
//! over a nullable column is set to NULL there first; over others, who takes the value goes behind; one that gives it up
//! by being deleted is deleted first, and with it what refers to its table. Who trade values in a circle are updated by one
//! statement, at whose end a deferrable constraint is checked. Invariant: what is written in the end is the same.

use hashbrown::HashMap;

use super::changes::{Changes, Row};
use super::seldom::Seldom;
use crate::error::{Error, Result};
use crate::graph::{Locked, hash};
use crate::model::{ColumnSet, Kind, RelationshipFacts, Table};
use crate::schema::dependencies::components;

/// Values of unique columns that rows take: the model, the columns' place among its unique ones and a hash of the values;
/// and who takes them.
type Taken = HashMap<(usize, usize, u64), Taker>;

/// At most as many rows are named.
const NAMED: usize = 8;

/// Who takes a value, by its place.
#[derive(Clone, Copy)]
enum Taker {
    Insert(usize),
    Update(usize),
}

/// An update takes what another gives up.
struct Trade {
    taker: usize,
    giver: usize,
    columns: Vec<usize>,
}

impl Locked<'_> {
    /// Takes what must go before everything else out of the changes.
    ///
    /// # Errors
    /// If rows trade values in a circle over a constraint that is checked row by row.
    pub(super) fn free(&self, changes: &mut Changes) -> Result<()> {
        if changes.deletes.is_empty() && !changes.updates.iter().any(writes_unique) {
            return Ok(());
        }
        let taken = self.taken(changes);
        self.put_behind(changes, &taken)?;
        let first = self.deleted_first(&changes.deletes, &taken);
        let goes_first = |row: &mut Row| first.iter().any(|table| table.is(row.table));
        changes.deleted_first = changes.deletes.extract_if(.., goes_first).collect();
        for row in &mut changes.updates {
            let nulls = self.freed(row, &taken);
            if nulls.is_empty() {
                continue;
            }
            let seldom = Seldom { nulls, rank: row.rank, ..Seldom::default() };
            changes.freed.push(Row {
                columns: nulls,
                needs: Vec::new(),
                seldom: Some(Box::new(seldom)),
                is_whole: false,
                rekeys: false,
                ..row.clone()
            });
            row.is_whole = false;
            let arena = self.arena(row.node.model);
            let stays = nulls.iter().filter(|&column| arena.value(row.version, column).is_null());
            stays.for_each(|column| row.columns.remove(column));
        }
        changes.updates.retain(|row| !row.columns.is_empty());
        Ok(())
    }

    fn taken(&self, changes: &Changes) -> Taken {
        let updates =
            changes.updates.iter().enumerate().map(|(place, row)| (row, row.columns, Taker::Update(place)));
        let inserts = changes.inserts.iter().enumerate();
        let inserts = inserts.map(|(place, row)| (row, all_columns(row.table), Taker::Insert(place)));
        let mut taken = Taken::new();
        for (row, written, taker) in inserts.chain(updates) {
            for (place, columns) in written_uniques(row.table, written) {
                // What a new parent or the server makes is new: nobody gives it up. Of a parent whose key changes it is
                // the place that counts, under the key from before.
                let made = |&column: &usize| {
                    row.is_new && row.columns.contains(column)
                        || row.need(column).is_some_and(|(parent, _)| self.record(parent).is_pending())
                        || row.assigned().contains(column)
                };
                if !columns.iter().any(made) {
                    let hash = self.hash(row, row.version, &columns);
                    taken.extend(hash.map(|hash| ((row.node.model, place, hash), taker)));
                }
            }
        }
        taken
    }

    /// Who takes what an update gives up over columns that cannot be NULL goes behind it.
    fn put_behind(&self, changes: &mut Changes, taken: &Taken) -> Result<()> {
        let mut trades = Vec::new();
        for (giver, row) in changes.updates.iter().enumerate() {
            for (place, columns) in written_uniques(row.table, row.columns) {
                if columns.iter().any(|&column| may_write_null(row, column)) {
                    continue;
                }
                let hash = self.hash(row, row.base, &columns);
                match hash.and_then(|hash| taken.get(&(row.node.model, place, hash))) {
                    Some(&Taker::Insert(insert)) => changes.inserts[insert].after.push(row.node),
                    Some(&Taker::Update(taker)) if taker != giver => {
                        trades.push(Trade { taker, giver, columns });
                    }
                    _ => {}
                }
            }
        }
        let edges: Vec<_> = trades.iter().map(|trade| (trade.taker, trade.giver)).collect();
        let mut circle_of: HashMap<usize, usize> = HashMap::new();
        if !edges.is_empty() {
            let groups =
                components(changes.updates.len(), &edges).into_iter().filter(|group| group.len() > 1);
            for (circle, group) in groups.enumerate() {
                circle_of.extend(group.iter().map(|&row| (row, circle)));
                let inside = |trade: &&Trade| group.contains(&trade.taker) && group.contains(&trade.giver);
                self.trade(changes, &group, &trades.iter().filter(inside).collect::<Vec<_>>())?;
            }
        }
        let is_in_circle = |trade: &Trade| {
            circle_of.get(&trade.taker).is_some_and(|circle| circle_of.get(&trade.giver) == Some(circle))
        };
        for trade in trades.iter().filter(|trade| !is_in_circle(trade)) {
            let giver = changes.updates[trade.giver].node;
            changes.updates[trade.taker].after.push(giver);
        }
        Ok(())
    }

    /// Rows that trade values in a circle write these in one statement, and what else they write in another.
    fn trade(&self, changes: &mut Changes, rows: &[usize], trades: &[&Trade]) -> Result<()> {
        let table = changes.updates[rows[0]].table;
        if let Some(trade) = trades.iter().find(|trade| !table.is_deferrable(&trade.columns)) {
            let names: Vec<_> = trade.columns.iter().map(|&column| table.columns[column].field).collect();
            let keys = rows.iter().take(NAMED).map(|&row| self.key_in_words(changes.updates[row].node));
            let keys = keys.collect::<Vec<_>>().join("; ");
            let is_key = trade.columns == table.primary_key;
            return Err(Error::trade(table.model, &names.join(", "), &keys, is_key));
        }
        let traded: ColumnSet = trades.iter().flat_map(|trade| trade.columns.iter().copied()).collect();
        for &row in rows {
            let row = &mut changes.updates[row];
            let (trade, rest): (Vec<usize>, Vec<usize>) =
                row.columns.iter().partition(|&column| traded.contains(column));
            if rest.is_empty() {
                continue;
            }
            let mut other = Row { columns: rest.into_iter().collect(), ..row.clone() };
            row.columns = trade.into_iter().collect();
            row.part_assignments();
            other.part_assignments();
            row.rekeys = false;
            let (kept, gone) = std::mem::take(&mut row.needs)
                .into_iter()
                .partition(|need| need.columns.iter().any(|&column| row.columns.contains(column)));
            (row.needs, other.needs) = (kept, gone);
            changes.updates.push(other);
        }
        Ok(())
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

/// The one-to-one whose place is taken by a row that the session does not know, if the server says so.
pub(super) fn taken_place(table: &Table, error: &Error) -> Option<&'static str> {
    let constraint = error.constraint().filter(|_| error.is_unique_violation())?;
    let is_it = |facts: &&RelationshipFacts| {
        let inverse = facts.inverse.filter(|_| facts.kind == Kind::BelongsTo);
        let is_one =
            inverse.is_some_and(|inverse| (facts.target)().relationships[inverse].kind == Kind::HasOne);
        let key = table.foreign_keys.get(facts.foreign_key).map_or(&[][..], |key| key.columns);
        let columns: Vec<_> = key.iter().map(|&column| table.columns[column].name).collect();
        is_one && constraint == format!("{}_{}_key", table.name, columns.join("_"))
    };
    table.relationships.iter().find(is_it).map(|facts| facts.name)
}

fn writes_unique(row: &Row) -> bool {
    let writes = |column: &usize| row.columns.contains(*column);
    let is_unique = |column: usize| row.table.columns[column].unique;
    row.columns.iter().any(is_unique)
        || row.table.primary_key.iter().any(writes)
        || row.table.uniques.iter().any(|columns| columns.iter().any(writes))
}

fn may_write_null(row: &Row, column: usize) -> bool {
    // An expression may read what is there.
    row.columns.contains(column) && row.assignments.is_empty() && row.table.columns[column].nullable
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
