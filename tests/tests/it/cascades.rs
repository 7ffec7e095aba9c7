//! Section D of the scenarios: what is deleted goes with what hangs on it, loaded or not, by the session or the database.

use orm_core::EntityState::{Deleted, Detached, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::cascades::fair::{self, Guest, Ticket};
use orm_tests::cascades::forest::{self, Branch};
use orm_tests::cascades::garage::{self, Bolt, Car, Engine, Turbo};
use orm_tests::cascades::passports::{self, Person};
use orm_tests::cascades::studio::{self, Album, Cover, Take, Track};
use orm_tests::{Setup, polled};

type Result = orm_core::Result<()>;

const COUNTS: &str = "SELECT (SELECT count(*) FROM albums), (SELECT count(*) FROM tracks), \
                      (SELECT count(*) FROM takes), (SELECT count(*) FROM covers)";

/// Two albums, each with two tracks of two takes and a cover, in the database only.
async fn two_albums() -> Setup {
    let setup = Setup::new(&studio::TABLES).await;
    setup.sql("INSERT INTO albums (title) VALUES ('red'), ('blue')").await;
    setup.sql("INSERT INTO tracks (title, album_id) VALUES ('a', 1), ('b', 1), ('c', 2), ('d', 2)").await;
    setup.sql("INSERT INTO takes (track_id) SELECT n / 2 + 1 FROM generate_series(0, 7) AS n").await;
    setup.sql("INSERT INTO covers (colour, album_id) VALUES ('red', 1), ('blue', 2)").await;
    setup
}

async fn album(session: &Session, id: i64) -> orm_core::Result<Entity<Album>> {
    Ok(session.get::<Album>(id).await?.expect("the album is there"))
}

/// Scenarios 101 and 334: what is not loaded is, inside the awaited call, one statement a relationship and level.
#[tokio::test]
async fn what_hangs_on_deleted_rows_is_loaded_and_deleted_with_them() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let albums = session.scalars(select::<Album>().order_by(Album::id)).await?.all();
    setup.shapes();
    albums.iter().for_each(|album| session.delete(album));
    session.commit().await?;
    let (gone, one) = ("DELETE albums (batch)", "DELETE tracks (batch)");
    let mut shapes = setup.shapes();
    shapes[0].sort();
    assert_eq!(
        shapes,
        [
            &["BEGIN", "SELECT covers", "SELECT tracks"][..],
            &["SELECT takes"],
            &["DELETE takes (batch)", one, "DELETE covers (batch)", gone, "COMMIT"]
        ]
    );
    assert_eq!(setup.rows(COUNTS).await, ["0|0|0|0"]);
    Ok(())
}

/// What is loaded is not asked for again.
#[tokio::test]
async fn what_is_loaded_is_deleted_without_a_look() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let whole = selectinload(Album::tracks).selectinload(Track::takes);
    let album = session
        .get::<Album>(1)
        .options(whole)
        .options(selectinload(Album::cover))
        .await?
        .expect("the album is there");
    let tracks = album.tracks().get()?;
    setup.shapes();
    session.delete(&album);
    session.flush().await?;
    let steps = ["BEGIN", "DELETE takes (batch)", "DELETE tracks (batch)", "DELETE covers", "DELETE albums"];
    assert_eq!(setup.shapes(), [steps]);
    assert_eq!(tracks.iter().map(Entity::state).collect::<Vec<_>>(), [Deleted, Deleted]);
    assert_eq!(session.get::<Track>(1).await?, None);
    session.commit().await?;
    assert_eq!(Entity::state(&tracks[0]), Detached);
    assert_eq!(setup.rows(COUNTS).await, ["1|2|4|1"]);
    Ok(())
}

/// Scenario 16, with a parent that this session has loaded and a list that it has not: an entity belongs to one session,
/// so that there is nothing detached to delete.
#[tokio::test]
async fn a_list_that_was_never_read_is_deleted_with_its_parent() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    assert!(album.tracks().get().is_err_and(|error| error.is_not_loaded()));
    session.delete(&album);
    session.commit().await?;
    assert_eq!(setup.rows(COUNTS).await, ["1|2|4|1"]);
    Ok(())
}

