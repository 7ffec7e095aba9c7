//! Section F of the scenarios: one row is one object.
//!
//! Met by construction: 157's transient object (an entity is made by adding it), 159's NULL key and wrong names (a key
//! has the model's key type), 162 (`close` takes the session, so nothing can be added afterwards).

use orm_core::EntityState;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};
use orm_tests::models::shop::{self, Line, Order};
use orm_tests::models::world::{self, Country};

type Result = orm_core::Result<()>;

async fn with_users(names: &[&str]) -> Setup {
    let setup = Setup::new(&TABLES).await;
    for name in names {
        setup.sql(&format!("INSERT INTO users (name, email) VALUES ('{name}', '{name}@a.b')")).await;
    }
    setup
}

async fn user(session: &Session, id: i64) -> orm_core::Result<Entity<User>> {
    Ok(session.get::<User>(id).await?.expect("the user is there"))
}

/// Scenario 148.
#[tokio::test]
async fn a_row_is_one_object_until_the_session_is_cleared() -> Result {
    let setup = with_users(&["ann", "bob"]).await;
    let session = setup.db.session();
    let ann = user(&session, 1).await?;
    assert_eq!(user(&session, 1).await?, ann);
    assert_eq!(setup.shapes(), [["SELECT users"]]);
    assert_eq!(session.scalars(select::<User>().order_by(User::id)).await?.first(), Some(ann.clone()));
    session.clear();
    let again = user(&session, 1).await?;
    assert_ne!(again, ann);
    assert_eq!(
        (Entity::state(&ann), Entity::state(&again)),
        (EntityState::Detached, EntityState::Persistent)
    );
    assert_eq!(ann.email, again.email);
    Ok(())
}

/// Scenario 150.
#[tokio::test]
async fn a_missing_row_is_none_or_a_typed_error() -> Result {
    let setup = with_users(&[]).await;
    let session = setup.db.session();
    assert_eq!(session.get::<User>(7).await?, None);
    let missing = || select::<User>().filter(User::id.eq(7));
    let error = session.execute(missing()).await?.scalar_one().expect_err("there is no such row");
    assert!(error.is_no_result() && error.to_string().contains("User"), "{error}");
    assert_eq!(session.execute(missing()).await?.scalar_one_or_none()?, None);
    Ok(())
}

/// Scenario 151.
#[tokio::test]
async fn a_select_takes_new_values_only_if_told_to() -> Result {
    let setup = with_users(&["ann"]).await;
    let session = setup.db.session();
    let ann = user(&session, 1).await?;
    setup.sql("UPDATE users SET name = 'changed'").await;
    let by_key = || select::<User>().filter(User::id.eq(1));
    assert_eq!(session.execute(by_key()).await?.one()?, ann);
    assert_eq!(ann.name.as_deref(), Some("ann"));
    assert_eq!(session.execute(by_key().populate_existing()).await?.one()?, ann);
    assert_eq!(ann.name.as_deref(), Some("changed"));
    ann.edit().name = Some("mine".into());
    session.no_autoflush(async { session.execute(by_key().populate_existing()).await }).await?;
    assert_eq!(ann.name.as_deref(), Some("changed"));
    assert!(session.plan()?.is_empty());
    Ok(())
}

/// After a commit the next statement that brings a row refreshes it, below what is not flushed.
#[tokio::test]
async fn a_stale_row_is_refreshed_by_the_next_statement_that_brings_it() -> Result {
    let setup = with_users(&["ann"]).await;
    let session = setup.db.session();
    let ann = user(&session, 1).await?;
    session.commit().await?;
    setup.sql("UPDATE users SET name = 'changed', email = 'new@a.b'").await;
    assert_eq!(ann.name.as_deref(), Some("ann"));
    ann.edit().name = Some("mine".into());
    let found = session.no_autoflush(async { session.execute(select::<User>()).await }).await?.one()?;
    assert_eq!(found, ann);
    assert_eq!((ann.name.as_deref(), &*ann.email), (Some("mine"), "new@a.b"));
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE users: name", "COMMIT"]]);
    Ok(())
}

/// Scenario 154. Reading an attribute does no I/O, so it stays readable; the refresh says that the row is gone.
#[tokio::test]
async fn a_refresh_says_that_the_row_is_gone() -> Result {
    let setup = with_users(&["ann"]).await;
    let session = setup.db.session();
    let ann = user(&session, 1).await?;
    session.commit().await?;
    setup.sql("DELETE FROM users").await;
    let error = session.refresh(&ann).await.expect_err("the row is gone");
    assert!(error.is_no_result() && error.model() == Some("User"), "{error}");
    assert!(error.to_string().contains("id 1"), "{error}");
    assert_eq!(ann.name.as_deref(), Some("ann"));
    Ok(())
}

/// Scenario 155.
#[tokio::test]
async fn an_entity_of_another_session_is_refused_by_the_flush() -> Result {
    let setup = with_users(&["ann"]).await;
    let (one, other) = (setup.db.session(), setup.db.session());
    let ann = user(&one, 1).await?;
    one.commit().await?;
    setup.shapes();
    other.add(&ann);
    let error = other.commit().await.expect_err("the user belongs to another session");
    assert!(error.is_foreign_entity() && error.model() == Some("User"), "{error}");
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    assert!(other.plan()?.is_empty());
    other.rollback().await?;
    assert_eq!(other.get::<User>(1).await?.map(|other| other == ann), Some(false));
    Ok(())
}

/// Scenario 157, as far as there is an object that is not persisted.
#[tokio::test]
async fn what_is_not_in_the_database_cannot_be_deleted() -> Result {
    let setup = with_users(&[]).await;
    let session = setup.db.session();
    let ann = session.add(User::builder().email("ann@a.b"));
    session.delete(&ann);
    assert_eq!(Entity::state(&ann), EntityState::Transient);
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    session.delete(&ann);
    let error = session.commit().await.expect_err("it was taken out before");
    assert!(error.is_not_persistent() && error.model() == Some("User"), "{error}");
    Ok(())
}

