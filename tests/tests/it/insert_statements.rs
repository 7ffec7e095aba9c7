//! INSERT statements, and what they do about rows that are there.

use orm_core::EntityState::Persistent;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User, ann_and_bob, user};
use orm_tests::models::shop::{self, Line};
use orm_tests::models::world::{self, Country, Flag};
use orm_tests::moments::{self, Sheet};
use orm_tests::soft::{Book, Desk, library};
use orm_tests::versioned::{self, Account, Item, Note, accounts};

type Result = orm_core::Result<()>;

const USERS: &str = "SELECT name, email FROM users ORDER BY id";

/// The text is the same for any number of rows.
#[tokio::test]
async fn rows_travel_as_arrays() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    for size in [1, 2, 7, 30] {
        let users = (0..size).map(|n| User::builder().email(format!("{size}.{n}")));
        assert_eq!(session.execute(insert::<User>().values(users)).await?, size);
        let sent = setup.statements();
        assert_eq!(
            sent.last().map(String::as_str),
            Some("INSERT INTO users (name, email) SELECT * FROM unnest($1::text[], $2::text[])")
        );
    }
    assert_eq!(session.execute(insert::<User>()).await?, 0);
    session.rollback().await?;
    assert_eq!(setup.rows(USERS).await, Vec::<String>::new());
    Ok(())
}

/// Scenario 319: the parent goes in first, and the rows get its key; its collection is read anew.
#[tokio::test]
async fn rows_belong_to_entities() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let bob = user(&session, 2).await;
    assert_eq!(bob.posts().await?.len(), 0);
    let cid = session.add(User::builder().email("cid"));
    setup.flights();
    let posts = [Post::builder().title("one").user(&cid), Post::builder().title("two").user(&cid)];
    let posts = insert::<Post>().values(posts).value(Post::builder().title("three").user_id(2));
    assert_eq!(session.execute(posts).await?, 3);
    assert_eq!(setup.shapes().concat(), ["BEGIN", "INSERT users", "INSERT posts (batch)"]);
    assert_eq!((cid.posts().await?.len(), bob.posts().await?.len()), (2, 1));
    let other = setup.db.session();
    let foreign = insert::<Post>().value(Post::builder().title("x").user(&cid));
    assert!(other.execute(foreign).await.is_err_and(|error| error.is_foreign_entity()));
    session.rollback().await?;
    let gone = insert::<Post>().value(Post::builder().title("x").user(&cid));
    assert!(session.execute(gone).await.is_err_and(|error| error.is_not_persistent()));
    let child = User::builder().email("dan").posts([Post::builder().title("x")]);
    assert!(session.execute(insert::<User>().value(child)).await.is_err_and(|error| error.is_unlinkable()));
    Ok(())
}

/// Rows that leave columns to the server form groups of one shape; arrays are written row by row, in one flight.
#[tokio::test]
async fn shapes_and_arrays() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let note = |n: i32| Note::builder().text(n.to_string());
    let notes = insert::<Note>()
        .value(note(1))
        .value(note(2).colour("red"))
        .value(note(3))
        .value(note(4).colour(None));
    session.execute(notes).await?;
    let last = setup.shapes().pop().unwrap_or_default();
    assert_eq!(last, ["BEGIN", "INSERT notes (batch)", "INSERT notes (batch)"]);
    session.execute(insert::<Item>().value(Item::builder().price(2).quantity(3))).await?;
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT text, colour FROM notes ORDER BY text").await,
        ["1|white", "2|red", "3|white", "4|-"]
    );
    assert_eq!(setup.rows("SELECT total FROM items").await, ["6"]);

    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let codes = ["a", "b"];
    session.execute(insert::<Country>().values(codes.map(|code| Country::builder().code(code)))).await?;
    setup.flights();
    let flags = codes.map(|code| Flag::builder().country_code(code).colours(vec![code.to_owned(); 2]));
    assert_eq!(session.execute(insert::<Flag>().values(flags)).await?, 2);
    assert_eq!(setup.shapes().pop(), Some(vec!["INSERT flags".to_owned(); 2]));
    Ok(())
}

#[tokio::test]
async fn what_is_there_is_left_alone() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let users = || ["ann@x.org", "cid@x.org"].map(|email| User::builder().email(email).name("new"));
    assert_eq!(
        session.execute(insert::<User>().values(users()).on_conflict(User::email).do_nothing()).await?,
        1
    );
    assert_eq!(session.execute(insert::<User>().values(users()).on_conflict_do_nothing()).await?, 0);
    let by_name = insert::<User>().values(users()).on_constraint("users_email_key").do_nothing();
    assert_eq!(session.execute(by_name).await?, 0);
    let error = session.execute(insert::<User>().values(users())).await.expect_err("they are there");
    assert!(error.is_unique_violation() && error.model() == Some("User"));
    session.rollback().await?;
    assert_eq!(setup.rows(USERS).await, ["Ann|ann@x.org", "Bob|bob@x.org"]);
    Ok(())
}

