//! Deferred columns: what brings them, and what says that they are not there.

use orm_core::prelude::*;
use orm_core::{Deferred, Error};
use orm_tests::Setup;
use orm_tests::archive::{FILLED, Folder, Letter, TABLES};

type Result = orm_core::Result<()>;

async fn archive() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql(FILLED).await;
    setup
}

/// The selects since the last call.
fn selects(setup: &Setup) -> Vec<String> {
    setup.statements().into_iter().filter(|sql| sql.starts_with("SELECT")).collect()
}

fn all() -> orm_core::Select<Letter> {
    select::<Letter>().order_by(Letter::id)
}

#[tokio::test]
async fn a_select_leaves_them_out_and_one_statement_loads_one_for_all_of_its_result() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = session.scalars(all()).await?.all();
    assert_eq!(
        selects(&setup),
        ["SELECT letters.id, NULL, letters.title, NULL, NULL, NULL, letters.folder_id FROM letters \
          ORDER BY letters.id"]
    );
    let error = letters[0].text.get().expect_err("it is not loaded");
    assert!(error.is_not_loaded() && !error.is_raise_load());
    assert_eq!((error.model(), error.column()), (Some("Letter"), Some("text")));
    assert!(letters[0].text().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!(format!("{:?}", letters[0].text), "<not loaded>");
    assert_eq!(setup.statements(), [""; 0]);

    for (n, letter) in (1..).zip(&letters) {
        assert_eq!(*letter.text().await?, format!("text {n}"));
        assert_eq!(*letter.text.get()?, format!("text {n}"));
    }
    assert_eq!(selects(&setup), ["SELECT letters.id, letters.text FROM letters WHERE letters.id = ANY($1)"]);
    assert!(letters[0].summary.is_not_loaded() && session.dirty().is_empty());
    session.commit().await?;
    assert_eq!(*letters[0].text().await?, "text 1");
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 181. One that came by itself, and those that have it already, are not asked for.
#[tokio::test]
async fn only_what_lacks_it_is_asked_for() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let one = session.get::<Letter>(1).await?.expect("letter 1 is there");
    assert_eq!((one.text().await?, one.text().await?), (&"text 1".to_owned(), &"text 1".to_owned()));
    assert_eq!(selects(&setup)[1..], ["SELECT letters.id, letters.text FROM letters WHERE letters.id = $1"]);
    let letters = session.scalars(all().limit(2)).await?.all();
    assert_eq!(*letters[1].text().await?, "text 2");
    assert_eq!(selects(&setup)[1..], ["SELECT letters.id, letters.text FROM letters WHERE letters.id = $1"]);
    Ok(())
}

/// Scenario 322.
#[tokio::test]
async fn a_group_is_loaded_together_below_what_was_changed() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = session.scalars(all()).await?.all();
    letters[0].edit().summary.set("mine");
    letters[1].edit().title = "mine too".into();
    setup.flights();
    assert_eq!(letters[0].scan().await?.as_deref(), Some(&[1][..]));
    assert_eq!(
        setup.statements(),
        ["SELECT letters.id, letters.summary, letters.scan FROM letters WHERE letters.id = ANY($1)"]
    );
    assert_eq!(letters[0].summary.get()?.as_deref(), Some("mine"));
    assert_eq!(letters[1].summary.get()?.as_deref(), Some("summary 2"));
    assert_eq!(letters[1].title, "mine too");
    assert!(letters[0].text.is_not_loaded());
    assert!(session.is_modified(&letters[0]) && !session.is_modified(&letters[2]));
    let history = Entity::history(&letters[0], Letter::summary);
    assert_eq!(
        (history.added, history.deleted),
        (vec![&Some("mine".to_owned())], vec![&Some("summary 1".to_owned())])
    );
    session.commit().await?;
    assert_eq!(
        setup.shapes().concat(),
        ["BEGIN", "UPDATE letters: summary", "UPDATE letters: title", "COMMIT"]
    );
    Ok(())
}

#[tokio::test]
async fn options_undefer_columns_groups_and_all_that_is_named() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let shown = |option| select::<Letter>().options(option).to_string();
    assert!(
        shown(undefer(Letter::text))
            .starts_with("SELECT letters.id, letters.text, letters.title, NULL, NULL, NULL,")
    );
    assert!(
        shown(undefer_group(Letter::scan))
            .contains("NULL, letters.title, letters.summary, letters.scan, NULL,")
    );
    assert!(shown(undefer_group(Letter::text)).contains("letters.text, letters.title, NULL, NULL, NULL,"));
    let letters =
        session.scalars(all().options(undefer_group(Letter::summary)).options(undefer(Letter::text))).await?;
    for letter in letters {
        let values = (letter.text.get()?, letter.summary.get()?, letter.scan.get()?);
        assert!(values.0.starts_with("text") && values.1.is_some() && values.2.is_some());
    }
    assert_eq!(selects(&setup).len(), 1);
    Ok(())
}

