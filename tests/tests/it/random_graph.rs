//! Random changes to a small graph: at every step both sides of each relationship agree, after a commit the database
//! holds what is in memory, and after a rollback memory holds what is in the database.

use orm_core::prelude::*;
use orm_tests::Setup;

type Result = orm_core::Result<()>;

#[derive(Model, Debug, Clone)]
#[orm(table = "places")]
#[orm(has_many(parts: Place, back_populates = whole))]
#[orm(has_one(keeper: Keeper, back_populates = place))]
struct Place {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[orm(index, belongs_to(whole: Place, back_populates = parts))]
    whole_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "keepers")]
struct Keeper {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique, belongs_to(place: Place, back_populates = keeper))]
    place_id: Option<i64>,
}

/// A session, what of it is alive, and what was at the last commit.
struct World {
    setup: Setup,
    session: Session,
    random: Random,
    now: Alive,
    committed: Alive,
}

#[derive(Clone, Default)]
struct Alive {
    places: Vec<Entity<Place>>,
    keepers: Vec<Entity<Keeper>>,
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % end
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

impl World {
    async fn step(&mut self) -> orm_core::Result<String> {
        if self.now.places.len() < 2 || self.now.keepers.is_empty() {
            return Ok(self.add());
        }
        let (one, other) = (self.random.pick(&self.now.places), self.random.pick(&self.now.places));
        let keeper = self.random.pick(&self.now.keepers);
        let what = format!("{} {} {}", one.name, other.name, keeper.id);
        let done = match self.random.below(18) {
            0 | 1 => self.add(),
            2 => self.delete(),
            done @ 3..=5 => return self.end(done).await.map(|done| format!("{done} {what}")),
            done @ 6..=9 => return load(done, &one, &keeper).await.map(|()| format!("load {done} {what}")),
            done => change(done, &one, &other, &keeper).to_owned(),
        };
        Ok(format!("{done} {what}"))
    }

    fn add(&mut self) -> String {
        let name = format!("p{}", self.random.below(1_000_000));
        let place = Place::builder().name(&*name);
        let keeper = Keeper::builder();
        let (place, keeper) = if self.now.places.is_empty() || self.random.below(2) == 0 {
            (self.session.add(place), self.session.add(keeper))
        } else {
            let whole = self.random.pick(&self.now.places);
            (self.session.add(place.whole(&whole)), self.session.add(keeper.place(&whole)))
        };
        self.now.places.push(place);
        self.now.keepers.push(keeper);
        format!("add {name}")
    }

    fn delete(&mut self) -> String {
        let place = self.random.below(self.now.places.len());
        let place = self.now.places.swap_remove(place);
        self.session.delete(&place);
        let keeper = self.random.below(self.now.keepers.len());
        self.session.delete(&self.now.keepers.swap_remove(keeper));
        format!("delete {}", place.name)
    }

    async fn end(&mut self, how: usize) -> orm_core::Result<&'static str> {
        match how {
            3 => {
                self.session.flush().await?;
                Ok("flush")
            }
            4 => {
                self.session.commit().await?;
                self.committed = self.now.clone();
                self.is_what_the_database_holds().await?;
                Ok("commit")
            }
            _ => {
                self.session.rollback().await?;
                self.now = self.committed.clone();
                self.is_what_the_database_holds().await?;
                Ok("rollback")
            }
        }
    }

    async fn is_what_the_database_holds(&self) -> Result {
        let show = |key: Option<i64>| key.map_or("-".to_owned(), |key| key.to_string());
        let mut places: Vec<&Entity<Place>> = self.now.places.iter().collect();
        places.sort_by_key(|place| place.id);
        let places: Vec<_> = places
            .into_iter()
            .map(|place| format!("{}|{}|{}", place.id, place.name, show(place.whole_id)))
            .collect();
        assert_eq!(places, self.setup.rows("SELECT id, name, whole_id FROM places ORDER BY id").await);
        let mut keepers: Vec<&Entity<Keeper>> = self.now.keepers.iter().collect();
        keepers.sort_by_key(|keeper| keeper.id);
        let keepers: Vec<_> =
            keepers.into_iter().map(|keeper| format!("{}|{}", keeper.id, show(keeper.place_id))).collect();
        assert_eq!(keepers, self.setup.rows("SELECT id, place_id FROM keepers ORDER BY id").await);
        Ok(())
    }

    /// What is known on one side is known on the other, as far as that is loaded.
    fn sides_agree(&self) {
        for place in &self.now.places {
            if let Ok(Some(whole)) = place.whole().get()
                && let Ok(parts) = whole.parts().get()
            {
                let times = parts.iter().filter(|part| *part == place).count();
                assert_eq!(times, 1, "{} is not once in the parts of {}", place.name, whole.name);
            }
            let parts = place.parts().get().unwrap_or_default();
            for part in parts.iter().filter(|part| self.now.places.contains(part)) {
                assert_eq!(part.whole().get().ok(), Some(Some(place.clone())), "{}", part.name);
            }
            if let Ok(Some(keeper)) = place.keeper().get()
                && self.now.keepers.contains(&keeper)
            {
                assert_eq!(keeper.place().get().ok(), Some(Some(place.clone())), "{}", place.name);
            }
        }
        for keeper in &self.now.keepers {
            if let Ok(Some(place)) = keeper.place().get()
                && let Ok(known) = place.keeper().get()
            {
                assert_eq!(known.as_ref(), Some(keeper), "the keeper of {}", place.name);
            }
        }
    }
}

async fn load(which: usize, place: &Entity<Place>, keeper: &Entity<Keeper>) -> Result {
    match which {
        6 => drop(place.parts().await?),
        7 => drop(place.whole().await?),
        8 => drop(place.keeper().await?),
        _ => drop(keeper.place().await?),
    }
    Ok(())
}

fn change(which: usize, one: &Entity<Place>, other: &Entity<Place>, keeper: &Entity<Keeper>) -> &'static str {
    match which {
        10 => {
            one.whole().set(other);
            "set whole"
        }
        11 => {
            one.whole().clear();
            "clear whole"
        }
        12 => {
            other.parts().add(one);
            "add part"
        }
        13 => {
            other.parts().remove(one);
            "remove part"
        }
        14 => {
            one.edit().whole_id = Entity::key(other);
            "edit key"
        }
        15 => {
            keeper.place().set(one);
            "set place"
        }
        16 => {
            one.keeper().set(keeper);
            "set keeper"
        }
        _ => {
            one.edit().name += "x";
            "rename"
        }
    }
}

#[tokio::test]
async fn whatever_is_changed_memory_and_database_agree() -> Result {
    for seed in 1..=20u64 {
        let setup = Setup::new(&orm_core::models![Place, Keeper]).await;
        let session = setup.db.session();
        let random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (now, committed) = Default::default();
        let mut world = World { setup, session, random, now, committed };
        let mut log = Vec::new();
        for _ in 0..60 {
            let step = world.step().await;
            log.push(step.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{log:#?}")));
            let agree = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.sides_agree()));
            assert!(agree.is_ok(), "seed {seed}: {log:#?}");
        }
    }
    Ok(())
}