/// Scenario 341: a level of a tree is one select, and the whole tree one delete.
#[tokio::test]
async fn a_tree_is_loaded_level_by_level_and_deleted_by_one_statement() -> Result {
    let setup = Setup::new(&forest::TABLES).await;
    let session = setup.db.session();
    let branch = |name: &str| Branch::builder().name(name);
    let a = branch("a").branches([branch("aa"), branch("ab")]);
    session.add(branch("r").branches([a, branch("b")]));
    session.commit().await?;
    assert_eq!(setup.statements().iter().filter(|sql| sql.contains("INSERT")).count(), 3);

    let session = setup.db.session();
    let root = session.get::<Branch>(1).await?.expect("the root is there");
    setup.shapes();
    session.delete(&root);
    session.commit().await?;
    let level = ["SELECT branches"].as_slice();
    let first = ["BEGIN", "SELECT branches"].as_slice();
    assert_eq!(setup.shapes(), [first, level, level, &["DELETE branches (batch)", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT count(*) FROM branches").await, ["0"]);
    Ok(())
}

/// Scenario 40, by the cascade: the child's primary key is its parent's.
#[tokio::test]
async fn a_child_whose_key_is_its_parents_goes_with_it() -> Result {
    let setup = Setup::new(&passports::TABLES).await;
    setup.sql("INSERT INTO people DEFAULT VALUES").await;
    setup.sql("INSERT INTO passports VALUES (1)").await;
    let session = setup.db.session();
    let person = session.get::<Person>(1).await?.expect("the person is there");
    setup.shapes();
    session.delete(&person);
    session.commit().await?;
    assert_eq!(
        setup.shapes(),
        [&["BEGIN", "SELECT passports"][..], &["DELETE passports", "DELETE people", "COMMIT"]]
    );
    Ok(())
}

/// A child that is moved away in the same flush survives: it is written before its old parent goes.
#[tokio::test]
async fn a_child_that_moves_away_survives() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let (red, blue) = (album(&session, 1).await?, album(&session, 2).await?);
    let track = session.get::<Track>(1).await?.expect("the track is there");
    let fresh = session.add(Album::builder().title("green"));
    let other = session.get::<Track>(2).await?.expect("the track is there");
    blue.tracks().add(&track);
    other.album().set(&fresh);
    session.delete(&red);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, album_id FROM tracks ORDER BY id").await, ["1|2", "2|3", "3|2", "4|2"]);
    assert_eq!(setup.rows(COUNTS).await, ["2|4|8|1"]);
    assert_eq!((Entity::state(&track), Entity::state(&other)), (Persistent, Persistent));
    Ok(())
}

/// Scenario 187: the mark and what the flush did are taken back, also from what was deleted along.
#[tokio::test]
async fn a_rollback_brings_parent_and_children_back() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    let tracks = album.tracks().await?;
    session.delete(&album);
    session.flush().await?;
    assert_eq!((Entity::state(&album), Entity::state(&tracks[0])), (Deleted, Deleted));
    assert_eq!(setup.rows(COUNTS).await, ["2|4|8|2"], "nothing is committed");
    session.rollback().await?;
    assert_eq!((Entity::state(&album), Entity::state(&tracks[0])), (Persistent, Persistent));
    assert_eq!(album.tracks().get()?, tracks);
    assert_eq!(session.get::<Track>(1).await?.as_ref(), Some(&tracks[0]));
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), Vec::<Vec<String>>::new());
    assert_eq!(setup.rows(COUNTS).await, ["2|4|8|2"]);
    Ok(())
}

