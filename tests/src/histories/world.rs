//! A session and the reference, which go through the same steps.

use std::collections::{BTreeMap, BTreeSet};

use orm_core::{Savepoint, Session};

use super::edges::{EDGES, EdgeId, edges_of, edges_to};
use super::ground::Ground;
use super::live::{Kind, Live};
use super::operation::{Step, What};
use super::reference::{Id, Reference, Row, Rows};
use super::{Outcome, told};

/// The names that users have, which are unique, and so often given up and taken.
const NAMES: [&str; 6] = ["ann", "bob", "cid", "dan", "eve", "fay"];

pub(super) struct World<'g> {
    pub(super) ground: &'g Ground,
    pub(super) session: &'g Session,
    pub(super) model: Reference,
    /// With what was written when they began, and the number that was given out last.
    pub(super) savepoints: Vec<(Savepoint<'g>, Rows, Id)>,
    /// The entities that are known, also of rows that the transaction has deleted.
    pub(super) lives: BTreeMap<Id, Live>,
    /// The keys of rows that are written.
    pub(super) keys: BTreeMap<Id, (i32, i64)>,
    /// What was added to the session's graph.
    pub(super) born: BTreeSet<Id>,
    /// The graph is younger than what its transaction has written.
    pub(super) is_late: bool,
    /// What such a graph has seen before a rollback, which cannot say how it was: it must be read again.
    pub(super) stale: BTreeSet<Id>,
    /// Entities that have left the session.
    pub(super) gone: Vec<Live>,
    pub(super) log: Vec<String>,
}

