//! Floor 5: which updates go before inserts, among them and behind them. Pure.
//!
//! Most updates wait for nothing and go first. One that names a new row goes behind the inserts; unless a new row goes
//! behind it, since it takes what the update gives up: then it is ordered among them. Invariant: an update goes behind
//! those that it names.

use hashbrown::HashMap;

use super::changes::Row;
use super::plan::refers_to;
use crate::graph::Node;
use crate::model::Table;
use crate::schema::dependencies::components;

/// The updates, those with the same rank at once.
#[derive(Default)]
pub(super) struct Turns {
    pub(super) early: Vec<Row>,
    pub(super) among: Vec<Row>,
    pub(super) late: Vec<Row>,
}

/// Says of each update when it goes.
pub(super) fn turns(inserts: &[Row], mut updates: Vec<Row>) -> Turns {
    if updates.is_empty() {
        return Turns::default();
    }
    let mut tables: Vec<&'static Table> = inserts.iter().map(|row| row.table).collect();
    tables.dedup_by(|one, other| one.is(other));
    let mut late: Vec<bool> =
        updates.iter().map(|row| tables.iter().any(|&table| refers_to(row, table))).collect();
    let among = Behind::new(&updates).sort(inserts, &mut updates, &mut late);
    let mut turns = Turns::default();
    for (place, row) in updates.into_iter().enumerate() {
        match (among[place], late[place]) {
            (true, _) => turns.among.push(row),
            (_, true) => turns.late.push(row),
            _ => turns.early.push(row),
        }
    }
    turns
}

/// Which update goes behind which.
struct Behind {
    places: HashMap<Node, usize>,
    behind: Vec<(usize, usize)>,
}

impl Behind {
    fn new(updates: &[Row]) -> Self {
        let is_named = |(_, row): &(usize, &Row)| row.rekeys;
        let all = || updates.iter().enumerate();
        let mut places: HashMap<Node, usize> = all().map(|(place, row)| (row.node, place)).collect();
        places.extend(all().filter(is_named).map(|(place, row)| (row.node, place)));
        let others =
            |row: &Row| row.goes_behind().filter_map(|node| places.get(&node).copied()).collect::<Vec<_>>();
        let behind = all().flat_map(|(place, row)| others(row).into_iter().map(move |other| (place, other)));
        let behind = behind.collect();
        Self { places, behind }
    }

    /// Which updates go among the inserts; the others get their ranks, and behind a late one are late.
    fn sort(&self, inserts: &[Row], updates: &mut [Row], late: &mut [bool]) -> Vec<bool> {
        let mut among = vec![false; updates.len()];
        let mut others: HashMap<usize, Vec<usize>> = HashMap::new();
        self.behind.iter().for_each(|&(place, other)| others.entry(place).or_default().push(other));
        let others = |place: usize| others.get(&place).map(Vec::as_slice).unwrap_or_default();
        let mut open: Vec<usize> = Vec::new();
        if !self.behind.is_empty() {
            for group in components(updates.len(), &self.behind) {
                for &place in &group {
                    late[place] |= others(place).iter().any(|&other| late[other]);
                }
                // Among the inserts circles are broken, or named.
                if group.len() > 1 || others(group[0]).contains(&group[0]) {
                    group.iter().for_each(|&place| late[place] = true);
                    open.extend(group);
                    continue;
                }
                let ranks = others(group[0]).iter().map(|&other| updates[other].rank + 1);
                if let Some(rank) = ranks.max() {
                    updates[group[0]].rank = rank;
                }
            }
        }
        open.extend(
            inserts.iter().flat_map(Row::goes_behind).filter_map(|node| self.places.get(&node).copied()),
        );
        while let Some(place) = open.pop() {
            if late[place] && !std::mem::replace(&mut among[place], true) {
                open.extend(others(place));
            }
        }
        among
    }
}
