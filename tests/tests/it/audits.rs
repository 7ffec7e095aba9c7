//! What hooks are shown of a flush: what it will write, and what it has written.

use std::sync::{Arc, Mutex};

use orm_core::prelude::*;
use orm_core::{AnyEntity, UnitOfWork};
use orm_tests::Setup;
use orm_tests::cascades::studio::{Album, Cover, TABLES, Take, Track};
use orm_tests::moments::AuditLine;

type Result = orm_core::Result<()>;

/// Two albums, one with two tracks of two takes each and a cover, in the database only.
async fn albums() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.db.create_all(models![AuditLine]).await.expect("the table can be created");
    setup
        .sql(
            "INSERT INTO albums (title) VALUES ('red'), ('blue');
             INSERT INTO tracks (title, album_id) VALUES ('a', 1), ('b', 1);
             INSERT INTO takes (track_id) VALUES (1), (1), (2), (2);
             INSERT INTO covers (colour, album_id) VALUES ('red', 1)",
        )
        .await;
    setup.flights();
    setup
}

fn line(verb: &str, entity: &AnyEntity) -> String {
    format!("{verb} {} {}: {:?}", entity.model(), entity.key().unwrap_or_default(), entity.changes())
}

/// A line for each change of what is no audit line.
fn lines(unit: &UnitOfWork<'_>) -> Vec<String> {
    let lists = [("add", unit.added()), ("edit", unit.dirty()), ("delete", unit.deleted())];
    let lines = lists.iter().flat_map(|(verb, entities)| entities.iter().map(|entity| line(verb, entity)));
    lines.filter(|line| !line.contains("AuditLine")).collect()
}

/// One row goes in, one changes, one goes with what hangs on it.
async fn change(session: &Session) -> Result {
    let blue = session.get::<Album>(2).await?.expect("the album is there");
    let red = session.get::<Album>(1).await?.expect("the album is there");
    blue.edit().title = "green".into();
    session.add(Album::builder().title("new"));
    session.delete(&red);
    session.commit().await
}

/// The lines are written by the flush that they tell of.
#[tokio::test]
async fn a_hook_before_a_flush_logs_what_it_will_write() -> Result {
    let setup = albums().await;
    let events = Events::new().before_flush(|unit| {
        for text in lines(unit) {
            unit.add(AuditLine::builder().text(text));
        }
    });
    change(&setup.db.with_events(events).session()).await?;
    assert_eq!(
        setup.rows("SELECT text FROM audit_lines ORDER BY text COLLATE \"C\"").await,
        [
            "add Album : [title: -> \"new\"]",
            "delete Album id 1: [id: 1, title: \"red\"]",
            "delete Cover id 1: [id: 1, colour: \"red\", album_id: 1]",
            "delete Take id 1: [id: 1, track_id: Some(1)]",
            "delete Take id 2: [id: 2, track_id: Some(1)]",
            "delete Take id 3: [id: 3, track_id: Some(2)]",
            "delete Take id 4: [id: 4, track_id: Some(2)]",
            "delete Track id 1: [id: 1, title: \"a\", album_id: 1]",
            "delete Track id 2: [id: 2, title: \"b\", album_id: 1]",
            "edit Album id 2: [title: \"blue\" -> \"green\"]",
        ]
    );
    Ok(())
}

/// Keys and what the database made are known; the lines go in with the flush that a commit sends afterwards.
#[tokio::test]
async fn a_hook_after_a_flush_logs_what_it_has_written() -> Result {
    let setup = albums().await;
    let events = Events::new().after_flush(|unit| {
        for text in lines(unit) {
            unit.add(AuditLine::builder().text(text));
        }
    });
    change(&setup.db.with_events(events).session()).await?;
    let mut shapes = setup.shapes().split_off(2);
    shapes[0].sort();
    let written = [
        "UPDATE albums: title",
        "INSERT albums",
        "DELETE takes (batch)",
        "DELETE tracks (batch)",
        "DELETE covers",
        "DELETE albums",
    ];
    assert_eq!(
        shapes,
        [
            &["BEGIN", "SELECT covers", "SELECT tracks"][..],
            &["SELECT takes"],
            &written,
            &["INSERT audit_lines (batch)"],
            &["COMMIT"],
        ]
    );
    let lines = setup.rows("SELECT text FROM audit_lines ORDER BY id").await;
    let expected = [
        "add Album id 3: [id: -> 3, title: -> \"new\"]",
        "edit Album id 2: [title: \"blue\" -> \"green\"]",
        "delete Album id 1: [id: 1, title: \"red\"]",
    ];
    assert_eq!((&lines[..3], lines.len()), (&expected.map(String::from)[..], 10));
    Ok(())
}

/// Rows that go along by a cascade are told of one by one, when they are loaded and when they go.
#[tokio::test]
async fn what_goes_along_is_told_of_like_any_row() -> Result {
    let setup = albums().await;
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let note = |what: &'static str| {
        let told = Arc::clone(&told);
        move |id: i64| told.lock().expect("no hook panicked").push(format!("{what} {id}"))
    };
    let [load, before, after, cover] = ["load", "before", "after", "cover"].map(note);
    let events = Events::new()
        .on_load(move |take: &Entity<Take>| load(take.id))
        .before_delete(move |take: &Entity<Take>| before(take.id))
        .after_delete(move |take: &Entity<Take>| after(take.id))
        .before_delete(move |item: &Entity<Cover>| cover(item.id));
    let session = setup.db.with_events(events).session();
    let red = session.get::<Album>(1).await?.expect("the album is there");
    session.delete(&red);
    session.commit().await?;
    let told = told.lock().expect("no hook panicked").clone();
    let all = |what: &str| Vec::from_iter((1..5).map(|id| format!("{what} {id}")));
    let mut expected = all("load");
    expected.extend(all("before"));
    expected.push("cover 1".into());
    expected.extend(all("after"));
    let (mut told, mut sorted) = (told, expected);
    assert!(told[..4].iter().all(|line| line.starts_with("load")), "{told:?}");
    assert!(told[9..].iter().all(|line| line.starts_with("after")), "{told:?}");
    told.sort();
    sorted.sort();
    assert_eq!(told, sorted);
    Ok(())
}

/// A hook that refuses names the rows by their types; nothing has been written.
#[tokio::test]
async fn the_view_is_typed() -> Result {
    let setup = albums().await;
    let events = Events::new().before_flush(|unit| {
        let titles: Vec<_> = unit.added_of::<Track>().iter().map(|track| track.title.clone()).collect();
        let goes: Vec<_> = unit.deleted_of::<Track>().iter().map(|track| track.title.clone()).collect();
        let edited = unit.dirty_of::<Track>().len();
        if titles.is_empty() { Ok(()) } else { Err(format!("{titles:?} {edited} {goes:?}")) }
    });
    let session = setup.db.with_events(events).session();
    let tracks = session.scalars(select::<Track>().order_by(Track::id)).await?.all();
    session.add(Track::builder().title("c").album_id(2));
    tracks[0].edit().title = "A".into();
    session.delete(&tracks[1]);
    // One that is only pending and would go with its parent does neither go in nor go.
    session.add(Take::builder().track(&tracks[1]));
    let error = session.commit().await.expect_err("the hook refuses");
    assert!(format!("{error:?} {error}").contains(r#"["c"] 1 ["b"]"#), "{error:?}");
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM tracks").await, ["2"]);
    Ok(())
}
