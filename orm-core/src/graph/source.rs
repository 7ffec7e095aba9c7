//! Floor 3: what a merge takes from another graph: a row, and what is known of its relationships, as far as they lead.
//!
//! Gathered with that graph's lock held and read without it, so that no two graphs are locked at once: versions neither
//! move nor change.

use std::sync::Arc;

use hashbrown::HashMap;

use super::links::Side;
use super::{Change, EntityState, Link, Locked, Node, NodeRef};
use crate::model::{ColumnSet, Kind, Lazy};
use crate::types::Value;

/// A row of another graph.
pub(crate) struct SourceRow {
    pub(crate) node: Node,
    pub(crate) version: u32,
    /// What names the row in the database; none if a part of the key was never set.
    pub(crate) key: Option<Vec<Arc<dyn Value>>>,
    /// The version that it was when it was last known to be in the database, if it was.
    pub(crate) base: u32,
    /// The columns whose values are known.
    pub(crate) set: ColumnSet,
    /// The graph does not know it to be a row.
    pub(crate) is_new: bool,
    /// It is of the graph that it is merged into, and in the session: it stands for itself.
    pub(crate) is_here: bool,
    /// How far it is from where the merge began.
    pub(crate) level: usize,
    /// Relationships over its keys, and the row that each leads to.
    pub(crate) links: Vec<(usize, usize)>,
    /// Relationships over its keys that lead nowhere, although the keys must be somewhere.
    pub(crate) cut: Vec<usize>,
    /// Relationships over others' keys that are known.
    pub(crate) loaded: Vec<usize>,
    /// Relationships to entities of the session, which a builder named.
    pub(crate) outside: Vec<(usize, Node)>,
}

/// A node, a relationship of it, and the entity of another graph that it leads to.
pub(crate) type Outside = (Node, usize, NodeRef);

/// The rows that have been met, and where they stand.
#[derive(Default)]
struct Met {
    rows: Vec<SourceRow>,
    places: HashMap<Node, usize>,
}

impl Locked<'_> {
    /// These rows and all that their relationships are known to lead to, each once, near ones first. What is in the
    /// session that owns the graph `here` is not gone through.
    pub(crate) fn source_rows(&mut self, roots: &[Node], here: u64) -> Vec<SourceRow> {
        let mut met = Met::default();
        for &root in roots {
            self.meet_source(&mut met, root, 0, here);
        }
        let mut next = 0;
        while next < met.rows.len() {
            if !met.rows[next].is_here {
                self.gather(&mut met, next, here);
            }
            next += 1;
        }
        for (node, relationship, target) in self.state.outside.take().unwrap_or_default() {
            if let Some(&place) = met.places.get(&node) {
                met.rows[place].outside.push((relationship, target.node));
            }
        }
        met.rows
    }

    /// What rows that are to be merged lead to in the graph that they are merged into.
    pub(crate) fn outside(&self) -> Vec<Outside> {
        self.state.outside.clone().unwrap_or_default()
    }

    /// The key that others refer to a row by; none if it is not a row yet.
    pub(crate) fn shared_key(&self, node: Node, columns: &[usize]) -> Option<Vec<Arc<dyn Value>>> {
        let (record, arena) = (*self.record(node), self.arena(node.model));
        let part = |&column: &usize| arena.value(record.base, column).to_shared();
        (record.is_persistent() || record.is_let_go()).then(|| columns.iter().map(part).collect())
    }

    /// Gives these columns of a new row their values.
    pub(crate) fn set_key(&mut self, node: Node, columns: &[usize], key: &[Arc<dyn Value>]) {
        let arena = self.arena(node.model);
        let values = columns.iter().zip(key).map(|(&column, part)| (column, Change::Copy(&**part)));
        let head = arena.publish(node.position);
        let version = arena.derive(head, &Vec::from_iter(values)).expect("copying decodes nothing");
        arena.set_head(node.position, version);
        self.give(node, columns.iter().copied().collect());
    }

    /// What a row's relationships lead to.
    fn gather(&mut self, met: &mut Met, place: usize, here: u64) {
        let SourceRow { node, level, set, is_new, .. } = met.rows[place];
        let table = self.table(node.model);
        for (relationship, facts) in table.relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            let model = ((facts.target)().number)();
            if facts.kind == Kind::ManyToMany {
                // It is made of the others.
                continue;
            }
            if facts.kind.is_has() {
                let Some(members) = self.members(side) else { continue };
                if !is_new && facts.lazy != Lazy::WriteOnly {
                    met.rows[place].loaded.push(relationship);
                }
                for position in members.added.into_iter().chain(members.unchanged).chain(members.deleted) {
                    self.meet_source(met, Node { model, position }, level + 1, here);
                }
                continue;
            }
            match self.link(side) {
                Link::To(position) if !self.is_gone(Node { model, position }) => {
                    let parent = self.meet_source(met, Node { model, position }, level + 1, here);
                    met.rows[place].links.push((relationship, parent));
                }
                Link::Absent
                    if facts.foreign_key(table).columns.iter().all(|&column| set.contains(column)) =>
                {
                    met.rows[place].cut.push(relationship);
                }
                _ => {}
            }
        }
    }

    fn meet_source(&mut self, met: &mut Met, node: Node, level: usize, here: u64) -> usize {
        if let Some(&place) = met.places.get(&node) {
            return place;
        }
        let place = met.rows.len();
        met.places.insert(node, place);
        met.rows.push(self.source_row(node, level, here));
        place
    }

    fn source_row(&self, node: Node, level: usize, here: u64) -> SourceRow {
        let (record, table) = (*self.record(node), self.table(node.model));
        let arena = self.arena(node.model);
        let version = arena.publish(node.position);
        let is_new = matches!(record.state, EntityState::Pending | EntityState::Transient);
        let mut set = match is_new {
            true => self.changed_columns(node),
            false => ColumnSet::first(table.columns.len()),
        };
        self.open_columns(node).iter().for_each(|column| set.remove(column));
        let is_known = |&column: &usize| arena.value(version, column).is_loaded();
        set = set.iter().filter(is_known).collect();
        let named_by = if record.is_persistent() || record.is_let_go() { record.base } else { version };
        let is_set = |&column: &usize| set.contains(column) && !arena.value(named_by, column).is_null();
        let part = |&column: &usize| arena.value(named_by, column).to_shared();
        let has_key = !is_new || table.primary_key.iter().all(is_set);
        let is_here =
            self.graph.id() == here && matches!(record.state, EntityState::Pending | EntityState::Persistent);
        SourceRow {
            node,
            version,
            base: named_by,
            key: has_key.then(|| table.primary_key.iter().map(part).collect()),
            set,
            is_new,
            is_here,
            level,
            links: Vec::new(),
            cut: Vec::new(),
            loaded: Vec::new(),
            outside: Vec::new(),
        }
    }

    /// Whether the row was deleted, here or in the database.
    pub(super) fn is_gone(&self, node: Node) -> bool {
        let record = self.record(node);
        matches!(record.state, EntityState::Deleted | EntityState::Detached) && !record.is_let_go()
    }
}
