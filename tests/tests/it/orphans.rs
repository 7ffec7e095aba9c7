//! Section D of the scenarios: what is let go by the one that it belongs to, and by no other taken up, is deleted.

use orm_core::EntityState::{Deleted, Pending, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::cascades::fair::{self, Guest, Show, Ticket};
use orm_tests::cascades::forest::{self, Branch, Root};
use orm_tests::cascades::forum::{self, Like, Topic};
use orm_tests::cascades::studio::{self, Album, Cover, Take, Track};
use orm_tests::models::club::{self, Captain, Team};

type Result = orm_core::Result<()>;

const TRACKS: &str = "SELECT title, album_id FROM tracks ORDER BY id";

/// Two albums, the first with the tracks `a` and `b`, of two takes each; in the database only.
async fn two_albums() -> Setup {
    let setup = Setup::new(&studio::TABLES).await;
    setup.sql("INSERT INTO albums (title) VALUES ('red'), ('blue')").await;
    setup.sql("INSERT INTO tracks (title, album_id) VALUES ('a', 1), ('b', 1)").await;
    setup.sql("INSERT INTO takes (track_id) VALUES (1), (1), (2), (2)").await;
    setup
}

async fn album(session: &Session, id: i64) -> orm_core::Result<Entity<Album>> {
    Ok(session.get::<Album>(id).await?.expect("the album is there"))
}

/// A child that is removed goes, with what hangs on it, and nothing else.
#[tokio::test]
async fn a_child_that_is_removed_is_deleted_with_its_own() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    let tracks = album.tracks().await?;
    setup.shapes();
    album.tracks().remove(&tracks[0]);
    assert_eq!(Entity::state(&tracks[0]), Persistent);
    session.flush().await?;
    assert_eq!(setup.shapes(), [&["BEGIN", "SELECT takes"][..], &["DELETE takes (batch)", "DELETE tracks"]]);
    assert_eq!((Entity::state(&tracks[0]), album.tracks().get()?), (Deleted, vec![tracks[1].clone()]));
    session.rollback().await?;
    assert_eq!((Entity::state(&tracks[0]), album.tracks().get()?), (Persistent, tracks.clone()));
    assert_eq!(tracks[0].album().get()?, album);

    // A key that is not loaded anywhere: the child alone is in memory.
    let session = setup.db.session();
    let track = session.get::<Track>(2).await?.expect("the track is there");
    track.album().await?.tracks().remove(&track);
    session.commit().await?;
    assert_eq!(setup.rows(TRACKS).await, ["a|1"]);
    assert_eq!(setup.rows("SELECT id FROM takes").await, ["1", "2"]);
    Ok(())
}

/// Scenario 73.
#[tokio::test]
async fn a_part_of_a_tree_that_is_cut_off_is_deleted_whole() -> Result {
    let setup = Setup::new(&forest::TABLES).await;
    let session = setup.db.session();
    let branch = |name: &str| Branch::builder().name(name);
    let n1 = session.add(branch("n1").branches([branch("n2"), branch("n3").branches([branch("n4")])]));
    session.commit().await?;
    setup.shapes();
    let n3 = n1.branches().get()?.remove(1);
    n1.branches().remove(&n3);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE branches (batch)", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT name FROM branches ORDER BY id").await, ["n1", "n2"]);
    Ok(())
}

/// The same where the database deletes what hangs on the part.
#[tokio::test]
async fn what_hangs_on_a_part_that_is_cut_off_is_for_the_database() -> Result {
    let setup = Setup::new(&forest::TABLES).await;
    setup.sql("INSERT INTO roots (parent_id) VALUES (NULL), (1), (2), (1)").await;
    let session = setup.db.session();
    let root = session.get::<Root>(2).await?.expect("the root is there");
    setup.shapes();
    root.parent().clear();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE roots", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT id FROM roots ORDER BY id").await, ["1", "4"]);
    Ok(())
}

/// Scenarios 96 and 99: what was only added leaves at once, and its own with it.
#[tokio::test]
async fn what_was_only_added_leaves_at_once() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let red = album(&session, 1).await?;
    setup.shapes();
    let track = session.add(Track::builder().title("c").album(&red).takes([Take::builder()]));
    let take = track.takes().get()?.remove(0);
    red.tracks().remove(&track);
    assert_eq!((Entity::state(&track), Entity::state(&take)), (Transient, Transient));
    assert!(session.plan()?.is_empty());
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());

    // Added again, it comes with its own.
    red.tracks().add(&track);
    assert_eq!((Entity::state(&track), Entity::state(&take)), (Pending, Pending));
    red.tracks().remove(&track);

    let green =
        session.add(Album::builder().title("green").tracks(["x", "y"].map(|t| Track::builder().title(t))));
    for track in green.tracks().get()? {
        green.tracks().remove(&track);
    }
    session.add(Track::builder().title("z").album(&green));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT albums", "INSERT tracks", "COMMIT"]]);
    assert_eq!(setup.rows(TRACKS).await, ["a|1", "b|1", "z|3"]);
    Ok(())
}

/// Scenario 104.
#[tokio::test]
async fn what_was_removed_before_its_parent_is_deleted_goes_too() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    let tracks = album.tracks().await?;
    album.tracks().remove(&tracks[0]);
    session.delete(&album);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT (SELECT count(*) FROM tracks), (SELECT count(*) FROM takes)").await,
        ["0|0"]
    );
    Ok(())
}

