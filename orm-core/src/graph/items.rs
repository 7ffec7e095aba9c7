//! Floor 3: the members of a to-many, in their order.
//!
//! However many there are, one is added, found and taken out at once. Who is taken out leaves a gap, in which a rollback
//! puts it back; gaps are closed when nothing can be rolled back any more. Invariant: each member is there once.

use hashbrown::{HashMap, HashSet};

/// Where nobody is any more.
const GAP: u32 = u32::MAX;

/// So many are looked through without an index.
const FEW: usize = 32;

/// Positions of entities, each once, in order.
#[derive(Debug, Default)]
pub(crate) struct Items {
    slots: Vec<u32>,
    gaps: usize,
    /// Where each is; made when one of many is looked for.
    places: Option<Box<HashMap<u32, usize>>>,
}

impl Items {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), gaps: 0, places: None }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().copied().filter(|&item| item != GAP)
    }

    pub(crate) fn to_vec(&self) -> Vec<u32> {
        self.iter().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.gaps
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn contains(&mut self, item: u32) -> bool {
        self.find(item).is_some()
    }

    /// Adds one at the end.
    pub(crate) fn push(&mut self, item: u32) {
        self.put(self.slots.len(), item);
    }

    /// Takes one out, and says where it was.
    pub(crate) fn remove(&mut self, item: u32) -> Option<usize> {
        let place = self.find(item)?;
        self.slots[place] = GAP;
        self.gaps += 1;
        if let Some(places) = &mut self.places {
            places.remove(&item);
        }
        while self.slots.pop_if(|last| *last == GAP).is_some() {
            self.gaps -= 1;
        }
        Some(place)
    }

    /// Those that are not among these.
    pub(crate) fn without(&self, gone: &HashSet<u32>) -> Self {
        self.iter().filter(|item| !gone.contains(item)).collect()
    }

    /// Puts one back to where it was.
    pub(crate) fn put(&mut self, place: usize, item: u32) {
        if self.slots.len() <= place {
            self.gaps += place + 1 - self.slots.len();
            self.slots.resize(place + 1, GAP);
        }
        if self.slots[place] != GAP {
            return self.push(item);
        }
        self.slots[place] = item;
        self.gaps -= 1;
        if let Some(places) = &mut self.places {
            places.insert(item, place);
        }
    }

    /// Closes the gaps, if they are many. Nobody is put back to where it was after that.
    pub(crate) fn close_gaps(&mut self) {
        if self.gaps > self.len() {
            *self = self.iter().collect();
        }
    }

    fn find(&mut self, item: u32) -> Option<usize> {
        if self.slots.len() <= FEW {
            return self.slots.iter().rposition(|&other| other == item);
        }
        let slots = &self.slots;
        let all = || slots.iter().enumerate().filter(|(_, item)| **item != GAP);
        let places =
            self.places.get_or_insert_with(|| Box::new(all().map(|(place, &item)| (item, place)).collect()));
        places.get(&item).copied()
    }
}

impl FromIterator<u32> for Items {
    fn from_iter<T: IntoIterator<Item = u32>>(items: T) -> Self {
        Self { slots: items.into_iter().collect(), gaps: 0, places: None }
    }
}

/// The places are the same, so that what was noted before can still be taken back.
impl Clone for Items {
    fn clone(&self) -> Self {
        Self { slots: self.slots.clone(), gaps: self.gaps, places: None }
    }
}

#[cfg(test)]
mod tests {
    use super::Items;

    #[test]
    fn who_is_taken_out_is_put_back_to_where_it_was() {
        for count in [5, 100] {
            let mut items: Items = (0..count).collect();
            let taken: Vec<_> = [3, 0, 1, count - 1].map(|item| (items.remove(item), item)).into();
            assert_eq!((items.remove(3), items.contains(2)), (None, true));
            items.push(7_000);
            assert_eq!(
                (items.len(), items.remove(7_000).is_some()),
                (count as usize - taken.len() + 1, true)
            );
            for (place, item) in taken.into_iter().rev() {
                items.put(place.expect("it was there"), item);
            }
            assert_eq!(items.to_vec(), (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn gaps_are_closed_when_they_are_many() {
        let mut items: Items = (0..100).collect();
        assert_eq!((0..60).filter_map(|item| items.remove(item)).count(), 60);
        items.close_gaps();
        assert_eq!((items.slots.len(), items.to_vec()), (40, (60..100).collect()));
        assert_eq!((60..100).rev().filter_map(|item| items.remove(item)).count(), 40);
        assert!(items.is_empty() && items.slots.is_empty());
    }
}
