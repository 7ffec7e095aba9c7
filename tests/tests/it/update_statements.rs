//! UPDATE over a condition: what it writes, and what it does to entities in memory.

use orm_core::prelude::*;
use orm_core::{Error, func};
use orm_tests::archive::{FILLED, Folder, Letter};
use orm_tests::blog::{Post, User, ann_and_bob, user};
use orm_tests::keys::ruled::{self, Agent, Book, Publisher};
use orm_tests::models::shop::{self, Line};
use orm_tests::moments::{self, Sheet};
use orm_tests::soft::{self, library};
use orm_tests::versioned::{Account, Item, TABLES, accounts};
use orm_tests::{Setup, numbers_of_polls, polled};

type Result = orm_core::Result<()>;

/// Scenario 312.
#[tokio::test]
async fn entities_in_memory_have_the_new_values() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    setup.flights();
    let rename = update::<User>().set(User::name, func::upper(User::email)).filter(User::email.like("%.org"));
    assert_eq!(session.execute(rename).await?, 2);
    let sent =
        "UPDATE users SET name = upper(users.email) WHERE users.email LIKE $1 RETURNING users.id, users.name";
    assert_eq!(setup.statements(), ["BEGIN", sent]);
    assert_eq!(ann.name.as_deref(), Some("ANN@X.ORG"));
    assert!(session.plan()?.is_empty());
    let bob = user(&session, 2).await;
    assert_eq!(bob.name.as_deref(), Some("BOB@X.ORG"));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["ANN@X.ORG", "BOB@X.ORG"]);
    Ok(())
}

/// Nothing comes back where nobody is in memory; a statement begins the transaction, and without a filter it is all rows.
#[tokio::test]
async fn what_nobody_has_does_not_come_back() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    assert_eq!(session.execute(update::<User>().set(User::name, None)).await?, 2);
    let last = setup.flights().pop().unwrap_or_default();
    assert_eq!(last, ["BEGIN", "UPDATE users SET name = $1"]);
    let none = update::<User>().set(User::name, "x").filter(User::id.gt(2));
    assert_eq!(session.execute(none).await?, 0);
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users WHERE name IS NULL").await, ["0"]);
    Ok(())
}

/// Scenario 315: what was changed in memory is written first, and so is found.
#[tokio::test]
async fn edits_are_flushed_before() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let new = session.add(User::builder().email("cid@y.net"));
    ann.edit().email = "ann@y.net".into();
    setup.flights();
    let rename = update::<User>().set(User::name, "net").filter(User::email.ends_with(".net"));
    assert_eq!(session.execute(rename).await?, 2);
    let shapes = setup.shapes();
    assert_eq!(
        shapes,
        [["BEGIN", "UPDATE users: email", "INSERT users"].as_slice(), &["UPDATE users: name"]]
            .map(<[_]>::to_vec)
    );
    assert_eq!((ann.name.as_deref(), new.name.as_deref()), (Some("net"), Some("net")));
    Ok(())
}

/// Without autoflush it is about what the database has; edits stay on top of what it did.
#[tokio::test]
async fn edits_that_were_not_flushed_stay() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    ann.edit().name = Some("mine".into());
    let both = update::<User>().set(User::name, "theirs").set(User::email, "a").filter(User::name.eq("Ann"));
    assert_eq!(session.no_autoflush(session.execute(both)).await?, 1);
    assert_eq!((ann.name.as_deref(), &*ann.email), (Some("mine"), "a"));
    assert_eq!(session.plan()?.to_string(), "update 1 of users: name\n");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name, email FROM users WHERE id = 1").await, ["mine|a"]);
    Ok(())
}

#[tokio::test]
async fn a_rollback_takes_it_back() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let rename =
        |name: &str, id: i64| update::<User>().set(User::name, name.to_owned()).filter(User::id.eq(id));
    session.execute(rename("one", 1)).await?;
    let savepoint = session.begin_nested().await?;
    session.execute(rename("two", 1)).await?;
    session.execute(rename("two", 2)).await?;
    assert_eq!((ann.name.as_deref(), bob.name.as_deref()), (Some("two"), Some("two")));
    savepoint.rollback().await?;
    assert_eq!((ann.name.as_deref(), bob.name.as_deref()), (Some("one"), Some("Bob")));
    session.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    session.execute(rename("three", 1)).await?;
    session.commit().await?;
    session.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("three"));
    Ok(())
}

