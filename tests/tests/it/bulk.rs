//! Many rows at once, past the unit of work.

use std::collections::BTreeSet;

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User, ann_and_bob, user};
use orm_tests::models::shop::{self, Line, Order};
use orm_tests::models::world::{self, Country, Flag};
use orm_tests::moments::{self, Sheet};
use orm_tests::tenancy::{self, Firm, Person};
use orm_tests::versioned::{self, Account, Note, accounts};

type Result = orm_core::Result<()>;

/// Scenario 303.
#[tokio::test]
async fn keys_come_back_in_the_order_of_the_rows() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let note = |n: i64| Note::builder().text(n.to_string());
    let colour = |n: i64| if n % 3 == 0 { note(n).colour("red") } else { note(n) };
    let ids = session.insert_many((0..100).map(colour)).await?;
    let last = setup.shapes().pop().unwrap_or_default();
    assert_eq!(last, ["BEGIN", "INSERT notes (batch)", "INSERT notes (batch)"]);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 100);
    assert!(session.added().is_empty());
    session.commit().await?;
    for (n, id) in [(0, ids[0]), (1, ids[1]), (42, ids[42]), (99, ids[99])] {
        let row = setup.rows(&format!("SELECT text, colour FROM notes WHERE id = {id}")).await;
        assert_eq!(row, [format!("{n}|{}", if n % 3 == 0 { "red" } else { "white" })]);
    }
    Ok(())
}

/// Builders may hold rows of others, and name entities that are only added.
#[tokio::test]
async fn graphs_of_rows_are_inserted() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (bob, cid) = (user(&session, 2).await, session.add(User::builder().email("cid")));
    assert_eq!(bob.posts().await?.len(), 0);
    setup.flights();
    let posts = |n: i64| [Post::builder().title(format!("{n}.1")), Post::builder().title(format!("{n}.2"))];
    let users = (0..3).map(|n| User::builder().email(n.to_string()).posts(posts(n)));
    let ids = session.insert_many(users).await?;
    assert_eq!(
        setup.shapes().concat(),
        ["BEGIN", "INSERT users", "INSERT users (batch)", "INSERT posts (batch)"]
    );
    session
        .insert_many([Post::builder().title("of bob").user(&bob), Post::builder().title("of cid").user(&cid)])
        .await?;
    assert_eq!((bob.posts().await?.len(), cid.posts().await?.len()), (1, 1));
    let titles = setup_rows(&session, ids[1]).await?;
    assert_eq!(titles, ["1.1", "1.2"]);
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["2"]);
    assert_eq!(bob.posts().await?.len(), 0);
    Ok(())
}

async fn setup_rows(session: &Session, user: i64) -> orm_core::Result<Vec<String>> {
    let posts = session.scalars(select::<Post>().filter(Post::user_id.eq(user)).order_by(Post::id)).await?;
    Ok(posts.into_iter().map(|post| post.title.clone()).collect())
}

/// The texts do not grow with the number of rows; a large number goes in chunks, in one round trip.
#[tokio::test]
async fn texts_do_not_depend_on_numbers() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let mut texts = BTreeSet::new();
    let mut next = 0..;
    for size in [2, 3, 10, 99, 500] {
        let users = next
            .by_ref()
            .take(size)
            .map(|n: i64| User::builder().id(n).email(n.to_string()))
            .collect::<Vec<_>>();
        let ids = session.insert_many(users).await?;
        session
            .upsert_many(User::email, ids.iter().map(|n| User::builder().email(n.to_string()).name("x")))
            .await?;
        session.update_many(ids.iter().map(|&n| User::builder().id(n).name("y"))).await?;
        texts.extend(setup.statements());
    }
    texts.remove("BEGIN");
    assert_eq!(texts.len(), 3, "{texts:#?}");
    let many = (1_000..26_000).map(|n: i64| User::builder().email(n.to_string()));
    let ids = session.insert_many(many).await?;
    let flights: Vec<_> = setup.shapes().into_iter().filter(|flight| !flight.is_empty()).collect();
    assert_eq!(flights, [["INSERT users (batch)"; 3]]);
    assert_eq!(ids.len(), 25_000);
    let last = session.get::<User>(ids[24_999]).await?.expect("it is there");
    assert_eq!(last.email, "25999");
    Ok(())
}

