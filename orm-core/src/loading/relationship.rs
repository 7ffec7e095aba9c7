//! Floor 6: one relationship of many entities, in one statement.

use std::sync::Arc;

use hashbrown::{HashSet, HashTable};

use super::fetch::{Fetch, fetch};
use super::option::Load;
use crate::error::Result;
use crate::graph::{Freshness, Link, Locked, Node, hash};
use crate::model::Kind;
use crate::query::{Expression, OrderBy, SelectStatement, TableReference};
use crate::types::Value;
use crate::unit_of_work::Scope;

/// What is done about to-one targets that are in memory already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// They are taken as they are.
    Keep,
    /// They are read again if they are older than the transaction.
    Refresh,
}

/// Key values: a list for each column of a key.
type Keys = Vec<Vec<Arc<dyn Value>>>;

/// Loads the relationship of these entities, and what the option says below it; the entities that it led to.
pub(super) async fn load_relationship(
    scope: &Arc<Scope>,
    load: &Load,
    positions: &[u32],
    known: Known,
) -> Result<Vec<u32>> {
    let keys = scope.graph.lock().keys(load, positions, known);
    let facts = load.facts();
    if keys.first().is_some_and(|values| !values.is_empty()) {
        let table = load.target();
        let statement = statement(load, keys);
        let below = Fetch { table, statement, options: &load.below, freshness: Freshness::Keep };
        let found = Box::pin(fetch(scope, below)).await?;
        let mut locked = scope.graph.lock();
        if facts.kind != Kind::BelongsTo {
            locked.merge_loaded((load.source.number)(), load.relationship, positions, &found);
        }
    }
    let mut locked = scope.graph.lock();
    Ok(locked.follow_all((load.source.number)(), load.relationship, positions))
}

fn statement(load: &Load, keys: Keys) -> SelectStatement {
    let table = load.target();
    let key = load.facts().foreign_key(load.source);
    let source = TableReference::of(table);
    let columns = match load.facts().kind {
        Kind::BelongsTo => (key.references)(),
        _ => key.columns,
    };
    let condition = match keys[0].len() {
        1 => Expression::key_is(source, columns, keys.into_iter().flatten().collect()),
        _ => Expression::key_in(source, columns, keys),
    };
    let statement = SelectStatement::of(table).filter(condition);
    if load.facts().kind == Kind::BelongsTo {
        return statement;
    }
    // To-many come in the order of their own keys, so that a collection reads the same every time.
    let order = table.primary_key.iter().map(|&column| OrderBy::ascending(source.column(column)));
    order.fold(statement, SelectStatement::order_by)
}

impl Locked<'_> {
    /// The distinct keys that have to be looked for.
    fn keys(&mut self, load: &Load, positions: &[u32], known: Known) -> Keys {
        let model = (load.source.number)();
        let key = load.facts().foreign_key(load.source);
        let columns = match load.facts().kind {
            Kind::BelongsTo => key.columns,
            _ => (key.references)(),
        };
        let mut keys: Keys = vec![Vec::new(); columns.len()];
        let mut seen: HashTable<usize> = HashTable::new();
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
                let target = *self.record(Node { model: (load.target().number)(), position });
                known == Known::Refresh && target.is_persistent() && target.fresh != self.transaction()
            }
        }
    }

    /// The entities that a relationship of these leads to, as far as they are in memory, each once.
    pub(crate) fn follow_all(&mut self, model: usize, relationship: usize, positions: &[u32]) -> Vec<u32> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for &position in positions {
            let side = self.side(Node { model, position }, relationship);
            if side.facts.kind == Kind::HasMany {
                let items = self.collection(side).unwrap_or_default();
                found.extend(items.iter().copied().filter(|&item| seen.insert(item)));
            } else if let Link::To(target) = self.link(side)
                && seen.insert(target)
            {
                found.push(target);
            }
        }
        found
    }
}
