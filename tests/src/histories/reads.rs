//! Steps that read.

use super::edges::{EDGES, EdgeId};
use super::live::{Kind, Live};
use super::operation::{Step, What};
use super::reference::{Id, Row, Rows};
use super::world::World;
use super::{Outcome, told};

impl World<'_> {
    pub(super) async fn read(&mut self, step: &Step) -> Outcome {
        self.end_orphans().await?;
        match step.what {
            What::LoadParent | What::RefreshParent => self.read_parent(step).await,
            What::LoadChildren | What::RefreshChildren | What::Query => self.read_children(step).await,
            What::SelectUp | What::SelectDown => self.select_along(step).await,
            What::LoadTied | What::SelectTied => self.read_tied(step).await,
            What::SelectPart => self.select_part(step).await,
            What::SelectNamed | What::SelectStored | What::Overwrite => self.select(step).await,
            What::Get => self.get(step).await,
            _ => self.refresh(step).await,
        }
    }

    /// Orphans are refused by a flush, which changes nothing, and are deleted then.
    pub(super) async fn end_orphans(&mut self) -> Outcome {
        let orphans = self.model.orphans();
        if orphans.is_empty() {
            return Ok(());
        }
        self.note("flush, which is refused".to_owned());
        match self.session.flush().await {
            Err(error) if error.is_orphan() => {}
            other => return Err(format!("a flush with orphans: {other:?}")),
        }
        self.check()?;
        for orphan in orphans {
            self.delete_row(orphan).await?;
        }
        self.check()
    }

    /// Whether the library has flushed shows in the plan.
    pub(super) fn observe(&mut self) -> Outcome {
        let plan = self.session.plan().map_err(told("plan"))?;
        if plan.to_string().is_empty() { self.flushed() } else { Ok(()) }
    }

    async fn read_parent(&mut self, step: &Step) -> Outcome {
        let edge = Self::edge(step.picks[0]);
        let facts = &EDGES[edge];
        let is_child = |id: Id, row: &Row| {
            row.kind == facts.child && (step.what == What::LoadParent || self.keys.contains_key(&id))
        };
        let Some(child) = self.pick(step.picks[1], is_child) else { return Ok(()) };
        let live = self.live(child).await?;
        self.note(format!("{:?} {} of {}", step.what, facts.name, self.name(child)));
        let done = match step.what {
            What::LoadParent => facts.link.load_parent(&live).await.map(drop),
            _ => facts.link.refresh_parent(self.session, &live).await,
        };
        self.observe()?;
        if !self.model.now.contains_key(&child) {
            return Ok(());
        }
        done.map_err(told("load a parent"))?;
        self.is_known(facts.link.parent(&live))
    }

    async fn read_children(&mut self, step: &Step) -> Outcome {
        let edge = Self::edge(step.picks[0]);
        let facts = &EDGES[edge];
        let is_parent = |id: Id, row: &Row| {
            row.kind == facts.parent && (step.what == What::LoadChildren || self.keys.contains_key(&id))
        };
        let Some(parent) = self.pick(step.picks[1], is_parent) else { return Ok(()) };
        let live = self.live(parent).await?;
        self.note(format!("{:?} {} from {}", step.what, facts.name, self.name(parent)));
        match step.what {
            What::LoadChildren => drop(facts.link.load_children(&live).await.map_err(told("load"))?),
            What::RefreshChildren => {
                facts.link.refresh_children(self.session, &live).await.map_err(told("refresh"))?;
            }
            _ => {
                let found = facts.link.query(self.session, &live).await.map_err(told("query"))?;
                self.observe()?;
                let expected: Vec<Id> = self.model.children(edge, parent).into_iter().collect();
                return self.are(&found, &expected);
            }
        }
        self.observe()?;
        self.is_known(facts.link.children(&live))
    }

    pub(super) fn is_known(&mut self, read: orm_core::Result<Vec<Live>>) -> Outcome {
        let found = read.map_err(told("read what was loaded"))?;
        self.adopt_all(&found).map(drop)
    }

    pub(super) fn are(&mut self, found: &[Live], expected: &[Id]) -> Outcome {
        let found = self.adopt_all(found)?;
        if found == expected { Ok(()) } else { Err(format!("found {found:?} and not {expected:?}")) }
    }

    async fn select_along(&mut self, step: &Step) -> Outcome {
        let edge = Self::edge(step.picks[0]);
        let joined = step.picks[1].is_multiple_of(2);
        self.select_edge(edge, step.what == What::SelectDown, joined).await
    }

    /// All of one side of a relationship with the other, which is then known.
    pub(super) async fn select_edge(&mut self, edge: EdgeId, down: bool, joined: bool) -> Outcome {
        let facts = &EDGES[edge];
        let way = if down { "with what it has" } else { "with what it leads to" };
        self.note(format!("select all of {} {way}{}", facts.name, if joined { ", joined" } else { "" }));
        let (kind, found) = match down {
            true => (facts.parent, facts.link.select_down(self.session, joined).await),
            false => (facts.child, facts.link.select_up(self.session, joined).await),
        };
        let found = found.map_err(told("select"))?;
        self.observe()?;
        self.are(&found, &of_kind(&self.model.now, kind, None))?;
        for live in &found {
            let known = if down { facts.link.children(live) } else { facts.link.parent(live) };
            self.is_known(known)?;
        }
        Ok(())
    }

    /// All of one side of a relationship with some of the other, which is then shown.
    async fn select_part(&mut self, step: &Step) -> Outcome {
        let facts = &EDGES[Self::edge(step.picks[0])];
        let name = format!("n{}", step.picks[1] % 4);
        self.note(format!("select all of {} with what it has named {name:?}", facts.name));
        let found = facts.link.select_part(self.session, &name).await.map_err(told("select"))?;
        self.observe()?;
        self.are(&found, &of_kind(&self.model.now, facts.parent, None))
    }

    async fn select(&mut self, step: &Step) -> Outcome {
        let kind = Kind::ALL[usize::from(step.picks[0]) % Kind::ALL.len()];
        if step.what == What::SelectNamed {
            let Some(id) = self.pick(step.picks[1], |_, row| row.kind == kind) else { return Ok(()) };
            let name = self.model.now[&id].name.clone();
            self.note(format!("select {kind:?} named {name:?}"));
            let found = kind.select(self.session, Some(&name), false).await.map_err(told("select"))?;
            self.observe()?;
            return self.are(&found, &of_kind(&self.model.now, kind, Some(&name)));
        }
        // Who is replaced and who replaces it have one key.
        let existing = step.what == What::Overwrite && self.model.switched.is_empty();
        let flushes = existing && step.picks[1].is_multiple_of(2);
        self.note(format!("{:?} {kind:?}{}", step.what, if flushes { ", flushing" } else { "" }));
        let select = kind.select(self.session, None, existing);
        let found = if flushes { select.await } else { self.session.no_autoflush(select).await };
        let found = found.map_err(told("select"))?;
        if flushes {
            self.observe()?;
        }
        let stored = of_kind(&self.model.flushed, kind, None);
        if existing {
            stored.iter().for_each(|&id| self.model.refresh(id));
        }
        self.are(&found, &stored)
    }

    async fn get(&mut self, step: &Step) -> Outcome {
        // A key that changes may be written first, and then it names no row.
        let fits = |id: Id| self.keys.contains_key(&id) && !self.model.rekeyed.contains_key(&id);
        let Some(id) = self.pick(step.picks[0], |id, _| fits(id)) else { return Ok(()) };
        let (kind, (tenant, key)) = (self.model.now[&id].kind, self.keys[&id]);
        self.note(format!("get {}", self.name(id)));
        let found = kind.get(self.session, tenant, key).await.map_err(told("get"))?;
        self.observe()?;
        let expected = if self.model.now.contains_key(&id) { vec![id] } else { vec![] };
        self.are(&found, &expected)?;
        let found = kind.get(self.session, tenant + 7, key + 1_000_000).await.map_err(told("get"))?;
        self.observe()?;
        self.are(&found, &[])
    }

    async fn refresh(&mut self, step: &Step) -> Outcome {
        // Who is replaced and who replaces it have one key.
        let fits = |id: Id| self.keys.contains_key(&id) && self.model.switched.is_empty();
        let Some(id) = self.pick(step.picks[0], |id, _| fits(id)) else { return Ok(()) };
        let mut model = self.model.clone();
        model.refresh(id);
        if model.is_refused() {
            return Ok(());
        }
        let live = self.live(id).await?;
        self.note(format!("refresh {}", self.name(id)));
        self.model = model;
        live.refresh(self.session).await.map_err(told("refresh"))
    }
}

/// The rows of a model, or those with a name.
pub(super) fn of_kind(rows: &Rows, kind: Kind, name: Option<&str>) -> Vec<Id> {
    let fits = |row: &Row| row.kind == kind && name.is_none_or(|name| row.name == name);
    rows.iter().filter(|(_, row)| fits(row)).map(|(&id, _)| id).collect()
}