/// Scenario 323.
#[tokio::test]
async fn load_only_brings_the_key_and_what_is_not_deferred_too() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let query = all().options(undefer_group(Letter::scan)).options(load_only((Letter::title, Letter::scan)));
    let letter = session.scalars(query.limit(1)).await?.one()?;
    let sql = selects(&setup);
    assert!(sql[0].starts_with(
        "SELECT letters.id, NULL, letters.title, NULL, letters.scan, NULL, letters.folder_id FROM letters"
    ));
    assert_eq!((letter.id, &*letter.title, letter.folder_id), (1, "title 1", Some(1)));
    assert_eq!(letter.summary().await?.as_deref(), Some("summary 1"));
    let only = all().options(load_only(Letter::text).raise());
    let letters = session.scalars(only).await?.all();
    assert_eq!(letters[1].text.get()?, "text 2");
    assert!(letters[1].scan().await.is_err_and(|error| error.is_raise_load()));
    Ok(())
}

/// Scenario 324.
#[tokio::test]
async fn what_is_refused_is_an_error_without_sql() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = session.scalars(all().limit(2)).await?.all();
    setup.flights();
    let error = letters[0].secret().await.expect_err("the model refuses");
    assert!(error.is_raise_load() && error.is_not_loaded());
    assert_eq!((error.model(), error.column()), (Some("Letter"), Some("secret")));
    assert!(letters[0].secret().get().is_err_and(|error| error.is_raise_load()));
    assert_eq!(setup.statements(), [""; 0]);
    letters[1].edit().secret.set("mine");
    assert_eq!(letters[1].secret().await?.as_deref(), Some("mine"));

    let letters = session.scalars(all().limit(1).options(undefer(Letter::secret))).await?.all();
    assert_eq!(letters[0].secret().await?.as_deref(), Some("secret 1"));
    let deferred =
        session.scalars(all().filter(Letter::id.eq(3)).options(defer(Letter::secret))).await?.one()?;
    assert_eq!(deferred.secret().await?.as_deref(), Some("secret 3"));
    let refused = all().filter(Letter::id.eq(4)).options(defer(Letter::text).raise());
    let refused = session.scalars(refused).await?.one()?;
    assert!(refused.text().await.is_err_and(|error| error.is_raise_load()));
    session.scalars(all().filter(Letter::id.eq(4))).await?;
    assert_eq!(*refused.text().await?, "text 4");
    Ok(())
}

/// What is in memory gets what an option says, however it is reached; what it knows stays.
#[tokio::test]
async fn entities_in_memory_get_what_they_lack() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = session.scalars(all()).await?.all();
    letters[0].edit().title = "mine".into();
    setup.flights();
    session.no_autoflush(session.get::<Letter>(1).options(undefer(Letter::text))).await?;
    assert_eq!(letters[0].text.get()?, "text 1");
    let second = all().filter(Letter::id.eq(2)).options(undefer(Letter::text));
    session.no_autoflush(session.scalars(second)).await?;
    assert_eq!(letters[1].text.get()?, "text 2");
    assert_eq!((letters[0].title.as_str(), selects(&setup).len()), ("mine", 2));
    session.no_autoflush(session.get::<Letter>(1).options(undefer(Letter::text))).await?;
    assert_eq!(setup.statements(), [""; 0]);

    let folders = session.scalars(select::<Folder>().order_by(Folder::id)).await?.all();
    session.scalars(all().options(selectinload(Letter::folder).undefer(Folder::remarks))).await?;
    assert_eq!(folders[0].remarks.get()?.as_deref(), Some("old"));
    assert_eq!(folders[1].remarks.get()?, &None);
    assert_eq!(selects(&setup).len(), 3);
    session.scalars(all().options(selectinload(Letter::folder).undefer(Folder::remarks))).await?;
    assert_eq!(selects(&setup).len(), 1);
    Ok(())
}

