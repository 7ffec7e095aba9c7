//! Floor 3: what the to-many relationships of a model's nodes hold.
//!
//! Invariant: who has a collection is found by its position, without hashing: most that are loaded have one.

use super::items::Items;

/// The entities of one to-many relationship of one node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collection {
    /// Whether all are known; else `items` holds what was added without loading.
    pub(crate) loaded: bool,
    pub(crate) items: Items,
    /// What a load with a filter or a limit brought, while not all are known. It is shown, and nothing is concluded from
    /// what is not in it.
    pub(crate) part: Option<Box<Items>>,
}

/// One to-many relationship of a model. Short: who is beyond the end has no collection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collections {
    /// By the node's position, where its collection is; from 1.
    places: Vec<u32>,
    all: Vec<Collection>,
    free: Vec<u32>,
}

impl Collections {
    pub(super) fn get(&self, position: u32) -> Option<&Collection> {
        let place = self.places.get(position as usize)?.checked_sub(1)?;
        Some(&self.all[place as usize])
    }

    /// The collection of a node, made if there is none yet.
    pub(super) fn get_or_insert(
        &mut self,
        position: u32,
        new: impl FnOnce() -> Collection,
    ) -> &mut Collection {
        let position = position as usize;
        if self.places.len() <= position {
            // By leaps, since others follow.
            self.places.resize((position + 1).next_power_of_two(), 0);
        }
        let place = match self.places[position].checked_sub(1) {
            Some(place) => place as usize,
            None => {
                let place = self.put(new());
                self.places[position] = u32::try_from(place + 1).expect("there are no more than nodes");
                place
            }
        };
        &mut self.all[place]
    }

    pub(super) fn insert(&mut self, position: u32, collection: Collection) {
        *self.get_or_insert(position, Collection::default) = collection;
    }

    pub(super) fn remove(&mut self, position: u32) {
        let place = self.places.get_mut(position as usize).map_or(0, std::mem::take);
        if let Some(place) = place.checked_sub(1) {
            self.all[place as usize] = Collection::default();
            self.free.push(place);
        }
    }

    fn put(&mut self, new: Collection) -> usize {
        match self.free.pop() {
            Some(place) => {
                self.all[place as usize] = new;
                place as usize
            }
            None => {
                self.all.push(new);
                self.all.len() - 1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Collection, Collections};

    #[test]
    fn a_collection_is_found_by_its_node() {
        let mut collections = Collections::default();
        let of = |item: u32| Collection { items: [item].into_iter().collect(), ..Collection::default() };
        [7, 3, 90].into_iter().for_each(|node| collections.insert(node, of(node)));
        collections.remove(3);
        collections.remove(3);
        collections.remove(1_000);
        collections.insert(4, of(4));
        let held = |node: u32| collections.get(node).map(|held| held.items.to_vec());
        assert_eq!([7, 3, 90, 4, 91].map(held), [Some(vec![7]), None, Some(vec![90]), Some(vec![4]), None]);
        assert_eq!(collections.all.len(), 3);
    }
}
