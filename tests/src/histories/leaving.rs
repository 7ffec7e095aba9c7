//! Steps by which the session gives up what it knows, and what another session knows better.

use std::collections::BTreeSet;

use orm_core::EntityState;

use super::edges::{OnDelete, edges_to};
use super::live::{Kind, Live};
use super::operation::{Step, What};
use super::reference::{Id, Row};
use super::world::{Before, World};
use super::{Outcome, told};

impl World<'_> {
    pub(super) async fn let_go(&mut self, step: &Step) -> Outcome {
        match step.what {
            What::Expire | What::ExpireAll => {
                self.expire(step);
                Ok(())
            }
            What::Expunge => {
                self.expunge(step);
                Ok(())
            }
            _ => self.take_back(step).await,
        }
    }

    /// Edits that are not written are lost.
    fn expire(&mut self, step: &Step) {
        // Who is replaced and who replaces it have one key.
        let is_one = self.model.switched.is_empty();
        let is_row = |id: &Id| is_one && self.keys.contains_key(id) && self.model.now.contains_key(id);
        let known: Vec<Id> = self.lives.keys().copied().filter(is_row).collect();
        let Some(&one) = known.get(usize::from(step.picks[0]) % known.len().max(1)) else { return };
        let all = step.what == What::ExpireAll;
        let expired = if all { &known[..] } else { &[one] };
        if !self.becomes(|model| expired.iter().for_each(|&id| model.refresh(id))) {
            return;
        }
        if all {
            self.note("expire all".to_owned());
            self.session.expire_all();
        } else {
            self.note(format!("expire {}", self.name(one)));
            self.lives[&one].expire(self.session);
        }
    }

    /// Only rows about which nothing is changed, so that nothing is lost with them.
    fn expunge(&mut self, step: &Step) {
        let fits = |id: Id, _: &Row| {
            self.lives.contains_key(&id) && self.is_settled(id) && !self.stale.contains(&id)
        };
        let Some(id) = self.pick(step.picks[0], fits) else { return };
        let (mut along, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(id) = open.pop() {
            if along.insert(id) {
                let edges = edges_to(self.model.now[&id].kind);
                let owned = edges
                    .filter(|(_, facts)| matches!(facts.on_delete, OnDelete::Cascade | OnDelete::Delete));
                open.extend(owned.flat_map(|(edge, _)| self.model.children(edge, id)));
            }
        }
        if !along.iter().all(|&id| self.is_settled(id)) {
            return;
        }
        self.note(format!("expunge {}", self.name(id)));
        self.lives[&id].expunge(self.session);
        // What is not known to hang on it stays. Who is met after that was not added.
        let left = |id: &Id, live: &Live| along.contains(id) && live.state() == EntityState::Detached;
        self.away.extend(self.lives.extract_if(.., |id, live| left(id, live)));
        self.born.retain(|id| self.lives.contains_key(id));
    }

    /// Whether neither a row nor what refers to it is changed.
    fn is_settled(&self, id: Id) -> bool {
        let model = &self.model;
        let (now, flushed) = (model.now.get(&id), model.flushed.get(&id));
        let refers = |row: &Row| row.parents.contains(&Some(id));
        let mut children = model.now.iter().chain(model.flushed.iter()).filter(|(_, row)| refers(row));
        let parents = |rows: &super::reference::Rows, id: &Id| rows.get(id).map(|row| row.parents);
        now.is_some()
            && now == flushed
            && !model.doomed.contains(&id)
            && !model.rekeyed.contains_key(&id)
            && !model.raised.contains(&id)
            && model.ties_of(&model.now, id) == model.ties_of(&model.flushed, id)
            && children.all(|(id, _)| parents(&model.now, id) == parents(&model.flushed, id))
    }

    /// Those that were let go together come back together, if no other objects have taken their places.
    async fn take_back(&mut self, step: &Step) -> Outcome {
        let is_free =
            |id: &Id| !self.lives.contains_key(id) && self.is_settled(*id) && self.model.now.contains_key(id);
        if self.away.is_empty() || !self.away.iter().all(|(id, _)| is_free(id)) {
            return Ok(());
        }
        let (id, live) = self.away[usize::from(step.picks[0]) % self.away.len()].clone();
        if !live.is_row(self.keys[&id].0, self.keys[&id].1) {
            return Ok(());
        }
        self.note(format!("add {} again, which was let go", self.name(id)));
        live.add_again(self.session);
        let back = self.away.extract_if(.., |(_, live)| live.state() != EntityState::Detached);
        let back: Vec<_> = back.collect();
        for (id, live) in &back {
            self.lives.insert(*id, live.clone());
        }
        for (_, live) in &back {
            live.refresh(self.session).await.map_err(told("refresh what came back"))?;
        }
        Ok(())
    }

    /// Another session changes a row that this one changes too.
    pub(super) async fn overtake(&mut self, step: &Step) -> Outcome {
        let Some(id) = self.pick(step.picks[0], |_, row| row.kind == Kind::Node) else { return Ok(()) };
        self.commit().await?;
        if !self.model.now.contains_key(&id) {
            return Ok(());
        }
        let live = self.live(id).await?;
        let nested = step.picks[1].is_multiple_of(2);
        self.note(format!("{} is changed by another session", self.name(id)));
        let savepoint = match nested {
            true => Some(self.session.begin_nested().await.map_err(told("begin_nested"))?),
            false => None,
        };
        self.ground.rename_node(self.keys[&id].1, "theirs").await;
        match step.picks[2] % 3 {
            0 => live.delete(self.session),
            _ => live.rename("ours"),
        }
        match self.session.flush().await {
            Err(error) if error.is_stale() => {}
            other => return Err(format!("a flush of what another session has changed: {other:?}")),
        }
        for rows in [&mut self.model.now, &mut self.model.flushed, &mut self.model.committed] {
            rows.entry(id).and_modify(|row| "theirs".clone_into(&mut row.name));
        }
        match savepoint {
            Some(savepoint) => savepoint.rollback().await.map_err(told("roll a savepoint back"))?,
            None => self.session.rollback().await.map_err(told("rollback"))?,
        }
        let (rows, keys) = (self.model.committed.clone(), self.committed_keys.clone());
        self.restored(Before { rows, keys, last: self.model.last() });
        live.refresh(self.session).await.map_err(told("refresh"))
    }
}
