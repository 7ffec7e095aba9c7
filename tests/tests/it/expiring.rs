//! What is given up is read again: rows, columns, relationships. Scenarios of section G.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, User, ann_and_bob, user};
use orm_tests::models::club::{self, Player, Team};
use orm_tests::models::world::{self, Country};

type Result = orm_core::Result<()>;

/// Scenarios 163 and 167: edits are gone, one statement brings the row, and what it brings is the new baseline.
#[tokio::test]
async fn an_expired_row_is_asked_for_again() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    assert_eq!(ann.posts().await?.len(), 2);
    setup.sql("UPDATE users SET email = 'new@a.b' WHERE id = 1").await;
    ann.edit().name = Some("edited".to_owned());
    session.expire(&ann);
    assert_eq!((ann.name.as_deref(), &*ann.email), (Some("Ann"), "ann@a.b"), "what is known stays readable");
    assert!(ann.posts().get().is_err_and(|error| error.is_not_loaded()));
    assert!(session.dirty().is_empty());
    setup.flights();
    assert_eq!(user(&session, 1).await, ann);
    assert_eq!(&*ann.email, "new@a.b");
    assert_eq!(user(&session, 1).await, ann);
    session.commit().await?;
    assert_eq!(setup.shapes().concat(), ["SELECT users"]);
    Ok(())
}

/// Scenario 163, the collection: the removed child's own row says that it was removed; expired too, it is back.
#[tokio::test]
async fn an_unflushed_move_is_the_childs_to_give_up() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let posts = ann.posts().await?;
    assert_eq!(bob.posts().await?, []);
    ann.posts().remove(&posts[0]);
    posts[1].user().set(&bob);
    for post in &posts {
        session.expire(post);
    }
    assert_eq!((posts[0].user().get()?, posts[1].user().get()?), (ann.clone(), ann.clone()));
    assert_eq!((ann.posts().get()?.len(), bob.posts().get()?), (2, vec![]));
    let new = session.add(User::builder().email("new@a.b"));
    posts[0].user().set(&new);
    session.expire_attribute(&posts[0], Post::user);
    assert_eq!((posts[0].user().get()?, new.posts().get()?), (ann, vec![]));
    session.delete(&new);
    setup.flights();
    session.commit().await?;
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 165.
#[tokio::test]
async fn an_expired_column_is_set_without_a_statement() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    ann.edit().name = Some("lost".into());
    ann.edit().email = "kept@a.b".into();
    setup.flights();
    session.expire_attribute(&ann, User::name);
    assert_eq!((ann.name.as_deref(), &*ann.email), (Some("Ann"), "kept@a.b"));
    ann.edit().name = Some("Anna".into());
    assert!(setup.flights().is_empty());
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE users: name, email", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT name, email FROM users WHERE id = 1").await, ["Anna|kept@a.b"]);
    Ok(())
}

/// Scenarios 169 and 331: the row and its collection are a statement each, or one together; then nothing is asked.
#[tokio::test]
async fn an_expired_row_and_its_collection_are_read_by_two_statements_or_one() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    ann.posts().await?;
    for joined in [false, true] {
        session.expire(&ann);
        setup.flights();
        if joined {
            session.get::<User>(1).options(joinedload(User::posts)).await?;
        } else {
            ann.posts().await?;
            session.refresh(&ann).await?;
        }
        assert_eq!(ann.posts().get()?.len(), 2);
        assert_eq!((ann.posts().await?.len(), user(&session, 1).await), (2, ann.clone()));
        assert_eq!(setup.statements().len(), if joined { 1 } else { 2 });
    }
    Ok(())
}