/// A version counts, and what comes with it is the whole row: nobody goes by an older one afterwards.
#[tokio::test]
async fn a_version_is_counted() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let ann = accounts(&setup, &session, &["ann", "bob"]).await?.remove(0);
    setup.sql("UPDATE accounts SET balance = 50, version = version + 1").await;
    let rename = update::<Account>().set(Account::owner, "eve").filter(Account::owner.eq("ann"));
    assert_eq!(session.execute(rename).await?, 1);
    assert_eq!((ann.owner.as_deref(), ann.balance, ann.version), (Some("eve"), 50, 3));
    ann.edit().balance -= 10;
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT owner, balance, version FROM accounts ORDER BY id").await,
        ["eve|40|4", "bob|50|2"]
    );
    let by_hand = update::<Account>().set(Account::version, 9).set(Account::balance, Account::balance + 1);
    assert_eq!(session.execute(by_hand).await?, 2);
    assert_eq!((ann.balance, ann.version), (41, 9));
    Ok(())
}

/// Columns that every update sets, and those that the database computes, come back too.
#[tokio::test]
async fn columns_that_set_themselves_come_back() -> Result {
    let setup = Setup::new(&moments::TABLES).await;
    let session = setup.db.session();
    let sheet = session.add(Sheet::builder().title("a").tags(vec!["x".to_owned()]));
    session.commit().await?;
    let before = sheet.changed;
    session.execute(update::<Sheet>().set(Sheet::title, "b").set(Sheet::tags, vec!["y".to_owned()])).await?;
    assert_eq!(
        (&*sheet.title, sheet.tags.as_deref(), sheet.edits, sheet.version),
        ("b", Some(&["y".to_owned()][..]), 1, 2)
    );
    assert!(sheet.changed > before);

    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let item = session.add(Item::builder().price(2).quantity(3));
    session.flush().await?;
    session.execute(update::<Item>().set(Item::price, Item::price * 5).set(Item::quantity, 1)).await?;
    assert_eq!((item.price, item.total), (10, 10));
    Ok(())
}

/// Composite keys, and keys that change: entities are found by the key that they had.
#[tokio::test]
async fn keys_change_and_entities_follow() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    setup
        .sql("INSERT INTO orders VALUES (1, 1, 'c'); INSERT INTO lines VALUES (1, 1, 1, 'a'), (1, 1, 2, 'b')")
        .await;
    let session = setup.db.session();
    let lines = session.scalars(select::<Line>().order_by(Line::number)).await?.all();
    setup.flights();
    let shift = update::<Line>().set(Line::number, Line::number + 10).filter(Line::tenant_id.eq(1));
    assert_eq!(session.execute(shift).await?, 2);
    let text = setup.statements().remove(1);
    assert!(
        text.contains(
            "FROM lines AS orm_old WHERE lines.tenant_id = $2 AND lines.tenant_id = orm_old.tenant_id"
        ),
        "{text}"
    );
    assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [11, 12]);
    assert_eq!(session.get::<Line>((1, 1, 12)).await?.as_ref(), Some(&lines[1]));
    assert!(setup.flights().is_empty());
    assert_eq!(session.get::<Line>((1, 1, 2)).await?, None);
    session.rollback().await?;
    assert_eq!(lines[1].number, 2);
    assert_eq!(session.get::<Line>((1, 1, 2)).await?.as_ref(), Some(&lines[1]));
    Ok(())
}

