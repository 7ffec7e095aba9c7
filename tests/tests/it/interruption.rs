//! Futures that are dropped half way, transactions that are left open, and reads that run at once.

use futures_util::future::join_all;
use orm_core::EntityState::{Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::blog::{Post, TABLES, User};
use orm_tests::{Setup, polled};

type Result = orm_core::Result<()>;

/// More polls than any operation here takes.
const MANY: usize = 200;

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com'), ('Bob', 'bob@example.com');
             INSERT INTO posts (title, user_id) SELECT 'post ' || n, 1 FROM generate_series(1, 3) n",
        )
        .await;
    setup
}

/// The server's processes that are in a transaction, of this test's database.
async fn open_transactions(setup: &Setup) -> Vec<String> {
    setup
        .rows(
            "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'",
        )
        .await
}

/// Trap 1.
#[tokio::test]
async fn a_commit_of_a_failed_transaction_is_an_error() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.add(User::builder().email("new@example.com"));
    session.flush().await?;
    setup.sql("ALTER TABLE posts RENAME TO gone").await;
    let cause = session.execute(select::<Post>()).await.expect_err("the table is gone");
    assert!(cause.is_undefined_table());
    let error = session.commit().await.expect_err("the transaction has failed");
    assert!(error.is_rollback_needed());
    assert!(error.to_string().contains("relation \"posts\" does not exist"), "{error}");
    session.rollback().await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["2"]);
    Ok(())
}

/// Trap 2.
#[tokio::test]
async fn a_dropped_session_leaves_no_transaction_to_the_next() -> Result {
    let setup = blog().await;
    let transaction = "SELECT txid_current_if_assigned() IS NULL";
    assert_eq!(setup.rows(transaction).await, ["t"]);
    for written in [false, true] {
        let session = setup.db.session();
        let ann = session.get::<User>(1).await?.expect("Ann is there");
        if written {
            ann.edit().name = Some("edited".to_owned());
            session.flush().await?;
        }
        drop(session);
        setup.flights();
        let next = setup.db.session();
        assert_eq!(next.get::<User>(1).await?.and_then(|user| user.name.clone()).as_deref(), Some("Ann"));
        let select = "SELECT users.id, users.name, users.email FROM users WHERE users.id = $1";
        let expected = if written { vec!["ROLLBACK", select] } else { vec![select] };
        assert_eq!(setup.statements(), expected);
        next.commit().await?;
        assert_eq!(open_transactions(&setup).await, Vec::<String>::new());
    }
    Ok(())
}

/// Trap 3: the database has all or nothing, and the session says that it does not know.
#[tokio::test]
async fn a_commit_dropped_at_any_point_leaves_all_or_nothing() -> Result {
    let setup = blog().await;
    for polls in 0..MANY {
        let session = setup.db.session();
        let user = session.add(User::builder().email(format!("{polls}@example.com")));
        let post = session.add(Post::builder().title(format!("{polls}")).user(&user));
        let done = polled(session.commit(), polls).await;
        if let Some(outcome) = done {
            outcome?;
            assert_eq!((Entity::state(&user), Entity::state(&post)), (Persistent, Persistent));
            assert_eq!(saved(&setup, polls).await, ["1|1"]);
            assert!(polls > 2, "a commit of two levels takes several polls");
            return Ok(());
        }
        let refused = session.flush().await.err();
        if let Some(error) = &refused {
            assert!(error.is_interrupted(), "{polls}: {error}");
            assert!(error.to_string().contains("roll the session back first"), "{error}");
            assert!(session.commit().await.is_err_and(|error| error.is_interrupted()));
            assert!(session.execute(select::<User>()).await.is_err_and(|error| error.is_interrupted()));
        }
        session.rollback().await?;
        assert_eq!((Entity::state(&user), Entity::state(&post)), (Transient, Transient));
        if refused.is_none() {
            assert_eq!(saved(&setup, polls).await, ["0|0"], "{polls}");
        }
        assert!(["0|0", "1|1"].contains(&saved(&setup, polls).await[0].as_str()));
        assert_eq!(session.get::<User>(1).await?.map(|user| user.id), Some(1));
        session.commit().await?;
    }
    unreachable!("the commit is done at some time")
}