/// Scenario 187, before the flush: the parent that is added again keeps its children.
#[tokio::test]
async fn a_mark_that_is_taken_back_is_taken_from_the_children_too() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    let tracks = album.tracks().await?;
    session.delete(&album);
    assert_eq!(session.plan()?.to_string(), "delete 2 from tracks\ndelete 1 from albums\n");
    session.add(&album);
    assert!(session.plan()?.is_empty());
    setup.shapes();
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    assert_eq!((album.tracks().get()?, Entity::state(&tracks[0])), (tracks.clone(), Persistent));
    assert_eq!(setup.rows(COUNTS).await, ["2|4|8|2"]);
    Ok(())
}

/// A commit that fails, after it has loaded what goes along, leaves everything as it was.
#[tokio::test]
async fn a_delete_that_is_refused_leaves_no_traces() -> Result {
    let setup = two_albums().await;
    setup.sql("CREATE TABLE prizes (album_id bigint REFERENCES albums)").await;
    setup.sql("INSERT INTO prizes VALUES (1)").await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    session.delete(&album);
    assert!(session.commit().await.is_err_and(|error| error.is_foreign_key_violation()));
    session.rollback().await?;
    let tracks = album.tracks().await?;
    assert_eq!(tracks.iter().map(Entity::state).collect::<Vec<_>>(), [Persistent, Persistent]);
    setup.sql("DROP TABLE prizes").await;
    session.delete(&album);
    session.commit().await?;
    assert_eq!(setup.rows(COUNTS).await, ["1|2|4|1"]);
    Ok(())
}

/// A commit that is dropped while it loads what goes along has done nothing.
#[tokio::test]
async fn a_commit_that_is_dropped_while_it_loads_has_done_nothing() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    session.delete(&album);
    assert!(polled(session.commit(), 1).await.is_none());
    assert_eq!(Entity::state(&album), Persistent);
    session.commit().await?;
    assert_eq!(setup.rows(COUNTS).await, ["1|2|4|1"]);
    Ok(())
}

/// A query that reads what goes along flushes first; one that reads something else does not.
#[tokio::test]
async fn a_query_over_what_goes_along_flushes_first() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    session.delete(&album);
    assert_eq!(session.scalars(select::<Take>()).await?.all().len(), 4);
    session.rollback().await?;
    assert_eq!(session.scalars(select::<Take>()).await?.all().len(), 8);
    Ok(())
}

/// Keys of two columns, from two tenants at once.
#[tokio::test]
async fn children_over_keys_of_two_columns_are_loaded_in_one_statement() -> Result {
    let setup = Setup::new(&fair::TABLES).await;
    setup.sql("INSERT INTO guests (tenant_id, id) VALUES (1, 1), (2, 1), (3, 1)").await;
    setup.sql("INSERT INTO tickets (tenant_id, guest_id) VALUES (1, 1), (1, 1), (2, 1), (3, 1)").await;
    let session = setup.db.session();
    let guests = session.scalars(select::<Guest>().filter(Guest::tenant_id.lt(3))).await?.all();
    setup.shapes();
    guests.iter().for_each(|guest| session.delete(guest));
    session.commit().await?;
    let shapes = setup.shapes();
    assert_eq!(shapes[0], ["BEGIN", "SELECT tickets"]);
    assert_eq!(shapes[1].len(), 3, "{shapes:?}");
    assert_eq!(setup.rows("SELECT tenant_id FROM tickets").await, ["3"]);
    assert_eq!(session.scalars(select::<Ticket>()).await?.all().len(), 1);
    Ok(())
}