/// Scenario 159: composite keys.
#[tokio::test]
async fn a_composite_key_is_found_in_memory_and_in_the_database() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    let session = setup.db.session();
    let line = Line::builder().number(1).product("tea");
    let order = session.add(Order::builder().tenant_id(7).customer("ann").lines([line]));
    let line = order.lines().get()?.remove(0);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT orders", "INSERT lines", "COMMIT"]]);
    assert_eq!(session.get::<Order>((7, order.id)).await?.as_ref(), Some(&order));
    assert_eq!(session.get::<Line>((7, order.id, 1)).await?.as_ref(), Some(&line));
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    assert_eq!(session.get::<Order>((8, order.id)).await?, None);
    session.clear();
    let line = session.get::<Line>((7, 1, 1)).await?.expect("the line is there");
    let order = line.order().await?;
    assert_eq!((&*order.customer, order.lines().await?), ("ann", vec![line.clone()]));
    assert_eq!(Entity::key(&line), Some((7, 1, 1)));
    Ok(())
}

/// Several rows of composite and of natural keys are written by one statement each.
#[tokio::test]
async fn batches_over_composite_and_natural_keys() -> Result {
    let setup = Setup::new(&[&shop::TABLES[..], &world::TABLES].concat()).await;
    let session = setup.db.session();
    let lines = (1..=3).map(|number| Line::builder().number(number).product("tea"));
    let order = session.add(Order::builder().tenant_id(7).customer("ann").lines(lines));
    let [fr, de] = ["fr", "de"].map(|code| session.add(Country::builder().code(code)));
    session.commit().await?;
    setup.shapes();
    let lines = order.lines().get()?;
    lines[..2].iter().for_each(|line| line.edit().product = format!("coffee {}", line.number));
    fr.edit().name = Some("France".into());
    de.edit().name = Some("Deutschland".into());
    session.commit().await?;
    let sent = ["BEGIN", "UPDATE countries: name (batch)", "UPDATE lines: product (batch)", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    lines[1..].iter().for_each(|line| session.delete(line));
    [&fr, &de].iter().for_each(|country| session.delete(country));
    session.commit().await?;
    let sent = setup.shapes().concat();
    assert!(sent.contains(&"DELETE lines (batch)".to_owned()), "{sent:?}");
    assert!(sent.contains(&"DELETE countries (batch)".to_owned()), "{sent:?}");
    assert_eq!(setup.rows("SELECT * FROM lines").await, ["7|1|1|coffee 1"]);
    assert_eq!(setup.rows("SELECT * FROM countries").await, Vec::<String>::new());
    Ok(())
}

/// An edited key is a pending change: the entity is found under the old one until the flush, then under the new one.
#[tokio::test]
async fn an_edited_key_changes_the_identity_with_the_flush() -> Result {
    let setup = with_users(&["ann", "bob"]).await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await?, user(&session, 2).await?);
    ann.edit().id = 10;
    assert_eq!((Entity::key(&ann), user(&session, 1).await?), (Some(1), ann.clone()));
    session.flush().await?;
    assert_eq!((Entity::key(&ann), user(&session, 10).await?), (Some(10), ann.clone()));
    assert_eq!(session.get::<User>(1).await?, None);
    session.commit().await?;
    assert_eq!(user(&session, 2).await?, bob);
    assert_eq!(setup.rows("SELECT id, name FROM users ORDER BY id").await, ["2|bob", "10|ann"]);
    Ok(())
}

/// Scenario 162: a cleared session goes on; what was added before is left out.
#[tokio::test]
async fn a_cleared_session_is_used_on() -> Result {
    let setup = with_users(&[]).await;
    let session = setup.db.session();
    let left = session.add(User::builder().email("left@a.b"));
    session.clear();
    let ann = session.add(User::builder().email("ann@a.b"));
    session.commit().await?;
    assert_eq!((Entity::key(&ann), Entity::key(&left)), (Some(1), None));
    assert_eq!((Entity::state(&left), &*left.email), (EntityState::Detached, "left@a.b"));
    assert_eq!(setup.rows("SELECT email FROM users").await, ["ann@a.b"]);
    Ok(())
}

/// The tables of a list are written in one order in every process, so that two sessions do not wait for each other.
#[tokio::test]
async fn tables_are_updated_in_the_order_of_their_names() -> Result {
    let setup = with_users(&["ann"]).await;
    setup.sql("INSERT INTO posts (title, user_id) VALUES ('t', 1)").await;
    let session = setup.db.session();
    let (ann, post) = (user(&session, 1).await?, session.get::<Post>(1).await?.expect("the post is there"));
    ann.edit().name = Some("new".into());
    post.edit().title = "new".into();
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE posts: title", "UPDATE users: name", "COMMIT"]]);
    Ok(())
}

#[tokio::test]
async fn a_deleted_row_has_no_key() -> Result {
    let setup = with_users(&["ann"]).await;
    let session = setup.db.session();
    let ann = user(&session, 1).await?;
    session.delete(&ann);
    assert_eq!(Entity::key(&ann), Some(1));
    session.flush().await?;
    assert_eq!(Entity::key(&ann), None);
    session.rollback().await?;
    assert_eq!(Entity::key(&ann), Some(1));
    session.delete(&ann);
    session.commit().await?;
    assert_eq!((Entity::key(&ann), Entity::state(&ann)), (None, EntityState::Detached));
    assert!(setup.rows("SELECT * FROM users").await.is_empty());
    Ok(())
}