#[tokio::test]
async fn every_way_of_loading_undefers_and_leaves_out() -> Result {
    let setup = archive().await;
    let ways = [
        selectinload(Folder::letters).undefer(Letter::text),
        joinedload(Folder::letters).undefer(Letter::text),
        subqueryload(Folder::letters).undefer(Letter::text),
        lazyload(Folder::letters).undefer(Letter::text),
    ];
    for option in ways {
        let session = setup.db.session();
        let folders =
            select::<Folder>().order_by(Folder::remarks.desc().nulls_last()).limit(5).options(option);
        let folders = session.scalars(folders).await?.all();
        assert_eq!(folders.iter().map(|folder| folder.id).collect::<Vec<_>>(), [1, 2]);
        let mut letters = folders[1].letters().await?;
        letters.sort_by_key(|letter| letter.id);
        assert_eq!(*letters[2].text.get()?, "text 6");
        assert!(letters[2].summary.is_not_loaded() && folders[1].remarks.is_not_loaded());
        assert_eq!(folders[0].remarks().await?.as_deref(), Some("old"));
        assert_eq!(*folders[1].remarks.get()?, None);
        session.close().await;
    }
    let session = setup.db.session();
    let joined = select::<Letter>()
        .join(Letter::folder)
        .options(contains_eager(Letter::folder).undefer(Folder::remarks));
    let letters = session.scalars(joined.order_by(Letter::id)).await?.all();
    assert_eq!(letters[0].folder().get()?.expect("it has a folder").remarks.get()?.as_deref(), Some("old"));
    let limited = selectinload(Folder::letters).order_by(Letter::text.desc()).limit(1).undefer(Letter::text);
    session.clear();
    let folders = session.scalars(select::<Folder>().options(limited).order_by(Folder::id)).await?.all();
    assert_eq!(folders[0].letters().get()?[0].text.get()?, "text 3");
    Ok(())
}

#[tokio::test]
async fn conditions_and_orders_know_the_column() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let query = select::<Letter>().filter(Letter::text.ends_with("2") | Letter::summary.eq("summary 5"));
    let letters = session.scalars(query.order_by(Letter::text.desc())).await?.all();
    assert_eq!(letters.iter().map(|letter| letter.id).collect::<Vec<_>>(), [5, 2]);
    assert_eq!(session.scalar(select::<Letter>().filter(Letter::scan.is_null()).count()).await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_loaded_is_an_error_and_what_is_loaded_stays() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = session.scalars(all()).await?.all();
    setup.sql("DELETE FROM letters WHERE id = 2").await;
    assert_eq!(*letters[0].text().await?, "text 1");
    let gone = letters[1].text().await.expect_err("the row is gone");
    assert!(gone.is_no_result() && gone.to_string().contains("`Letter` id 2"), "{gone}");
    session.delete(&letters[2]);
    session.flush().await?;
    assert_eq!(*letters[2].text().await?, "text 3");
    assert!(letters[2].summary().await.is_err_and(|error| error.is_not_persistent()));
    session.expunge(&letters[3]);
    assert!(letters[3].summary().await.is_err_and(|error| error.is_detached()));
    session.rollback().await?;
    session.close().await;
    assert_eq!(*letters[0].text().await?, "text 1");
    assert!(letters[0].summary().await.is_err_and(|error| error.is_detached()));
    assert!(letters[0].summary.get().is_err_and(|error| error.is_not_loaded()));
    Ok(())
}

#[tokio::test]
async fn awaits_that_overlap_or_are_dropped_lose_nothing() -> Result {
    let setup = archive().await;
    let session = setup.db.session();
    let letters = session.scalars(all()).await?.all();
    orm_tests::polled(letters[0].text(), 1).await;
    let (one, two) = tokio::join!(letters[0].text(), letters[1].scan());
    assert_eq!((one?.as_str(), two?.as_deref()), ("text 1", Some(&[2][..])));
    letters[2].edit().text.set("mine");
    let (flushed, summary) = tokio::join!(session.flush(), letters[2].summary());
    flushed?;
    assert_eq!(summary?.as_deref(), Some("summary 3"));
    assert_eq!(letters[2].text.get()?, "mine");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text, summary FROM letters WHERE id = 3").await, ["mine|summary 3"]);
    Ok(())
}

#[test]
fn a_value_of_nowhere_says_so() {
    let error: Error = Deferred::<String>::default().get().map(|_| ()).expect_err("nothing was given");
    assert!(error.is_not_loaded() && error.model().is_none());
}

/// Nothing is gone through again for each entity.
#[tokio::test]
async fn many_are_loaded_by_one_statement() -> Result {
    let setup = archive().await;
    setup.sql("INSERT INTO letters (text, title) SELECT n, n FROM generate_series(1, 20000) AS n").await;
    let session = setup.db.session();
    let letters = session.scalars(all()).await?.all();
    setup.flights();
    for letter in &letters {
        letter.text().await?;
    }
    assert_eq!(selects(&setup).len(), 1);
    for letter in &letters {
        letter.edit().summary.set("new");
    }
    session.commit().await?;
    assert_eq!(setup.shapes().concat(), ["BEGIN", "UPDATE letters: summary (batch)", "COMMIT"]);
    assert_eq!(setup.rows("SELECT count(*) FROM letters WHERE summary = 'new'").await, ["20006"]);
    Ok(())
}
