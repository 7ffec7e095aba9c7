//! A session and the reference, which go through the same steps.

use std::collections::{BTreeMap, BTreeSet};

use orm_core::{Savepoint, Session};

use super::edges::{EDGES, EdgeId, edges_to};
use super::ground::Ground;
use super::live::{Kind, Live};
use super::operation::{Step, What};
use super::reference::{Id, Reference, Row, Rows};
use super::{Outcome, told};

/// The names that users have, which are unique, and so often given up and taken.
const NAMES: [&str; 6] = ["ann", "bob", "cid", "dan", "eve", "fay"];

/// The keys of rows that are written.
pub(super) type Keys = BTreeMap<Id, (i32, i64)>;

/// How things were when a transaction or a savepoint began.
pub(super) struct Before {
    pub(super) rows: Rows,
    pub(super) keys: Keys,
    /// The number that was given out last.
    pub(super) last: Id,
}

pub(super) struct World<'g> {
    pub(super) ground: &'g Ground,
    pub(super) session: &'g Session,
    pub(super) model: Reference,
    /// With how things were when they began.
    pub(super) savepoints: Vec<(Savepoint<'g>, Before)>,
    /// The entities that are known, also of rows that the transaction has deleted.
    pub(super) lives: BTreeMap<Id, Live>,
    /// The keys of rows that are written.
    pub(super) keys: Keys,
    pub(super) committed_keys: Keys,
    /// How many new keys were given to rows.
    pub(super) rekeys: i64,
    /// What was added to the session's graph.
    pub(super) born: BTreeSet<Id>,
    /// The graph is younger than what its transaction has written.
    pub(super) is_late: bool,
    /// What such a graph has seen before a rollback, which cannot say how it was: it must be read again.
    pub(super) stale: BTreeSet<Id>,
    /// What was met since the transaction has written: a rollback takes back what was seen.
    pub(super) doubtful: BTreeSet<Id>,
    /// A graph that is younger than its transaction has been through a rollback.
    pub(super) has_ghosts: bool,
    /// Entities that have left the session.
    pub(super) gone: Vec<Live>,
    /// Entities that the session has let go, of rows that are there.
    pub(super) away: Vec<(Id, Live)>,
    pub(super) log: Vec<String>,
}

impl<'g> World<'g> {
    pub(super) fn new(ground: &'g Ground, session: &'g Session) -> Self {
        let (model, lives, keys, committed_keys, rekeys, born, away) = Default::default();
        let (savepoints, stale, doubtful, gone, log) = Default::default();
        let (is_late, has_ghosts) = (false, false);
        Self {
            ground,
            session,
            model,
            savepoints,
            lives,
            keys,
            committed_keys,
            rekeys,
            born,
            is_late,
            has_ghosts,
            stale,
            doubtful,
            gone,
            away,
            log,
        }
    }

    /// Does one step and compares.
    pub(super) async fn step(&mut self, step: &Step) -> Outcome {
        use What::*;
        match step.what {
            Add | AddByKey => self.add(step).await?,
            AddFamily => self.add_family(step),
            AddAgain => self.add_again(step),
            Switch => self.switch(step).await?,
            Rename => self.rename(step).await?,
            Raise | Rekey => self.change(step).await?,
            MergeName | MergeValue | MergeNew => self.merge(step).await?,
            Expire | ExpireAll | Expunge | Return => self.let_go(step).await?,
            Overtake => self.overtake(step).await?,
            SetParent | SetKey | AddChild => self.link(step).await?,
            ClearParent | ClearKey | RemoveChild => self.unlink(step).await?,
            Tie | Untie => self.tie(step).await?,
            Delete => self.delete(step).await?,
            DeleteFamily => self.delete_family(step).await?,
            Keep => self.keep(step).await?,
            RenameWhere | LeadWhere | DeleteWhere | LeadUnseen | DeleteUnseen | InsertPast => {
                self.state(step).await?;
            }
            Nest | Release | RollbackTo | Abandon => self.nest(step).await?,
            Flush | Commit | Rollback | Clear | Fail => self.transact(step).await?,
            _ => self.read(step).await?,
        }
        self.check()
    }

