//! What the application sees is compared with the reference.

use orm_core::EntityState;

use super::edges::{EDGES, Edge, EdgeId, edges_of, edges_to};
use super::live::Live;
use super::reference::{Id, Row};
use super::world::World;
use super::{Outcome, told};

impl World<'_> {
    /// Which row an entity is. One that is met for the first time is known by its key.
    pub(super) fn adopt(&mut self, live: &Live) -> Outcome<Id> {
        if let Some((&id, _)) = self.lives.iter().find(|(_, known)| *known == live) {
            return Ok(id);
        }
        let is_it = |(id, key): &(&Id, &(i32, i64))| {
            let row = self.model.now.get(id).or_else(|| self.model.flushed.get(id));
            **key == (live.tenant_of_key(), live.id()) && row.is_some_and(|row| row.kind == live.kind())
        };
        let Some((&id, _)) = self.keys.iter().find(is_it) else {
            return Err(format!("{live:?} is met, which is no row"));
        };
        match self.lives.insert(id, live.clone()) {
            Some(other) => Err(format!("{other:?} and {live:?} are one row")),
            None => {
                if self.has_written() {
                    self.doubtful.insert(id);
                }
                Ok(id)
            }
        }
    }

    pub(super) fn adopt_all(&mut self, found: &[Live]) -> Outcome<Vec<Id>> {
        let mut ids = found.iter().map(|live| self.adopt(live)).collect::<Outcome<Vec<Id>>>()?;
        ids.sort_unstable();
        match ids.array_windows().find(|[one, other]| one == other) {
            Some([id, _]) => Err(format!("{} is met twice", self.name(*id))),
            None => Ok(ids),
        }
    }

    pub(super) fn adopt_known(&mut self, edge: EdgeId, parent: &Live) -> Outcome {
        let found = EDGES[edge].link.children(parent).map_err(told("read what was loaded"))?;
        self.adopt_all(&found).map(drop)
    }

    /// The entity of a row, which is read if it is not known.
    pub(super) async fn live(&mut self, id: Id) -> Outcome<Live> {
        if let Some(live) = self.lives.get(&id).filter(|_| !self.stale.contains(&id)) {
            return Ok(live.clone());
        }
        let (tenant, key) = self.keys[&id];
        let get = self.model.now[&id].kind.get(self.session, tenant, key);
        let found = self.session.no_autoflush(get).await.map_err(told("get"))?;
        let live = found.first().ok_or_else(|| format!("{} is not there", self.name(id)))?;
        self.adopt(live)?;
        self.stale.remove(&id);
        Ok(live.clone())
    }

    /// Everything that is known agrees with the reference, and a flush would write what it says.
    pub(super) fn check(&mut self) -> Outcome {
        for id in self.model.now.keys().copied().collect::<Vec<_>>() {
            let (Some(live), row) = (self.lives.get(&id).cloned(), self.model.now[&id].clone()) else {
                continue;
            };
            if self.stale.contains(&id) {
                continue;
            }
            self.check_columns(id, &live, &row)?;
            for (_, edge) in edges_of(row.kind) {
                self.check_parent(edge, id, &live, &row)?;
            }
            self.check_ties(id, &live, row.kind)?;
            for (edge, _) in edges_to(row.kind) {
                self.check_children(edge, id, &live)?;
            }
        }
        if let Some(live) = self.gone.iter().find(|live| live.state() != EntityState::Transient) {
            return Err(format!("{live:?} has left the session, and is {:?}", live.state()));
        }
        self.check_plan()
    }

    fn check_columns(&self, id: Id, live: &Live, row: &Row) -> Outcome {
        let name = self.name(id);
        if live.name() != row.name || live.tenant() != row.tenant {
            return Err(format!("{name} has {:?} {}: {live:?}", row.name, row.tenant));
        }
        let (state, is_row) = match self.keys.get(&id) {
            Some(&(tenant, key)) => (EntityState::Persistent, live.is_row(tenant, key)),
            None => (EntityState::Pending, true),
        };
        if live.state() != state || !is_row {
            return Err(format!(
                "{name} is {state:?}, key {:?}: {live:?} is {:?}",
                self.keys.get(&id),
                live.state()
            ));
        }
        Ok(())
    }

    fn check_parent(&mut self, edge: &Edge, id: Id, live: &Live, row: &Row) -> Outcome {
        let name = format!("{} of {}", edge.name, self.name(id));
        let expected = row.parents[edge.slot];
        match edge.link.parent(live) {
            Ok(found) => {
                let found = self.adopt_all(&found)?;
                if found != expected.into_iter().collect::<Vec<_>>() {
                    return Err(format!("{name} leads to {found:?} and not {expected:?}"));
                }
            }
            Err(error) if error.is_orphan() && edge.required && expected.is_none() => {}
            Err(error)
                if error.is_not_loaded() && expected.is_some_and(|id| !self.lives.contains_key(&id)) => {}
            Err(error) => return Err(format!("{name} leads to {expected:?}: {error}")),
        }
        let key = edge.link.key(live);
        let wrong = match expected {
            Some(parent) => self.keys.get(&parent).is_some_and(|&(_, parent)| key != Some(parent)),
            None => !edge.required && key.is_some(),
        };
        if wrong { Err(format!("{name} leads to {expected:?} and has the key {key:?}")) } else { Ok(()) }
    }

    fn check_children(&mut self, edge: EdgeId, id: Id, live: &Live) -> Outcome {
        let name = format!("{} from {}", EDGES[edge].name, self.name(id));
        match EDGES[edge].link.children(live) {
            Ok(found) => {
                let found = self.adopt_all(&found).map_err(|error| format!("{name}: {error}"))?;
                let expected: Vec<Id> = self.model.children(edge, id).into_iter().collect();
                let is_part =
                    EDGES[edge].link.is_partial(live) && found.iter().all(|id| expected.contains(id));
                if found != expected && !is_part {
                    return Err(format!("{name} has {found:?} and not {expected:?}"));
                }
            }
            Err(error) if error.is_not_loaded() && self.keys.contains_key(&id) => {}
            Err(error) => return Err(format!("{name}: {error}")),
        }
        Ok(())
    }

    fn check_plan(&self) -> Outcome {
        match self.session.plan() {
            Err(error) if error.is_orphan() && !self.model.orphans().is_empty() => Ok(()),
            Err(error) => Err(format!("plan: {error}")),
            Ok(plan) if !self.model.orphans().is_empty() => Err(format!("there is an orphan:\n{plan}")),
            Ok(plan) if plan.to_string().is_empty() == self.model.is_dirty() => {
                Err(format!("dirty is {}, and the plan:\n{plan}", self.model.is_dirty()))
            }
            Ok(_) => Ok(()),
        }
    }
}
