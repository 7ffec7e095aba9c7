//! Floor 5: rows whose keys change, and rows that name them.
//!
//! A key of a persistent row that others refer to is written with the rows that refer to it (`follow`). What is written
//! anew and names such a row takes its new key, and goes behind it.

use hashbrown::HashMap;

use super::cascade::Fate;
use super::changes::{Changes, Need, Row};
use super::follow::{reachable, referenced};
use crate::graph::{Change, Link, Locked, Node, hash};
use crate::model::{ColumnSet, ForeignKey, Table};
use crate::types::Value;

/// Rows whose keys change, and what their keys will be.
#[derive(Debug, Default)]
pub(super) struct Rekeyed {
    /// The tables that may refer to them.
    pub(super) tables: Vec<&'static Table>,
    /// The columns that change and that others refer to.
    nodes: HashMap<Node, ColumnSet>,
    /// The rows by model, columns that are referred to, and the hash of what these will be.
    by_new: HashMap<(usize, &'static [usize], u64), Node>,
}

impl Rekeyed {
    fn changes(&self, node: Node, references: &[usize]) -> bool {
        let columns = self.nodes.get(&node);
        columns.is_some_and(|columns| references.iter().any(|&column| columns.contains(column)))
    }

    /// The tables whose rows may change with those whose keys change.
    pub(super) fn following(&self) -> Vec<&'static Table> {
        let is_rekeyed = |table: &&&'static Table| {
            let model = (table.number)();
            self.nodes.keys().any(|node| node.model == model)
        };
        let mut found: Vec<&'static Table> = self.tables.iter().filter(is_rekeyed).copied().collect();
        let mut place = 0;
        while let Some(&table) = found.get(place) {
            for &other in &self.tables {
                let refers = other.foreign_keys.iter().any(|key| (key.target)().is(table));
                if refers && !found.iter().any(|known| known.is(other)) {
                    found.push(other);
                }
            }
            place += 1;
        }
        found
    }
}