/// Keys that are each other's next ones: every entity moves to its own.
#[tokio::test]
async fn keys_move_up_by_one() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    setup.sql("INSERT INTO orders VALUES (1, 1, 'c'); INSERT INTO lines SELECT 1, 1, n, n::text FROM generate_series(1, 5) AS n").await;
    setup.sql("ALTER TABLE lines DROP CONSTRAINT lines_pkey, ADD PRIMARY KEY (tenant_id, order_id, number) DEFERRABLE").await;
    let session = setup.db.session();
    let lines = session.scalars(select::<Line>().order_by(Line::number)).await?.all();
    session.execute(update::<Line>().set(Line::number, Line::number + 1)).await?;
    for line in &lines {
        assert_eq!(line.number.to_string(), format!("{}", line.product.parse::<i32>().unwrap_or(0) + 1));
        assert_eq!(session.get::<Line>((1, 1, line.number)).await?.as_ref(), Some(line));
    }
    Ok(())
}

/// What refers to a key that changes follows, as the foreign key says.
#[tokio::test]
async fn the_database_leads_others_along() -> Result {
    let setup = Setup::new(&ruled::TABLES).await;
    setup
        .sql("INSERT INTO publishers VALUES ('a', 'Rome'); INSERT INTO books VALUES ('a', 1, 't'); INSERT INTO agents VALUES (1, 'a', 'a')")
        .await;
    let session = setup.db.session();
    let publisher = session.get::<Publisher>("a").await?.expect("it is there");
    let books = publisher.books().await?;
    let agent = session.get::<Agent>(1).await?.expect("it is there");
    session.execute(update::<Publisher>().set(Publisher::code, "b")).await?;
    assert_eq!((&*publisher.code, &*books[0].publisher_code), ("b", "b"));
    assert_eq!((agent.publisher_code.as_deref(), agent.former_code.as_deref()), (Some("b"), None));
    setup.flights();
    assert_eq!(publisher.books().await?, books);
    assert_eq!(session.get::<Book>(("b", 1)).await?.as_ref(), Some(&books[0]));
    assert!(setup.flights().is_empty());
    session.rollback().await?;
    assert_eq!((&*publisher.code, &*books[0].publisher_code), ("a", "a"));
    assert_eq!(agent.former_code.as_deref(), Some("a"));
    Ok(())
}

/// Links follow a foreign key that is set: both sides, and a collection that gains what nobody has seen is read again.
#[tokio::test]
async fn links_follow() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup.sql("INSERT INTO posts (title, user_id) VALUES ('three', 1)").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let one = session.get::<Post>(1).await?.expect("it is there");
    assert_eq!((one.user().await?, bob.posts().await?.len()), (ann.clone(), 0));
    session.execute(update::<Post>().set(Post::user_id, 2).filter(Post::id.eq(1))).await?;
    setup.flights();
    assert_eq!((one.user().await?, bob.posts().await?.len()), (bob.clone(), 1));
    assert!(setup.flights().is_empty(), "all is known");
    assert_eq!(ann.posts().await?.len(), 2);
    let cid = session.add(User::builder().email("cid"));
    session.flush().await?;
    session.execute(update::<Post>().set(Post::user_id, cid.id).filter(Post::title.eq("three"))).await?;
    assert_eq!((ann.posts().await?.len(), cid.posts().await?.len()), (1, 1));
    session.clear();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    assert_eq!(bob.posts().await?.len(), 1);
    session.execute(update::<Post>().set(Post::user_id, 2)).await?;
    assert_eq!((bob.posts().await?.len(), ann.posts().await?.len()), (3, 0));
    Ok(())
}

/// Rows that are marked as deleted, and rows that criteria leave out, stay as they are.
#[tokio::test]
async fn only_what_is_seen_is_updated() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let title = |title: &str| update::<soft::Book>().set(soft::Book::title, title.to_owned());
    assert_eq!(session.execute(title("x")).await?, 3);
    assert_eq!(session.execute(title("y").with_deleted()).await?, 4);
    session.rollback().await?;
    let db = setup.db.with_criteria(soft::Book::writer_id.eq(2));
    let session = db.session();
    assert_eq!(session.execute(title("x")).await?, 1);
    assert_eq!(session.execute(title("x").without_criteria()).await?, 4);
    Ok(())
}