/// Scenario 304: one statement; a row that is not there is an error that names it.
#[tokio::test]
async fn rows_are_updated_by_key() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    setup.flights();
    let renamed = |id: i64, name: Option<&str>| User::builder().id(id).name(name.map(ToOwned::to_owned));
    session.update_many([renamed(2, Some("b")), renamed(1, None)]).await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE users: name (batch)"]]);
    assert_eq!(ann.name, None);
    assert!(session.plan()?.is_empty());
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["Ann", "Bob"]);
    let savepoint = session.begin_nested().await?;
    let error =
        session.update_many([renamed(1, Some("x")), renamed(7, Some("y"))]).await.expect_err("no user 7");
    assert!(error.is_stale() && error.to_string().contains("`User` id 7"), "{error}");
    savepoint.rollback().await?;
    assert_eq!(ann.name, None);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["-", "b"]);
    let value = User { id: 1, name: Some("whole".into()), email: "new".into() };
    session.update_many([value]).await?;
    assert_eq!((ann.name.as_deref(), &*ann.email), (Some("whole"), "new"));
    session.rollback().await?;
    assert_eq!((ann.name.as_deref(), &*ann.email), (None, "ann@x.org"));
    Ok(())
}

#[tokio::test]
async fn updates_that_say_too_little_are_refused() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let unnamed = session.update_many([User::builder().name("x")]).await;
    assert!(unnamed.is_err_and(|error| error.is_incomplete() && error.column() == Some("id")));
    assert!(session.update_many([User::builder().id(1)]).await.is_err_and(|error| error.is_incomplete()));
    let twice = [1, 2, 1].map(|id| User::builder().id(id).name("x"));
    let error = session.update_many(twice).await.expect_err("1 is there twice");
    assert!(error.is_incomplete() && error.to_string().contains("id 1"), "{error}");
    assert!(setup.flights().is_empty());
    session.update_many(Vec::<User>::new()).await?;
    Ok(())
}

/// What nobody else has written since it was read is written, and counted.
#[tokio::test]
async fn versions_are_checked() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["ann", "bob"]).await?;
    let with = |entity: &Entity<Account>, balance: i64| Account { balance, ..Entity::value(entity).clone() };
    session.update_many(accounts.iter().map(|account| with(account, 7))).await?;
    assert_eq!(
        accounts.iter().map(|account| (account.balance, account.version)).collect::<Vec<_>>(),
        [(7, 2), (7, 2)]
    );
    session.commit().await?;
    setup.sql("UPDATE accounts SET version = 9 WHERE owner = 'bob'").await;
    let error = session
        .update_many(accounts.iter().map(|account| with(account, 8)))
        .await
        .expect_err("bob was changed");
    assert!(error.is_stale() && error.to_string().contains("id 2 was changed by someone else"), "{error}");
    session.rollback().await?;
    assert_eq!(accounts[0].balance, 7);
    let unversioned = Account::builder().id(1).balance(1);
    assert!(session.update_many([unversioned]).await.is_err_and(|error| error.column() == Some("version")));
    // One who knows more than memory does: the rest of the row is asked for when it is needed.
    session.update_many([Account { version: 9, balance: 3, ..Entity::value(&accounts[1]).clone() }]).await?;
    assert_eq!((accounts[1].balance, accounts[1].version), (3, 10));
    Ok(())
}

#[tokio::test]
async fn composite_keys_arrays_and_columns_that_set_themselves() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    let session = setup.db.session();
    let ids =
        session.insert_many([1, 2].map(|tenant| Order::builder().tenant_id(tenant).customer("c"))).await?;
    assert_eq!(ids.iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2]);
    let lines = ids
        .iter()
        .map(|&(tenant, order)| Line::builder().tenant_id(tenant).order_id(order).number(1).product("p"));
    let keys = session.insert_many(lines).await?;
    let line = session.get::<Line>(keys[1]).await?.expect("it is there");
    let renamed = keys.iter().map(|&(tenant, order, number)| {
        Line::builder().tenant_id(tenant).order_id(order).number(number).product("q")
    });
    session.update_many(renamed).await?;
    assert_eq!(&*line.product, "q");

    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    session.insert_many(["a", "b"].map(|code| Country::builder().code(code))).await?;
    let flags = |colour: &str| {
        ["a", "b"].map(|code| Flag::builder().country_code(code).colours(vec![colour.to_owned(); 2]))
    };
    session.insert_many(flags("red")).await?;
    setup.flights();
    session.update_many(flags("blue")).await?;
    assert_eq!(setup.shapes().concat(), ["UPDATE flags: colours"; 2]);

    let setup = Setup::new(&moments::TABLES).await;
    let session = setup.db.session();
    let sheet = session.add(Sheet::builder().title("a"));
    session.commit().await?;
    session.update_many([Sheet::builder().id(sheet.id).version(1).title("b")]).await?;
    assert_eq!((&*sheet.title, sheet.edits, sheet.version), ("b", 1, 2));
    Ok(())
}