/// Scenario 115: the head of a chain takes the rest along, also what its middle was cut from.
#[tokio::test]
async fn a_chain_goes_with_its_head() -> Result {
    let setup = Setup::new(&garage::TABLES).await;
    setup.sql("INSERT INTO turbos DEFAULT VALUES").await;
    setup.sql("INSERT INTO engines (name, turbo_id) VALUES ('v8', 1)").await;
    setup.sql("INSERT INTO cars (engine_id) VALUES (1)").await;
    setup.sql("INSERT INTO bolts (engine_id) VALUES (1), (1)").await;
    let all = "SELECT (SELECT count(*) FROM cars), (SELECT count(*) FROM engines), \
               (SELECT count(*) FROM turbos), (SELECT count(*) FROM bolts)";
    let session = setup.db.session();
    let car = session.get::<Car>(1).await?.expect("the car is there");
    // Nothing of the chain is in memory.
    session.delete(&car);
    session.flush().await?;
    session.rollback().await?;

    let engine = car.engine().await?.expect("the car has an engine");
    engine.turbo().await?.expect("the engine has a turbo");
    engine.turbo().clear();
    session.delete(&car);
    session.commit().await?;
    assert_eq!(setup.rows(all).await, ["0|0|0|0"]);
    assert_eq!(session.scalars(select::<Bolt>()).await?.all().len(), 0);
    assert_eq!(session.get::<Engine>(1).await?, None);
    assert_eq!(session.get::<Turbo>(1).await?, None);
    Ok(())
}

/// Scenario 103: what is added takes nothing from the database along.
#[tokio::test]
async fn adding_loads_nothing() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    setup.shapes();
    session.add(&album);
    let track = session.add(Track::builder().title("e").album(&album));
    assert!(album.tracks().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT tracks", "COMMIT"]]);
    assert!(album.tracks().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!(album.tracks().await?.last(), Some(&track));
    assert_eq!(session.scalars(select::<Cover>()).await?.all().len(), 2);
    Ok(())
}

/// Hooks of a session are told of each row that goes along, of those that are loaded for it too; what they delete in turn
/// takes its own along.
#[tokio::test]
async fn hooks_are_told_of_what_goes_along() -> Result {
    let setup = two_albums().await;
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let note = |what: &'static str| {
        let told = std::sync::Arc::clone(&told);
        move |id: i64| told.lock().expect("no hook panicked").push(format!("{what} {id}"))
    };
    let (load, before, after, takes) = (note("load"), note("before"), note("after"), note("take"));
    let events = Events::new()
        .on_load(move |track: &Entity<Track>| load(track.id))
        .before_delete(move |track: &Entity<Track>| before(track.id))
        .before_delete(move |take: &Entity<Take>| takes(take.id))
        .after_delete(move |track: &Entity<Track>| after(track.id));
    let session = setup.db.with_events(events).session();
    let album = album(&session, 1).await?;
    session.delete(&album);
    session.commit().await?;
    let mut told = std::mem::take(&mut *told.lock().expect("no hook panicked"));
    told[2..8].sort();
    let expected = [
        "load 1", "load 2", "before 1", "before 2", "take 1", "take 2", "take 3", "take 4", "after 1",
        "after 2",
    ];
    assert_eq!(told, expected);
    assert_eq!(setup.rows(COUNTS).await, ["1|2|4|1"]);
    Ok(())
}

/// A savepoint that is rolled back gives back what went along since, and what was let go and left.
#[tokio::test]
async fn a_savepoint_brings_back_what_went_along() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let (red, blue) = (album(&session, 1).await?, album(&session, 2).await?);
    let tracks = red.tracks().await?;
    let others = blue.tracks().await?;
    let fresh = session.add(Track::builder().title("e").album(&blue));
    let savepoint = session.begin_nested().await?;
    let late = session.add(Track::builder().title("f").album(&blue));
    blue.tracks().remove(&late);
    blue.tracks().remove(&others[0]);
    session.delete(&red);
    session.flush().await?;
    assert_eq!((Entity::state(&tracks[0]), Entity::state(&others[0])), (Deleted, Deleted));
    savepoint.rollback().await?;
    assert_eq!((Entity::state(&tracks[0]), Entity::state(&others[0])), (Persistent, Persistent));
    assert_eq!((Entity::state(&red), Entity::state(&late)), (Persistent, Transient));
    assert_eq!(red.tracks().get()?, tracks);
    assert_eq!(blue.tracks().get()?, [&others[..], &[fresh]].concat());
    session.commit().await?;
    assert_eq!(setup.rows(COUNTS).await, ["2|5|8|2"]);
    Ok(())
}