impl<'g> World<'g> {
    pub(super) fn new(ground: &'g Ground, session: &'g Session) -> Self {
        let (model, lives, keys, born) = Default::default();
        let (savepoints, stale, gone, log) = Default::default();
        let is_late = false;
        Self { ground, session, model, savepoints, lives, keys, born, is_late, stale, gone, log }
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
            SetParent | SetKey | AddChild => self.link(step).await?,
            ClearParent | ClearKey | RemoveChild => self.unlink(step).await?,
            Delete => self.delete(step).await?,
            DeleteFamily => self.delete_family(step).await?,
            Keep => self.keep(step).await?,
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
    fn becomes(&mut self, change: impl FnOnce(&mut Reference)) -> bool {
        let mut model = self.model.clone();
        change(&mut model);
        let fits = !model.is_refused();
        if fits {
            self.model = model;
        }
        fits
    }

    fn new_name(&self, kind: Kind, pick: u8) -> Option<String> {
        if kind != Kind::User {
            return Some(format!("n{}", pick % 4));
        }
        let taken =
            |name: &&&str| !self.model.staying().any(|(_, row)| row.kind == kind && row.name == **name);
        let free: Vec<_> = NAMES.iter().filter(taken).collect();
        (!free.is_empty()).then(|| (*free[usize::from(pick) % free.len()]).to_owned())
    }

    async fn add(&mut self, step: &Step) -> Outcome {
        let [which, pick, other] = step.picks;
        let kind = Kind::ALL[usize::from(which) % Kind::ALL.len()];
        let by_key = step.what == What::AddByKey;
        let Some(name) = self.new_name(kind, pick) else { return Ok(()) };
        let tenant = match kind {
            Kind::Order | Kind::Product | Kind::Line => i32::from(other % 2) + 1,
            _ => 0,
        };
        let mut row = Row { tenant, ..Row::new(kind, &name, [None; 2]) };
        for (_, facts) in edges_of(kind) {
            let pick = if facts.slot == 0 { pick } else { other };
            let fits = |id: Id, parent: &Row| {
                parent.kind == facts.parent
                    && parent.tenant == tenant
                    && (!by_key || self.keys.contains_key(&id))
            };
            if facts.required || pick % 3 > 0 {
                row.parents[facts.slot] = self.pick(pick / 3, fits);
            }
            if facts.required && row.parents[facts.slot].is_none() {
                return Ok(());
            }
        }
        for (edge, facts) in edges_of(kind) {
            if let Some(parent) = row.parents[facts.slot] {
                self.know_children(edge, parent).await?;
            }
        }
        self.add_row(row, by_key).await
    }

    async fn add_row(&mut self, row: Row, by_key: bool) -> Outcome {
        let mut id = 0;
        if !self.becomes(|model| id = model.add(row.clone())) {
            return Ok(());
        }
        let parents = row.parents.map(|parent| parent.map_or_else(|| "-".to_owned(), |id| self.name(id)));
        let how = if by_key { " by key" } else { "" };
        self.note(format!("add {:?}{id} {:?} of {}{how}", row.kind, row.name, parents.join(", ")));
        let live = if by_key {
            let keys = row.parents.map(|parent| parent.map(|parent| self.keys[&parent].1));
            row.kind.add_by_key(self.session, &row.name, row.tenant, keys)
        } else {
            let mut parents = [None, None];
            for (slot, parent) in row.parents.iter().enumerate() {
                if let &Some(parent) = parent {
                    parents[slot] = Some(self.live(parent).await?);
                }
            }
            row.kind.add(self.session, &row.name, row.tenant, &parents)
        };
        self.lives.insert(id, live);
        self.born.insert(id);
        Ok(())
    }

    fn add_family(&mut self, step: &Step) {
        let Some(name) = self.new_name(Kind::User, step.picks[0]) else { return };
        let row = |kind, name: &str, parent| Row::new(kind, name, [parent, None]);
        let mut ids = Vec::new();
        let fits = self.becomes(|model| {
            let user = model.add(row(Kind::User, &name, None));
            let children = [(Kind::Post, "first"), (Kind::Post, "second"), (Kind::Badge, "badge")];
            ids.extend(children.map(|(kind, name)| model.add(row(kind, name, Some(user)))));
            ids.push(user);
        });
        if fits {
            self.note(format!("add User{} {name:?} with posts and a badge", ids[3]));
            self.born.extend(&ids);
            self.lives.extend(ids.into_iter().zip(super::live::add_family(self.session, &name)));
        }
    }

    /// What it leads to, and what leads to it, must be in the session.
    fn add_again(&mut self, step: &Step) {
        if self.gone.is_empty() {
            return;
        }
        let place = usize::from(step.picks[0]) % self.gone.len();
        let live = self.gone[place].clone();
        // One whose key was given may find it taken.
        if live.id() != 0 {
            return;
        }
        let (kind, name, tenant) = (live.kind(), live.name().to_owned(), live.tenant());
        let mut row = Row { tenant, ..Row::new(kind, &name, [None; 2]) };
        for (edge, facts) in edges_of(kind) {
            let Ok(found) = EDGES[edge].link.parent(&live) else { return };
            let Some(parent) = found.first() else { continue };
            let is_it = |(id, _): &(Id, &Row)| self.lives.get(id) == Some(parent);
            let Some((id, parent)) = self.model.staying().find(is_it) else { return };
            if parent.tenant != tenant {
                return;
            }
            row.parents[facts.slot] = Some(id);
        }
        let is_alone = |edge: EdgeId| EDGES[edge].link.children(&live).is_ok_and(|found| found.is_empty());
        if !edges_to(kind).all(|(edge, _)| is_alone(edge)) {
            return;
        }
        let mut id = 0;
        if self.becomes(|model| id = model.add(row)) {
            self.note(format!("add {kind:?}{id} again"));
            live.add_again(self.session);
            self.gone.remove(place);
            self.born.insert(id);
            self.lives.insert(id, live);
        }
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
        Ok(())
    }

    pub(super) async fn delete_row(&mut self, id: Id) -> Outcome {
        let live = self.live(id).await?;
        let is_new = !self.model.flushed.contains_key(&id);
        self.note(format!("delete {}", self.name(id)));
        self.model.delete(id);
        live.delete(self.session);
        if is_new {
            self.lives.remove(&id);
            self.gone.push(live);
        }
        Ok(())
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
            self.delete_row(id).await?;
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

    /// A row is replaced by a new one with its key.
    async fn switch(&mut self, step: &Step) -> Outcome {
        let can_be = |id: Id, row: &Row| {
            self.keys.contains_key(&id) && matches!(row.kind, Kind::User | Kind::Badge | Kind::Node)
        };
        let Some(old) = self.pick(step.picks[0], can_be) else { return Ok(()) };
        let (live, kind) = (self.live(old).await?, self.model.now[&old].kind);
        let key = self.keys[&old].1;
        let same = step.picks[1].is_multiple_of(3).then(|| self.model.flushed[&old].name.clone());
        let Some(name) = same.or_else(|| self.new_name(kind, step.picks[1])) else { return Ok(()) };
        let mut new = 0;
        let row = Row { key: Some(key), ..Row::new(kind, &name, [None; 2]) };
        if self.becomes(|model| new = model.switch(old, row)) {
            self.note(format!("delete {}, and add {kind:?}{new} {name:?} with its key", self.name(old)));
            live.delete(self.session);
            self.lives.insert(new, kind.add_with_key(self.session, &name, key));
            self.born.insert(new);
        }
        Ok(())
    }

    /// Who is displaced from a one-to-one must be in memory, which is a documented limit.
    async fn know_children(&mut self, edge: EdgeId, parent: Id) -> Outcome {
        if EDGES[edge].one {
            let parent = self.live(parent).await?;
            let loading = EDGES[edge].link.load_children(&parent);
            self.session.no_autoflush(loading).await.map_err(told("load who is displaced"))?;
            self.adopt_known(edge, &parent)?;
        }
        Ok(())
    }
}