/// Scenario 170.
#[tokio::test]
async fn a_column_stays_expired_when_a_collection_is_read() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    ann.posts().await?;
    ann.profile().await?;
    setup
        .sql(
            "UPDATE users SET name = 'Anna' WHERE id = 1; INSERT INTO posts (title, user_id) VALUES ('x', 1)",
        )
        .await;
    session.expire_attribute(&ann, User::name);
    session.expire_attribute(&ann, User::posts);
    assert_eq!(ann.profile().get()?, None, "what was not expired is known");
    setup.flights();
    assert_eq!(ann.posts().await?.len(), 3);
    assert_eq!(setup.shapes(), [["SELECT posts"]]);
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    user(&session, 1).await;
    assert_eq!(setup.shapes(), [["SELECT users"]]);
    assert_eq!(ann.name.as_deref(), Some("Anna"));
    Ok(())
}

/// Scenario 172.
#[tokio::test]
async fn what_is_no_row_of_the_session_cannot_be_expired() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@a.b"));
    session.expire(&new);
    let error = session.flush().await.expect_err("it is pending");
    assert!(error.is_not_persistent() && error.to_string().starts_with("expire"), "{error}");
    let elsewhere = user(&setup.db.session(), 1).await;
    session.expire_attribute(&elsewhere, User::name);
    assert!(session.flush().await.is_err_and(|error| error.is_foreign_entity()));
    let ann = user(&session, 1).await;
    session.expunge(&ann);
    session.expire(&ann);
    assert!(session.flush().await.is_err_and(|error| error.is_not_persistent()));
    session.flush().await
}

/// Scenarios 83 and 154: reading a field does no I/O, so it stays readable; `get` and `refresh` say that the row, or its
/// key, is gone.
#[tokio::test]
async fn an_expired_row_that_vanished_is_not_found() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    setup.sql("INSERT INTO countries VALUES ('fr', 'France'), ('de', 'Deutschland')").await;
    let session = setup.db.session();
    let countries = session.scalars(select::<Country>().order_by(Country::code)).await?.all();
    session.commit().await?;
    setup
        .sql("DELETE FROM countries WHERE code = 'de'; UPDATE countries SET code = 'FR' WHERE code = 'fr'")
        .await;
    session.expire_all();
    for country in &countries {
        assert_eq!(session.get::<Country>(&*country.code).await?, None);
        assert!(session.refresh(country).await.is_err_and(|error| error.is_no_result()));
        assert!(country.name.is_some());
    }
    let moved = session.get::<Country>("FR").await?.expect("the row is there under its new key");
    assert_eq!(moved.name.as_deref(), Some("France"));
    assert!(!countries.contains(&moved));
    Ok(())
}

/// Scenario 143: of an expired collection only what is not flushed is known, however often it is expired; the flush
/// before the load makes it a member like the others.
#[tokio::test]
async fn what_is_added_to_an_expired_collection_appears_with_the_rest() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    ann.posts().await?;
    session.expire_attribute(&ann, User::posts);
    let new = session.add(Post::builder().title("three").user(&ann));
    session.expire_attribute(&ann, User::posts);
    assert!(ann.posts().get().is_err_and(|error| error.is_not_loaded()));
    setup.flights();
    let posts = ann.posts().await?;
    assert_eq!(setup.shapes(), [vec!["BEGIN", "INSERT posts"], vec!["SELECT posts"]]);
    assert_eq!((posts.len(), &posts[2]), (3, &new));
    Ok(())
}

/// Scenario 310.
#[tokio::test]
async fn a_pending_move_is_written_before_an_expired_collection_is_read() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let posts = ann.posts().await?;
    posts[0].user().set(&bob);
    session.expire(&ann);
    session.expire(&bob);
    setup.flights();
    assert_eq!(ann.posts().await?, [posts[1].clone()]);
    assert_eq!(setup.shapes(), [vec!["BEGIN", "UPDATE posts: user_id"], vec!["SELECT posts"]]);
    assert_eq!(bob.posts().await?, [posts[0].clone()]);
    Ok(())
}