async fn saved(setup: &Setup, polls: usize) -> Vec<String> {
    setup
        .rows(&format!(
            "SELECT (SELECT count(*) FROM users WHERE email = '{polls}@example.com'), \
             (SELECT count(*) FROM posts WHERE title = '{polls}')"
        ))
        .await
}

/// Trap 3: what a dropped flush wrote is not there, whether its answers had come or not.
#[tokio::test]
async fn a_flush_dropped_at_any_point_leaves_nothing() -> Result {
    let setup = blog().await;
    for polls in 0..MANY {
        let session = setup.db.session();
        let user = session.add(User::builder().email(format!("{polls}@example.com")));
        session.add(Post::builder().title(format!("{polls}")).user(&user));
        let done = polled(session.flush(), polls).await;
        if done.is_none()
            && let Err(error) = session.commit().await
        {
            assert!(error.is_interrupted(), "{polls}: {error}");
            session.rollback().await?;
            assert_eq!(saved(&setup, polls).await, ["0|0"]);
            assert_eq!(Entity::state(&user), Transient);
            continue;
        }
        session.commit().await?;
        assert_eq!(saved(&setup, polls).await, ["1|1"]);
        if done.is_some() {
            return Ok(());
        }
    }
    unreachable!("the flush is done at some time")
}

/// Trap 3: the server has committed, the answer has not come, and the connection is not used again.
#[tokio::test]
async fn a_commit_whose_answer_never_comes_is_interrupted_and_its_connection_is_closed() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    ann.edit().name = Some("Anna".to_owned());
    session.flush().await?;
    let before = connection(&setup);
    setup.proxy.hold();
    tokio::select! {
        _ = session.commit() => unreachable!("the answer is held back"),
        () = setup.proxy.answer_held() => {}
    }
    setup.proxy.release();
    assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, ["Anna"]);
    let error = session.commit().await.expect_err("nobody knows what became of it");
    assert!(error.is_interrupted());
    assert!(error.to_string().ends_with("a dropped commit may have been carried out"));
    session.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    session.refresh(&ann).await?;
    assert_eq!(ann.name.as_deref(), Some("Anna"));
    assert_ne!(connection(&setup), before);
    Ok(())
}

/// The connection that the last statement went over.
fn connection(setup: &Setup) -> usize {
    setup.proxy.log().last().expect("there was a statement").connection
}

/// A select that is dropped half way loses nothing; what was flushed before is still there to be committed.
#[tokio::test]
async fn reads_dropped_at_any_point_leave_the_session_usable() -> Result {
    let setup = blog().await;
    for polls in 0..MANY {
        let session = setup.db.session();
        let name = format!("name {polls}");
        let ann = session.get::<User>(1).await?.expect("Ann is there");
        ann.edit().name = Some(name.clone());
        session.flush().await?;
        let bob = session.get::<User>(2).await?.expect("Bob is there");
        let below = selectinload(Post::user);
        let done = [
            polled(session.execute(select::<Post>().options(below)), polls).await.map(|rows| rows.is_ok()),
            polled(session.get::<Post>(2), polls).await.map(|post| post.is_ok()),
            polled(session.refresh(&ann), polls).await.map(|done| done.is_ok()),
            polled(session.refresh(&ann).attribute(User::posts), polls).await.map(|done| done.is_ok()),
            polled(bob.profile(), polls).await.map(|profile| profile.is_ok()),
        ];
        assert!(done.iter().all(|done| *done != Some(false)), "{done:?}");
        assert_eq!((ann.posts().await?.len(), bob.profile().await?), (3, None));
        assert_eq!(ann.posts().get()?[0].user().get()?, ann);
        session.commit().await?;
        assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, [name]);
        if polls > 0 && done.iter().all(Option::is_some) {
            return Ok(());
        }
    }
    unreachable!("the reads are done at some time")
}