    /// The name of a row in the log.
    pub(super) fn name(&self, id: Id) -> String {
        let row = self.model.now.get(&id).or_else(|| self.model.flushed.get(&id));
        row.map_or_else(|| format!("#{id}"), |row| format!("{:?}{id}", row.kind))
    }

    pub(super) fn note(&mut self, line: String) {
        self.log.push(line);
    }

    /// One of the rows that stay and fit.
    pub(super) fn pick(&self, pick: u8, fits: impl Fn(Id, &Row) -> bool) -> Option<Id> {
        let fitting: Vec<Id> =
            self.model.staying().filter(|(id, row)| fits(*id, row)).map(|(id, _)| id).collect();
        (!fitting.is_empty()).then(|| fitting[usize::from(pick) % fitting.len()])
    }

    pub(super) fn edge(pick: u8) -> EdgeId {
        usize::from(pick) % EDGES.len()
    }

    /// A child and a parent that an edge can link.
    fn pick_pair(&self, step: &Step) -> Option<(EdgeId, Id, Id)> {
        let edge = Self::edge(step.picks[0]);
        let facts = &EDGES[edge];
        let child = self.pick(step.picks[1], |_, row| row.kind == facts.child)?;
        let row = &self.model.now[&child];
        let other = row.parents[1 - facts.slot];
        let parent = self.pick(step.picks[2], |_, parent| {
            parent.kind == facts.parent
                && (row.kind != Kind::Line || other.is_none() || parent.tenant == row.tenant)
        })?;
        Some((edge, child, parent))
    }

    /// Takes over what the reference would be, unless that is refused.
    pub(super) fn becomes(&mut self, change: impl FnOnce(&mut Reference)) -> bool {
        let mut model = self.model.clone();
        change(&mut model);
        let fits = !model.is_refused();
        if fits {
            self.model = model;
        }
        fits
    }

    pub(super) fn new_name(&self, kind: Kind, pick: u8) -> Option<String> {
        if kind != Kind::User {
            return Some(format!("n{}", pick % 4));
        }
        let taken =
            |name: &&&str| !self.model.staying().any(|(_, row)| row.kind == kind && row.name == **name);
        let free: Vec<_> = NAMES.iter().filter(taken).collect();
        (!free.is_empty()).then(|| (*free[usize::from(pick) % free.len()]).to_owned())
    }

    async fn rename(&mut self, step: &Step) -> Outcome {
        let Some(id) = self.pick(step.picks[0], |_, _| true) else { return Ok(()) };
        let Some(name) = self.new_name(self.model.now[&id].kind, step.picks[1]) else { return Ok(()) };
        let live = self.live(id).await?;
        if self.becomes(|model| model.rename(id, &name)) {
            self.note(format!("rename {} to {name:?}", self.name(id)));
            live.rename(&name);
        }
        Ok(())
    }

    async fn link(&mut self, step: &Step) -> Outcome {
        let Some((edge, child, parent)) = self.pick_pair(step) else { return Ok(()) };
        let key = self.keys.get(&parent).copied();
        let by_key = step.what == What::SetKey;
        if by_key && key.is_none_or(|(tenant, _)| tenant != self.model.now[&child].tenant) {
            return Ok(());
        }
        // An orphan's column still has its key, and an edit that changes nothing is none: a documented limit.
        if by_key && self.model.orphans().contains(&child) {
            return Ok(());
        }
        let child_live = self.live(child).await?;
        self.know_children(edge, parent).await?;
        if !self.becomes(|model| model.link(edge, child, Some(parent))) {
            return Ok(());
        }
        let facts = &EDGES[edge];
        self.note(format!("{:?} {} of {} to {}", step.what, facts.name, self.name(child), self.name(parent)));
        match (step.what, key) {
            (What::SetKey, Some((_, key))) => facts.link.set_key(&child_live, Some(key)),
            (What::AddChild, _) => facts.link.add(&self.live(parent).await?, &child_live),
            _ => facts.link.set(&child_live, Some(&self.live(parent).await?)),
        }
        Ok(())
    }

