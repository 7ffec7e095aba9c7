//! Steps that write, and what holds after them.

use super::edges::EDGES;
use super::live::Kind;
use super::operation::{Step, What};
use super::reference::{Id, Row};
use super::world::{Before, World};
use super::{Outcome, told};

impl World<'_> {
    pub(super) async fn transact(&mut self, step: &Step) -> Outcome {
        match step.what {
            What::Flush => self.flush().await,
            What::Commit => self.commit().await,
            What::Rollback => self.rollback().await,
            What::Fail => self.fail(step).await,
            _ => {
                self.clear();
                Ok(())
            }
        }
    }

    async fn flush(&mut self) -> Outcome {
        self.end_orphans().await?;
        self.note("flush".to_owned());
        self.session.flush().await.map_err(told("flush"))?;
        self.flushed()?;
        self.check()?;
        self.ground.is_silent_during(self.session.flush()).await
    }

    /// Commits, and compares with what another connection reads.
    pub(super) async fn commit(&mut self) -> Outcome {
        self.end_orphans().await?;
        self.note("commit".to_owned());
        self.session.commit().await.map_err(told("commit"))?;
        self.savepoints.clear();
        self.flushed()?;
        self.model.commit();
        self.committed_keys = self.keys.clone();
        self.committed_keys.retain(|id, _| self.model.now.contains_key(id));
        self.is_late = false;
        self.doubtful.clear();
        self.lives.retain(|id, _| self.model.now.contains_key(id));
        self.keys.retain(|id, _| self.model.now.contains_key(id));
        self.check()?;
        self.ground.holds(&self.model.committed, &self.keys).await?;
        self.ground.is_silent_during(self.session.flush()).await
    }

    async fn rollback(&mut self) -> Outcome {
        self.note("rollback".to_owned());
        self.session.rollback().await.map_err(told("rollback"))?;
        self.rolled_back();
        Ok(())
    }

    fn rolled_back(&mut self) {
        self.savepoints.clear();
        let (rows, keys) = (self.model.committed.clone(), self.committed_keys.clone());
        self.restored(Before { rows, keys, last: 0 });
        self.is_late = false;
    }

    /// Whether the transaction has changed what others see.
    pub(super) fn has_written(&self) -> bool {
        let is_rekeyed =
            |(id, key): (&Id, &(i32, i64))| self.committed_keys.get(id).is_some_and(|it| it != key);
        self.model.flushed != self.model.committed || self.keys.iter().any(is_rekeyed)
    }

    /// The database holds these rows again, as it did when no row had a higher number than `last`. A row from before that
    /// was deleted already may still come back.
    pub(super) fn restored(&mut self, Before { rows, keys, last }: Before) {
        self.model.restore(rows);
        self.away.clear();
        let stays = |id: &Id| *id <= last || self.model.flushed.contains_key(id);
        let leaving = self.lives.extract_if(.., |id, _| !stays(id));
        // One that came with a new graph is not known to have been added by this session.
        self.gone.extend(leaving.filter(|(id, _)| self.born.contains(id)).map(|(_, live)| live));
        let had = std::mem::replace(&mut self.keys, keys);
        self.has_ghosts |= self.is_late || !self.doubtful.is_empty();
        let is_doubtful = |id: &Id| self.is_late || self.doubtful.contains(id);
        // An entity that has seen another key is no longer the row's.
        self.lives.retain(|id, _| !is_doubtful(id) || self.keys.get(id) == had.get(id));
        self.stale.extend(self.lives.keys().filter(|id| is_doubtful(id)));
        if !self.has_written() {
            self.doubtful.clear();
        }
    }

    pub(super) fn clear(&mut self) {
        self.note("clear".to_owned());
        self.session.clear();
        self.is_late |= self.has_written();
        self.stale.clear();
        self.doubtful.clear();
        self.has_ghosts = false;
        self.model.clear();
        self.lives.clear();
        self.born.clear();
        self.gone.clear();
        self.away.clear();
    }

    /// Two users with one name: refused, and then everything but a rollback.
    async fn fail(&mut self, step: &Step) -> Outcome {
        self.end_orphans().await?;
        let stays = |id: Id, row: &Row| row.kind == Kind::User && self.model.flushed.get(&id) == Some(row);
        let Some(user) = self.pick(step.picks[0], stays) else { return Ok(()) };
        self.note(format!("flush with another {}, and roll back", self.name(user)));
        let name = self.model.now[&user].name.clone();
        let id = self.model.add(Row::new(Kind::User, &name, [None; 2]));
        self.lives.insert(id, Kind::User.add(self.session, &name, 0, &[None, None]));
        self.born.insert(id);
        match self.session.flush().await {
            Err(error) if error.is_unique_violation() => {}
            other => return Err(format!("a flush with a name twice: {other:?}")),
        }
        match self.session.commit().await {
            Err(error) if error.is_rollback_needed() => {}
            other => return Err(format!("a commit after a failure: {other:?}")),
        }
        match self.savepoints.pop().filter(|_| step.picks[1].is_multiple_of(2)) {
            Some((savepoint, before)) => {
                savepoint.rollback().await.map_err(told("roll a savepoint back after a failure"))?;
                self.restored(before);
            }
            None => {
                self.session.rollback().await.map_err(told("rollback after a failure"))?;
                self.rolled_back();
            }
        }
        Ok(())
    }

    /// The library has flushed: the new rows have keys.
    pub(super) fn flushed(&mut self) -> Outcome {
        let rekeyed = self.model.rekeyed.clone();
        self.model.flush();
        for (id, key) in rekeyed.into_iter().filter(|(id, _)| self.model.flushed.contains_key(id)) {
            self.keys.entry(id).and_modify(|known| known.1 = key);
        }
        self.note_left();
        for (id, row) in self.model.flushed.iter() {
            if self.keys.contains_key(id) {
                continue;
            }
            let live = &self.lives[id];
            let key = (live.tenant_of_key(), live.id());
            let is_taken = self.keys.iter().any(|(other, taken)| {
                *taken == key && self.model.flushed.get(other).is_some_and(|other| other.kind == row.kind)
            });
            if live.id() <= 0 || is_taken {
                return Err(format!("{live:?} has no key of its own"));
            }
            self.keys.insert(*id, key);
        }
        Ok(())
    }

    /// At the end: everything is committed, and a new graph sees the same.
    pub(super) async fn finish(&mut self) -> Outcome {
        self.commit().await?;
        self.clear();
        for (edge, facts) in EDGES.iter().enumerate() {
            self.select_edge(edge, true, facts.slot == 0).await?;
            self.select_edge(edge, false, facts.slot == 1).await?;
        }
        self.check()
    }
}
