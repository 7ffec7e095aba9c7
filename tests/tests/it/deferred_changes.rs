//! Deferred columns in all that a session does with rows: edits, inserts, rollbacks, merges, versions.

use orm_core::prelude::*;
use orm_core::{AnyEntity, EntityState};
use orm_tests::Setup;
use orm_tests::archive::{Draft, FILLED, Folder, Letter, Page, TABLES};

type Result = orm_core::Result<()>;

async fn archive() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql(FILLED).await;
    setup
}

/// The letters, without their deferred columns.
async fn letters(setup: &Setup, session: &Session) -> orm_core::Result<Vec<Entity<Letter>>> {
    let letters = session.scalars(select::<Letter>().order_by(Letter::id)).await?.all();
    setup.flights();
    Ok(letters)
}

/// Scenario 321.
#[tokio::test]
async fn what_is_not_loaded_is_set_without_sql_and_written() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    letters[0].edit().text.set("new");
    letters[1].edit().summary.set(None);
    letters[2].edit().scan.set(b"\x07".as_slice());
    assert_eq!(setup.statements(), [""; 0]);
    assert!(session.is_modified(&letters[0]) && session.is_modified(&letters[1]));
    let history = Entity::history(&letters[1], Letter::summary);
    assert_eq!((history.added, history.unchanged, history.deleted), (vec![&None], vec![], vec![]));
    let untouched = Entity::history(&letters[0], Letter::summary);
    assert!(untouched.added.is_empty() && untouched.unchanged.is_empty() && !untouched.has_changes());
    let changes = AnyEntity::from(&letters[0]);
    assert_eq!(format!("{:?}", changes.changes()), r#"[text: <not loaded> -> "new"]"#);
    session.commit().await?;
    assert_eq!(
        setup.shapes().concat(),
        ["BEGIN", "UPDATE letters: text", "UPDATE letters: summary", "UPDATE letters: scan", "COMMIT"]
    );
    assert_eq!(
        setup.rows("SELECT text, summary, scan FROM letters ORDER BY id LIMIT 3").await,
        ["new|summary 1|\\x01", "text 2|-|\\x02", "text 3|summary 3|\\x07"]
    );
    assert_eq!((letters[0].text.get()?.as_str(), letters[1].summary.get()?), ("new", &None));
    letters[0].edit().text.set("new");
    session.commit().await?;
    assert_eq!(setup.statements(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn what_is_not_loaded_says_nothing_in_an_edit() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    letters[0].text().await?;
    letters[0].edit().text = Deferred::default();
    assert_eq!(letters[0].text.get()?, "text 1");
    let elsewhere = Letter { id: 1, text: Deferred::default(), ..Entity::value(&letters[1]).clone() };
    *letters[0].edit() = Letter { title: "whole".into(), ..elsewhere };
    assert_eq!((letters[0].text.get()?.as_str(), letters[0].title.as_str()), ("text 1", "whole"));
    letters[0].edit().text.get_mut()?.push('!');
    assert!(letters[1].edit().summary.get_mut().is_err_and(|error| error.is_not_loaded()));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text, title FROM letters WHERE id = 1").await, ["text 1!|whole"]);
    Ok(())
}

/// An edit that was open while the column was loaded.
#[tokio::test]
async fn edits_that_overlap_a_load_lose_nothing() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    let mut edit = letters[0].edit();
    edit.title = "mine".into();
    letters[0].text().await?;
    drop(edit);
    assert_eq!((letters[0].text.get()?.as_str(), letters[0].title.as_str()), ("text 1", "mine"));
    session.commit().await?;
    assert_eq!(setup.shapes().concat()[1..], ["BEGIN", "UPDATE letters: title", "COMMIT"]);
    Ok(())
}

#[tokio::test]
async fn an_expression_is_written_and_read_back() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    session.set(&letters[0], Letter::text, orm_core::func::upper(Letter::text));
    session.commit().await?;
    assert_eq!(setup.shapes().concat(), ["BEGIN", "UPDATE letters: text", "COMMIT"]);
    assert_eq!(letters[0].text.get()?, "TEXT 1");
    Ok(())
}

