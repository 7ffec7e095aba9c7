//! Floor 5: what becomes of rows whose parents go.
//!
//! Invariant: a statement is left out only where it is known that no row refers to what goes, seen or not.

use super::cascade::Fate;
use super::changes::{Released, Row};
use super::tables::dependent_first;
use crate::graph::{Link, Locked, Node, Side};
use crate::model::{Action, ForeignKey, Kind, Table};

impl Locked<'_> {
    /// The relationships over which deleted rows let their children go.
    pub(super) fn released(&self, deletes: &[Row], fate: &Fate) -> Vec<Released> {
        let mut released: Vec<Released> = Vec::new();
        let mut tables: Vec<&'static Table> = deletes.iter().map(|row| row.table).collect();
        tables.dedup_by(|one, other| one.is(other));
        let tables = dependent_first(&tables);
        let place = |table: &Table| tables.iter().position(|other| other.is(table));
        for row in deletes {
            for (relationship, facts) in row.table.relationships.iter().enumerate() {
                let Some(inverse) = facts.inverse.filter(|_| facts.kind.is_has()) else { continue };
                let table = (facts.target)();
                let key = table.relationships[inverse].foreign_key;
                let side = self.side(row.node, relationship);
                let go_later = place(table) > place(row.table);
                if facts.cascade.deletes()
                    || !is_released(table, &table.foreign_keys[key])
                    || self.has_no_children(side, go_later, fate)
                {
                    continue;
                }
                match released.iter_mut().find(|other| other.table.is(table) && other.key == key) {
                    Some(other) => other.parents.push(row.clone()),
                    None => released.push(Released { table, key, parents: vec![row.clone()] }),
                }
            }
        }
        released
    }

    /// Whether it is known that nothing will refer to the node over this relationship when it goes. Children that go
    /// too count as gone, unless theirs is a table that is deleted from later.
    fn has_no_children(&self, side: Side, go_later: bool, fate: &Fate) -> bool {
        let doomed = |&position: &u32| {
            let child = Node { model: ((side.facts.target)().number)(), position };
            !go_later && fate.removes(child) || side.facts.hidden && self.record(child).is_pending()
        };
        if self.hides(((side.facts.target)().number)()) {
            return false;
        }
        match side.facts.kind {
            Kind::HasMany => {
                self.collection(side).is_some_and(|items| items.iter().all(|item| doomed(&item)))
            }
            _ => match self.slot(side) {
                Link::Unknown => self.record(side.node).born_here,
                Link::Absent => true,
                Link::To(position) => doomed(&position),
            },
        }
    }
}

/// Whether the session sets the key to NULL when the parent goes: no rule is given, and the column takes it.
pub(crate) fn lets_go(table: &Table, key: &ForeignKey) -> bool {
    key.on_delete == Action::NoAction && table.can_be_null(key)
}

/// Whether a step of its own is needed for these rows when the parent goes.
pub(super) fn is_released(table: &Table, key: &ForeignKey) -> bool {
    lets_go(table, key) || deletes_links(table, key)
}

/// Whether the session deletes these rows with the parent: no rule is given, and they are nothing but links.
pub(crate) fn deletes_links(table: &Table, key: &ForeignKey) -> bool {
    key.on_delete == Action::NoAction && table.is_bare()
}
