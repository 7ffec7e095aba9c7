//! Floor 6: which keys a relationship has to be asked for, and where it led.

use hashbrown::{HashSet, HashTable};

use super::statement::{Keys, ends};
use crate::graph::{Freshness, Link, Locked, Node, hash};
use crate::model::Kind;
use crate::query::Load;

/// What is done about to-one targets that are in memory already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// They are taken as they are.
    Keep,
    /// They are read again if they are older than the transaction.
    Refresh,
    /// They are read again.
    Overwrite,
}

impl Known {
    /// For what is below a select.
    pub(super) fn below(freshness: Freshness) -> Self {
        match freshness {
            Freshness::Keep | Freshness::Renew => Self::Refresh,
            Freshness::Overwrite => Self::Overwrite,
        }
    }
}

impl Locked<'_> {
    /// The distinct keys that have to be looked for.
    pub(super) fn keys(&mut self, load: &Load, positions: &[u32], known: Known) -> Keys {
        let model = (load.source.number)();
        let (_, columns) = ends(load.source, load.relationship);
        let mut keys: Keys = vec![Vec::new(); columns.len()];
        let mut seen: HashTable<usize> = HashTable::new();
        // Rows have different keys.
        let are_distinct = load.facts().kind != Kind::BelongsTo && columns == load.source.primary_key;
        for &position in positions {
            let node = Node { model, position };
            if !self.must_ask(load, node, known) {
                continue;
            }
            let arena = self.arena(model);
            // Others refer to a row by the key that is in the database.
            let version = match load.facts().kind {
                Kind::BelongsTo => arena.publish(position),
                _ => self.record(node).base,
            };
            let values = || columns.iter().map(|&column| arena.value(version, column));
            if are_distinct {
                keys.iter_mut().zip(values()).for_each(|(list, value)| list.push(value.to_shared()));
                continue;
            }
            let Some(hash) = hash(values()) else { continue };
            let is_same = |&n: &usize| keys.iter().zip(values()).all(|(list, value)| list[n].is_same(value));
            if seen.find(hash, is_same).is_some() {
                continue;
            }
            let parts = |n: usize| keys.iter().map(move |list| &*list[n]);
            seen.insert_unique(hash, keys[0].len(), |&n| self::hash(parts(n)).unwrap_or_default());
            keys.iter_mut().zip(values()).for_each(|(list, value)| list.push(value.to_shared()));
        }
        keys
    }

    fn must_ask(&mut self, load: &Load, node: Node, known: Known) -> bool {
        let side = self.side(node, load.relationship);
        if side.facts.kind != Kind::BelongsTo {
            return self.record(node).is_persistent();
        }
        match self.link(side) {
            Link::Absent => false,
            Link::Unknown => true,
            Link::To(position) => {
                let node = Node { model: (load.target().number)(), position };
                let target = *self.record(node);
                let is_old = target.fresh != self.transaction();
                let lacks = || !self.lacks(node, load.below.columns.undeferred()).is_empty();
                target.is_persistent()
                    && (known == Known::Overwrite || known == Known::Refresh && is_old || lacks())
            }
        }
    }

    /// The entities that a relationship of these leads to, as far as they are in memory, each once.
    pub(crate) fn follow_all(&mut self, model: usize, relationship: usize, positions: &[u32]) -> Vec<u32> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for &position in positions {
            let side = self.side(Node { model, position }, relationship);
            if matches!(side.facts.kind, Kind::HasMany | Kind::ManyToMany) {
                let items = self.many_found(side).or_else(|| self.shown(side)).unwrap_or_default();
                found.extend(items.into_iter().filter(|&item| seen.insert(item)));
            } else if let Link::To(target) = self.link(side)
                && seen.insert(target)
            {
                found.push(target);
            }
        }
        found
    }
}