#[tokio::test]
async fn new_rows_know_what_they_were_given_and_what_the_server_made() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letter = session.add(Letter::builder().title("new").text("long"));
    assert_eq!((letter.text.get()?.as_str(), letter.summary().await?), ("long", &None));
    let drafts = session.add_all([Draft::builder().words("a b"), Draft::builder().words("abc").note("mine")]);
    assert!(drafts[0].note.is_not_loaded() && drafts[0].note().get().is_err());
    session.flush().await?;
    assert_eq!(setup.shapes().concat().len(), 4);
    assert_eq!((drafts[0].note.get()?.as_str(), drafts[1].note.get()?.as_str()), ("none", "mine"));
    assert_eq!((drafts[0].length.get()?, letter.scan.get()?), (&Some(3), &None));
    drafts[0].edit().words = "abcd".into();
    let pending = session.add(Draft::builder().words("w"));
    assert_eq!(pending.length().await?, &Some(1));
    assert_eq!(drafts[0].length.get()?, &Some(4));
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT note, length FROM drafts ORDER BY id").await,
        ["none|4", "mine|3", "none|1"]
    );
    let pending = session.add(Draft::builder().words("w"));
    assert!(session.no_autoflush(pending.note()).await.is_err_and(|error| error.is_not_persistent()));
    Ok(())
}

#[tokio::test]
async fn a_rollback_brings_back_what_was_known() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    letters[0].text().await?;
    session.commit().await?;
    letters[0].edit().text.set("mine");
    letters[1].edit().summary.set("mine");
    session.flush().await?;
    setup.flights();
    session.rollback().await?;
    assert_eq!(letters[0].text.get()?, "text 1");
    assert!(letters[1].summary.is_not_loaded());
    assert_eq!(setup.statements(), ["ROLLBACK"]);
    assert_eq!(letters[1].summary().await?.as_deref(), Some("summary 2"));
    // What was read before anything was written is as true as before.
    letters[2].edit().title = "mine".into();
    session.rollback().await?;
    assert_eq!(letters[1].summary.get()?.as_deref(), Some("summary 2"));
    Ok(())
}

/// What was loaded may show what was written and then rolled back.
#[tokio::test]
async fn what_was_loaded_behind_a_write_is_asked_for_again() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    let savepoint = session.begin_nested().await?;
    session.execute(select::<Letter>().limit(1)).await?;
    letters[0].edit().title = "mine".into();
    session.flush().await?;
    letters[1].summary().await?;
    session.clear();
    let brought = session
        .scalars(select::<Letter>().filter(Letter::id.eq(1)).options(undefer(Letter::text)))
        .await?
        .one()?;
    savepoint.rollback().await?;
    setup.sql("UPDATE letters SET text = 'other' WHERE id = 1").await;
    assert_eq!(brought.text.get()?, "text 1");
    assert_eq!(*brought.text().await?, "other");
    Ok(())
}

#[tokio::test]
async fn savepoints_bring_back_what_was_known_at_their_beginning() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    letters[0].edit().text.set("first");
    let savepoint = session.begin_nested().await?;
    letters[0].edit().text.set("second");
    letters[1].edit().text.set("second");
    session.flush().await?;
    savepoint.rollback().await?;
    assert_eq!(letters[0].text.get()?, "first");
    assert!(letters[1].text.is_not_loaded());
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text FROM letters WHERE id < 3 ORDER BY id").await, ["first", "text 2"]);
    Ok(())
}

