//! Floor 3: entities that joins bring again and again are decoded once.
//!
//! Where many rows lead to few, most of what comes has come before. Invariant: what is remembered is bounded, and given up
//! where little comes again.

use hashbrown::HashTable;

use super::identity::hash_bytes;
use crate::model::Cells;

/// So many keys are remembered.
const FEW: usize = 1 << 10;

/// The keys that have come, as the server sent them, and the places of their entities.
#[derive(Default)]
pub(super) struct Repeats {
    /// By the key's hash: where in `keys` it begins and ends, and the place.
    places: HashTable<(u64, [u32; 3])>,
    keys: Vec<u8>,
    key: Vec<u8>,
    /// How many came again.
    again: usize,
    is_given_up: bool,
}

impl Repeats {
    /// The place of the row's entity, if it has come before; else this one.
    pub(super) fn place(&mut self, cells: &Cells<'_>, primary_key: &[usize], next: u32) -> u32 {
        if self.is_given_up {
            return next;
        }
        self.key.clear();
        for &column in primary_key {
            let raw = cells.raw(column).1;
            // NULL is not an empty text.
            let length = raw.map_or(u64::MAX, |raw| raw.len() as u64);
            self.key.extend_from_slice(&length.to_ne_bytes());
            self.key.extend_from_slice(raw.unwrap_or_default());
        }
        let Self { places, keys, key, .. } = self;
        let hash = hash_bytes(key);
        let is_same = |&(_, [start, end, _]): &(u64, [u32; 3])| keys[start as usize..end as usize] == **key;
        if let Some(&(_, [.., place])) = places.find(hash, is_same) {
            self.again += 1;
            return place;
        }
        if places.len() < FEW
            && let (Ok(start), Ok(end)) = (u32::try_from(keys.len()), u32::try_from(keys.len() + key.len()))
        {
            keys.extend_from_slice(key);
            places.insert_unique(hash, (hash, [start, end, next]), |&(hash, _)| hash);
        } else if self.again < FEW {
            *self = Self { is_given_up: true, ..Self::default() };
        }
        next
    }
}