    async fn unlink(&mut self, step: &Step) -> Outcome {
        let edge = Self::edge(step.picks[0]);
        let facts = &EDGES[edge];
        let has_parent = |_, row: &Row| row.kind == facts.child && row.parents[facts.slot].is_some();
        let Some(child) = self.pick(step.picks[1], has_parent) else { return Ok(()) };
        let Some(parent) = self.model.now[&child].parents[facts.slot] else { return Ok(()) };
        let from_parent = step.what == What::RemoveChild;
        if facts.required && !from_parent {
            return Ok(());
        }
        let (child_live, parent_live) = (self.live(child).await?, self.live(parent).await?);
        self.know_children(edge, parent).await?;
        if !self.becomes(|model| model.link(edge, child, None)) {
            return Ok(());
        }
        self.note(format!("{:?} {} of {}", step.what, facts.name, self.name(child)));
        match step.what {
            What::RemoveChild => facts.link.remove(&parent_live, &child_live),
            What::ClearKey => facts.link.set_key(&child_live, None),
            _ => facts.link.set(&child_live, None),
        }
        self.note_left();
        Ok(())
    }

    pub(super) async fn delete_row(&mut self, id: Id) -> Outcome {
        let live = self.live(id).await?;
        self.note(format!("delete {}", self.name(id)));
        self.model.delete(id);
        live.delete(self.session);
        self.note_left();
        Ok(())
    }

    /// New rows that have left the session, with others or by themselves.
    pub(super) fn note_left(&mut self) {
        let left = |id: &Id| !self.model.now.contains_key(id) && !self.keys.contains_key(id);
        self.gone.extend(self.lives.extract_if(.., |id, _| left(id)).map(|(_, live)| live));
    }

    async fn delete(&mut self, step: &Step) -> Outcome {
        let Some(id) = self.pick(step.picks[0], |_, _| true) else { return Ok(()) };
        let mut model = self.model.clone();
        model.delete(id);
        if model.is_refused() { Ok(()) } else { self.delete_row(id).await }
    }

    async fn delete_family(&mut self, step: &Step) -> Outcome {
        let Some(id) = self.pick(step.picks[0], |_, _| true) else { return Ok(()) };
        let edges = edges_to(self.model.now[&id].kind);
        let mut family: Vec<Id> = edges.flat_map(|(edge, _)| self.model.children(edge, id)).collect();
        family.retain(|other| *other != id && !self.model.doomed.contains(other));
        family.sort_unstable();
        family.dedup();
        let place = usize::from(step.picks[1]) % (family.len() + 1);
        family.insert(place, id);
        let mut model = self.model.clone();
        family.iter().for_each(|&id| model.delete(id));
        if model.is_refused() {
            return Ok(());
        }
        for id in family {
            // A new one may have left with its parent.
            if self.model.now.contains_key(&id) {
                self.delete_row(id).await?;
            }
        }
        Ok(())
    }

    /// A row that was marked is added again.
    async fn keep(&mut self, step: &Step) -> Outcome {
        let stays_away = |id: &&Id| !self.model.switched.contains_key(id);
        let doomed: Vec<Id> = self.model.doomed.iter().filter(stays_away).copied().collect();
        let Some(&id) = doomed.get(usize::from(step.picks[0]) % doomed.len().max(1)) else { return Ok(()) };
        let live = self.live(id).await?;
        let fits = self.becomes(|model| {
            model.doomed.remove(&id);
        });
        if fits {
            self.note(format!("keep {}", self.name(id)));
            live.add_again(self.session);
        }
        Ok(())
    }

    /// Who is displaced from a one-to-one must be in memory, which is a documented limit.
    pub(super) async fn know_children(&mut self, edge: EdgeId, parent: Id) -> Outcome {
        if EDGES[edge].one {
            let parent = self.live(parent).await?;
            let loading = EDGES[edge].link.load_children(&parent);
            self.session.no_autoflush(loading).await.map_err(told("load who is displaced"))?;
            self.adopt_known(edge, &parent)?;
        }
        Ok(())
    }
}