impl Locked<'_> {
    /// The persistent rows whose keys change.
    pub(super) fn rekeyed(&self, fate: &Fate) -> Rekeyed {
        let is_row = |model, &position: &u32| self.record(Node { model, position }).is_persistent();
        if !self
            .models()
            .any(|model| self.model(model).changed.iter().any(|position| is_row(model, position)))
        {
            return Rekeyed::default();
        }
        let tables = reachable(self.models().map(|model| self.table(model)));
        let mut rekeyed = Rekeyed { tables, ..Rekeyed::default() };
        for model in self.models() {
            let (arena, table) = (self.arena(model), self.table(model));
            let referenced = referenced(table, &rekeyed.tables);
            for &position in &self.model(model).changed {
                let node = Node { model, position };
                let record = *self.record(node);
                if !record.is_persistent() || record.doomed || fate.takes(node) || referenced.is_empty() {
                    continue;
                }
                let head = arena.publish(position);
                let differs =
                    |&column: &usize| !arena.value(record.base, column).is_same(arena.value(head, column));
                // An expression's value is not known beforehand.
                let set = |&column: &usize| self.assignments(node).iter().any(|set| set.column == column);
                let columns: ColumnSet =
                    referenced.iter().filter(differs).filter(|column| !set(column)).collect();
                if !columns.is_empty() {
                    rekeyed.nodes.insert(node, columns);
                }
            }
        }
        if rekeyed.nodes.is_empty() {
            return Rekeyed::default();
        }
        self.by_new_keys(&mut rekeyed);
        rekeyed
    }

    fn by_new_keys(&self, rekeyed: &mut Rekeyed) {
        let Rekeyed { tables, nodes, by_new } = rekeyed;
        for key in tables.iter().flat_map(|table| table.foreign_keys) {
            let (model, references) = (((key.target)().number)(), (key.references)());
            for &node in nodes.keys().filter(|node| node.model == model) {
                let arena = self.arena(model);
                let version = arena.published(node.position);
                if let Some(hash) = hash(references.iter().map(|&column| arena.value(version, column))) {
                    by_new.insert((model, references, hash), node);
                }
            }
        }
    }

    /// A row takes the keys that it names when they are known: those of pending entities, and new ones of others.
    pub(super) fn name(&mut self, row: &mut Row, rekeyed: &Rekeyed) {
        let table = row.table;
        for side in self.key_sides(row.node) {
            let Link::To(position) = self.slot(side) else { continue };
            let parent = Node { model: ((side.facts.target)().number)(), position };
            let key = side.facts.foreign_key(table);
            let (columns, references) = (key.columns, (key.references)());
            // What refers to it already follows it.
            let is_new_key = || rekeyed.changes(parent, references) && self.row_writes(row, columns);
            if self.record(parent).is_pending() || is_new_key() {
                let deferrable = self.may_be_written_later(table, key, parent);
                row.needs.push(Need { columns, parent, references, deferrable });
            }
        }
        if rekeyed.nodes.is_empty() {
            return;
        }
        for key in table.foreign_keys {
            if !self.row_writes(row, key.columns) {
                continue;
            }
            let arena = self.arena(row.node.model);
            let value = |&column: &usize| arena.value(row.version, column);
            let Some(hash) = hash(key.columns.iter().map(value)) else { continue };
            let named = rekeyed.by_new.get(&(((key.target)().number)(), (key.references)(), hash));
            if let Some(&named) = named.filter(|&&named| named != row.node) {
                row.after.push(named);
            }
        }
    }

    fn row_writes(&self, row: &Row, columns: &[usize]) -> bool {
        let arena = self.arena(row.node.model);
        let differs =
            |&column: &usize| !arena.value(row.base, column).is_same(arena.value(row.version, column));
        row.is_new || columns.iter().any(differs)
    }

    /// A row that refers to itself goes on to do so.
    fn follow_itself(&mut self, row: &mut Row, key: &ForeignKey) {
        let arena = self.arena(row.node.model);
        let pairs = key.columns.iter().zip((key.references)());
        let copies = pairs.map(|(&own, &other)| (own, Change::Copy(arena.value(row.version, other))));
        let copies: Vec<_> = copies.collect();
        row.version = arena.derive(row.version, &copies).expect("copying decodes nothing");
        self.log(row.node);
        arena.set_head(row.node.position, row.version);
        let changed =
            |&&column: &&usize| !arena.value(row.base, column).is_same(arena.value(row.version, column));
        key.columns.iter().filter(changed).for_each(|&column| row.columns.insert(column));
    }

    /// A row whose key changes: where it refers to itself, that changes too; it goes behind one of its table that it refers
    /// to, since a statement changes a row once. What does not travel in arrays has an update of its own.
    pub(super) fn rekey(&mut self, row: &mut Row, changes: &mut Changes) {
        if !changes.rekeyed.nodes.contains_key(&row.node) {
            return;
        }
        row.rekeys = true;
        for key in row.table.foreign_keys.iter().filter(|key| (key.target)().is(row.table)) {
            let arena = self.arena(row.node.model);
            let (references, mut own) = ((key.references)(), key.columns.iter());
            if own.any(|&column| row.columns.contains(column)) {
                continue;
            }
            let values: Vec<&dyn Value> =
                key.columns.iter().map(|&column| arena.value(row.base, column)).collect();
            match self.find_by(row.node.model, references, &values) {
                Some(parent) if parent == row.node => self.follow_itself(row, key),
                Some(parent) if changes.rekeyed.changes(parent, references) => row.after.push(parent),
                _ => {}
            }
        }
        let is_array = |&column: &usize| row.table.columns[column].sql_type.is_array;
        let arrays: ColumnSet = row.columns.iter().filter(is_array).collect();
        if !arrays.is_empty() {
            changes.updates.push(row.split_off(arrays));
        }
    }
}
