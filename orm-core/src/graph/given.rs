//! Floor 3: which columns of new rows were given.
//!
//! Most rows of a model are given alike, so each has the number of a set. Invariant: a number's set does not change.

use hashbrown::HashMap;

use super::record::ModelState;
use super::{EntityState, Locked, Node};
use crate::model::ColumnSet;

/// So many sets are compared before a set gets one more number.
const COMPARED: usize = 8;

/// The columns that were given, by the positions of nodes.
#[derive(Debug, Default)]
pub(crate) struct Given {
    sets: Vec<ColumnSet>,
    of: HashMap<u32, u32>,
}

impl Given {
    pub(crate) fn get(&self, position: &u32) -> Option<&ColumnSet> {
        self.of.get(position).map(|&number| &self.sets[number as usize])
    }

    pub(crate) fn insert(&mut self, position: u32, given: ColumnSet) {
        let known = self.sets.iter().rev().take(COMPARED).position(|set| *set == given);
        let place = known.map_or(self.sets.len(), |place| self.sets.len() - 1 - place);
        if known.is_none() {
            self.sets.push(given);
        }
        let number = u32::try_from(place).expect("there are not more sets than nodes and edits of them");
        self.of.insert(position, number);
    }

    /// The set of a node that has one becomes another.
    pub(crate) fn replace(&mut self, position: u32, given: ColumnSet) {
        if self.of.contains_key(&position) {
            self.insert(position, given);
        }
    }

    pub(crate) fn remove(&mut self, position: &u32) {
        self.of.remove(position);
        self.tidy();
    }

    /// Forgets the nodes that are not to be kept.
    pub(crate) fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        self.of.retain(|&position, _| keep(position));
        self.tidy();
    }

    pub(crate) fn len(&self) -> usize {
        self.of.len()
    }

    fn tidy(&mut self) {
        if self.of.is_empty() {
            self.sets.clear();
        }
    }
}

impl Locked<'_> {
    /// A row that was written is one like any other.
    pub(super) fn forget_origin(&mut self, node: Node) {
        let record = self.record_mut(node);
        if record.state == EntityState::Deleted {
            record.state = EntityState::Detached;
        }
        if matches!(record.state, EntityState::Pending | EntityState::Transient) {
            return;
        }
        let given = &mut self.model_mut(node.model).given;
        if given.len() > 0 {
            given.remove(&node.position);
        }
    }

    /// What was given of rows by now is as good as read: of many that is forgotten at once.
    pub(super) fn forget_given(&mut self) {
        for model in self.models() {
            let ModelState { given, records, .. } = self.model_mut(model);
            given.retain(|position| records[position as usize].state != EntityState::Persistent);
        }
    }
}
