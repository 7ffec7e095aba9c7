//! Floor 3: who refers to a row, by a foreign key.
//!
//! Made when it is first asked, for keys of which rows were deleted. Invariant: it holds exactly the persistent nodes, under
//! the values of their *base* versions: it says who refers to a row in the database.

use hashbrown::{HashMap, HashSet};

use super::Locked;
use super::arena::Arena;
use super::identity::hash;
use super::record::Record;
use crate::types::Value;

/// Positions by the values of a foreign key, which many may share.
pub(crate) struct Referrers {
    columns: &'static [usize],
    by_hash: HashMap<u64, HashSet<u32>>,
}

impl Referrers {
    pub(super) fn columns(&self) -> &'static [usize] {
        self.columns
    }

    fn hash(&self, arena: &Arena, base: u32) -> Option<u64> {
        hash(self.columns.iter().map(|&column| arena.value(base, column)))
    }

    pub(super) fn insert(&mut self, arena: &Arena, base: u32, position: u32) {
        if let Some(hash) = self.hash(arena, base) {
            self.by_hash.entry(hash).or_default().insert(position);
        }
    }

    pub(super) fn remove(&mut self, arena: &Arena, base: u32, position: u32) {
        let Some(hash) = self.hash(arena, base) else { return };
        if let Some(positions) = self.by_hash.get_mut(&hash) {
            positions.remove(&position);
            if positions.is_empty() {
                self.by_hash.remove(&hash);
            }
        }
    }

    fn find(&self, arena: &Arena, records: &[Record], key: &[&dyn Value]) -> Vec<u32> {
        let positions = hash(key.iter().copied()).and_then(|hash| self.by_hash.get(&hash));
        let is_at = |&position: &u32| {
            let base = records[position as usize].base;
            self.columns.iter().zip(key).all(|(&column, value)| arena.value(base, column).is_same(*value))
        };
        let mut found: Vec<u32> = positions.into_iter().flatten().copied().filter(is_at).collect();
        found.sort_unstable();
        found
    }
}

impl Locked<'_> {
    /// The persistent nodes of a model whose foreign key has these values in the database, as far as is known.
    pub(crate) fn referrers(
        &mut self,
        model: usize,
        columns: &'static [usize],
        key: &[&dyn Value],
    ) -> Vec<u32> {
        let arena = self.arena(model);
        let state = self.model_mut(model);
        if !state.referrers.iter().any(|referrers| referrers.columns == columns) {
            let mut referrers = Referrers { columns, by_hash: HashMap::new() };
            for (position, record) in
                (0u32..).zip(&state.records).filter(|(_, record)| record.is_persistent())
            {
                referrers.insert(arena, record.base, position);
            }
            state.referrers.push(referrers);
        }
        let referrers = state.referrers.iter().find(|referrers| referrers.columns == columns);
        referrers.map_or_else(Vec::new, |referrers| referrers.find(arena, &state.records, key))
    }
}
