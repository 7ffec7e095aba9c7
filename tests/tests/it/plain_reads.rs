//! Reads that no transaction is needed for, and what needs one.

use orm_core::prelude::*;
use orm_core::{func, sql};
use orm_tests::blog::{Post, TABLES, User};
use orm_tests::{Setup, numbers_of_polls, polled};
use std::time::Duration;

type Result = orm_core::Result<()>;

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com'), ('Bob', 'bob')").await;
    setup.sql("INSERT INTO posts (title, user_id) VALUES ('one', 1), ('two', 1), ('three', 2)").await;
    setup.flights();
    setup
}

/// The connection is the other session's as soon as the read is done.
#[tokio::test]
async fn two_sessions_read_by_turns_through_one_connection() -> Result {
    let setup = blog().await;
    let sessions = [setup.db.session(), setup.db.session()];
    for session in sessions.iter().chain(&sessions) {
        let users = session.scalars(select::<User>().order_by(User::id)).await?.all();
        users[0].posts().await?;
        assert_eq!(session.scalar(select::<Post>().count()).await?, Some(3));
        session.refresh(&users[1]).await?;
        assert!(!session.in_transaction());
    }
    for session in &sessions {
        session.commit().await?;
        session.rollback().await?;
    }
    drop(sessions);
    let flights = setup.shapes();
    assert!(flights.iter().flatten().all(|statement| statement.starts_with("SELECT")), "{flights:?}");
    // The posts are in memory the second time.
    assert_eq!(flights.len(), 2 * (4 + 3));
    Ok(())
}

/// What a transaction reads sees what it wrote, also through relationships.
#[tokio::test]
async fn reads_after_a_write_are_of_its_transaction() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    session.add(Post::builder().title("four").user(&ann));
    assert_eq!(ann.posts().await?.len(), 3);
    assert_eq!(session.scalar(select::<Post>().count()).await?, Some(4));
    assert_eq!(
        setup.shapes(),
        [vec!["SELECT users"], vec!["BEGIN", "INSERT posts"], vec!["SELECT posts"], vec!["SELECT posts"]]
    );
    session.rollback().await?;
    assert_eq!(session.scalar(select::<Post>().count()).await?, Some(3));
    Ok(())
}

/// What was read before has begun a transaction, which ends here.
async fn begins(setup: &Setup, session: &Session, what: &str) -> Result {
    assert_eq!(setup.statements()[0], "BEGIN", "{what}");
    assert!(session.in_transaction(), "{what}");
    session.commit().await?;
    setup.flights();
    Ok(())
}

#[tokio::test]
async fn what_could_tell_begins_a_transaction() -> Result {
    let setup = blog().await;
    setup.sql("CREATE SEQUENCE numbers").await;
    let session = setup.db.session();
    session.get::<User>(1).for_update().await?;
    begins(&setup, &session, "a lock").await?;
    session.scalars(select::<User>().for_key_share().skip_locked()).await?;
    begins(&setup, &session, "another lock").await?;
    session.scalars(select::<User>().columns(func::nextval("numbers"))).await?;
    begins(&setup, &session, "a sequence").await?;
    session.scalars(select::<User>().columns(func::now::<chrono::DateTime<chrono::Utc>>())).await?;
    begins(&setup, &session, "the transaction's time").await?;
    session.scalars(select::<User>().columns(func::current_date())).await?;
    begins(&setup, &session, "the transaction's day").await?;
    let locks = sql!("pg_advisory_xact_lock(1) IS NOT NULL").condition();
    let within = select::<Post>().filter(locks);
    session.scalars(within).await?;
    begins(&setup, &session, "SQL of the application's own within a select").await?;
    session.execute(sql!("SELECT 1").rows::<i32>()).await?;
    begins(&setup, &session, "SQL of the application's own").await?;
    let mut stream = session.stream(select::<User>(), 1).await?;
    stream.next_chunk().await?;
    begins(&setup, &session, "a cursor").await?;
    session.begin().await?;
    session.get::<User>(2).populate_existing().await?;
    begins(&setup, &session, "what was said").await?;
    let ann = session.get::<User>(1).populate_existing().await?;
    assert_eq!((ann.is_some(), setup.shapes()), (true, vec![vec!["SELECT users".to_owned()]]));
    Ok(())
}

/// Nobody knows what it does.
#[tokio::test]
async fn a_function_that_the_application_names_begins_a_transaction() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let locked = func::call::<bool, _>("pg_try_advisory_xact_lock", (1_i64,));
    assert_eq!(session.scalars(select::<User>().columns(locked)).await?.all(), [true, true]);
    begins(&setup, &session, "a function that the application names").await?;
    session.scalars(select::<User>().columns(func::call::<i64, _>("txid_current", ()))).await?;
    begins(&setup, &session, "one without arguments").await?;
    session
        .scalars(select::<User>().columns(func::call_aggregate::<Option<i64>, _>("max", (User::id,))))
        .await?;
    begins(&setup, &session, "an aggregate that the application names").await?;
    Ok(())
}

