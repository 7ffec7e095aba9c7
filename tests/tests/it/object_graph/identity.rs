//! The identity map goes by the key that the database has, not by the one that was edited.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Profile, TABLES, User};

use super::{Place, Result, ada};

#[tokio::test]
async fn get_finds_an_edited_key_under_its_old_value_until_the_flush() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    user.edit().id = 10;
    assert_eq!((user.id, Entity::key(&user)), (10, Some(1)));
    setup.flights();
    assert_eq!(session.get::<User>(1).await?.as_ref(), Some(&user));
    assert!(setup.flights().is_empty(), "the identity map knows it");
    assert_eq!(session.no_autoflush(session.get::<User>(10)).await?, None);

    session.flush().await?;
    assert_eq!(Entity::key(&user), Some(10));
    setup.flights();
    assert_eq!(session.get::<User>(10).await?.as_ref(), Some(&user));
    assert!(setup.flights().is_empty(), "the identity map knows it");
    assert_eq!(session.get::<User>(1).await?, None);

    session.rollback().await?;
    assert_eq!((user.id, Entity::key(&user)), (1, Some(1)));
    assert_eq!(session.get::<User>(1).await?.as_ref(), Some(&user));
    assert_eq!(session.get::<User>(10).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_row_that_is_read_while_its_key_is_edited_is_one_object() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    user.edit().id = 10;
    let read = session.no_autoflush(session.execute(select::<User>())).await?.scalar_one()?;
    assert_eq!(read, user);
    assert_eq!(read.id, 10, "the edit stays on top");
    Ok(())
}

#[tokio::test]
async fn after_two_keys_were_swapped_each_entity_is_found_where_the_database_has_it() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let one = session.add(User::builder().email("one@example.org"));
    let two = session.add(User::builder().email("two@example.org"));
    session.commit().await?;
    one.edit().id = 2;
    two.edit().id = 1;
    assert_eq!(session.get::<User>(1).await?.as_ref(), Some(&one));
    assert_eq!(session.get::<User>(2).await?.as_ref(), Some(&two));
    session.rollback().await?;
    assert_eq!((one.id, two.id), (1, 2));
    Ok(())
}

#[tokio::test]
async fn after_two_unique_values_were_swapped_each_row_is_its_own_object() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let one = session.add(User::builder().email("one@example.org"));
    let two = session.add(User::builder().email("two@example.org"));
    session.commit().await?;
    one.edit().email = "two@example.org".into();
    two.edit().email = "one@example.org".into();
    let by_email = select::<User>().filter(User::email.eq("one@example.org"));
    let found = session.no_autoflush(session.execute(by_email)).await?.scalar_one()?;
    assert_eq!(found, one, "the row of the database, with its edits");
    assert_eq!(found.email, "two@example.org");
    assert_eq!(session.get::<User>(2).await?.as_ref(), Some(&two));
    Ok(())
}

#[tokio::test]
async fn a_relationship_follows_its_key_when_that_is_edited() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let one = session.add(User::builder().email("one@example.org"));
    let two = session.add(User::builder().email("two@example.org"));
    let profile = session.add(Profile::builder().bio("moves").user(&one));
    session.commit().await?;
    profile.edit().user_id = two.id;
    assert_eq!(profile.user().get()?, two);
    assert_eq!((one.profile().get()?, two.profile().get()?), (None, Some(profile.clone())));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT user_id FROM profiles").await, ["2"]);
    Ok(())
}

#[tokio::test]
async fn a_new_entity_that_is_deleted_before_the_flush_takes_its_key_with_it() -> Result {
    let setup = Setup::new(orm_core::models![Place].as_slice()).await;
    let session = setup.db.session();
    let whole = session.add(Place::builder().name("whole"));
    let part = session.add(Place::builder().name("part").whole(&whole));
    session.delete(&whole);
    assert_eq!((part.whole().get()?, part.whole_id), (None, None));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name, whole_id FROM places").await, ["part|-"]);
    Ok(())
}

#[tokio::test]
async fn the_child_of_a_new_entity_that_is_deleted_before_the_flush_is_an_orphan() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("ada@example.org"));
    let profile = session.add(Profile::builder().bio("whose?").user(&user));
    session.delete(&user);
    let error = session.flush().await.expect_err("the profile needs a user");
    assert!(error.is_orphan() && error.relationship() == Some("user"), "{error}");
    session.delete(&profile);
    session.commit().await?;
    assert!(setup.rows("SELECT * FROM profiles").await.is_empty());
    Ok(())
}
