//! Floor 3: the identity map, and indexes like it over other unique columns.
//!
//! Invariant: an index holds exactly the persistent nodes, under the values of their *base* versions: an edited key is a
//! pending change of identity until the flush has settled. Nothing here is generic: else each model had tables of its own.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::arena::Arena;
use super::record::Record;
use super::referrers::Referrers;
use super::{Locked, Node};
use crate::model::Table;
use crate::types::Value;

/// Positions by the values of some columns.
pub(crate) struct Index {
    columns: &'static [usize],
    positions: HashTable<u32>,
}

const STATE: FixedState = FixedState::with_seed(0);

/// Hashes a key as the server sent it.
pub(super) fn hash_bytes(key: &[u8]) -> u64 {
    let mut hasher = STATE.build_hasher();
    hasher.write(key);
    hasher.finish()
}

/// Hashes a key's values; none if one of them is NULL.
pub(crate) fn hash<'v>(values: impl IntoIterator<Item = &'v dyn Value>) -> Option<u64> {
    let mut hasher = STATE.build_hasher();
    for value in values {
        if !value.hash_to(&mut hasher) {
            return None;
        }
    }
    Some(hasher.finish())
}

fn rehash(columns: &[usize], arena: &Arena, records: &[Record], position: u32) -> u64 {
    let base = records[position as usize].base;
    hash(columns.iter().map(|&column| arena.value(base, column))).expect("an indexed key is not NULL")
}

/// Whether the base version of a position has these values.
fn is_at<'k>(
    columns: &[usize],
    arena: &Arena,
    records: &[Record],
    position: u32,
    part: &dyn Fn(usize) -> &'k dyn Value,
) -> bool {
    let base = records[position as usize].base;
    columns.iter().enumerate().all(|(n, &column)| arena.value(base, column).is_same(part(n)))
}

impl Index {
    pub(crate) fn new(columns: &'static [usize]) -> Self {
        Self { columns, positions: HashTable::new() }
    }

    fn hash(&self, arena: &Arena, version: u32) -> Option<u64> {
        hash(self.columns.iter().map(|&column| arena.value(version, column)))
    }

