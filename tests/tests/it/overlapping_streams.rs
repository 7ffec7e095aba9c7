//! Streams, results in parts and raw statements beside other calls on the same session: whatever overlaps with a fetch,
//! it yields rows or says that the stream has ended, and what comes after it works.

use std::future::Future;
use std::pin::pin;

use futures_util::future::{join, join_all};
use orm_core::prelude::*;
use orm_core::{Error, RowStream};
use orm_tests::blog::{TABLES, User};
use orm_tests::{Setup, polled};

type Result = orm_core::Result<()>;

/// More polls than a fetch takes.
const MANY: usize = 12;

async fn users(count: usize) -> Setup {
    let setup = Setup::new(&TABLES).await;
    let users = "INSERT INTO users (name, email) SELECT 'User ' || n, n || '@x.org' FROM generate_series(1, ";
    setup.sql(&format!("{users}{count}) AS n")).await;
    setup
}

fn all() -> orm_core::Select<User> {
    select::<User>().order_by(User::id)
}

async fn ids(stream: &mut RowStream<Entity<User>>) -> orm_core::Result<Vec<i64>> {
    Ok(stream.next_chunk().await?.unwrap_or_default().iter().map(|user| user.id).collect())
}

/// The next chunk, polled so many times before something else runs to its end, and then awaited. Before it, so many chunks
/// were fetched.
async fn beside<F: Future<Output = Result>>(
    stream: &mut RowStream<Entity<User>>,
    (chunks, polls): (i64, usize),
    other: F,
) -> orm_core::Result<Vec<i64>> {
    for chunk in 0..chunks {
        assert_eq!(ids(stream).await?, [chunk * 2 + 1, chunk * 2 + 2]);
    }
    let mut next = pin!(ids(stream));
    if let Some(done) = polled(next.as_mut(), polls).await {
        other.await?;
        return done;
    }
    other.await?;
    next.await
}

/// What a fetch yields that something else has overtaken, or not.
fn is_fine(outcome: &std::result::Result<Vec<i64>, Error>, chunks: i64) -> bool {
    match outcome {
        Ok(ids) => *ids == [chunks * 2 + 1, chunks * 2 + 2],
        Err(error) => error.is_stream_ended(),
    }
}

#[tokio::test]
async fn a_commit_or_rollback_beside_a_fetch_ends_the_stream_and_nothing_else() -> Result {
    let setup = users(9).await;
    for (chunks, polls, commits) in
        (0..2).flat_map(|chunks| (0..MANY * 2).map(move |n| (chunks, n / 2, n % 2 == 0)))
    {
        let session = setup.db.session();
        let ann = session.get::<User>(1).await?.expect("the user is there");
        let mut stream = session.stream(all(), 2).await?;
        ann.edit().name = Some(format!("{chunks} {polls} {commits}"));
        let end = async { if commits { session.commit().await } else { session.rollback().await } };
        let outcome = beside(&mut stream, (chunks, polls), end).await;
        assert!(is_fine(&outcome, chunks), "{chunks} {polls} {commits}: {outcome:?}");
        assert!(ids(&mut stream).await.is_err_and(|error| error.is_stream_ended()));
        assert_eq!(session.scalar(select::<User>().count()).await?, Some(9));
        session.commit().await?;
        let name = setup.rows("SELECT name FROM users WHERE id = 1").await;
        assert_eq!(name == [format!("{chunks} {polls} {commits}")], commits);
    }
    Ok(())
}

