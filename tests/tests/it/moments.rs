//! Columns that every update sets: `on_update`, and the short words `created_at` and `updated_at`.

use chrono::{DateTime, Utc};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::moments::{Binder, Knot, Sheet, TABLES};

type Result = orm_core::Result<()>;

const SHEETS: &str = "SELECT title, edits, version FROM sheets ORDER BY id";

/// Sheets that were put in long ago.
async fn sheets(setup: &Setup, session: &Session, titles: &[&str]) -> orm_core::Result<Vec<Entity<Sheet>>> {
    for title in titles {
        let values = format!("('{title}', '2001-01-01Z', '2001-01-01Z', 0, 1)");
        setup
            .sql(&format!("INSERT INTO sheets (title, made, changed, edits, version) VALUES {values}"))
            .await;
    }
    let sheets = session.scalars(select::<Sheet>().order_by(Sheet::id)).await?.all();
    setup.flights();
    Ok(sheets)
}

fn long_ago() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2001-01-01T00:00:00Z").expect("a time").to_utc()
}

#[tokio::test]
async fn a_new_row_has_the_moments_of_the_server() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let one = session.add(Sheet::builder().title("one"));
    let old = session.add(Sheet::builder().title("old").made(long_ago()).changed(long_ago()).edits(7));
    session.commit().await?;
    assert!(one.made == one.changed && one.made > long_ago());
    assert_eq!((old.made, old.changed, old.edits), (long_ago(), long_ago(), 7));
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT sheets", "INSERT sheets", "COMMIT"]]);
    Ok(())
}

#[tokio::test]
async fn an_update_sets_them_and_brings_them_back() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let sheet = sheets(&setup, &session, &["one"]).await?.remove(0);
    sheet.edit().title = "uno".into();
    assert_eq!(session.plan()?.to_string(), "update 1 of sheets: title, changed, edits, version\n");
    session.commit().await?;
    let flights = setup.flights();
    assert_eq!(flights.iter().filter(|flight| !flight.is_empty()).count(), 1, "{flights:?}");
    assert!(
        flights.concat().concat().contains(
            "UPDATE sheets SET title = $1, changed = now(), edits = sheets.edits + 1, version = $2 \
             WHERE id = $3 AND version = $4::integer RETURNING 1 AS orm_ordinal, changed, edits"
        ),
        "{flights:?}"
    );
    assert!(sheet.changed > long_ago() && sheet.made == long_ago());
    assert_eq!((sheet.edits, sheet.version), (1, 2));
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    assert_eq!(setup.rows(SHEETS).await, ["uno|1|2"]);
    Ok(())
}

/// What is as it was is not written, so nothing is touched.
#[tokio::test]
async fn nothing_is_touched_where_nothing_changed() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let sheet = sheets(&setup, &session, &["one"]).await?.remove(0);
    sheet.edit().title = "two".into();
    sheet.edit().title = "one".into();
    assert!(session.plan()?.is_empty() && session.dirty().is_empty());
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    assert_eq!((sheet.changed, sheet.edits), (long_ago(), 0));
    Ok(())
}

#[tokio::test]
async fn what_the_application_writes_counts() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let all = sheets(&setup, &session, &["one", "two", "three"]).await?;
    let given = long_ago() + chrono::TimeDelta::days(1);
    {
        let mut edit = all[0].edit();
        edit.title = "uno".into();
        edit.changed = given;
    }
    // The old value is kept by an expression: as an edit it would be none.
    all[1].edit().title = "due".into();
    session.set(&all[1], Sheet::changed, Sheet::changed);
    session.set(&all[2], Sheet::title, orm_core::func::upper(Sheet::title));
    session.commit().await?;
    assert_eq!([all[0].changed, all[1].changed], [given, long_ago()]);
    assert!(all[2].changed > given && all[2].title == "THREE");
    assert_eq!([all[0].edits, all[1].edits, all[2].edits], [1, 1, 1]);
    Ok(())
}

/// Rows with arrays travel one by one, all others in one statement.
#[tokio::test]
async fn several_rows_are_touched_by_one_statement() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let all = sheets(&setup, &session, &["a", "b", "c", "d", "e"]).await?;
    for sheet in &all[..3] {
        sheet.edit().title.push('!');
    }
    for sheet in &all[3..] {
        sheet.edit().tags = Some(vec!["tag".into()]);
    }
    session.commit().await?;
    let update = "UPDATE sheets: tags, changed, edits, version";
    let shapes = ["BEGIN", "UPDATE sheets: title, changed, edits, version (batch)", update, update, "COMMIT"];
    assert_eq!(setup.shapes(), [shapes]);
    assert!(all.iter().all(|sheet| sheet.edits == 1 && sheet.version == 2 && sheet.changed > long_ago()));
    assert_eq!(setup.rows(SHEETS).await, ["a!|1|2", "b!|1|2", "c!|1|2", "d|1|2", "e|1|2"]);
    Ok(())
}