#[tokio::test]
async fn refresh_reads_what_is_loaded_and_expire_gives_it_up() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    letters[0].text().await?;
    letters[0].edit().text.set("lost");
    setup.sql("UPDATE letters SET text = 'other', summary = 'other' WHERE id = 1").await;
    setup.flights();
    session.refresh(&letters[0]).await?;
    assert!(
        setup.statements()[0]
            .starts_with("SELECT letters.id, letters.text, letters.title, NULL, NULL, NULL,")
    );
    assert_eq!((letters[0].text.get()?.as_str(), letters[0].summary.is_not_loaded()), ("other", true));

    setup.sql("UPDATE letters SET text = 'again' WHERE id = 1").await;
    session.expire_attribute(&letters[0], Letter::text);
    assert!(letters[0].text.is_not_loaded() && !session.is_modified(&letters[0]));
    assert_eq!(*letters[0].text().await?, "again");
    letters[0].edit().summary.set("kept");
    session.expire_attribute(&letters[0], Letter::text);
    assert_eq!(letters[0].summary.get()?.as_deref(), Some("kept"));
    session.expire(&letters[0]);
    assert!(letters[0].text.is_not_loaded() && letters[0].summary.is_not_loaded());
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text, summary FROM letters WHERE id = 1").await, ["again|other"]);
    Ok(())
}

/// A row that must be as it is now says nothing of what it does not bring.
#[tokio::test]
async fn what_a_fresh_row_does_not_bring_is_not_known_any_more() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    let one = || select::<Letter>().filter(Letter::id.eq(1));
    letters[0].text().await?;
    session.commit().await?;
    setup.sql("UPDATE letters SET text = 'other' WHERE id = 1").await;
    session.scalars(one()).await?;
    assert_eq!(letters[0].text.get()?, "text 1");
    session.scalars(one().for_update()).await?;
    assert_eq!(*letters[0].text().await?, "other");
    session.scalars(one().populate_existing()).await?;
    assert!(letters[0].text.is_not_loaded());
    session.scalars(one().populate_existing().options(undefer(Letter::text))).await?;
    assert_eq!(letters[0].text.get()?, "other");
    letters[0].edit().text.set("mine");
    session.no_autoflush(session.get::<Letter>(1).for_update()).await?;
    assert_eq!(letters[0].text.get()?, "mine");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text FROM letters WHERE id = 1").await, ["mine"]);
    Ok(())
}

/// Who changes a row in its newest version must not go by what a column was in an older one.
#[tokio::test]
async fn a_row_in_another_version_says_nothing_of_what_it_does_not_bring() -> Result {
    let setup = archive().await;
    setup.sql("INSERT INTO pages VALUES ('b', 1, 'text', 1), ('b', 2, 'text', 1)").await;
    let session = setup.db.session();
    let pages = session.scalars(select::<Page>().order_by(Page::number)).await?.all();
    setup.flights();
    pages[0].text().await?;
    assert_eq!(
        setup.statements(),
        [
            "SELECT pages.book, pages.number, pages.text FROM pages WHERE (pages.book, pages.number) IN (SELECT * FROM unnest($1::text[], $2::integer[]))"
        ]
    );
    session.commit().await?;
    setup.sql("UPDATE pages SET text = 'other', version = 2 WHERE number = 1").await;
    session.scalars(select::<Page>()).await?;
    assert_eq!((pages[0].version, pages[0].text.is_not_loaded()), (2, true));
    assert_eq!(pages[1].text.get()?, "text");
    let text = format!("{}!", pages[0].text().await?);
    pages[0].edit().text.set(text);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text, version FROM pages WHERE number = 1").await, ["other!|3"]);

    // Loaded later than its row, and from another version: the update is refused.
    session.expire_attribute(&pages[1], Page::text);
    setup.sql("UPDATE pages SET text = 'other', version = 2 WHERE number = 2").await;
    let text = format!("{}!", pages[1].text().await?);
    pages[1].edit().text.set(text);
    assert!(session.commit().await.is_err_and(|error| error.is_stale()));
    Ok(())
}

#[tokio::test]
async fn a_key_that_changes_is_asked_for_by_what_the_database_has() -> Result {
    let setup = archive().await;
    setup.sql("INSERT INTO pages VALUES ('b', 1, 'text', 1)").await;
    let session = setup.db.session();
    let page = session.get::<Page>(("b", 1)).await?.expect("the page is there");
    page.edit().number = 7;
    assert_eq!(*page.text().await?, "text");
    session.expire_attribute(&page, Page::text);
    page.edit().number = 7;
    page.edit().text.set("moved");
    session.flush().await?;
    session.expire_attribute(&page, Page::text);
    assert_eq!(*page.text().await?, "moved");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT number, text FROM pages").await, ["7|moved"]);
    Ok(())
}