    /// The position that has a key; `part` gives the key's n-th value.
    fn find<'k>(
        &self,
        arena: &Arena,
        records: &[Record],
        part: &dyn Fn(usize) -> &'k dyn Value,
    ) -> Option<u32> {
        let hash = hash((0..self.columns.len()).map(part))?;
        let same = |&position: &u32| is_at(self.columns, arena, records, position, part);
        self.positions.find(hash, same).copied()
    }

    /// The position that has a key, or the place for one that has not been met; `part` gives the key's n-th value.
    pub(crate) fn entry<'k>(
        &mut self,
        arena: &Arena,
        records: &[Record],
        part: &dyn Fn(usize) -> &'k dyn Value,
    ) -> Entry<'_, u32> {
        let Self { columns, positions } = self;
        let hash = hash((0..columns.len()).map(part)).expect("a key's columns are not NULL");
        let same = |&position: &u32| is_at(columns, arena, records, position, part);
        positions.entry(hash, same, |&other| rehash(columns, arena, records, other))
    }

    pub(crate) fn insert(&mut self, arena: &Arena, records: &[Record], position: u32) {
        if let Some(hash) = self.hash(arena, records[position as usize].base) {
            let Self { columns, positions } = self;
            positions.insert_unique(hash, position, |&other| rehash(columns, arena, records, other));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Makes room, so that a large result grows the table once.
    pub(crate) fn reserve(&mut self, additional: usize, arena: &Arena, records: &[Record]) {
        let Self { columns, positions } = self;
        positions.reserve(additional, |&other| rehash(columns, arena, records, other));
    }

    pub(crate) fn remove(&mut self, arena: &Arena, base: u32, position: u32) {
        if let Some(hash) = self.hash(arena, base)
            && let Ok(entry) = self.positions.find_entry(hash, |&other| other == position)
        {
            entry.remove();
        }
    }
}

impl Locked<'_> {
    /// The persistent node whose key has these values.
    pub(crate) fn find(&self, model: usize, key: &[&dyn Value]) -> Option<Node> {
        let state = self.model(model);
        let position = state.indexes[0].find(self.arena(model), &state.records, &|part| key[part])?;
        Some(Node { model, position })
    }

    /// The persistent node whose columns have these values. Columns other than the key get an index of their own.
    pub(crate) fn find_by(
        &mut self,
        model: usize,
        columns: &'static [usize],
        key: &[&dyn Value],
    ) -> Option<Node> {
        self.find_where(model, columns, &|part| key[part])
    }

    /// The same; `part` gives the n-th value.
    pub(crate) fn find_where<'k>(
        &mut self,
        model: usize,
        columns: &'static [usize],
        part: &dyn Fn(usize) -> &'k dyn Value,
    ) -> Option<Node> {
        let position = self.index(model, columns);
        let state = self.model(model);
        let position = state.indexes[position].find(self.arena(model), &state.records, part)?;
        Some(Node { model, position })
    }

    fn index(&mut self, model: usize, columns: &'static [usize]) -> usize {
        let arena = self.arena(model);
        let state = self.model_mut(model);
        if let Some(position) = state
            .indexes
            .iter()
            .position(|index| std::ptr::eq(index.columns, columns) || index.columns == columns)
        {
            return position;
        }
        let mut index = Index::new(columns);
        for (position, record) in (0u32..).zip(&state.records) {
            if record.is_persistent() {
                index.insert(arena, &state.records, position);
            }
        }
        state.indexes.push(index);
        state.indexes.len() - 1
    }

    /// Makes room in the indexes for so many nodes more.
    pub(crate) fn make_room(&mut self, model: usize, additional: usize) {
        let arena = self.arena(model);
        let state = self.model_mut(model);
        for index in &mut state.indexes {
            index.reserve(additional, arena, &state.records);
        }
    }

    /// Whether the indexes find a node by what this version says as they do by its base.
    pub(crate) fn is_found_alike(&self, node: Node, version: u32) -> bool {
        let (arena, state) = (self.arena(node.model), self.model(node.model));
        let base = state.records[node.position as usize].base;
        let is_same = |&column: &usize| arena.value(base, column).is_same(arena.value(version, column));
        let columns = state.indexes.iter().map(|index| index.columns);
        let columns = columns.chain(state.referrers.iter().map(Referrers::columns));
        columns.flatten().all(is_same)
    }

    /// Takes a node into the indexes. It is persistent, and its base is what the database has.
    pub(crate) fn enter(&mut self, node: Node) {
        let arena = self.arena(node.model);
        let state = self.model_mut(node.model);
        for index in &mut state.indexes {
            index.insert(arena, &state.records, node.position);
        }
        let base = state.records[node.position as usize].base;
        state.referrers.iter_mut().for_each(|referrers| referrers.insert(arena, base, node.position));
    }

    /// Takes a node out of the indexes, before its base or its state changes.
    pub(crate) fn leave(&mut self, node: Node) {
        let arena = self.arena(node.model);
        let state = self.model_mut(node.model);
        let base = state.records[node.position as usize].base;
        for index in &mut state.indexes {
            index.remove(arena, base, node.position);
        }
        state.referrers.iter_mut().for_each(|referrers| referrers.remove(arena, base, node.position));
    }

    /// The key's values in the base version, for messages: `id 5`.
    pub(crate) fn key_in_words(&self, node: Node) -> String {
        let version = self.record(node).base;
        in_words(self.table(node.model), self.arena(node.model), version)
    }
}

fn in_words(table: &Table, arena: &Arena, version: u32) -> String {
    let part =
        |&column: &usize| format!("{} {:?}", table.columns[column].field, arena.value(version, column));
    table.primary_key.iter().map(part).collect::<Vec<_>>().join(", ")
}