/// Entities in memory follow what was changed where they were there, and a rollback takes it back.
#[tokio::test]
async fn what_is_there_is_changed() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    setup.flights();
    let users = ["ann@x.org", "bob@x.org", "cid@x.org"].map(|email| User::builder().email(email).name("new"));
    let upsert = insert::<User>()
        .values(users)
        .on_conflict(User::email)
        .do_update()
        .set(User::name, excluded(User::name));
    assert_eq!(session.execute(upsert.filter(User::id.lt(2))).await?, 2);
    let sent = "INSERT INTO users (name, email) SELECT * FROM unnest($1::text[], $2::text[]) \
         ON CONFLICT (email) DO UPDATE SET name = excluded.name WHERE users.id < $3 RETURNING users.id, users.name";
    assert_eq!(setup.statements(), ["BEGIN", sent]);
    assert_eq!((ann.name.as_deref(), Entity::state(&ann)), (Some("new"), Persistent));
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    session.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    let ann_again = User::builder().email("ann@x.org").name("x");
    let longer = insert::<User>().value(ann_again).on_conflict(User::email).do_update();
    session.execute(longer.set(User::name, orm_core::func::upper(User::name))).await?;
    assert_eq!(ann.name.as_deref(), Some("ANN"));
    Ok(())
}

/// A version counts, and `on_update` columns are set, only where a row was there.
#[tokio::test]
async fn an_update_on_conflict_is_an_update() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let ann = accounts(&setup, &session, &["ann"]).await?.remove(0);
    let new = ["ann", "bob"].map(|owner| Account::builder().owner(owner).balance(7));
    let upsert = insert::<Account>().values(new).on_conflict(Account::owner).do_update();
    session.execute(upsert.set(Account::balance, Account::balance + 1)).await?;
    assert_eq!((ann.balance, ann.version), (101, 2));
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT owner, balance, version FROM accounts ORDER BY id").await,
        ["ann|101|2", "bob|7|1"]
    );
    ann.edit().balance = 5;
    session.commit().await?;

    let setup = Setup::new(&moments::TABLES).await;
    let session = setup.db.session();
    let sheet = session.add(Sheet::builder().title("a"));
    session.commit().await?;
    let again = Sheet::builder().id(sheet.id).title("b").tags(vec!["x".to_owned()]);
    session.execute(insert::<Sheet>().value(again).on_conflict(Sheet::id).do_update().set_all()).await?;
    assert_eq!(
        (&*sheet.title, sheet.edits, sheet.version, sheet.tags.as_ref().map(Vec::len)),
        ("b", 1, 2, Some(1))
    );
    Ok(())
}

#[tokio::test]
async fn composite_keys_and_partial_indexes() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    setup.sql("INSERT INTO orders VALUES (1, 1, 'c'); INSERT INTO lines VALUES (1, 1, 1, 'a')").await;
    let session = setup.db.session();
    let line = session.get::<Line>((1, 1, 1)).await?.expect("it is there");
    let lines = [1, 2].map(|n| Line::builder().tenant_id(1).order_id(1).number(n).product("new"));
    let key = (Line::tenant_id, Line::order_id, Line::number);
    assert_eq!(
        session.execute(insert::<Line>().values(lines).on_conflict(key).do_update().set_all()).await?,
        2
    );
    assert_eq!(&*line.product, "new");

    let setup = library().await;
    setup.sql("ALTER TABLE desks DROP CONSTRAINT desks_writer_id_key; CREATE UNIQUE INDEX ON desks (writer_id) WHERE sold_at IS NULL").await;
    let session = setup.db.session();
    let desk = || insert::<Desk>().value(Desk::builder().writer_id(1)).on_conflict(Desk::writer_id);
    assert_eq!(session.execute(desk().index_where(Desk::sold_at.is_null()).do_nothing()).await?, 0);
    assert!(session.execute(desk().do_nothing()).await.is_err());
    Ok(())
}

/// Rows that criteria leave out, or that are marked as deleted, are not changed.
#[tokio::test]
async fn only_what_is_seen_is_changed() -> Result {
    let setup = library().await;
    let again = |id: i64| Book::builder().id(id).title("new").writer_id(1);
    let upsert = || {
        insert::<Book>()
            .values([1, 3, 4].map(again))
            .on_conflict(Book::id)
            .do_update()
            .set(Book::title, excluded(Book::title))
    };
    let session = setup.db.session();
    assert_eq!(session.execute(upsert()).await?, 2);
    assert_eq!(session.execute(upsert().with_deleted()).await?, 3);
    session.rollback().await?;
    let db = setup.db.with_criteria(Book::writer_id.eq(2));
    let session = db.session();
    assert_eq!(session.execute(upsert()).await?, 1);
    assert_eq!(session.execute(upsert().without_criteria()).await?, 3);
    Ok(())
}