#[tokio::test]
async fn deleted_rows_are_replaced_and_added_again_as_a_whole() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = letters(&setup, &session).await?;
    session.delete(&letters[0]);
    session.add(Letter::builder().id(1).text("text 1").title("title 1").folder_id(1));
    session.commit().await?;
    assert_eq!(setup.shapes().concat(), ["BEGIN", "UPDATE letters: text, summary, scan, secret", "COMMIT"]);
    assert_eq!(setup.rows("SELECT text, summary, secret FROM letters WHERE id = 1").await, ["text 1|-|-"]);

    for letter in &letters[1..3] {
        session.delete(letter);
    }
    letters[1].text().await?;
    letters[1].summary().await?;
    letters[1].edit().secret.set("known");
    session.flush().await?;
    session.add(&letters[1]);
    session.add(&letters[2]);
    let error = session.flush().await.expect_err("letter 3 is not known");
    assert!(error.is_not_loaded() && error.column() == Some("secret"), "{error}");
    session.expunge(&letters[2]);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT text, summary, scan, secret FROM letters WHERE id < 4 AND id > 1").await,
        ["text 2|summary 2|\\x02|known"]
    );
    assert_eq!(Entity::state(&letters[1]), EntityState::Persistent);
    Ok(())
}

#[tokio::test]
async fn a_merged_value_leaves_alone_what_it_does_not_know() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let cached = Entity::value(&letters(&setup, &session).await?[0]).clone();
    session.clear();
    let merged = session.merge(Letter { title: "cached".into(), ..cached.clone() }).await?;
    assert!(merged.text.is_not_loaded());
    session.merge(Letter { text: Deferred::new("mine"), ..cached.clone() }).await?;
    session.merge(Letter::builder().id(1).summary(None)).await?;
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT text, title, summary, scan FROM letters WHERE id = 1").await,
        ["mine|title 1|-|\\x01"]
    );
    let new = Letter { id: 70, ..cached.clone() };
    assert!(session.merge(new.clone()).await.is_err_and(|error| error.is_incomplete()));
    let new = session.merge(Letter { text: Deferred::new("new"), ..new }).await?;
    assert_eq!(new.summary.get()?, &None);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text, summary FROM letters WHERE id = 70").await, ["new|-"]);
    Ok(())
}

#[tokio::test]
async fn a_merged_graph_brings_what_is_loaded_there() -> Result {
    let setup = archive().await;
    let elsewhere = setup.db.session();
    let folder = select::<Folder>().filter(Folder::id.eq(1)).options(undefer(Folder::remarks));
    let folder = folder.options(selectinload(Folder::letters).undefer(Letter::text));
    let source = elsewhere.scalars(folder).await?.one()?;
    elsewhere.close().await;
    let session = setup.db.session();
    setup.flights();
    let merged = session.merge(&source).await?;
    assert_eq!(setup.shapes().concat(), ["SELECT folders", "SELECT letters"]);
    assert_eq!(merged.remarks.get()?.as_deref(), Some("old"));
    let letters = merged.letters().get()?;
    assert!(letters.iter().all(|letter| !letter.text.is_not_loaded() && letter.summary.is_not_loaded()));
    session.commit().await?;
    assert!(setup.statements().is_empty());

    // What is in memory without them is not asked for them: they are written.
    session.clear();
    let here = session.get::<Folder>(1).await?.expect("folder 1 is there");
    setup.flights();
    source.edit().remarks.set("edited");
    assert_eq!(session.merge(&source).await?, here);
    assert_eq!(here.remarks.get()?.as_deref(), Some("edited"));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT remarks FROM folders WHERE id = 1").await, ["edited"]);

    let other = setup.db.session();
    let letter = other.get::<Letter>(6).await?.expect("letter 6 is there");
    other.close().await;
    setup.sql("DELETE FROM letters WHERE id = 6").await;
    let error = session.merge(&letter).await.expect_err("its text is not known");
    assert!(error.is_incomplete() && error.to_string().contains("`text`"), "{error}");
    Ok(())
}
