//! Savepoints whose calls are dropped half way, or overlap with other calls of the session.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use orm_core::EntityState::{Pending, Transient};
use orm_core::prelude::*;
use orm_tests::blog::{Post, TABLES, User};
use orm_tests::{Setup, numbers_of_polls, polled};

type Result = orm_core::Result<()>;

const NAMES: &str = "SELECT name FROM users ORDER BY id";

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com'), ('Bob', 'bob')").await;
    setup
}

async fn ann(session: &Session) -> Entity<User> {
    session.get::<User>(1).await.expect("users can be read").expect("Ann is there")
}

/// Polls a future once; it must not be done by then.
async fn start<F: Future + Unpin>(future: &mut F) {
    let mut future = pin!(future);
    assert!(poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await);
}

/// What the session says after a call was dropped: all is well, or that it must be rolled back.
async fn is_interrupted(session: &Session, polls: usize) -> bool {
    match session.flush().await {
        Ok(()) => false,
        Err(error) => {
            assert!(error.is_interrupted(), "after {polls} polls: {error}");
            assert!(session.begin_nested().await.is_err_and(|error| error.is_interrupted()));
            true
        }
    }
}

#[tokio::test]
async fn a_savepoint_whose_begin_is_dropped_at_any_point_keeps_nothing() -> Result {
    let setup = blog().await;
    let mut interrupted = 0;
    for polls in numbers_of_polls() {
        let session = setup.db.session();
        let ann = ann(&session).await;
        ann.edit().name = Some("edited".into());
        let user = session.add(User::builder().email("new"));
        session.add(Post::builder().title("new").user(&user));
        // What it yielded is dropped as well.
        let done = polled(session.begin_nested(), polls).await.is_some();
        if is_interrupted(&session, polls).await {
            interrupted += 1;
            session.rollback().await?;
            assert_eq!((ann.name.as_deref(), Entity::state(&user)), (Some("Ann"), Transient));
        } else {
            assert_eq!(ann.name.as_deref(), Some("edited"));
        }
        session.rollback().await?;
        assert_eq!(setup.rows(NAMES).await, ["Ann", "Bob"]);
        if done && interrupted > 0 {
            return Ok(());
        }
    }
    panic!("a flush that is sent awaits its answers")
}

#[tokio::test]
async fn a_savepoint_whose_end_is_dropped_at_any_point_is_ended_or_the_session_says_so() -> Result {
    let setup = blog().await;
    for commit in [false, true] {
        let (mut interrupted, mut both) = (0, false);
        for polls in numbers_of_polls() {
            let session = setup.db.session();
            let ann = ann(&session).await;
            ann.edit().name = Some("before".into());
            let savepoint = session.begin_nested().await?;
            ann.edit().name = Some("within".into());
            let done = match commit {
                true => polled(savepoint.commit(), polls).await,
                false => polled(savepoint.rollback(), polls).await,
            };
            let kept = if commit && done.is_some() { "within" } else { "before" };
            if is_interrupted(&session, polls).await {
                interrupted += 1;
                assert!(done.is_none());
                session.rollback().await?;
            } else {
                assert_eq!(ann.name.as_deref(), Some(kept), "after {polls} polls");
                session.commit().await?;
                assert_eq!(setup.rows(NAMES).await, [kept, "Bob"]);
                setup.sql("UPDATE users SET name = 'Ann' WHERE id = 1").await;
                session.refresh(&ann).await?;
            }
            session.commit().await?;
            assert_eq!((ann.name.as_deref(), setup.rows(NAMES).await.len()), (Some("Ann"), 2));
            both = done.is_some() && interrupted > 0;
            if both {
                break;
            }
        }
        assert!(both, "an end that is sent awaits its answer");
    }
    Ok(())
}

/// The statement went out before the rollback, and failed; that is undone with the savepoint.
#[tokio::test]
async fn a_read_that_fails_late_does_not_fail_what_is_around_the_savepoint() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = ann(&session).await;
    session.execute(select::<Post>()).await?;
    session.commit().await?;
    ann.edit().name = Some("before".into());
    let savepoint = session.begin_nested().await?;
    setup.sql("ALTER TABLE posts RENAME TO gone").await;
    {
        let mut read = Box::pin(session.execute(select::<Post>()));
        start(&mut read).await;
        savepoint.rollback().await?;
        assert!(read.await.is_err_and(|error| error.is_undefined_table()));
    }
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["before", "Bob"]);
    Ok(())
}

