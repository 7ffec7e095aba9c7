//! Floor 3: entities that joins bring again and again are decoded once.
//!
//! Where many rows lead to few, most of what comes has come before. Invariant: what is remembered is bounded, and given up
//! where little comes again.

use hashbrown::HashMap;

use crate::model::Cells;

/// So many keys are remembered.
const FEW: usize = 1 << 10;

/// The keys that have come, as the server sent them, and the places of their entities.
#[derive(Default)]
pub(super) struct Repeats {
    places: HashMap<Box<[u8]>, u32>,
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
        if let Some(&place) = self.places.get(&*self.key) {
            self.again += 1;
            return place;
        }
        if self.places.len() < FEW {
            self.places.insert(self.key.as_slice().into(), next);
        } else if self.again < FEW {
            (self.places, self.is_given_up) = (HashMap::new(), true);
        }
        next
    }
}