/// A row that gets its key afterwards is new, and one that the database lets go is not the session's to touch.
#[tokio::test]
async fn a_link_touches_the_row_that_holds_the_key() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let all = sheets(&setup, &session, &["a", "b"]).await?;
    let binder = session.add(Binder::builder().label("blue").sheets([Sheet::builder().title("new")]));
    binder.sheets().add(&all[0]);
    session.commit().await?;
    assert_eq!(setup.rows(SHEETS).await, ["a|1|2", "b|0|1", "new|0|1"]);
    session.delete(&binder);
    session.commit().await?;
    assert_eq!(setup.rows(SHEETS).await, ["a|1|2", "b|0|1", "new|0|1"]);
    assert_eq!(all[0].binder_id, None);
    Ok(())
}

#[tokio::test]
async fn savepoints_and_rollbacks_give_them_back() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let sheet = sheets(&setup, &session, &["one"]).await?.remove(0);
    sheet.edit().title = "two".into();
    session.flush().await?;
    let changed = sheet.changed;
    let savepoint = session.begin_nested().await?;
    sheet.edit().title = "three".into();
    session.flush().await?;
    assert_eq!((sheet.edits, sheet.version), (2, 3));
    savepoint.rollback().await?;
    assert_eq!((sheet.edits, sheet.version, sheet.changed), (1, 2, changed));
    sheet.edit().title = "four".into();
    session.flush().await?;
    assert_eq!((sheet.edits, sheet.version), (2, 3));
    session.rollback().await?;
    assert_eq!((sheet.edits, sheet.version, sheet.changed), (0, 1, long_ago()));
    assert_eq!(setup.rows(SHEETS).await, ["one|0|1"]);
    Ok(())
}

/// A row that takes another's place under its key is updated, with what it was given.
#[tokio::test]
async fn a_row_that_takes_the_place_of_another_is_touched() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let sheet = sheets(&setup, &session, &["one"]).await?.remove(0);
    session.delete(&sheet);
    let new =
        session.add(Sheet::builder().id(sheet.id).title("new").made(long_ago()).changed(long_ago()).edits(0));
    session.commit().await?;
    assert!(new.changed > long_ago());
    assert_eq!(setup.rows(SHEETS).await, ["new|1|2"]);
    Ok(())
}

#[tokio::test]
async fn a_stale_row_is_not_touched() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let sheet = sheets(&setup, &session, &["one"]).await?.remove(0);
    setup.sql("UPDATE sheets SET version = 9").await;
    sheet.edit().title = "two".into();
    assert!(session.commit().await.expect_err("the row has another version").is_stale());
    session.rollback().await?;
    assert_eq!((sheet.edits, sheet.changed), (0, long_ago()));
    assert_eq!(setup.rows(SHEETS).await, ["one|0|9"]);
    Ok(())
}

/// Scenario 71: what is written of a new row afterwards is an update like any other.
#[tokio::test]
async fn a_circle_is_closed_by_one_update_a_row() -> Result {
    let setup = Setup::new(&models![Knot]).await;
    let session = setup.db.session();
    let knots = [(); 3].map(|()| session.add(Knot::builder()));
    for (place, knot) in knots.iter().enumerate() {
        knot.next().set(&knots[(place + 1) % 3]);
    }
    session.commit().await?;
    assert_eq!(
        knots.each_ref().map(|knot| (knot.next_id, knot.edits)),
        [(Some(2), 1), (Some(3), 1), (Some(1), 1)]
    );
    assert_eq!(setup.rows("SELECT next_id, edits FROM knots ORDER BY id").await, ["2|1", "3|1", "1|1"]);
    setup.flights();
    session.commit().await?;
    assert!(setup.flights().is_empty());
    Ok(())
}

/// Scenario 72: what is deleted in a circle is not updated before, and keeps its values in memory.
#[tokio::test]
async fn a_circle_that_is_deleted_is_not_updated() -> Result {
    let setup = Setup::new(&models![Knot]).await;
    let session = setup.db.session();
    let [one, two] = [(); 2].map(|()| session.add(Knot::builder()));
    one.next().set(&two);
    two.next().set(&one);
    session.commit().await?;
    setup.flights();
    session.delete(&one);
    session.delete(&two);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE knots (batch)", "COMMIT"]]);
    assert_eq!((one.edits, two.edits), (1, 1));
    Ok(())
}
