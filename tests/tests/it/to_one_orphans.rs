//! Section D of the scenarios: what a row leads to belongs to it alone, and goes when the row leads elsewhere.

use orm_core::EntityState::{Pending, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::cascades::clips::{self, Clip, Entry, Reel};
use orm_tests::cascades::garage::{self, Bolt, Car, Engine, Turbo};

type Result = orm_core::Result<()>;

/// Scenario 113: also where the target is not in memory.
#[tokio::test]
async fn a_target_that_is_left_is_deleted_with_its_own() -> Result {
    let setup = Setup::new(&garage::TABLES).await;
    setup.sql("INSERT INTO engines (name) VALUES ('v6'), ('v8')").await;
    setup.sql("INSERT INTO bolts (engine_id) VALUES (1), (1), (2)").await;
    setup.sql("INSERT INTO cars (engine_id) VALUES (1), (2)").await;
    let all =
        "SELECT (SELECT count(*) FROM cars), (SELECT count(*) FROM engines), (SELECT count(*) FROM bolts)";
    let session = setup.db.session();
    let car = session.get::<Car>(1).await?.expect("the car is there");
    setup.shapes();
    car.engine().clear();
    session.commit().await?;
    assert_eq!(
        setup.shapes(),
        [
            &["BEGIN", "SELECT engines"][..],
            &["SELECT bolts"],
            &["UPDATE cars: engine_id", "DELETE bolts (batch)", "DELETE engines", "COMMIT"]
        ]
    );
    assert_eq!(setup.rows(all).await, ["2|1|1"]);

    // Replaced, and taken over by another.
    let other = session.get::<Car>(2).await?.expect("the car is there");
    let v8 = other.engine().await?.expect("the car has an engine");
    let v12 = session.add(Engine::builder().name("v12"));
    other.engine().set(&v12);
    car.engine().set(&v8);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM engines ORDER BY id").await, ["v8", "v12"]);
    other.engine().set(&v8);
    car.engine().clear();
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM engines ORDER BY id").await, ["v8"]);
    assert_eq!((session.get::<Bolt>(3).await?.is_some(), Entity::state(&v8)), (true, Persistent));
    Ok(())
}

/// Scenario 114.
#[tokio::test]
async fn a_pending_target_that_is_replaced_leaves_at_once() -> Result {
    let setup = Setup::new(&garage::TABLES).await;
    let session = setup.db.session();
    let car = session.add(Car::builder());
    let engines = session.add_all(["v6", "v8"].map(|name| Engine::builder().name(name)));
    car.engine().set(&engines[0]);
    car.engine().set(&engines[1]);
    assert_eq!((Entity::state(&engines[0]), Entity::state(&engines[1])), (Transient, Pending));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM engines").await, ["v8"]);

    // One that another holds by now stays, whether it knows who holds it or not.
    let (other, v6) = (session.add(Car::builder()), session.add(Engine::builder().name("v6")));
    let third = session.add(Car::builder().engine(&v6));
    other.engine().set(&v6);
    third.engine().clear();
    let (turbo, v2) = (session.add(Turbo::builder()), session.add(Engine::builder().name("v2")));
    v6.turbo().set(&turbo);
    v2.turbo().set(&turbo);
    assert_eq!((Entity::state(&v6), Entity::state(&turbo)), (Pending, Pending));
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT name, turbo_id FROM engines ORDER BY name").await,
        ["v2|1", "v6|-", "v8|-"]
    );
    Ok(())
}

/// Scenario 118: over links that are rows, of which each says that its target is in no other list. (A relationship to what
/// many share cannot say it, see the compile-fail test `cascade_to_what_many_share`.)
#[tokio::test]
async fn a_target_goes_with_the_only_link_to_it() -> Result {
    let setup = Setup::new(&clips::TABLES).await;
    setup.sql("INSERT INTO reels DEFAULT VALUES").await;
    setup.sql("INSERT INTO clips SELECT FROM generate_series(1, 2)").await;
    setup.sql("INSERT INTO entries VALUES (1, 1), (1, 2)").await;
    setup.sql("INSERT INTO captions (clip_id) VALUES (1), (1), (2)").await;
    let session = setup.db.session();
    let reel = session.get::<Reel>(1).await?.expect("the reel is there");
    let entries = reel.entries().await?;
    setup.shapes();
    reel.entries().remove(&entries[0]);
    session.commit().await?;
    let deletes = ["DELETE entries", "DELETE captions (batch)", "DELETE clips", "COMMIT"];
    let mut shapes = setup.shapes();
    shapes[2][..2].sort_by(|one, other| other.cmp(one));
    assert_eq!(shapes, [&["BEGIN", "SELECT clips"][..], &["SELECT captions"], &deletes]);
    assert_eq!(setup.rows("SELECT clip_id FROM entries").await, ["2"]);
    assert_eq!(setup.rows("SELECT id FROM clips").await, ["2"]);
    assert_eq!(setup.rows("SELECT clip_id FROM captions").await, ["2"]);
    Ok(())
}

/// A row that is let go, and added again with its key, stays one row; what hung on it goes all the same, as after a delete.
#[tokio::test]
async fn an_orphan_that_comes_again_with_its_key_stays_a_row() -> Result {
    let setup = Setup::new(&clips::TABLES).await;
    setup.sql("INSERT INTO reels DEFAULT VALUES").await;
    setup.sql("INSERT INTO clips DEFAULT VALUES").await;
    setup.sql("INSERT INTO entries VALUES (1, 1)").await;
    setup.sql("INSERT INTO captions (clip_id) VALUES (1)").await;
    let session = setup.db.session();
    let reel = session.get::<Reel>(1).await?.expect("the reel is there");
    let old = reel.entries().await?.remove(0);
    old.clip().await?.captions().await?;
    setup.shapes();
    reel.entries().remove(&old);
    let clip = session.add(Clip::builder().id(1));
    let new = session.add(Entry::builder().reel(&reel).clip(&clip));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE captions", "COMMIT"]]);
    assert_eq!((reel.entries().get()?, clip.entry().get()?), (vec![new.clone()], Some(new)));
    assert_eq!(setup.rows("SELECT reel_id, clip_id FROM entries").await, ["1|1"]);
    Ok(())
}