/// Two reads of a session see the same where the server's transactions do, whoever said so.
#[tokio::test]
async fn another_isolation_begins_with_the_first_read() -> Result {
    let setup = blog().await;
    let level =
        "ALTER ROLE CURRENT_USER IN DATABASE current SET default_transaction_isolation = 'repeatable read'";
    let name = setup.rows("SELECT quote_ident(current_database())").await.remove(0);
    setup.sql(&level.replace("current SET", &format!("{name} SET"))).await;
    let of_the_server = Database::builder(setup.proxy.url()).pool_size(1).connect().await?;
    let said =
        Database::builder(setup.proxy.url()).isolation(orm_core::Isolation::RepeatableRead).pool_size(1);
    for db in [of_the_server, said.connect().await?] {
        setup.flights();
        let session = db.session();
        let before = session.scalar(select::<User>().count()).await?;
        assert!(session.in_transaction() && setup.statements()[0].starts_with("BEGIN"));
        setup.sql("INSERT INTO users (email) SELECT count(*) FROM users").await;
        assert_eq!(session.scalar(select::<User>().count()).await?, before);
        session.commit().await?;
        assert_ne!(session.scalar(select::<User>().count()).await?, before);
    }
    Ok(())
}

/// The session goes on, with the changes that it has.
#[tokio::test]
async fn a_plain_read_that_fails_fails_nothing_else() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.scalars(select::<Post>()).await?;
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    ann.edit().name = Some("Anna".into());
    setup.sql("ALTER TABLE posts RENAME TO gone").await;
    let error = session.scalars(select::<Post>()).await.expect_err("the table is gone");
    assert_eq!(error.sqlstate(), Some("42P01"));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, ["Anna"]);

    // Within a transaction all of it has failed.
    session.get::<User>(1).for_update().await?;
    assert!(session.scalars(select::<Post>()).await.is_err());
    assert!(session.commit().await.is_err_and(|error| error.is_rollback_needed()));
    session.rollback().await
}

/// However many reads there were before: nothing is lost with the connection.
#[tokio::test]
async fn a_connection_lost_between_plain_reads_is_not_noticed() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    for _ in 0..3 {
        let users = session.scalars(select::<User>().options(selectinload(User::posts))).await?.all();
        assert_eq!(users.len(), 2);
        setup.proxy.cut();
        session.refresh(&users[0]).await?;
    }
    Ok(())
}

/// A table that is altered is not locked by those who read it, and their statements are prepared again.
#[tokio::test]
async fn a_table_may_change_between_plain_reads() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    for length in [50, 60] {
        assert_eq!(session.scalars(select::<User>()).await?.all().len(), 2);
        setup.sql(&format!("ALTER TABLE users ALTER name TYPE varchar({length})")).await;
    }
    assert_eq!(session.scalars(select::<User>()).await?.all().len(), 2);
    Ok(())
}

/// What is dropped has no answer yet: nobody else gets the connection before that has come.
#[tokio::test]
async fn a_connection_that_owes_an_answer_goes_back_with_it() -> Result {
    let setup = blog().await;
    let wait = Duration::from_millis(1);
    let db = Database::builder(setup.proxy.url()).pool_size(1).wait(wait).connect().await?;
    db.session().scalars(select::<User>()).await?;
    let other = Database::builder(setup.database.url()).pool_size(1).connect().await?.session();
    for polls in numbers_of_polls() {
        other.execute(sql!("LOCK TABLE users").writes()).await?;
        let session = db.session();
        let done = polled(session.scalars(select::<User>()), polls).await;
        drop(session);
        let next = db.session();
        let is_taken = match next.scalar(select::<Post>().count()).await {
            Ok(posts) => posts != Some(3),
            Err(error) => error.is_connection(),
        };
        other.rollback().await?;
        assert!(done.is_none());
        if is_taken {
            // It is given back by what waits for the answer.
            while let Err(error) = next.scalar(select::<Post>().count()).await {
                assert!(error.is_connection(), "{error}");
            }
            return Ok(());
        }
    }
    panic!("a read that is sent awaits its answer")
}

/// The session that dropped a read has no use for the connection.
#[tokio::test]
async fn a_connection_goes_back_from_a_session_that_dropped_its_read() -> Result {
    let setup = blog().await;
    let (one, other) = (setup.db.session(), setup.db.session());
    for polls in 0..10 {
        polled(one.scalars(select::<User>()), polls).await;
        assert_eq!(other.scalar(select::<Post>().count()).await?, Some(3), "after {polls} polls");
    }
    Ok(())
}

/// The server refuses to prepare it, after nobody waits for that any more: the transaction has failed, and says so.
#[tokio::test]
async fn a_read_that_is_dropped_while_it_is_prepared_is_found_by_the_commit() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.add(User::builder().email("new"));
    session.flush().await?;
    setup.sql("ALTER TABLE posts RENAME TO gone").await;
    assert!(polled(session.scalars(select::<Post>()), 1).await.is_none());
    let error = session.commit().await.expect_err("the transaction has failed");
    assert_eq!(error.sqlstate(), Some("25P02"));
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["2"]);
    Ok(())
}
