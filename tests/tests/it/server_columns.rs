//! Columns that the database makes come back from the statements that make them.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::versioned::{Item, Note, TABLES};

type Result = orm_core::Result<()>;

const ITEMS: &str = "SELECT id, price, quantity, total, note FROM items ORDER BY id";

/// A table whose rows get a note from a trigger whenever nobody writes one.
async fn items(setup: &Setup, session: &Session) -> orm_core::Result<Vec<Entity<Item>>> {
    setup
        .sql(
            "CREATE FUNCTION annotate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF NEW.note = OLD.note THEN NEW.note := OLD.note || '+'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER annotate BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION annotate();",
        )
        .await;
    let items = session.add_all([1, 2, 3, 4].map(|price| Item::builder().price(price).quantity(10)));
    session.commit().await?;
    Ok(items)
}

/// Scenario 292.
#[tokio::test]
async fn what_an_insert_leaves_out_comes_back_with_it() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let items = items(&setup, &session).await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT items (batch)", "COMMIT"]]);
    let seen: Vec<_> = items.iter().map(|item| (item.id, item.total, &*item.note)).collect();
    assert_eq!(seen, [(1, 10, "new"), (2, 20, "new"), (3, 30, "new"), (4, 40, "new")]);
    session.add_all([5, 6].map(|id| Item::builder().id(id).price(1).quantity(1).note("mine")));
    session.commit().await?;
    let statements = setup.statements().concat();
    assert!(statements.contains("RETURNING id, total)"), "{statements}");
    assert_eq!(setup.rows(ITEMS).await[4..], ["5|1|1|1|mine", "6|1|1|1|mine"]);
    Ok(())
}

/// Scenario 293, with two statements: rows of one shape travel together.
#[tokio::test]
async fn an_update_brings_back_what_it_does_not_write() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let items = items(&setup, &session).await?;
    setup.flights();
    for (n, item) in items.iter().enumerate() {
        let mut edit = item.edit();
        edit.price += 1;
        if n % 2 == 0 {
            edit.note = "mine".into();
        }
    }
    session.commit().await?;
    let flights = setup.flights();
    let statements = &flights.last().expect("something was sent")[1..];
    assert_eq!(statements.len(), 3, "{statements:?}");
    assert_eq!(
        statements.iter().map(|sql| sql.contains("items.note")).collect::<Vec<_>>(),
        [false, true, false]
    );
    let seen: Vec<_> = items.iter().map(|item| (item.total, &*item.note)).collect();
    assert_eq!(seen, [(20, "mine"), (30, "new+"), (40, "mine"), (50, "new+")]);
    let stored = setup.rows(ITEMS).await;
    assert_eq!(stored, ["1|2|10|20|mine", "2|3|10|30|new+", "3|4|10|40|mine", "4|5|10|50|new+"]);
    setup.flights();
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    Ok(())
}

/// Scenario 297: what the database computes is fresh as soon as the flush is done, without another statement.
#[tokio::test]
async fn a_generated_column_is_fresh_after_a_flush() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let item = items(&setup, &session).await?.remove(0);
    setup.flights();
    item.edit().quantity = 7;
    assert_eq!(item.total, 10);
    session.flush().await?;
    assert_eq!((item.total, &*item.note), (7, "new+"));
    assert_eq!(
        setup.flights().concat()[1],
        "WITH orm_changed AS (UPDATE items SET quantity = $1 WHERE id = $2 RETURNING 1 AS orm_ordinal, total, note) \
         SELECT (CASE WHEN orm_changed.orm_ordinal IS NULL THEN 'stale rows: 1' ELSE '1' END)::bigint, \
         orm_changed.total, orm_changed.note FROM (SELECT 1) AS orm_input LEFT JOIN orm_changed ON TRUE"
    );
    session.rollback().await?;
    assert_eq!((item.total, &*item.note), (10, "new"));
    setup.sql("DELETE FROM items WHERE id = 1").await;
    item.edit().quantity = 8;
    assert!(session.commit().await.is_err_and(|error| error.is_stale()));
    Ok(())
}

#[tokio::test]
async fn a_generated_column_is_not_written() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let item = items(&setup, &session).await?.remove(0);
    {
        let mut edit = item.edit();
        (edit.total, edit.quantity) = (99, 7);
    }
    assert_eq!((item.total, item.quantity), (10, 7));
    let error = session.commit().await.expect_err("the database computes the total");
    assert!(error.is_read_only_column() && error.column() == Some("total"), "{error}");
    session.commit().await?;
    assert_eq!((item.total, setup.rows(ITEMS).await.remove(0)), (7, "1|1|7|7|new+".to_owned()));
    Ok(())
}

/// Scenario 296. What is given is sent, NULL too, whatever the column's default; what is left out gets the default.
#[tokio::test]
async fn a_default_is_for_what_is_left_out() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let notes = [
        Note::builder().text("first"),
        Note::builder().text("second").colour(None),
        Note::builder().text("third").colour("green"),
    ];
    let notes = session.add_all(notes);
    session.commit().await?;
    let colours: Vec<_> = notes.iter().map(|note| note.colour.as_deref()).collect();
    assert_eq!(colours, [Some("white"), None, Some("green")]);
    assert_eq!(setup.rows("SELECT colour FROM notes ORDER BY text").await, ["white", "-", "green"]);
    Ok(())
}

/// Scenario 48.
#[tokio::test]
async fn equal_bytes_are_no_change() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let note = session.add(Note::builder().text("first").drawing(b"abc".as_slice()));
    session.commit().await?;
    setup.flights();
    note.edit().drawing = Some(b"abc".to_vec());
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    note.edit().drawing = Some(b"abd".to_vec());
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE notes: drawing", "COMMIT"]]);
    Ok(())
}
