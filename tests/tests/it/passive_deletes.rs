//! Section D of the scenarios: what the key says, and so the database does, when a row is deleted; memory follows.

use orm_core::EntityState::{Detached, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::cascades::forest::{self, Root};
use orm_tests::cascades::forum::{self, Comment, File, Like, Pin, Report, Topic, View};

type Result = orm_core::Result<()>;

/// Scenario 125: the database deletes what hangs on the row, and nothing of it is read; what is in memory follows.
#[tokio::test]
async fn what_the_database_deletes_is_not_loaded() -> Result {
    let setup = Setup::new(&forum::TABLES).await;
    let session = setup.db.session();
    let topic = session.add(Topic::builder().likes([Like::builder()]).pins([Pin::builder()]));
    session.commit().await?;
    setup.sql("INSERT INTO likes (topic_id) VALUES (1)").await;
    let (like, pin) = (topic.likes().get()?.remove(0), topic.pins().get()?.remove(0));
    setup.shapes();
    session.delete(&topic);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE topics", "COMMIT"]]);
    assert_eq!((Entity::state(&like), Entity::state(&pin)), (Detached, Detached));
    assert_eq!(setup.rows("SELECT (SELECT count(*) FROM likes), (SELECT count(*) FROM pins)").await, ["0|0"]);
    Ok(())
}

/// A tree over which the database keeps watch is one statement, whatever is loaded of it.
#[tokio::test]
async fn a_tree_that_the_database_deletes_is_not_loaded() -> Result {
    let setup = Setup::new(&forest::TABLES).await;
    setup.sql("INSERT INTO roots (parent_id) VALUES (NULL), (1), (2), (3)").await;
    let session = setup.db.session();
    let roots = session.scalars(select::<Root>().filter(Root::id.lt(4)).order_by(Root::id)).await?.all();
    setup.shapes();
    session.delete(&roots[0]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE roots", "COMMIT"]]);
    assert_eq!(roots.iter().map(Entity::state).collect::<Vec<_>>(), [Detached; 3]);
    assert_eq!(setup.rows("SELECT count(*) FROM roots").await, ["0"]);
    Ok(())
}

/// What hangs on rows that the database could delete, and is not for the database to delete, is for the session.
#[tokio::test]
async fn what_the_database_cannot_follow_the_session_does() -> Result {
    let setup = Setup::new(&forum::TABLES).await;
    setup.sql("INSERT INTO topics DEFAULT VALUES").await;
    setup.sql("INSERT INTO comments (topic_id) VALUES (1), (1)").await;
    setup.sql("INSERT INTO files (comment_id) VALUES (1), (2)").await;
    let session = setup.db.session();
    let topic = session.get::<Topic>(1).await?.expect("the topic is there");
    setup.shapes();
    session.delete(&topic);
    session.commit().await?;
    let deletes = ["DELETE files (batch)", "DELETE comments (batch)", "DELETE topics", "COMMIT"];
    assert_eq!(setup.shapes(), [&["BEGIN", "SELECT comments"][..], &["SELECT files"], &deletes]);
    Ok(())
}

/// Pending children of a row that is deleted.
#[tokio::test]
async fn pending_children_of_a_deleted_row_leave_as_their_keys_say() -> Result {
    let setup = Setup::new(&forum::TABLES).await;
    let session = setup.db.session();
    let topic = session.add(Topic::builder());
    session.commit().await?;
    let comment = session.add(Comment::builder().topic(&topic).files([File::builder()]));
    let (pin, view) = (session.add(Pin::builder().topic(&topic)), session.add(View::builder().topic(&topic)));
    session.delete(&topic);
    session.commit().await?;
    // Those that would go with the topic are not even sent; what the key lets go stays.
    assert_eq!((Entity::state(&comment), Entity::state(&pin)), (Transient, Transient));
    assert_eq!((Entity::state(&view), view.topic_id), (Persistent, None));
    assert_eq!(
        setup.rows("SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM views)").await,
        ["0|1"]
    );

    // A key that restricts refuses.
    let topic = session.add(Topic::builder());
    session.commit().await?;
    session.add(Report::builder().topic(&topic));
    session.delete(&topic);
    let refused = session.commit().await;
    assert!(refused.is_err_and(|error| error.is_foreign_key_violation() && error.table() == Some("reports")));
    session.rollback().await?;
    assert_eq!(Entity::state(&topic), Persistent);
    Ok(())
}