/// What moves to another parent, or comes back, survives.
#[tokio::test]
async fn what_another_takes_up_survives() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let (red, blue) = (album(&session, 1).await?, album(&session, 2).await?);
    let tracks = red.tracks().await?;
    red.tracks().remove(&tracks[0]);
    blue.tracks().add(&tracks[0]);
    red.tracks().remove(&tracks[1]);
    red.tracks().add(&tracks[1]);
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE tracks: album_id", "COMMIT"]]);
    assert_eq!(setup.rows(TRACKS).await, ["a|2", "b|1"]);
    let fresh = session.add(Track::builder().title("c").album(&red));
    red.tracks().remove(&fresh);
    blue.tracks().add(&fresh);
    session.commit().await?;
    assert_eq!(setup.rows(TRACKS).await, ["a|2", "b|1", "c|2"]);
    Ok(())
}

/// The one that is displaced from a one-to-one goes before the other comes, over a key that is unique and not nullable.
#[tokio::test]
async fn what_is_displaced_is_deleted() -> Result {
    let setup = two_albums().await;
    setup.sql("INSERT INTO covers (colour, album_id) VALUES ('red', 1)").await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    let old = album.cover().await?.expect("the album has a cover");
    setup.shapes();
    let new = session.add(Cover::builder().colour("pink").album(&album));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE covers", "INSERT covers", "COMMIT"]]);
    assert_eq!(album.cover().get()?, Some(new.clone()));
    assert_eq!(setup.rows("SELECT colour FROM covers").await, ["pink"]);
    assert_eq!(session.get::<Cover>(old.id).await?, None);
    album.cover().clear();
    session.commit().await?;
    assert_eq!(setup.rows("SELECT colour FROM covers").await, Vec::<String>::new());
    Ok(())
}

/// Scenario 120: one missing parent is enough; one that was never given is not missing yet.
#[tokio::test]
async fn one_missing_parent_is_enough() -> Result {
    let setup = Setup::new(&fair::TABLES).await;
    let session = setup.db.session();
    let (guest, show) =
        (session.add(Guest::builder().tenant_id(1)), session.add(Show::builder().tenant_id(1)));
    let ticket = || Ticket::builder().tenant_id(1).guest(&guest).show(&show);
    let tickets = session.add_all([ticket(), ticket(), ticket()]);
    guest.tickets().remove(&tickets[0]);
    assert_eq!((Entity::state(&tickets[0]), show.tickets().get()?.len()), (Transient, 2));
    let half = session.add(Ticket::builder().tenant_id(1).guest(&guest));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT guest_id, show_id FROM tickets ORDER BY id").await, ["1|1", "1|1", "1|-"]);

    show.tickets().remove(&tickets[1]);
    half.edit().guest_id = None;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT guest_id, show_id FROM tickets ORDER BY id").await, ["1|1"]);
    assert_eq!(guest.tickets().get()?, [tickets[2].clone()]);
    Ok(())
}

/// Scenario 123: here `root.list = []` is the removal of each.
#[tokio::test]
async fn a_list_that_is_emptied_takes_its_descendants_along() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    let tracks = album.tracks().await?;
    setup.shapes();
    tracks.iter().for_each(|track| album.tracks().remove(track));
    session.commit().await?;
    let deletes = ["DELETE takes (batch)", "DELETE tracks (batch)", "COMMIT"];
    assert_eq!(setup.shapes(), [&["BEGIN", "SELECT takes"][..], &deletes]);
    assert_eq!(setup.rows("SELECT count(*) FROM takes").await, ["0"]);
    Ok(())
}

/// Scenario 248: what is loaded, lazily or with its parents, is no orphan.
#[tokio::test]
async fn what_is_loaded_is_no_orphan() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let track = session.get::<Track>(1).await?.expect("the track is there");
    let album = track.album().await?;
    let tracks = album.tracks().await?;
    track.edit().title = "c".into();
    tracks[1].edit().title = "d".into();
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE tracks: title (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(TRACKS).await, ["c|1", "d|1"]);
    // Nor is one that never had a parent.
    let setup = Setup::new(&forest::TABLES).await;
    setup.sql("INSERT INTO branches (name) VALUES ('a')").await;
    let session = setup.db.session();
    let branch = session.get::<Branch>(1).await?.expect("the branch is there");
    branch.edit().name = "b".into();
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM branches").await, ["b"]);
    Ok(())
}

/// An orphan is deleted also where the database deletes with the parent.
#[tokio::test]
async fn an_orphan_is_deleted_beside_a_rule_of_the_key() -> Result {
    let setup = Setup::new(&forum::TABLES).await;
    let session = setup.db.session();
    let topic = session.add(Topic::builder().likes([Like::builder(), Like::builder()]));
    session.commit().await?;
    let likes = topic.likes().get()?;
    setup.shapes();
    topic.likes().remove(&likes[0]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE likes", "COMMIT"]]);
    assert_eq!(topic.likes().get()?, [likes[1].clone()]);
    Ok(())
}

/// A query that would see an orphan flushes first.
#[tokio::test]
async fn a_query_does_not_see_orphans() -> Result {
    let setup = two_albums().await;
    let session = setup.db.session();
    let album = album(&session, 1).await?;
    let track = album.tracks().await?.remove(0);
    album.tracks().remove(&track);
    assert_eq!(session.scalars(select::<Take>()).await?.all().len(), 2);
    assert_eq!(album.tracks().await?.len(), 1);
    Ok(())
}

/// Scenario 337.
#[tokio::test]
async fn without_a_rule_what_is_displaced_is_let_go_first() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let team = session.add(Team::builder().name("red"));
    let ann = session.add(Captain::builder().name("ann").team(&team));
    session.commit().await?;
    setup.shapes();
    session.add(Captain::builder().name("bob").team(&team));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE captains: team_id", "INSERT captains", "COMMIT"]]);
    assert_eq!((ann.team_id, Entity::state(&ann)), (None, Persistent));
    Ok(())
}