/// Scenario 314: a row that is expired gets what was set, stays expired, and nothing is read for it.
#[tokio::test]
async fn an_expired_row_is_not_read() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    setup.sql("UPDATE users SET email = 'elsewhere' || id").await;
    session.expire_all();
    setup.flights();
    assert_eq!(session.execute(update::<User>().set(User::name, "x").filter(User::id.eq(1))).await?, 1);
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE users: name"]]);
    assert_eq!((ann.name.as_deref(), &*ann.email), (Some("x"), "ann@x.org"));
    user(&session, 1).await;
    assert_eq!(&*ann.email, "elsewhere1");
    session.expire(&bob);
    setup.flights();
    assert_eq!(session.execute(delete::<User>().filter(User::id.eq(2))).await?, 1);
    assert_eq!(setup.shapes(), [["DELETE users"]]);
    assert!(session.refresh(&bob).await.is_err_and(|error| error.is_not_persistent()));
    Ok(())
}

#[tokio::test]
async fn deferred_columns_are_known_if_they_are_set() -> Result {
    let setup = Setup::new(&models![Folder, Letter]).await;
    setup.sql(FILLED).await;
    let session = setup.db.session();
    let letters = session.scalars(select::<Letter>().order_by(Letter::id)).await?.all();
    session.execute(update::<Letter>().set(Letter::text, "new").filter(Letter::id.eq(1))).await?;
    setup.flights();
    assert_eq!(letters[0].text().await?, "new");
    assert!(setup.flights().is_empty());
    assert_eq!(letters[1].text().await?, "text 2");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_is_refused() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let refused = |result: orm_core::Result<u64>| result.expect_err("it is refused");
    assert!(refused(session.execute(update::<Account>()).await).is_incomplete());
    let total = session.execute(update::<Item>().set(Item::total, 1)).await;
    assert!(refused(total).is_read_only_column());
    assert!(setup.flights().is_empty());
    accounts(&setup, &session, &["ann", "bob"]).await?;
    let same = session.execute(update::<Account>().set(Account::owner, "eve")).await;
    let error: Error = refused(same);
    assert!(error.is_unique_violation() && error.model() == Some("Account"), "{error}");
    assert!(
        refused(session.execute(update::<Account>().set(Account::balance, 1)).await).is_rollback_needed()
    );
    session.rollback().await?;
    assert_eq!(session.execute(update::<Account>().set(Account::balance, 1)).await?, 2);
    Ok(())
}

/// Dropped at any of its awaits, it was not sent, or nobody knows what the server did until the rollback.
#[tokio::test]
async fn a_dropped_statement_says_so() -> Result {
    let setup = ann_and_bob("x.org").await;
    let mut interrupted = 0;
    for polls in numbers_of_polls() {
        let db = Database::builder(setup.database.url()).pool_size(1).connect().await?;
        let session = db.session();
        let ann = user(&session, 1).await;
        let done = polled(session.execute(update::<User>().set(User::name, "x")), polls).await;
        let expected = if done.is_some() { "x" } else { "Ann" };
        assert_eq!(ann.name.as_deref(), Some(expected));
        match session.flush().await {
            Ok(()) => {}
            Err(error) => {
                assert!(error.is_interrupted(), "{error}");
                interrupted += 1;
            }
        }
        session.rollback().await?;
        assert_eq!((ann.name.as_deref(), session.plan()?.is_empty()), (Some("Ann"), true));
        assert_eq!(user(&session, 1).await.name.as_deref(), Some("Ann"));
        if done.is_some() && interrupted > 0 {
            return Ok(());
        }
    }
    panic!("a statement that is sent awaits its answer")
}

/// A read that overlaps with the statement shows the row before it or after it, and memory ends as the database is.
#[tokio::test]
async fn reads_that_overlap_are_not_older() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    session.commit().await?;
    for n in 0..20 {
        let name = n.to_string();
        let rename = update::<User>().set(User::name, name.clone());
        let (rows, read) = tokio::join!(session.execute(rename), session.scalars(select::<User>()));
        assert_eq!((rows?, read?.all().len()), (2, 2));
        assert_eq!(ann.name.as_deref(), Some(&*name));
        session.commit().await?;
    }
    Ok(())
}
