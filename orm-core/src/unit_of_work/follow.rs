//! Floor 5: rows whose keys change, and the rows that refer to them.
//!
//! Over a foreign key with `on_update = cascade` the database changes the rows that refer to a changed key. Over one
//! without a rule the same statement does that changes the key: foreign keys are checked at its end, so that both sides may
//! change under them, whether they are nullable or not. Either way entities in memory follow, and what follows them.
//! Invariant: what is written for a node is what the database has.

use hashbrown::HashMap;

use super::execute::Written;
use crate::graph::{Arena, Change, Graph, Locked, Node, hash};
use crate::model::{Action, ColumnSet, ForeignKey, Table};

/// A foreign key's columns, each with the column of the changed table whose value it has.
pub(super) type Way = Vec<(usize, usize)>;

/// A table whose rows follow a changed key, by the statement that changes it.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) table: &'static Table,
    pub(super) ways: Vec<Way>,
}

/// All tables that can be reached from these over relationships.
pub(super) fn reachable(from: impl Iterator<Item = &'static Table>) -> Vec<&'static Table> {
    let mut tables: Vec<&'static Table> = from.collect();
    let mut place = 0;
    while let Some(&table) = tables.get(place) {
        for facts in table.relationships {
            let target = (facts.target)();
            if !tables.iter().any(|table| table.is(target)) {
                tables.push(target);
            }
        }
        place += 1;
    }
    tables
}

/// The columns of a table that foreign keys of these tables refer to.
pub(super) fn referenced(table: &Table, tables: &[&'static Table]) -> ColumnSet {
    let keys = tables.iter().flat_map(|other| other.foreign_keys);
    keys.filter(|key| (key.target)().is(table)).flat_map(|key| (key.references)()).copied().collect()
}

/// The tables whose rows must be changed with a change of these columns, since the database does not do it.
pub(super) fn followers(
    table: &'static Table,
    changed: ColumnSet,
    tables: &[&'static Table],
) -> Vec<Follower> {
    let mut search = Search { tables, changed, met: Vec::new(), found: Vec::new() };
    let own: Way = (0..table.columns.len()).map(|column| (column, column)).collect();
    search.follow(table, &own, true);
    search.found
}

struct Search<'a> {
    tables: &'a [&'static Table],
    changed: ColumnSet,
    met: Vec<(&'static Table, Way)>,
    found: Vec<Follower>,
}

impl Search<'_> {
    /// Looks for what refers to the columns of `source` that a way leads to; whether anything is left to the session.
    fn follow(&mut self, source: &Table, way: &Way, is_root: bool) -> bool {
        let mut any = false;
        for &table in self.tables {
            for key in table.foreign_keys.iter().filter(|key| (key.target)().is(source)) {
                any |= self.follow_key(table, key, way, is_root);
            }
        }
        any
    }

    fn follow_key(&mut self, table: &'static Table, key: &ForeignKey, way: &Way, is_root: bool) -> bool {
        let references = (key.references)();
        let root = |reference: usize| way.iter().find(|step| step.0 == reference).map(|step| step.1);
        let pairs = key.columns.iter().zip(references);
        let onward: Way = pairs.filter_map(|(&own, &reference)| Some((own, root(reference)?))).collect();
        // Else rows that do not refer to what changes could have the same values.
        let is_exact = is_root || way.iter().all(|step| references.contains(&step.0));
        let moves = onward.iter().any(|&(_, root)| self.changed.contains(root));
        if !moves || !is_exact || !matches!(key.on_update, Action::NoAction | Action::Cascade) {
            return false;
        }
        if self.met.iter().any(|(other, met)| other.is(table) && *met == onward) {
            return self.found.iter().any(|other| other.table.is(table) && other.ways.contains(&onward));
        }
        self.met.push((table, onward.clone()));
        let below = self.follow(table, &onward, false);
        if key.on_update == Action::Cascade && !below {
            return false;
        }
        match self.found.iter_mut().find(|follower| follower.table.is(table)) {
            Some(follower) => follower.ways.push(onward),
            None => self.found.push(Follower { table, ways: vec![onward] }),
        }
        true
    }
}

/// A version that a row had, and the one that it has now.
pub(super) type Moved = HashMap<Node, (u32, u32)>;

/// Takes into what is written what a statement that changed rows did to those in memory that refer to them.
pub(super) fn follow(locked: &Locked<'_>, changed: &Moved, written: &mut Written) {
    let graph = locked.graph;
    let mut moved = changed.clone();
    while !moved.is_empty() {
        let mut next = Moved::new();
        for model in locked.models() {
            let arena = locked.arena(model);
            for key in arena.table().foreign_keys {
                let Some(old) = by_old(graph, key, &moved) else { continue };
                for (position, record) in (0..).zip(&locked.model(model).records) {
                    let node = Node { model, position };
                    let base = record.is_persistent().then_some(record.base);
                    let Some(now) = written.0.get(&node).copied().or(base) else { continue };
                    // A row of the same statement is not changed by it once more, but by the database.
                    if key.on_update == Action::NoAction && changed.contains_key(&node) {
                        continue;
                    }
                    if let Some(version) = led_on(graph, arena, key, now, &old) {
                        written.0.insert(node, version);
                        next.entry(node).or_insert((now, version)).1 = version;
                    }
                }
            }
        }
        moved = next;
    }
}

/// Rows of the table that a key refers to whose referenced columns have changed, by the hash of what they were.
fn by_old(graph: &Graph, key: &ForeignKey, moved: &Moved) -> Option<HashMap<u64, (u32, u32)>> {
    if matches!(key.on_update, Action::Restrict | Action::SetDefault) {
        return None;
    }
    let (model, references) = (((key.target)().number)(), (key.references)());
    let of_target: Vec<_> = moved.iter().filter(|(node, _)| node.model == model).collect();
    if of_target.is_empty() {
        return None;
    }
    let arena = graph.any(model);
    let value = |version, column: &usize| arena.value(version, *column);
    let differs =
        |&(from, to): &(u32, u32)| references.iter().any(|it| !value(from, it).is_same(value(to, it)));
    let moved = of_target.into_iter().map(|(_, &versions)| versions).filter(differs);
    let old: HashMap<_, _> = moved
        .filter_map(|moved| Some((hash(references.iter().map(|it| value(moved.0, it)))?, moved)))
        .collect();
    Some(old).filter(|old| !old.is_empty())
}

/// The version of a row that refers to one of those that have changed.
fn led_on(
    graph: &Graph,
    arena: &Arena,
    key: &ForeignKey,
    now: u32,
    old: &HashMap<u64, (u32, u32)>,
) -> Option<u32> {
    let (target, references) = (graph.any(((key.target)().number)()), (key.references)());
    let &(from, to) = old.get(&hash(key.columns.iter().map(|&column| arena.value(now, column)))?)?;
    let mut pairs = key.columns.iter().zip(references);
    if !pairs.all(|(&own, &other)| arena.value(now, own).is_same(target.value(from, other))) {
        return None;
    }
    let change = |reference| match key.on_update {
        Action::SetNull => Change::Null,
        _ => Change::Copy(target.value(to, reference)),
    };
    let pairs = key.columns.iter().zip(references);
    let changes: Vec<_> = pairs.map(|(&own, &reference)| (own, change(reference))).collect();
    Some(arena.derive(now, &changes).expect("copying decodes nothing"))
}
