//! Statements that write past the unit of work: what they do to rows, and so to what is known of them.

use orm_core::prelude::*;

use super::edges::{EDGES, EdgeId, OnDelete, edges_to};
use super::live::Kind;
use super::models::{Album, Badge, Line, Node, Order, Passport, Post, Product, Take, Track, User};
use super::operation::{Step, What};
use super::reference::{Id, Row, Rows};
use super::ties::TIES;
use super::world::World;
use super::{Outcome, told};

/// Runs a statement over a model's rows, or over one of them, by its number.
macro_rules! run {
    ($session:expr, $only:expr, $statement:expr, $model:ident) => {{
        let statement = $statement;
        match $only {
            Some(id) => $session.execute(statement.filter($model::id.eq(id))).await,
            None => $session.execute(statement).await,
        }
    }};
}

macro_rules! of_kind {
    ($kind:expr, $model:ident => $does:expr) => {
        match $kind {
            Kind::User => {
                type $model = User;
                $does
            }
            Kind::Badge => {
                type $model = Badge;
                $does
            }
            Kind::Passport => {
                type $model = Passport;
                $does
            }
            Kind::Post => {
                type $model = Post;
                $does
            }
            Kind::Node => {
                type $model = Node;
                $does
            }
            Kind::Order => {
                type $model = Order;
                $does
            }
            Kind::Product => {
                type $model = Product;
                $does
            }
            Kind::Line => {
                type $model = Line;
                $does
            }
            Kind::Album => {
                type $model = Album;
                $does
            }
            Kind::Track => {
                type $model = Track;
                $does
            }
            Kind::Take => {
                type $model = Take;
                $does
            }
        }
    };
}