/// Scenario 180, after the flush: what was not given is read like the rest.
#[tokio::test]
async fn a_new_row_that_is_expired_is_one_statement() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@a.b"));
    session.commit().await?;
    assert_eq!(new.posts().get()?, []);
    setup.sql("UPDATE users SET name = 'given' WHERE id = 3; INSERT INTO posts (title, user_id) VALUES ('x', 3)").await;
    session.expire(&new);
    setup.flights();
    assert_eq!(user(&session, 3).await.name.as_deref(), Some("given"));
    assert_eq!(setup.shapes(), [["SELECT users"]]);
    assert_eq!(new.posts().await?.len(), 1, "others may have given it posts");
    assert_eq!(new.profile().await?, None);
    Ok(())
}

/// Scenario 183.
#[tokio::test]
async fn the_old_value_is_known_until_all_is_expired() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    session.commit().await?;
    setup.sql("UPDATE users SET name = 'changed'").await;
    let new = session.add(User::builder().email("new@a.b"));
    bob.edit().name = Some("lost".into());
    setup.flights();
    assert_eq!(user(&session, 1).await.name.as_deref(), Some("Ann"));
    assert!(setup.flights().is_empty());
    session.expire_all();
    assert!(session.added() == [(&new).into()] && session.dirty().is_empty());
    assert_eq!(user(&session, 1).await, ann);
    assert_eq!(session.no_autoflush(async { session.get::<User>(2).await }).await?, Some(bob.clone()));
    assert_eq!((ann.name.as_deref(), bob.name.as_deref()), (Some("changed"), Some("changed")));
    Ok(())
}

/// Scenarios 8 and 57: what is expired is deleted by its key; nothing is selected for it.
#[tokio::test]
async fn expired_rows_are_deleted_without_a_look() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    session.expire_all();
    posts.iter().for_each(|post| session.delete(post));
    setup.flights();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE posts (batch)", "COMMIT"]]);
    Ok(())
}

/// A rollback gives back what was there before the transaction, also of what was expired in it.
#[tokio::test]
async fn a_rollback_goes_behind_an_expiration() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    setup
        .sql(
            "INSERT INTO teams (name) VALUES ('red'), ('blue');
             INSERT INTO players (name, team_id) VALUES ('ann', 1), ('bob', 1)",
        )
        .await;
    let session = setup.db.session();
    let teams = session.scalars(select::<Team>().order_by(Team::id)).await?.all();
    let players = teams[0].players().await?;
    session.commit().await?;
    players[0].team().set(&teams[1]);
    players[0].edit().name = "flushed".into();
    session.flush().await?;
    players[0].edit().name = "not flushed".into();
    teams[1].players().add(&players[1]);
    session.expire(&players[0]);
    session.expire(&teams[0]);
    assert_eq!((&*players[0].name, players[0].team().get()?.as_ref()), ("flushed", Some(&teams[1])));
    session.rollback().await?;
    assert_eq!((&*players[0].name, players[0].team().get()?.as_ref()), ("ann", Some(&teams[0])));
    assert_eq!(players[1].team().get()?.as_ref(), Some(&teams[0]));
    assert_eq!(teams[0].players().await?, players);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name, team_id FROM players ORDER BY id").await, ["ann|1", "bob|1"]);
    Ok(())
}

/// Many rows, most of them untouched, are expired in one go, and what is read then is not compared with each of them.
#[tokio::test]
async fn a_large_session_is_expired() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    setup
        .sql(
            "INSERT INTO teams (name) SELECT 'team ' || n FROM generate_series(1, 20000) n;
             INSERT INTO players (name, team_id) SELECT 'player ' || n, n FROM generate_series(1, 20000) n",
        )
        .await;
    let session = setup.db.session();
    let teams = session.scalars(select::<Team>().options(selectinload(Team::players))).await?.all();
    let players = session.scalars(select::<Player>().order_by(Player::id)).await?.all();
    players.iter().for_each(|player| player.edit().name = "edited".into());
    session.expire_all();
    assert!(session.dirty().is_empty() && players.iter().all(|player| player.name != "edited"));
    setup.flights();
    assert_eq!(teams[0].players().await?.len(), 1);
    assert_eq!(teams[19_999].players().get()?.len(), 1, "loaded for all peers");
    assert_eq!(setup.shapes(), [["SELECT players"]]);
    Ok(())
}
