//! Values, builders and single rows come into a session. Scenarios of section K.

use orm_core::EntityState::{Pending, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User, ann_and_bob, elsewhere};
use orm_tests::models::shop::{self, Line, Order};

type Result = orm_core::Result<()>;

fn ann() -> User {
    User { id: 1, name: Some("Ann".into()), email: "ann@a.b".into() }
}

/// A value is laid onto the row: one statement reads it, and what differs is written.
#[tokio::test]
async fn a_value_changes_what_differs() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let user = session.merge(ann()).await?;
    assert_eq!(setup.shapes(), [["SELECT users"]]);
    assert!(!session.is_modified(&user));
    assert_eq!(session.merge(User { name: None, ..ann() }).await?, user);
    assert!(setup.flights().is_empty());
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE users: name", "COMMIT"]]);
    session.commit().await?;
    assert!(setup.flights().is_empty());
    Ok(())
}

/// Absent, NULL and never set are told apart.
#[tokio::test]
async fn a_builder_changes_what_was_set() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let user = session.merge(User::builder().id(1).email("new@a.b")).await?;
    assert_eq!((user.name.as_deref(), &*user.email), (Some("Ann"), "new@a.b"));
    session.merge(User::builder().id(1).name(None)).await?;
    assert_eq!((user.name.as_deref(), &*user.email), (None, "new@a.b"));
    setup.flights();
    session.rollback().await?;
    assert_eq!((user.name.as_deref(), &*user.email), (Some("Ann"), "ann@a.b"));
    session.commit().await?;
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 160: a key alone is a row, whose columns are read by it.
#[tokio::test]
async fn a_builder_with_a_key_alone_reads_the_row() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let user = session.merge(User::builder().id(2)).await?;
    assert_eq!((Entity::state(&user), user.name.as_deref()), (Persistent, Some("Bob")));
    session.commit().await?;
    assert_eq!(setup.shapes().concat(), ["SELECT users"]);
    Ok(())
}

#[tokio::test]
async fn a_new_row_needs_all_that_a_row_needs() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let error = session.merge(User::builder().id(7).name("Carl")).await.expect_err("it has no email");
    assert!(error.is_incomplete() && error.model() == Some("User"), "{error}");
    assert_eq!(error.to_string(), "merge: there is no such `User`, and a new one lacks `email`");
    let error = session.merge(Post::builder()).await.expect_err("it has nothing");
    assert!(error.to_string().ends_with("lacks `title` and `user_id`"), "{error}");
    assert!(session.added().is_empty());
    let children =
        session.merge(User::builder().email("new@a.b").posts([Post::builder().title("three")])).await?;
    assert_eq!(children.posts().get()?.len(), 1);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT title FROM posts WHERE user_id > 2").await, ["three"]);
    Ok(())
}

/// Scenario 225.
#[tokio::test]
async fn a_value_without_a_row_is_a_new_one() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.merge(User { id: 7, ..ann() }).await?;
    assert_eq!((Entity::state(&user), session.added()), (Pending, vec![(&user).into()]));
    session.commit().await?;
    assert_eq!(setup.shapes(), [vec!["SELECT users"], vec!["BEGIN", "INSERT users", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT id, name FROM users").await, ["7|Ann"]);
    Ok(())
}

/// Scenarios 226 and 234: a key, or a part of one, that was never set names no row.
#[tokio::test]
async fn without_a_key_nothing_is_asked() -> Result {
    let setup = Setup::new(&[&TABLES[..], &shop::TABLES].concat()).await;
    let session = setup.db.session();
    let user = session.merge(User::builder().email("one@a.b")).await?;
    let other = session.merge(User { id: 0, name: None, email: "two@a.b".into() }).await?;
    let order = session.merge(Order::builder().tenant_id(7).customer("ann")).await?;
    assert_ne!(user, other);
    assert!(setup.flights().is_empty());
    session.commit().await?;
    assert_eq!((user.id, other.id, order.id), (1, 2, 1));
    Ok(())
}

/// Scenario 235: a child whose key is its new parent's is not asked for, and the flush fills the key in.
#[tokio::test]
async fn a_part_of_the_key_that_is_the_parents_is_filled_in() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    let session = setup.db.session();
    let lines = || [1, 2].map(|number| Line::builder().number(number).product(format!("tea {number}")));
    let order = session.merge(Order::builder().tenant_id(7).id(5).customer("ann").lines(lines())).await?;
    assert_eq!(setup.shapes(), [["SELECT orders"]]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT * FROM lines ORDER BY number").await, ["7|5|1|tea 1", "7|5|2|tea 2"]);

    session.clear();
    setup.flights();
    let again = Order::builder().tenant_id(7).id(5).lines(lines().map(|line| line.product("coffee")));
    let again = session.merge(again).await?;
    assert_eq!(setup.shapes().concat(), ["SELECT orders", "SELECT lines"]);
    assert_ne!(again, order);
    let line = session.merge(Line::builder().number(3).product("milk").order(&again)).await?;
    assert_eq!((Entity::state(&line), line.order().get()?), (Pending, again));
    setup.flights();
    session.commit().await?;
    let rows = ["7|5|1|coffee", "7|5|2|coffee", "7|5|3|milk"];
    assert_eq!(setup.rows("SELECT * FROM lines ORDER BY number").await, rows);
    Ok(())
}

/// Scenario 231: a value brings no relationships, whatever the entity that it is of is linked to.
#[tokio::test]
async fn a_value_leaves_relationships_alone() -> Result {
    let setup = ann_and_bob("a.b").await;
    let source = elsewhere(&setup).await?;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("the user is there");
    let new = session.add(Post::builder().title("three").user(&ann));
    session.delete(&ann.posts().await?[0]);
    setup.flights();
    session.merge(Entity::value(&source).clone()).await?;
    assert_eq!((ann.posts().get()?.len(), session.deleted().len()), (3, 1));
    assert_eq!(new.user().get()?, ann);
    assert!(setup.flights().is_empty());
    Ok(())
}

/// Scenario 238.
#[tokio::test]
async fn a_row_that_is_merged_twice_is_one_object() -> Result {
    let setup = ann_and_bob("a.b").await;
    let other = elsewhere(&setup).await?;
    let session = setup.db.session();
    let post = session.get::<Post>(1).await?.expect("the post is there");
    let ann = post.user().await?;
    assert_eq!(session.merge(self::ann()).await?, ann);
    assert_eq!(session.merge(&other).await?, ann);
    assert_eq!(post.user().get()?, ann);
    session.commit().await
}

/// Scenario 239: what is pending under the key is the row. (SQLAlchemy warns, and has two.)
#[tokio::test]
async fn a_pending_row_is_met_by_its_key() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let carl = session.add(User::builder().id(7).email("carl@a.b"));
    setup.flights();
    assert_eq!(session.merge(User::builder().id(7).name("Carl")).await?, carl);
    assert_eq!((session.added().len(), carl.name.as_deref()), (1, Some("Carl")));
    let many =
        session.merge_all((0..100).map(|n| User { id: 8 + n % 50, name: None, email: format!("{n}@a.b") }));
    let many = many.await?;
    assert_eq!((many.len(), session.added().len(), &many[3]), (100, 51, &many[53]));
    assert_eq!(many[3].email, "53@a.b");
    assert_eq!(setup.shapes().concat(), ["SELECT users", "SELECT users"]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["53"]);
    Ok(())
}

/// Scenario 240.
#[tokio::test]
async fn options_are_carried_out_for_what_was_merged() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let user =
        session.merge(ann()).options(joinedload(User::posts)).options(selectinload(User::profile)).await?;
    assert_eq!((user.posts().get()?.len(), user.profile().get()?), (2, None));
    assert_eq!(setup.shapes().concat(), ["SELECT users", "SELECT profiles"]);
    let bob = session.get::<User>(2).await?.expect("the user is there");
    session.merge(User::builder().id(2).name("Rob")).options(selectinload(User::posts)).await?;
    assert_eq!((bob.posts().get()?, bob.name.as_deref()), (vec![], Some("Rob")));
    Ok(())
}