impl World<'_> {
    pub(super) async fn state(&mut self, step: &Step) -> Outcome {
        self.transact(&Step { what: What::Flush, picks: step.picks }).await?;
        match step.what {
            What::RenameWhere => self.rename_where(step).await,
            What::LeadWhere => self.lead_where(step).await,
            What::DeleteWhere => self.delete_where(step).await,
            What::LeadUnseen => self.lead_unseen(step).await,
            What::DeleteUnseen => self.delete_unseen(step).await,
            _ => self.insert_past(step).await,
        }
    }

    /// What a statement did is written, and seen.
    fn stated(&mut self, change: impl Fn(&mut Rows)) {
        change(&mut self.model.now);
        change(&mut self.model.flushed);
    }

    async fn rename_where(&mut self, step: &Step) -> Outcome {
        let Some(id) = self.pick(step.picks[0], |_, _| true) else { return Ok(()) };
        let kind = self.model.now[&id].kind;
        let Some(name) = self.new_name(kind, step.picks[1]) else { return Ok(()) };
        let key = self.keys[&id];
        let all = kind != Kind::User && step.picks[2].is_multiple_of(2);
        self.note(format!(
            "update {} by a statement: {name:?}",
            if all { format!("all {kind:?}") } else { self.name(id) }
        ));
        let only = (!all).then_some(key.1);
        let rows = of_kind!(kind, Model => {
            run!(self.session, only, update::<Model>().set(Model::name, name.clone()), Model)
        });
        let tenant = self.model.now[&id].tenant;
        let is_it = |other: &Id, row: &Row| {
            // Numbers are drawn by each table, so that tenants share none.
            row.kind == kind && (all || *other == id && row.tenant == tenant)
        };
        let expected = self.model.now.iter().filter(|(other, row)| is_it(other, row)).count();
        told_rows(rows.map_err(told("update"))?, expected)?;
        self.stated(|rows| {
            let rows = rows.iter_mut().filter(|(other, row)| is_it(other, row));
            rows.for_each(|(_, row)| row.name.clone_from(&name));
        });
        Ok(())
    }

    /// Children are led to another parent, all of them or one.
    async fn lead_where(&mut self, step: &Step) -> Outcome {
        let edge: EdgeId = Self::edge(step.picks[0]);
        let facts = &EDGES[edge];
        if facts.one || facts.child == Kind::Line {
            return Ok(());
        }
        let Some(parent) = self.pick(step.picks[1], |_, row| row.kind == facts.parent) else { return Ok(()) };
        let Some(child) = self.pick(step.picks[2], |_, row| row.kind == facts.child) else { return Ok(()) };
        let all = step.picks[2].is_multiple_of(2);
        self.note(format!(
            "lead {} to {} by a statement",
            if all { facts.name.to_owned() } else { self.name(child) },
            self.name(parent)
        ));
        let (only, key) = ((!all).then_some(self.keys[&child].1), self.keys[&parent].1);
        let rows = match (facts.child, facts.slot) {
            (Kind::Post, 0) => run!(self.session, only, update::<Post>().set(Post::author_id, key), Post),
            (Kind::Post, _) => run!(self.session, only, update::<Post>().set(Post::editor_id, key), Post),
            (Kind::Node, _) => run!(self.session, only, update::<Node>().set(Node::parent_id, key), Node),
            (Kind::Track, _) => run!(self.session, only, update::<Track>().set(Track::album_id, key), Track),
            _ => run!(self.session, only, update::<Take>().set(Take::track_id, key), Take),
        };
        let is_it = |other: &Id, row: &Row| row.kind == facts.child && (all || *other == child);
        let expected = self.model.now.iter().filter(|(other, row)| is_it(other, row)).count();
        told_rows(rows.map_err(told("update of a key"))?, expected)?;
        self.stated(|rows| {
            let rows = rows.iter_mut().filter(|(other, row)| is_it(other, row));
            rows.for_each(|(_, row)| row.parents[facts.slot] = Some(parent));
        });
        Ok(())
    }

    /// A new graph knows the children that a parent has, and of the others one, whose parent it does not know.
    async fn lead_unseen(&mut self, step: &Step) -> Outcome {
        let facts = &EDGES[Self::edge(step.picks[0])];
        let Some(parent) = self.pick(step.picks[1], |_, row| row.kind == facts.parent) else { return Ok(()) };
        let Some(child) = self.pick(step.picks[2], |_, row| row.kind == facts.child) else { return Ok(()) };
        if facts.one || facts.child == Kind::Line {
            return Ok(());
        }
        self.clear();
        let live = self.live(parent).await?;
        facts.link.load_children(&live).await.map_err(told("load"))?;
        self.is_known(facts.link.children(&live))?;
        self.live(child).await?;
        self.lead_where(step).await
    }

    /// A new graph knows the children that go with a parent which it does not know.
    async fn delete_unseen(&mut self, step: &Step) -> Outcome {
        let Some(id) = self.free(step.picks[0]) else { return Ok(()) };
        self.clear();
        let kind = self.model.now[&id].kind;
        let along: Vec<Id> = edges_to(kind).flat_map(|(edge, _)| self.model.children(edge, id)).collect();
        for child in along {
            self.live(child).await?;
        }
        self.delete_where(step).await
    }

    /// A row to which nothing refers but what the database deletes with it.
    fn free(&self, pick: u8) -> Option<Id> {
        self.pick(pick, |id, row| {
            let is_left = |edge: EdgeId| {
                EDGES[edge].on_delete == OnDelete::Cascade || self.model.children(edge, id).is_empty()
            };
            edges_to(row.kind).all(|(edge, _)| is_left(edge))
                && self.model.ties_of(&self.model.now, id).iter().all(|&(tie, ..)| !TIES[tie].is_bare)
        })
    }

    async fn delete_where(&mut self, step: &Step) -> Outcome {
        let Some(id) = self.free(step.picks[0]) else { return Ok(()) };
        let (kind, key) = (self.model.now[&id].kind, self.keys[&id].1);
        self.note(format!("delete {} by a statement", self.name(id)));
        let rows = of_kind!(kind, Model => run!(self.session, Some(key), delete::<Model>(), Model));
        told_rows(rows.map_err(told("delete"))?, 1)?;
        let along: Vec<Id> =
            edges_to(kind).flat_map(|(edge, _)| self.model.children(edge, id)).chain([id]).collect();
        self.stated(|rows| {
            rows.retain(|other, _| !along.contains(other));
            rows.ties.retain(|&(_, one, other)| !along.contains(&one) && !along.contains(&other));
        });
        Ok(())
    }

    /// A row that the session does not meet.
    async fn insert_past(&mut self, step: &Step) -> Outcome {
        let [which, pick, other] = step.picks;
        let parent_of = |kind: Kind| self.pick(pick, |_, row| row.kind == kind);
        let name = format!("n{}", other % 4);
        let (kind, parent) = match which % 3 {
            0 => (Kind::Post, parent_of(Kind::User)),
            1 => (Kind::Node, parent_of(Kind::Node)),
            _ => (Kind::Take, parent_of(Kind::Track)),
        };
        if kind == Kind::Post && parent.is_none() {
            return Ok(());
        }
        let key = parent.map(|parent| self.keys[&parent].1);
        let keys = match kind {
            Kind::Post => {
                let post = Post::builder().name(name.clone()).author_id(key.unwrap_or_default());
                self.session.insert_many([post]).await
            }
            Kind::Node => {
                let node = insert::<Node>().value(Node::builder().name(name.clone()).parent_id(key));
                self.session.scalars(node.returning(Node::id)).await.map(orm_core::Rows::all)
            }
            _ => self.session.insert_many([Take::builder().name(name.clone()).track_id(key)]).await,
        };
        let keys = keys.map_err(told("insert"))?;
        let id = self.model.add(Row::new(kind, &name, [parent, None]));
        self.note(format!("insert {} of {parent:?} past the session", self.name(id)));
        self.model.flushed = self.model.now.clone();
        self.keys.insert(id, (0, keys[0]));
        Ok(())
    }
}

fn told_rows(found: u64, expected: usize) -> Outcome {
    match usize::try_from(found) == Ok(expected) {
        true => Ok(()),
        false => Err(format!("a statement wrote {found} rows and not {expected}")),
    }
}
