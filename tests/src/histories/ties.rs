//! Many-to-many relationships, and the steps that tie rows and part them.

use futures_util::future::BoxFuture;
use orm_core::prelude::*;

use super::live::{Found as _, Kind, Live, Modelled as _, all};
use super::operation::{Step, What};
use super::reads::of_kind;
use super::reference::{Id, Row};
use super::world::World;
use super::{Outcome, models, told};

type Loading<'a> = BoxFuture<'a, orm_core::Result<Vec<Live>>>;

/// The place of a many-to-many in [`TIES`].
pub(super) type TieId = usize;

/// A many-to-many between two models.
pub(super) struct Tie {
    pub(super) name: &'static str,
    one: Kind,
    other: Kind,
    /// The links are a bare table, which go with a row; else the database deletes them.
    pub(super) is_bare: bool,
    ways: [&'static dyn Way; 2],
}

/// One side of a many-to-many.
trait Way: Sync {
    fn tied(&self, live: &Live) -> orm_core::Result<Vec<Live>>;
    fn load<'a>(&'a self, live: &'a Live) -> Loading<'a>;
    /// All rows of this side, with who they are tied to.
    fn select<'a>(&'a self, session: &'a Session, joined: bool) -> Loading<'a>;
    fn add(&self, live: &Live, other: &Live);
    fn remove(&self, live: &Live, other: &Live);
}

macro_rules! way {
    ($way:ident: $one:ident.$to:ident, $other:ident) => {
        struct $way;

        impl Way for $way {
            fn tied(&self, live: &Live) -> orm_core::Result<Vec<Live>> {
                Ok(models::$one::of(live).$to().get()?.found())
            }

            fn load<'a>(&'a self, live: &'a Live) -> Loading<'a> {
                Box::pin(async move { Ok(models::$one::of(live).$to().await?.found()) })
            }

            fn select<'a>(&'a self, session: &'a Session, joined: bool) -> Loading<'a> {
                let select = select::<models::$one>();
                Box::pin(all(
                    session,
                    match joined {
                        true => select.options(joinedload(models::$one::$to)),
                        false => select.options(selectinload(models::$one::$to)),
                    },
                    false,
                ))
            }

            fn add(&self, live: &Live, other: &Live) {
                models::$one::of(live).$to().add(models::$other::of(other));
            }

            fn remove(&self, live: &Live, other: &Live) {
                models::$one::of(live).$to().remove(models::$other::of(other));
            }
        }
    };
}

way!(AlbumNodes: Album.nodes, Node);
way!(NodeAlbums: Node.albums, Album);
way!(UserNodes: User.nodes, Node);
way!(NodeUsers: Node.users, User);

pub(super) static TIES: [Tie; 2] = [
    Tie {
        name: "album.nodes",
        one: Kind::Album,
        other: Kind::Node,
        is_bare: true,
        ways: [&AlbumNodes, &NodeAlbums],
    },
    Tie {
        name: "user.nodes",
        one: Kind::User,
        other: Kind::Node,
        is_bare: false,
        ways: [&UserNodes, &NodeUsers],
    },
];

/// The sides of many-to-many that a model's rows have, and whether they are the first ones.
fn ways_of(kind: Kind) -> impl Iterator<Item = (TieId, bool, &'static dyn Way)> {
    TIES.iter().enumerate().flat_map(move |(place, tie)| {
        let one = (tie.one == kind).then_some((place, true, tie.ways[0]));
        let other = (tie.other == kind).then_some((place, false, tie.ways[1]));
        one.into_iter().chain(other)
    })
}

/// Whether nobody is known to be tied to an entity.
pub(super) fn is_untied(live: &Live) -> bool {
    ways_of(live.kind()).all(|(.., way)| way.tied(live).is_ok_and(|tied| tied.is_empty()))
}

impl World<'_> {
    pub(super) async fn tie(&mut self, step: &Step) -> Outcome {
        let place = usize::from(step.picks[0]) % TIES.len();
        let (tie, forward) = (&TIES[place], step.picks[0] < 128);
        let adds = step.what == What::Tie;
        let Some(one) = self.pick(step.picks[1], |_, row| row.kind == tie.one) else { return Ok(()) };
        let fits = |id: Id, row: &Row| {
            let pair = (place, one, id);
            let (now, before) = (&self.model.now.ties, &self.model.flushed.ties);
            // What is there and was not seen would be inserted once more.
            row.kind == tie.other && now.contains(&pair) != adds && !(adds && before.contains(&pair))
        };
        let Some(other) = self.pick(step.picks[2], fits) else { return Ok(()) };
        let lives = [self.live(one).await?, self.live(other).await?];
        let fits = self.becomes(|model| {
            let ties = &mut model.now.ties;
            let _ = if adds { ties.insert((place, one, other)) } else { ties.remove(&(place, one, other)) };
        });
        if !fits {
            return Ok(());
        }
        self.note(format!("{:?} {} of {} and {}", step.what, tie.name, self.name(one), self.name(other)));
        let (way, [from, to]) = match (forward, lives) {
            (true, lives) => (tie.ways[0], lives),
            (false, [one, other]) => (tie.ways[1], [other, one]),
        };
        if adds {
            way.add(&from, &to);
        } else {
            way.remove(&from, &to);
        }
        Ok(())
    }

    /// Bare links of a row that is replaced must be in memory: else it is deleted and inserted.
    pub(super) async fn know_ties(&mut self, id: Id) -> Outcome {
        for (.., way) in ways_of(self.model.now[&id].kind) {
            let live = self.live(id).await?;
            let loading = self.session.no_autoflush(way.load(&live));
            let found = loading.await.map_err(told("load who is tied"))?;
            self.adopt_all(&found)?;
        }
        Ok(())
    }

    pub(super) async fn read_tied(&mut self, step: &Step) -> Outcome {
        let place = usize::from(step.picks[0]) % TIES.len();
        let (tie, forward) = (&TIES[place], step.picks[0] < 128);
        let (kind, way) = if forward { (tie.one, tie.ways[0]) } else { (tie.other, tie.ways[1]) };
        if step.what == What::SelectTied {
            let joined = step.picks[1].is_multiple_of(2);
            self.note(format!(
                "select all {kind:?} with {}{}",
                tie.name,
                if joined { ", joined" } else { "" }
            ));
            let found = way.select(self.session, joined).await.map_err(told("select"))?;
            self.observe()?;
            return self.are(&found, &of_kind(&self.model.now, kind, None));
        }
        let Some(id) = self.pick(step.picks[1], |_, row| row.kind == kind) else { return Ok(()) };
        let live = self.live(id).await?;
        self.note(format!("load {} from {}", tie.name, self.name(id)));
        way.load(&live).await.map_err(told("load"))?;
        self.observe()?;
        if self.model.now.contains_key(&id) { self.is_known(way.tied(&live)) } else { Ok(()) }
    }

    pub(super) fn check_ties(&mut self, id: Id, live: &Live, kind: Kind) -> Outcome {
        for (tie, from_one, way) in ways_of(kind) {
            let name = format!("{} from {}", TIES[tie].name, self.name(id));
            match way.tied(live) {
                Ok(found) => {
                    let found = self.adopt_all(&found).map_err(|error| format!("{name}: {error}"))?;
                    let expected: Vec<Id> = self.model.tied(tie, id, from_one).into_iter().collect();
                    if found != expected {
                        return Err(format!("{name} has {found:?} and not {expected:?}"));
                    }
                }
                Err(error) if error.is_not_loaded() && self.keys.contains_key(&id) => {}
                Err(error) => return Err(format!("{name}: {error}")),
            }
        }
        Ok(())
    }
}
