//! Steps that change rows otherwise than by their entities' fields and relationships.

use super::edges::edges_of;
use super::live::Kind;
use super::operation::{Step, What};
use super::reference::{Id, Row};
use super::world::World;
use super::{Outcome, told};

/// Keys that are given to rows begin here, behind all that the server makes.
const KEYS: i64 = 1_000;

impl World<'_> {
    /// A name by an expression, or another key.
    pub(super) async fn change(&mut self, step: &Step) -> Outcome {
        let is_name = step.what == What::Raise;
        // What a younger graph has seen of rows that were never there follows keys too.
        if !is_name && self.has_ghosts {
            return Ok(());
        }
        let fits = |id: Id, row: &Row| {
            let can_be = if is_name { row.kind != Kind::User } else { row.kind.is_referred_to() };
            can_be && self.keys.contains_key(&id)
        };
        let Some(id) = self.pick(step.picks[0], fits) else { return Ok(()) };
        let live = self.live(id).await?;
        if is_name {
            self.note(format!("raise the name of {}", self.name(id)));
            self.model.raised.insert(id);
            live.raise_name(self.session);
            return Ok(());
        }
        let is_back = self.model.rekeyed.contains_key(&id) && step.picks[1].is_multiple_of(2);
        self.rekeys += 1;
        let key = if is_back { self.keys[&id].1 } else { KEYS + self.rekeys };
        self.note(format!("give {} the key {key}", self.name(id)));
        self.model.rekeyed.insert(id, key);
        if is_back {
            self.model.rekeyed.remove(&id);
        }
        live.rekey(key);
        Ok(())
    }

    /// A builder or a value is merged.
    pub(super) async fn merge(&mut self, step: &Step) -> Outcome {
        if step.what == What::MergeNew {
            return self.merge_new(step).await;
        }
        let is_value = step.what == What::MergeValue;
        let Some(id) = self.pick_merged(step.picks[0], is_value) else { return Ok(()) };
        let row = self.model.flushed[&id].clone();
        let Some(name) = self.new_name(row.kind, step.picks[1]) else { return Ok(()) };
        if is_value {
            self.know_places(&row).await?;
        }
        let fits = self.becomes(|model| {
            model.doomed.remove(&id);
            model.rekeyed.remove(&id);
            model.raised.remove(&id);
            if is_value {
                model.refresh(id);
            }
            model.rename(id, &name);
        });
        if !fits {
            return Ok(());
        }
        self.note(format!("{:?} of {}, {name:?}", step.what, self.name(id)));
        let (tenant, key) = self.keys[&id];
        let live = if is_value {
            let parents = row.parents.map(|parent| parent.map(|parent| self.keys[&parent].1));
            row.kind.merge_value(self.session, row.tenant, key, &name, parents).await
        } else {
            row.kind.merge_name(self.session, (tenant, key), &name).await
        };
        let live = live.map_err(told("merge"))?;
        let found = self.adopt(&live)?;
        self.stale.remove(&id);
        if found == id {
            Ok(())
        } else {
            Err(format!("{} was merged into {}", self.name(id), self.name(found)))
        }
    }

    /// Who is displaced where a row leads in the database must be in memory.
    async fn know_places(&mut self, row: &Row) -> Outcome {
        for (edge, facts) in edges_of(row.kind) {
            if let Some(parent) = row.parents[facts.slot].filter(|_| facts.one) {
                self.know_children(edge, parent).await?;
            }
        }
        Ok(())
    }

    /// One of the rows that are there, be they to go or not.
    fn pick_merged(&self, pick: u8, is_value: bool) -> Option<Id> {
        // An orphan's column still has its key, and to write that again is no change.
        let has_parents = |row: &Row| {
            let mut edges = edges_of(row.kind);
            edges.all(|(_, facts)| !facts.required || row.parents[facts.slot].is_some())
        };
        // Who is replaced and who replaces it have one key.
        let is_switched = |id: &Id| self.model.switched.iter().any(|(old, new)| old == id || new == id);
        let fits = |id: &Id, row: &Row| {
            let is_row = self.keys.contains_key(id) && !self.model.switched.contains_key(id);
            is_row && (!is_value || has_parents(row) && !row.parents.iter().flatten().any(is_switched))
        };
        let all = self.model.now.iter().filter(|(id, row)| fits(id, row));
        let all: Vec<Id> = all.map(|(&id, _)| id).collect();
        all.get(usize::from(pick) % all.len().max(1)).copied()
    }

    async fn merge_new(&mut self, step: &Step) -> Outcome {
        let kinds = [Kind::User, Kind::Badge, Kind::Node, Kind::Album];
        let kind = kinds[usize::from(step.picks[0]) % kinds.len()];
        let Some(name) = self.new_name(kind, step.picks[1]) else { return Ok(()) };
        self.rekeys += 1;
        let key = KEYS + self.rekeys;
        let mut id = 0;
        if self.becomes(|model| id = model.add(Row { key: Some(key), ..Row::new(kind, &name, [None; 2]) })) {
            self.note(format!("merge a new {kind:?}{id} {name:?} with the key {key}"));
            let live = kind.merge_name(self.session, (0, key), &name).await.map_err(told("merge"))?;
            self.lives.insert(id, live);
            self.born.insert(id);
        }
        Ok(())
    }
}
