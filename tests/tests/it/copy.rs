//! `COPY`: many rows, in PostgreSQL's binary form.

use futures_util::stream;
use orm_core::prelude::*;
use orm_tests::blog::{Post, TABLES, User, ann_and_bob, user};
use orm_tests::models::world::{self, Country, Flag};
use orm_tests::samples::{self, Sample};
use orm_tests::versioned::{self, Account, Item, Note};
use orm_tests::{Setup, sample_builder};

type Result = orm_core::Result<()>;

/// NULL, and more rows than are encoded at a time; one statement for any number.
#[tokio::test]
async fn rows_are_copied() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let named = |n: i64| (n % 2 == 0).then(|| format!("name {n}"));
    let users = |count: i64| (0..count).map(|n| User::builder().email(n.to_string()).name(named(n)));
    assert_eq!(session.copy_in(users(2_500)).await?, 2_500);
    let statements = setup.statements();
    assert_eq!(statements, ["BEGIN", "COPY users (name, email) FROM STDIN BINARY"]);
    assert_eq!(session.copy_in(users(0)).await?, 0);
    assert_eq!(
        session
            .copy_in_stream(stream::iter((5_000..5_010).map(|n| User::builder().email(n.to_string()))))
            .await?,
        10
    );
    assert_eq!(session.scalar(select::<User>().count()).await?, Some(2_510));
    session.commit().await?;
    let rows =
        setup.rows("SELECT name, email FROM users WHERE email IN ('0', '1', '2499') ORDER BY id").await;
    assert_eq!(rows, ["name 0|0", "-|1", "-|2499"]);
    session.copy_in([User::builder().email("gone")]).await?;
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["2510"]);
    Ok(())
}

/// Rows belong to entities, also to one that is only added; collections are read anew.
#[tokio::test]
async fn rows_belong_to_entities() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let bob = user(&session, 2).await;
    assert_eq!(bob.posts().await?.len(), 0);
    let cid = session.add(User::builder().email("cid"));
    let posts = [&bob, &cid].map(|user| Post::builder().title("x").user(user));
    assert_eq!(session.copy_in(posts).await?, 2);
    assert_eq!((bob.posts().await?.len(), cid.posts().await?.len()), (1, 1));
    Ok(())
}

/// Columns that the server makes are left to it; a version starts as for any new row; arrays travel as they are.
#[tokio::test]
async fn what_the_server_makes_it_makes() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    session.copy_in([Item::builder().price(2).quantity(3)]).await?;
    session.copy_in([Account::builder().owner("ann").balance(1)]).await?;
    session.copy_in([Note::builder().text("x").drawing(vec![1, 2])]).await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT total, note FROM items").await, ["6|new"]);
    assert_eq!(setup.rows("SELECT version FROM accounts").await, ["1"]);
    assert_eq!(setup.rows("SELECT colour, drawing FROM notes").await, ["white|\\x0102"]);

    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    session.copy_in(["a", "b"].map(|code| Country::builder().code(code))).await?;
    session
        .copy_in(["a", "b"].map(|code| Flag::builder().country_code(code).colours(vec![code.to_owned(); 2])))
        .await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT colours FROM flags ORDER BY 1").await, ["{a,a}", "{b,b}"]);
    Ok(())
}

/// Every data type arrives as it was sent; so does NULL.
#[tokio::test]
async fn every_type_is_copied() -> Result {
    let setup = Setup::new(&[]).await;
    setup.sql("CREATE DOMAIN address AS text CHECK (VALUE LIKE '%@%')").await;
    setup.db.create_all(&samples::TABLES).await?;
    let session = setup.db.session();
    let sent = [samples::filled(1), samples::empty(2)];
    let copied = sent.iter().cloned().map(|sample| sample_builder!(sample));
    assert_eq!(session.copy_in(copied).await?, 2);
    let read = session.scalars(select::<Sample>().order_by(Sample::id)).await?.all();
    for (sent, read) in sent.iter().zip(&read) {
        assert_eq!(format!("{sent:?}"), format!("{:?}", Entity::value(read)));
    }
    session.insert_many([3, 4].map(|id| sample_builder!(samples::filled(id)))).await?;
    let read = session.scalars(select::<Sample>().filter(Sample::id.gt(2)).order_by(Sample::id)).await?.all();
    assert_eq!(format!("{:?}", samples::filled(4)), format!("{:?}", Entity::value(&read[1])));
    Ok(())
}

/// What the server refuses names the row.
#[tokio::test]
async fn a_refused_row_is_named() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let rows = || ["new", "ann@x.org", "newer"].map(|email| User::builder().email(email));
    let error = session.copy_in(rows()).await.expect_err("ann is there");
    assert!(error.is_unique_violation() && error.constraint() == Some("users_email_key"), "{error}");
    assert!(error.to_string().contains("row 2") && error.model() == Some("User"), "{error}");
    assert!(session.copy_in(rows()).await.is_err_and(|error| error.is_rollback_needed()));
    session.rollback().await?;
    let savepoint = session.begin_nested().await?;
    assert!(session.copy_in(rows()).await.is_err());
    savepoint.rollback().await?;
    assert_eq!(session.copy_in([User::builder().email("new")]).await?, 1);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["3"]);
    Ok(())
}

/// What cannot be sent names row and column, and nothing of it is there.
#[tokio::test]
async fn a_row_that_cannot_be_sent_is_named() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let note = |n: i32| Note::builder().text(n.to_string());
    let mixed = (0..1_500).map(|n| if n == 1_234 { note(n).colour("red") } else { note(n) });
    let error = session.copy_in(mixed).await.expect_err("a row gives another column");
    assert!(error.is_incomplete() && error.to_string().contains("row 1235"), "{error}");
    session.rollback().await?;
    setup.sql("ALTER TABLE accounts ALTER COLUMN owner TYPE integer USING NULL").await;
    let owned = [Account::builder().balance(1), Account::builder().balance(1).owner("ann")];
    let error = session.copy_in(owned).await.expect_err("text is no number");
    assert!(
        error.is_decode() && error.to_string().contains("row 2") && error.column() == Some("owner"),
        "{error}"
    );
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM notes").await, ["0"]);
    assert_eq!(session.copy_in([note(1)]).await?, 1);
    Ok(())
}

/// A `COPY` that is refused before it takes rows costs the connection, and not the session.
#[tokio::test]
async fn a_refused_copy_is_an_error() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    session.begin().read_only().await?;
    let error = session.copy_in([User::builder().email("x")]).await.expect_err("it only reads");
    assert!(!error.is_connection(), "{error}");
    session.rollback().await?;
    assert_eq!(session.copy_in([User::builder().email("x")]).await?, 1);
    session.commit().await?;
    setup.sql("ALTER TABLE users RENAME COLUMN name TO called").await;
    let error = session.copy_in([User::builder().email("y")]).await.expect_err("the column is gone");
    assert!(error.is_undefined_column(), "{error}");
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["3"]);
    Ok(())
}