#[tokio::test]
async fn a_savepoint_that_is_rolled_back_beside_a_fetch_ends_its_streams_only() -> Result {
    let setup = users(9).await;
    for (chunks, polls) in (0..2).flat_map(|chunks| (0..MANY).map(move |polls| (chunks, polls))) {
        let session = setup.db.session();
        let mut before = session.stream(all(), 2).await?;
        let savepoint = session.begin_nested().await?;
        let mut within = session.stream(all(), 2).await?;
        let outcome = beside(&mut within, (chunks, polls), savepoint.rollback()).await;
        assert!(is_fine(&outcome, chunks), "{chunks} {polls}: {outcome:?}");
        assert!(ids(&mut within).await.is_err_and(|error| error.is_stream_ended()));
        assert_eq!(ids(&mut before).await?, [1, 2]);
        session.commit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_flush_beside_a_fetch_disturbs_neither() -> Result {
    let setup = users(9).await;
    for (polls, tracked) in (0..MANY * 2).map(|n| (n / 2, n % 2 == 0)) {
        let session = setup.db.session();
        let nine = session.get::<User>(9).await?.expect("the user is there");
        let mut stream = session.stream(all(), 2).await?;
        if tracked {
            stream = stream.tracked();
        }
        nine.edit().name = Some(format!("{polls} {tracked}"));
        session.add(User::builder().email(format!("{polls}-{tracked}@y.org")));
        assert_eq!(beside(&mut stream, (1, polls), session.flush()).await?, [3, 4]);
        let mut rest = Vec::new();
        while let Some(user) = stream.next().await? {
            rest.push((user.id, user.name.clone()));
        }
        assert_eq!(
            rest.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
            [5, 6, 7, 8, 9],
            "what is new does not come"
        );
        assert_eq!(nine.name, Some(format!("{polls} {tracked}")));
        assert_eq!(rest[4].1 == nine.name, tracked, "a tracked stream brings the session's own entity");
        session.rollback().await?;
    }
    Ok(())
}

#[tokio::test]
async fn two_streams_and_other_reads_take_turns() -> Result {
    let setup = users(50).await;
    let session = setup.db.session();
    let mut streams = [session.stream(all(), 3).await?, session.stream(all(), 7).await?];
    let [one, other] = &mut streams;
    let counted = async |stream: &mut RowStream<Entity<User>>| {
        let mut count = 0;
        while let Some(user) = stream.next().await? {
            count += 1;
            assert_eq!(user.id, count);
        }
        orm_core::Result::Ok(count)
    };
    let reads = join_all((1..=50).map(async |id| session.get::<User>(id).await.map(|user| user.is_some())));
    let ((one, other), reads) = join(join(counted(one), counted(other)), reads).await;
    assert_eq!((one?, other?), (50, 50));
    assert!(reads.into_iter().all(|found| found.is_ok_and(|found| found)));
    session.commit().await
}

#[tokio::test]
async fn tasks_of_their_own_stream_from_one_session() -> Result {
    let setup = users(40).await;
    let session = std::sync::Arc::new(setup.db.session());
    let tasks = (0..4_u32).map(|task| {
        let session = std::sync::Arc::clone(&session);
        tokio::spawn(async move {
            let mut stream = session.stream(all(), task + 1).await?;
            let mut count = 0;
            while let Some(users) = stream.next_chunk().await? {
                count += users.len();
                if task == 0 {
                    session.add(User::builder().email(format!("{count}@z.org")));
                    session.flush().await?;
                }
            }
            orm_core::Result::Ok(count)
        })
    });
    for task in join_all(tasks).await {
        assert_eq!(task.expect("no task panics")?, 40);
    }
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["80"]);
    Ok(())
}

/// Dropped while it opens or half read, a stream leaves the session as it was; at the end nothing is open.
#[tokio::test]
async fn a_stream_dropped_at_any_point_leaves_the_session_usable() -> Result {
    let setup = users(9).await;
    for (polls, reads) in (0..MANY * 2).map(|n| (n / 2, n % 2 == 0)) {
        let session = setup.db.session();
        let half = async {
            let mut stream = session.stream(all(), 2).await?;
            if reads {
                ids(&mut stream).await?;
            }
            Ok::<_, Error>(stream)
        };
        drop(polled(half, polls).await);
        let ann = session.get::<User>(1).await?.expect("the user is there");
        ann.edit().name = Some(format!("{polls} {reads}"));
        session.commit().await?;
        assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, [format!("{polls} {reads}")]);
        let cursors = sql!("select count(*) from pg_cursors where name like 'orm_%'").rows::<i64>();
        assert_eq!(session.execute(cursors).await?.one()?, 0);
    }
    Ok(())
}

/// As a flush that is dropped: nobody knows what the server did with it, and the session says so until it is rolled back.
#[tokio::test]
async fn a_raw_write_dropped_at_any_point_is_done_or_undone() -> Result {
    let setup = users(2).await;
    for (polls, returns) in (0..MANY * 2).map(|n| (n / 2, n % 2 == 0)) {
        let session = setup.db.session();
        let ann = session.get::<User>(1).await?.expect("the user is there");
        let name = format!("{polls} {returns}");
        let write = async {
            let update = sql!("update users set name = {name} where id = 1 returning *");
            match returns {
                true => {
                    session.scalars(update.entities::<User>()).await.map(|users| users.all().len() as u64)
                }
                false => session.execute(update).await,
            }
        };
        match polled(write, polls).await {
            Some(done) => assert_eq!(done?, 1),
            None => match session.commit().await {
                // Nothing had been sent.
                Ok(()) => {}
                Err(error) => {
                    assert!(error.is_interrupted(), "{polls} {returns}: {error}");
                    session.rollback().await?;
                }
            },
        }
        ann.edit().email = format!("{polls}-{returns}@new.org");
        session.commit().await?;
        let rows = setup.rows("SELECT email FROM users WHERE id = 1").await;
        assert_eq!(rows, [format!("{polls}-{returns}@new.org")]);
        assert_eq!(ann.email, rows[0]);
    }
    Ok(())
}

/// A result in parts is in memory: what happens to the session meanwhile does not concern it.
#[tokio::test]
async fn parts_of_a_result_outlive_a_commit_and_a_rollback() -> Result {
    let setup = users(9).await;
    let session = setup.db.session();
    let mut seen = Vec::new();
    for part in session.execute(all()).await?.partitions(4) {
        part[0].edit().name = Some("edited".into());
        if seen.is_empty() {
            session.commit().await?;
        } else {
            session.rollback().await?;
        }
        seen.extend(part.iter().map(|user| user.id));
    }
    assert_eq!(seen, (1..=9).collect::<Vec<_>>());
    assert_eq!(setup.rows("SELECT id FROM users WHERE name = 'edited'").await, ["1"]);
    Ok(())
}
