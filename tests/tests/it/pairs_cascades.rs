//! Cascades where they meet other features: rows that are replaced, savepoints, keys that change.

use orm_core::EntityState::{Deleted, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::cascades::forum::{self, Comment, File, Like, Pin, Topic};
use orm_tests::links::plain::{self, Item};

type Result = orm_core::Result<()>;

async fn forum() -> Setup {
    let setup = Setup::new(&forum::TABLES).await;
    setup
        .sql(
            "INSERT INTO topics DEFAULT VALUES; INSERT INTO topics DEFAULT VALUES;
             INSERT INTO comments (topic_id) VALUES (1), (1); INSERT INTO files (comment_id) VALUES (1), (2);
             INSERT INTO likes (topic_id) VALUES (1); INSERT INTO pins (topic_id) VALUES (1)",
        )
        .await;
    setup
}

async fn topic(session: &Session) -> orm_core::Result<Entity<Topic>> {
    Ok(session.get::<Topic>(1).await?.expect("the topic is there"))
}

/// Nothing is deleted in the database, and so nothing with it: what belongs to the row stays, what is new too.
#[tokio::test]
async fn what_the_database_would_delete_stays_with_a_row_that_is_replaced() -> Result {
    let setup = forum().await;
    for planned in [false, true] {
        let session = setup.db.session();
        let old = topic(&session).await?;
        let pin = session.add(Pin::builder().topic(&old));
        session.delete(&old);
        let new = session.add(Topic::builder().id(if planned { 7 } else { 1 }));
        if planned {
            // The key comes later than the question who has it.
            assert!(session.plan()?.to_string().ends_with("delete 1 from topics\n"));
            new.edit().id = 1;
        }
        session.commit().await?;
        assert_eq!((Entity::state(&pin), pin.topic().get()?), (Persistent, new));
    }
    assert_eq!(setup.rows("SELECT topic_id FROM pins").await, ["1", "1", "1"]);
    Ok(())
}

/// What the session deletes with a row it deletes also if the row is only replaced, although it would leave that to the
/// database otherwise.
#[tokio::test]
async fn what_the_session_deletes_goes_with_a_row_that_is_replaced() -> Result {
    let setup = forum().await;
    let session = setup.db.session();
    let old = topic(&session).await?;
    let pending = session.add(Like::builder().topic(&old));
    session.delete(&old);
    let new = session.add(Topic::builder().id(1).likes([Like::builder()]));
    session.flush().await?;
    assert_eq!((Entity::state(&pending), Entity::state(&old)), (Transient, Deleted));
    assert_eq!(new.likes().await?.len(), 1);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, topic_id FROM likes").await, ["2|1"]);
    assert_eq!(setup.rows("SELECT count(*) FROM comments").await, ["0"]);
    assert_eq!(setup.rows("SELECT count(*) FROM pins").await, ["1"]);
    Ok(())
}

/// What goes along is found by the flush, and is back, with what it was linked to, when the savepoint is rolled back.
#[tokio::test]
async fn a_savepoint_brings_back_what_went_along() -> Result {
    let setup = forum().await;
    let session = setup.db.session();
    let topic = topic(&session).await?;
    let comments = topic.comments().await?;
    let file = comments[0].files().await?.remove(0);
    let pin = session.add(Pin::builder().topic(&topic));
    let savepoint = session.begin_nested().await?;
    let late = session.add(Comment::builder().topic(&topic).files([File::builder()]));
    session.delete(&topic);
    session.flush().await?;
    assert_eq!(
        (Entity::state(&file), Entity::state(&pin), Entity::state(&late)),
        (Deleted, Deleted, Transient)
    );
    savepoint.rollback().await?;
    assert_eq!((Entity::state(&file), Entity::state(&pin)), (Persistent, Persistent));
    assert_eq!((topic.comments().get()?, comments[0].files().get()?), (comments.clone(), vec![file.clone()]));
    assert!(session.plan()?.is_empty());
    // With the topic still there, the one that left comes back.
    session.add(&late);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM files").await, ["3"]);
    assert_eq!(topic.comments().get()?.len(), 3);
    session.delete(&topic);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM pins)").await, ["0|0"]);
    Ok(())
}

/// They go with the same flush, also if nothing else differs; one that the new row has too stays.
#[tokio::test]
async fn bare_links_of_a_row_that_is_replaced_go() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    setup
        .sql("INSERT INTO items (name) VALUES ('pen'); INSERT INTO keywords (name) VALUES ('a'), ('b')")
        .await;
    setup.sql("INSERT INTO item_keywords VALUES (1, 1), (1, 2)").await;
    let session = setup.db.session();
    let old = session.get::<Item>(1).await?.expect("the item is there");
    let words = old.keywords().await?;
    assert_eq!(old.colours().await?, []);
    session.delete(&old);
    let new = session.add(Item::builder().id(1).name("pen"));
    new.keywords().add(&words[1]);
    assert_eq!(session.plan()?.to_string(), "delete 1 from item_keywords\n");
    session.flush().await?;
    assert_eq!((new.keywords().get()?, words[0].items().await?), (vec![words[1].clone()], vec![]));
    assert!(session.plan()?.is_empty());
    session.rollback().await?;
    assert_eq!((old.keywords().get()?.len(), words[0].items().await?), (2, vec![old.clone()]));
    session.delete(&old);
    session.add(&new);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT * FROM item_keywords").await, ["1|2"]);
    Ok(())
}