/// Scenario 305: each call is written when it is made, so that the order is the caller's.
#[tokio::test]
async fn bulk_calls_keep_their_order() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    session.update_many([User::builder().id(1).email("free")]).await?;
    session.insert_many([User::builder().email("ann@x.org")]).await?;
    session.update_many([User::builder().id(2).email("free too")]).await?;
    let shapes = setup.shapes().concat();
    assert_eq!(shapes, ["BEGIN", "UPDATE users: email", "INSERT users", "UPDATE users: email"]);
    Ok(())
}

/// Scenario 306.
#[tokio::test]
async fn a_failed_transaction_takes_nothing_more() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let taken = || [User::builder().email("ann@x.org")];
    assert!(session.insert_many(taken()).await.is_err_and(|error| error.is_unique_violation()));
    assert!(
        session
            .insert_many([User::builder().email("new")])
            .await
            .is_err_and(|error| error.is_rollback_needed())
    );
    assert!(
        session
            .update_many([User::builder().id(1).name("x")])
            .await
            .is_err_and(|error| error.is_rollback_needed())
    );
    assert!(session.upsert_many(User::email, taken()).await.is_err_and(|error| error.is_rollback_needed()));
    session.rollback().await?;
    assert_eq!(session.insert_many([User::builder().email("new")]).await?.len(), 1);
    session.commit().await?;
    Ok(())
}

/// Keys that rows are led to by an update: those who gain read their collections again.
#[tokio::test]
async fn links_follow() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let one = session.get::<Post>(1).await?.expect("it is there");
    assert_eq!(bob.posts().await?.len(), 0);
    session.update_many([1, 2].map(|id| Post::builder().id(id).user(&bob))).await?;
    assert_eq!((one.user().await?, bob.posts().await?.len(), ann.posts().await?.len()), (bob.clone(), 2, 0));
    Ok(())
}

/// The same of rows with several keys, of which some are set: whose they are over the others is not known.
#[tokio::test]
async fn links_follow_one_of_several_keys() -> Result {
    let setup = Setup::new(&tenancy::TABLES).await;
    setup
        .sql(
            "INSERT INTO firms (tenant, name) VALUES (1, 'one'), (1, 'two');
             INSERT INTO people (tenant, name, firm_id) VALUES (1, 'ann', 1), (1, 'bob', 1), (1, 'cid', 2)",
        )
        .await;
    let session = setup.db.session();
    let two = session.get::<Firm>(2).await?.expect("it is there");
    assert_eq!(two.people().await?.len(), 1);
    session.update_many([Person::builder().id(1).firm_id(2), Person::builder().id(2).firm_id(2)]).await?;
    assert_eq!(two.people().await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn rows_are_inserted_or_changed() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let users = || ["ann@x.org", "cid@x.org"].map(|email| User::builder().email(email).name("new"));
    assert_eq!(session.upsert_many(User::email, users()).await?, 2);
    assert_eq!(ann.name.as_deref(), Some("new"));
    // What is not given stays.
    assert_eq!(session.upsert_many(User::email, [User::builder().email("ann@x.org")]).await?, 0);
    assert_eq!(ann.name.as_deref(), Some("new"));
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT email FROM users ORDER BY email").await,
        ["ann@x.org", "bob@x.org", "cid@x.org"]
    );
    let twice = ["dan", "dan"].map(|email| User::builder().email(email).name("x"));
    assert!(session.upsert_many(User::email, twice).await.is_err());
    Ok(())
}
