//! Calls that are overtaken or dropped half way, where they meet cascades, savepoints and nested options.

use std::pin::pin;

use orm_core::EntityState::{Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::blog::{Post, TABLES, User};
use orm_tests::cascades::forum::{self, Topic};
use orm_tests::{Setup, polled};

type Result = orm_core::Result<()>;

/// More polls than any operation here takes.
const MANY: usize = 200;

/// Between the statement of the users and that of their posts, some of the users leave: they keep what they had.
#[tokio::test]
async fn who_leaves_while_what_belongs_to_it_is_read_keeps_what_it_had() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql("INSERT INTO users (email) VALUES ('ann'); INSERT INTO posts (title, user_id) VALUES ('a', 1)")
        .await;
    for polls in 0..MANY {
        let session = setup.db.session();
        let new = session.add(User::builder().email("new").posts([Post::builder().title("b")]));
        session.flush().await?;
        let post = new.posts().get()?.remove(0);
        let done = {
            let query = select::<User>().options(selectinload(User::posts).selectinload(Post::user));
            let mut read = pin!(session.scalars(query));
            let done = polled(read.as_mut(), polls).await.is_some();
            session.rollback().await?;
            if !done {
                drop(read.await?);
            }
            done
        };
        assert_eq!(
            (Entity::state(&new), new.posts().get()?),
            (Transient, vec![post.clone()]),
            "{polls} polls"
        );
        let ann = session.get::<User>(1).await?.expect("the user is there");
        assert_eq!(ann.posts().await?.len(), 1);
        session.add(&new);
        session.flush().await?;
        assert_eq!((Entity::state(&post), post.user().get()?), (Persistent, new.clone()));
        session.close().await;
        if done {
            return Ok(());
        }
    }
    panic!("it takes more polls");
}

/// What goes along is loaded as a part of the commit; wherever that is dropped, a rollback brings all back.
#[tokio::test]
async fn a_commit_with_cascades_that_is_dropped_at_any_point_leaves_nothing_behind() -> Result {
    let setup = Setup::new(&forum::TABLES).await;
    setup.sql("INSERT INTO topics DEFAULT VALUES; INSERT INTO comments (topic_id) VALUES (1), (1)").await;
    setup.sql("INSERT INTO files (comment_id) VALUES (1), (2); INSERT INTO pins (topic_id) VALUES (1)").await;
    let count =
        "SELECT (SELECT count(*) FROM comments), (SELECT count(*) FROM files), (SELECT count(*) FROM pins)";
    for polls in 0..MANY {
        let session = setup.db.session();
        let topic = session.get::<Topic>(1).await?.expect("the topic is there");
        let pin = topic.pins().await?.remove(0);
        let savepoint = session.begin_nested().await?;
        session.delete(&topic);
        let done = polled(session.flush(), polls).await.is_some();
        let rolled_back = savepoint.rollback().await;
        if rolled_back.is_err() {
            session.rollback().await?;
        }
        assert_eq!((Entity::state(&topic), Entity::state(&pin)), (Persistent, Persistent), "{polls} polls");
        assert_eq!((topic.pins().get()?, pin.topic().get()?), (vec![pin.clone()], topic.clone()));
        assert!(session.plan()?.is_empty());
        session.commit().await?;
        assert_eq!(setup.rows(count).await, ["2|2|1"]);
        if done {
            session.delete(&topic);
            session.commit().await?;
            assert_eq!(setup.rows(count).await, ["0|0|0"]);
            return Ok(());
        }
        session.close().await;
    }
    panic!("it takes more polls");
}
