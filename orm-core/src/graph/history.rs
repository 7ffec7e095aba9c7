//! Floor 3: what a relationship, or a row, was in the database and is in memory.
//!
//! Nothing is kept for it: the key's side of a relationship is the truth, and each row has its base.

use hashbrown::HashSet;

use super::links::Side;
use super::{EntityState, Link, Locked, Node};
use crate::model::{ColumnSet, Kind};
use crate::types::Value;

/// What a relationship leads to in memory but not in the database, in both, and in the database alone.
#[derive(Default)]
pub(crate) struct Members {
    pub(crate) added: Vec<u32>,
    pub(crate) unchanged: Vec<u32>,
    pub(crate) deleted: Vec<u32>,
}

impl Locked<'_> {
    /// How a relationship differs from the database; `None` if it is not loaded.
    pub(crate) fn members(&mut self, side: Side) -> Option<Members> {
        match side.facts.kind {
            Kind::BelongsTo => return self.parents(side),
            Kind::ManyToMany => return self.linked(side),
            Kind::HasOne | Kind::HasMany => {}
        }
        let items = match side.facts.kind {
            Kind::HasMany => self.collection(side)?.to_vec(),
            _ => match self.link(side) {
                Link::Unknown => return None,
                link => link.position().into_iter().collect(),
            },
        };
        let deleted = self.removed(side, &items);
        let (added, unchanged) = items.into_iter().partition(|&item| !self.is_stored(side, item));
        Some(Members { added, unchanged, deleted })
    }

    /// How a many-to-many differs: as its links do.
    fn linked(&mut self, side: Side) -> Option<Members> {
        let Members { added, unchanged, deleted } = self.members(self.held_in(side))?;
        let model = ((self.held_in(side).facts.target)().number)();
        let is_doomed = |&link: &u32| self.record(Node { model, position: link }).doomed;
        let (doomed, unchanged): (Vec<u32>, Vec<u32>) = unchanged.into_iter().partition(is_doomed);
        let deleted = deleted.into_iter().chain(doomed).collect();
        let [added, unchanged, deleted] = [added, unchanged, deleted].map(|links| self.ends(side, &links));
        Some(Members { added: added?, unchanged: unchanged?, deleted: deleted? })
    }

    fn parents(&mut self, side: Side) -> Option<Members> {
        let now = match self.link(side) {
            Link::Unknown => return None,
            link => link.position(),
        };
        let before = if self.record(side.node).is_persistent() { self.written_parent(side) } else { None };
        let one = |position: Option<u32>| position.into_iter().collect();
        Some(match now == before {
            true => Members { unchanged: one(now), ..Members::default() },
            false => Members { added: one(now), unchanged: Vec::new(), deleted: one(before) },
        })
    }

    /// Where the key leads by the base version, if that is in memory.
    fn written_parent(&mut self, side: Side) -> Option<u32> {
        let key = side.facts.foreign_key(self.table(side.node.model));
        let target = ((side.facts.target)().number)();
        let (arena, base) = (self.arena(side.node.model), self.record(side.node).base);
        let values: Vec<&dyn Value> = key.columns.iter().map(|&column| arena.value(base, column)).collect();
        let is_known = self.graph.has_arena(target) && !values.iter().any(|value| value.is_null());
        let found = is_known.then(|| self.find_by(target, (key.references)(), &values)).flatten();
        found.map(|parent| parent.position)
    }

    /// Changed rows that refer to the node in the database and are not among these.
    fn removed(&self, side: Side, items: &[u32]) -> Vec<u32> {
        let target = ((side.facts.target)().number)();
        if !self.graph.has_arena(target) {
            return Vec::new();
        }
        let held: HashSet<u32> = items.iter().copied().collect();
        let changed = self.model(target).changed.iter().copied();
        changed.filter(|item| !held.contains(item) && self.is_stored(side, *item)).collect()
    }

    /// Whether an item's row refers to the node in the database.
    pub(crate) fn is_stored(&self, side: Side, item: u32) -> bool {
        let Some(child) = self.inverse(side, item) else { return false };
        let record = self.record(child.node);
        record.is_persistent()
            && self.record(side.node).is_persistent()
            && self.has_key_of(child, record.base, side.node)
    }

    /// The columns in which a node differs from the database; of a new one, those that were given.
    pub(crate) fn changed_columns(&self, node: Node) -> ColumnSet {
        let record = self.record(node);
        let changed = match record.state {
            EntityState::Pending | EntityState::Transient => {
                self.model(node.model).given.get(&node.position).copied().unwrap_or_default()
            }
            EntityState::Persistent => {
                let arena = self.arena(node.model);
                arena.difference(record.base, arena.publish(node.position)).union(self.open_columns(node))
            }
            EntityState::Deleted | EntityState::Detached => return ColumnSet::EMPTY,
        };
        changed.union(self.assigned_columns(node))
    }

    fn assigned_columns(&self, node: Node) -> ColumnSet {
        self.assignments(node).iter().map(|assignment| assignment.column).collect()
    }

    /// The columns whose values are made by the next flush: expressions, and keys of new rows that the server numbers.
    pub(crate) fn open_columns(&self, node: Node) -> ColumnSet {
        let table = self.table(node.model);
        let mut open = self.assigned_columns(node);
        for (relationship, facts) in table.relationships.iter().enumerate() {
            let Link::To(position) = self.slot(Side { node, relationship, facts }) else { continue };
            let key = facts.foreign_key(table);
            let parent = Node { model: ((facts.target)().number)(), position };
            if facts.kind == Kind::BelongsTo && !self.has_key(parent, (key.references)()) {
                open = open.union(key.columns.iter().copied().collect());
            }
        }
        open
    }
}