/// What is changed while the savepoint begins was before it: its rollback keeps that, the next flush writes it.
#[tokio::test]
async fn what_is_changed_while_a_savepoint_begins_was_before_it() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = ann(&session).await;
    let bob = session.get::<User>(2).await?.expect("Bob is there");
    for flush in [false, true] {
        if flush {
            ann.edit().name = Some("flushed".into());
        }
        let mut begin = Box::pin(session.begin_nested());
        start(&mut begin).await;
        bob.edit().name = Some("meanwhile".into());
        let new = session.add(User::builder().email("new"));
        let savepoint = begin.await?;
        bob.edit().email = "within".into();
        new.edit().id = 77;
        session.flush().await?;
        savepoint.rollback().await?;
        assert_eq!((bob.name.as_deref(), &*bob.email), (Some("meanwhile"), "bob"));
        assert_eq!((Entity::state(&new), new.id), (Pending, 0));
        session.flush().await?;
        assert_ne!(new.id, 77);
        session.rollback().await?;
        assert_eq!((ann.name.as_deref(), bob.name.as_deref()), (Some("Ann"), Some("Bob")));
    }
    Ok(())
}

/// Dropped while another call writes: the next call undoes it, whichever it is.
#[tokio::test]
async fn a_savepoint_dropped_while_the_session_writes_is_undone_by_the_next_call() -> Result {
    let setup = blog().await;
    for next in 0..4 {
        let session = setup.db.session();
        let ann = ann(&session).await;
        ann.edit().name = Some("before".into());
        let savepoint = session.begin_nested().await?;
        session.add(User::builder().email("within"));
        ann.edit().name = Some("within".into());
        let mut flush = Box::pin(session.flush());
        start(&mut flush).await;
        drop(savepoint);
        flush.await?;
        match next {
            0 => assert_eq!(session.execute(select::<User>()).await?.all().len(), 2),
            1 => assert_eq!(session.scalar(select::<User>().count()).await?, Some(2)),
            2 => session.flush().await?,
            _ => session.commit().await?,
        }
        assert_eq!(ann.name.as_deref(), Some("before"));
        session.commit().await?;
        assert_eq!(setup.rows(NAMES).await, ["before", "Bob"]);
        setup.sql("UPDATE users SET name = 'Ann' WHERE id = 1").await;
    }
    Ok(())
}

/// The flush has failed, and a read has its turn next, when the savepoint is dropped: the read finds it undone.
#[tokio::test]
async fn a_savepoint_that_fails_beside_a_read_does_not_fail_it() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = ann(&session).await;
    ann.edit().name = Some("before".into());
    let savepoint = session.begin_nested().await?;
    session.add(User::builder().email("bob"));
    let mut flush = Box::pin(session.flush());
    start(&mut flush).await;
    let mut read = Box::pin(session.no_autoflush(session.execute(select::<User>())));
    start(&mut read).await;
    let failing = async {
        let failed = flush.await;
        drop(savepoint);
        failed
    };
    let (failed, read) = tokio::join!(failing, read);
    assert!(failed.is_err_and(|error| error.is_unique_violation()));
    assert_eq!(read?.all().len(), 2);
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["before", "Bob"]);
    Ok(())
}

/// A read that was sent within the savepoint and is answered after its rollback brings nothing of it.
#[tokio::test]
async fn a_read_sent_before_the_rollback_is_asked_again() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.execute(select::<User>()).await?;
    let savepoint = session.begin_nested().await?;
    session.add(User::builder().email("within"));
    session.flush().await?;
    let mut read = Box::pin(session.execute(select::<User>()));
    start(&mut read).await;
    savepoint.rollback().await?;
    assert_eq!(read.await?.all().len(), 2);
    assert_eq!(session.get::<User>(3).await?, None);
    Ok(())
}

/// A commit that follows a savepoint whose rollback nobody awaited asks before it commits.
#[tokio::test]
async fn the_rollback_of_a_dropped_savepoint_travels_with_what_comes_next() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = ann(&session).await;
    let savepoint = session.begin_nested().await?;
    ann.edit().name = Some("within".into());
    session.flush().await?;
    setup.flights();
    drop(savepoint);
    session.commit().await?;
    let sent =
        ["ROLLBACK TO SAVEPOINT orm_savepoint_1", "RELEASE SAVEPOINT orm_savepoint_1", "SELECT 1", "COMMIT"];
    assert_eq!(setup.flights(), [sent]);
    assert_eq!(setup.rows(NAMES).await, ["Ann", "Bob"]);
    Ok(())
}