/// A row that was marked for deletion, one that was deleted, one that was expired and has vanished.
#[tokio::test]
async fn a_row_that_is_on_its_way_out_is_brought_back() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let bob = session.get::<User>(2).await?.expect("the user is there");
    let value = Entity::value(&bob).clone();
    session.delete(&bob);
    assert_eq!(session.merge(value.clone()).await?, bob);
    assert!(session.deleted().is_empty());
    session.delete(&bob);
    session.flush().await?;
    let again = session.merge(value.clone()).await?;
    assert_eq!((again == bob, Entity::state(&again)), (false, Pending));
    session.commit().await?;
    setup.sql("DELETE FROM users WHERE id = 2").await;
    session.expire(&again);
    let third = session.merge(value).await?;
    assert_eq!((third == again, Entity::state(&third)), (false, Pending));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["Ann", "Bob"]);
    assert_eq!(session.get::<User>(2).await?, Some(third));
    Ok(())
}

/// Entities of a third session are refused before anything happens.
#[tokio::test]
async fn a_builder_with_an_entity_of_another_session_is_refused() -> Result {
    let setup = ann_and_bob("a.b").await;
    let source = elsewhere(&setup).await?;
    let session = setup.db.session();
    let error =
        session.merge(Post::builder().title("x").user(&source)).await.expect_err("it is another session's");
    assert!(error.is_foreign_entity(), "{error}");
    session.commit().await?;
    assert!(setup.flights().is_empty());
    Ok(())
}

/// A savepoint gives back what was there before the merge: values, what came in, and that nothing was known.
#[tokio::test]
async fn a_savepoint_goes_behind_a_merge() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let user = session.get::<User>(1).await?.expect("the user is there");
    user.edit().name = Some("before".into());
    let savepoint = session.begin_nested().await?;
    let merged = session.merge(User { name: Some("inside".into()), ..ann() }).await?;
    let new = session.merge(User::builder().id(9).email("new@a.b")).await?;
    session.flush().await?;
    assert_eq!((merged.name.as_deref(), Entity::state(&new)), (Some("inside"), Persistent));
    savepoint.rollback().await?;
    assert_eq!((user.name.as_deref(), Entity::state(&new)), (Some("before"), Transient));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, name FROM users ORDER BY id").await, ["1|before", "2|Bob"]);
    Ok(())
}

/// One statement reads the keys of all, and nothing is compared with everything else.
#[tokio::test]
async fn many_values_are_one_statement() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql("INSERT INTO users (name, email) SELECT 'n', n || '@a.b' FROM generate_series(1, 20000) n")
        .await;
    let session = setup.db.session();
    let values = (1..=40_000).map(|id| User { id, name: Some("m".into()), email: format!("{id}@a.b") });
    let users = session.merge_all(values).await?;
    assert_eq!((users.len(), session.added().len(), session.dirty().len()), (40_000, 20_000, 20_000));
    for user in &users[38_000..] {
        assert_eq!(&session.merge(User::builder().id(user.id).name(None)).await?, user);
    }
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*), count(name) FROM users").await, ["40000|38000"]);
    Ok(())
}