/// A read that was dropped and then failed has failed the transaction; the commit must not pass over it.
#[tokio::test]
async fn a_dropped_read_that_fails_is_found_by_the_commit() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.execute(select::<Post>()).await?;
    session.commit().await?;
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    ann.edit().name = Some("edited".to_owned());
    session.flush().await?;
    setup.sql("ALTER TABLE posts RENAME TO gone").await;
    assert!(polled(session.execute(select::<Post>()), 1).await.is_none());
    let error = session.commit().await.expect_err("the transaction has failed");
    assert_eq!(error.sqlstate(), Some("25P02"));
    assert!(session.commit().await.is_err_and(|error| error.is_rollback_needed()));
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, ["Ann"]);
    Ok(())
}

/// Memory is rolled back with the first poll; the connection is given back only without a transaction.
#[tokio::test]
async fn a_rollback_dropped_at_any_point_is_a_rollback() -> Result {
    let setup = blog().await;
    for polls in 1..MANY {
        let session = setup.db.session();
        let user = session.add(User::builder().email("new@example.com"));
        session.flush().await?;
        let done = polled(session.rollback(), polls).await.is_some();
        assert_eq!(Entity::state(&user), Transient);
        session.commit().await?;
        assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["2"]);
        assert_eq!(session.scalar(select::<User>().count()).await?, Some(2));
        if done {
            return Ok(());
        }
    }
    unreachable!("the rollback is done at some time")
}

/// Trap 4.
#[tokio::test]
async fn two_large_reads_at_once_do_not_block_each_other() -> Result {
    let setup = blog().await;
    setup
        .sql(
            "INSERT INTO users (name, email) SELECT repeat('x', 200), n || '@large' FROM generate_series(1, 20000) n;
             INSERT INTO posts (title, user_id) SELECT repeat('y', 200), 1 FROM generate_series(1, 20000) n",
        )
        .await;
    let session = setup.db.session();
    let (users, posts) = tokio::join!(session.execute(select::<User>()), session.execute(select::<Post>()));
    assert_eq!((users?.all().len(), posts?.all().len()), (20_002, 20_003));
    Ok(())
}

#[tokio::test]
async fn a_hundred_tasks_read_through_one_session_and_one_connection() -> Result {
    let setup = blog().await;
    setup.sql("INSERT INTO users (email) SELECT n || '@many' FROM generate_series(1, 100) n").await;
    let session = setup.db.session();
    setup.flights();
    let reads = (1..=100).map(|id| session.get::<User>(id));
    for (id, user) in (1..=100).zip(join_all(reads).await) {
        assert_eq!(user?.map(|user| user.id), Some(id));
    }
    let log = setup.proxy.log();
    assert!(log.iter().all(|event| event.connection == log[0].connection));
    session.commit().await?;

    let session = setup.db.session();
    setup.flights();
    join_all((1..=100).map(|id| session.get::<User>(id)))
        .await
        .into_iter()
        .collect::<orm_core::Result<Vec<_>>>()?;
    assert_eq!(setup.flights().iter().map(Vec::len).collect::<Vec<_>>(), [100]);
    Ok(())
}

#[tokio::test]
async fn tasks_of_their_own_share_a_session() -> Result {
    let setup = blog().await;
    let session = std::sync::Arc::new(setup.db.session());
    let tasks = (0..100).map(|task| {
        let session = std::sync::Arc::clone(&session);
        tokio::spawn(async move {
            let user = session.get::<User>(task % 2 + 1).await?.expect("Ann and Bob are there");
            user.posts().await.map(|posts| (user.id, posts.len()))
        })
    });
    for outcome in join_all(tasks).await {
        let (id, posts) = outcome.expect("no task panics")?;
        assert_eq!(posts, if id == 1 { 3 } else { 0 });
    }
    Ok(())
}
