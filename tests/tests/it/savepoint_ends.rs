//! Savepoints: how they end, by themselves and by others, and what is left after an error.

use orm_core::EntityState::{Pending, Transient};
use orm_core::prelude::*;
use orm_tests::blog::{Post, User, ann_and_bob};

type Result = orm_core::Result<()>;

async fn users(session: &Session) -> Vec<Entity<User>> {
    session.execute(select::<User>().order_by(User::id)).await.expect("users can be read").all()
}

const NAMES: &str = "SELECT name FROM users ORDER BY id";

async fn fails(session: &Session) -> Result {
    let _savepoint = session.begin_nested().await?;
    let bob = session.get::<User>(2).await?.expect("Bob is there");
    bob.edit().email = "ann@example.com".into();
    session.flush().await
}

/// Both fail on the server: what failed is forgotten with the savepoint, and what was before it is committed.
#[tokio::test]
async fn after_an_error_in_a_savepoint_the_session_goes_on() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    users[0].edit().name = Some("kept".into());
    for commit in [false, true] {
        let savepoint = session.begin_nested().await?;
        let twin = session.add(User::builder().email("bob@example.com"));
        if commit {
            assert!(savepoint.commit().await.is_err_and(|error| error.is_unique_violation()));
        } else {
            assert!(session.flush().await.is_err_and(|error| error.is_unique_violation()));
            assert!(session.get::<User>(99).await.is_err_and(|error| error.is_rollback_needed()));
            assert!(session.begin_nested().await.is_err_and(|error| error.is_rollback_needed()));
            assert_eq!(Entity::state(&twin), Pending);
            savepoint.rollback().await?;
        }
        assert_eq!((Entity::state(&twin), users[0].name.as_deref()), (Transient, Some("kept")));
        assert_eq!(session.get::<User>(99).await?, None);
    }
    session.add(User::builder().name("new").email("new@example.com"));
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["kept", "Bob", "new"]);
    Ok(())
}

#[tokio::test]
async fn a_savepoint_that_is_dropped_is_rolled_back() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    users[0].edit().name = Some("kept".into());
    assert!(fails(&session).await.is_err_and(|error| error.is_unique_violation()));
    assert_eq!(users[1].email, "bob@example.com");

    let savepoint = session.begin_nested().await?;
    session.add(User::builder().email("new@example.com"));
    session.flush().await?;
    drop(savepoint);
    users[1].edit().name = Some("after".into());
    assert_eq!(session.scalar(select::<User>().count()).await?, Some(2));
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["kept", "after"]);
    Ok(())
}

#[tokio::test]
async fn what_ends_a_savepoint_ends_those_within_it() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = users(&session).await.swap_remove(0);
    for how in 0..4 {
        let outer = session.begin_nested().await?;
        ann.edit().name = Some("outer".into());
        let (one, other) = (session.begin_nested().await?, session.begin_nested().await?);
        ann.edit().name = Some("inner".into());
        match how {
            0 => outer.commit().await?,
            1 => outer.rollback().await?,
            2 => session.commit().await?,
            _ => session.rollback().await?,
        }
        let name = ann.name.clone();
        setup.flights();
        assert!(one.commit().await.is_err_and(|error| error.is_savepoint_ended()));
        assert!(other.rollback().await.is_err_and(|error| error.is_savepoint_ended()));
        assert!(setup.statements().is_empty());
        assert_eq!(ann.name, name);
        if how < 2 {
            session.rollback().await?;
        }
        assert_eq!(ann.name.as_deref(), if how < 2 { Some("Ann") } else { Some("inner") });
    }
    assert_eq!(setup.rows(NAMES).await, ["inner", "Bob"]);
    Ok(())
}

/// Scenario 214.
#[tokio::test]
async fn a_rollback_to_a_savepoint_that_fails_needs_a_full_one() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = users(&session).await.swap_remove(0);
    ann.edit().name = Some("before".into());
    let savepoint = session.begin_nested().await?;
    ann.edit().name = Some("within".into());
    session.flush().await?;
    setup.proxy.cut();
    assert!(savepoint.rollback().await.is_err_and(|error| error.is_connection()));
    for _ in 0..2 {
        assert!(session.flush().await.is_err_and(|error| error.is_rollback_needed()));
        assert!(session.begin_nested().await.is_err_and(|error| error.is_rollback_needed()));
    }
    session.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    ann.edit().name = Some("again".into());
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["again", "Bob"]);
    Ok(())
}

#[tokio::test]
async fn a_savepoint_of_a_lost_transaction_says_so() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = users(&session).await.swap_remove(0);
    let savepoint = session.begin_nested().await?;
    ann.edit().name = Some("within".into());
    session.flush().await?;
    setup.proxy.cut();
    assert!(session.execute(select::<Post>()).await.is_err_and(|error| error.is_connection()));
    assert!(savepoint.rollback().await.is_err_and(|error| error.is_rollback_needed()));
    assert!(session.commit().await.is_err_and(|error| error.is_rollback_needed()));
    session.rollback().await?;
    assert_eq!((ann.name.as_deref(), session.execute(select::<Post>()).await?.all().len()), (Some("Ann"), 2));
    Ok(())
}

#[tokio::test]
async fn savepoints_nest_to_any_depth() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = users(&session).await.swap_remove(0);
    let mut savepoints = Vec::new();
    for depth in 0..50 {
        savepoints.push(session.begin_nested().await?);
        ann.edit().name = Some(format!("{depth}"));
    }
    for depth in (25..50).rev() {
        let savepoint = savepoints.pop().expect("there are fifty");
        assert_eq!(ann.name, Some(format!("{depth}")));
        savepoint.rollback().await?;
    }
    // The outermost of them is dropped first.
    savepoints.truncate(1);
    assert_eq!(ann.name.as_deref(), Some("0"));
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["0", "Bob"]);
    Ok(())
}

/// What is found behind a flush that went through: what a trigger did is known when the savepoint is there already.
#[tokio::test]
async fn a_savepoint_behind_a_flush_that_failed_is_none() -> Result {
    let setup = ann_and_bob("example.com").await;
    setup
        .sql(
            "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER skip BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION skip()",
        )
        .await;
    let session = setup.db.session();
    let ann = users(&session).await.swap_remove(0);
    let outer = session.begin_nested().await?;
    ann.edit().name = Some("outer".into());
    session.flush().await?;
    let post = session.add(Post::builder().title("left out").user(&ann));
    assert!(session.begin_nested().await.is_err_and(|error| error.is_stale()));
    assert!(session.flush().await.is_err_and(|error| error.is_rollback_needed()));
    assert_eq!((Entity::state(&post), ann.name.as_deref()), (Pending, Some("outer")));
    outer.rollback().await?;
    assert_eq!((Entity::state(&post), ann.name.as_deref()), (Transient, Some("Ann")));

    let outer = session.begin_nested().await?;
    ann.edit().name = Some("outer".into());
    let inner = session.begin_nested().await?;
    session.add(&post);
    assert!(inner.commit().await.is_err_and(|error| error.is_stale()));
    assert!(session.flush().await.is_err_and(|error| error.is_rollback_needed()));
    outer.rollback().await?;
    assert_eq!((Entity::state(&post), ann.name.as_deref()), (Transient, Some("Ann")));
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["Ann", "Bob"]);
    Ok(())
}
