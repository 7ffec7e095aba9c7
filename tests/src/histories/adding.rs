//! Steps that add rows.

use super::Outcome;
use super::edges::{EDGES, EdgeId, edges_of, edges_to};
use super::live::Kind;
use super::operation::{Step, What};
use super::reference::{Id, Row};
use super::world::World;

impl World<'_> {
    pub(super) async fn add(&mut self, step: &Step) -> Outcome {
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

    pub(super) fn add_family(&mut self, step: &Step) {
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
    pub(super) fn add_again(&mut self, step: &Step) {
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
        if !edges_to(kind).all(|(edge, _)| is_alone(edge)) || !super::ties::is_untied(&live) {
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

    /// A row is replaced by a new one with its key.
    pub(super) async fn switch(&mut self, step: &Step) -> Outcome {
        let can_be = |id: Id, row: &Row| {
            self.keys.contains_key(&id)
                && matches!(row.kind, Kind::User | Kind::Badge | Kind::Node | Kind::Album)
        };
        let Some(old) = self.pick(step.picks[0], can_be) else { return Ok(()) };
        let (live, kind) = (self.live(old).await?, self.model.now[&old].kind);
        let key = self.keys[&old].1;
        let same = step.picks[1].is_multiple_of(3).then(|| self.model.flushed[&old].name.clone());
        let Some(name) = same.or_else(|| self.new_name(kind, step.picks[1])) else { return Ok(()) };
        self.know_ties(old).await?;
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
}
