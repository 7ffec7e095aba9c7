//! Futures dropped at every one of their awaits: what a session says and does afterwards.

use orm_core::prelude::*;
use orm_tests::blog::{Profile, TABLES, User};
use orm_tests::{Setup, numbers_of_polls, polled};

type Result = orm_core::Result<()>;

/// Adds a user with a profile.
fn graph(session: &Session, email: &str) -> (Entity<User>, Entity<Profile>) {
    let user = session.add(User::builder().email(email));
    let profile = session.add(Profile::builder().bio("one").user(&user));
    (user, profile)
}

#[tokio::test]
async fn a_flush_dropped_at_any_await_is_done_or_says_so_until_the_rollback() -> Result {
    let setup = Setup::new(&TABLES).await;
    let mut interrupted = 0;
    for polls in numbers_of_polls() {
        // A pool of its own: nothing is prepared, so that there are as many awaits as there can be.
        let db = Database::builder(setup.database.url()).pool_size(1).connect().await?;
        let session = db.session();
        let email = format!("{}@example.org", setup.rows("SELECT * FROM users").await.len());
        let (user, profile) = graph(&session, &email);
        let done = polled(session.flush(), polls).await;
        match session.commit().await {
            Ok(()) => assert_eq!(profile.user_id, user.id),
            Err(error) => {
                assert!(error.is_interrupted(), "after {polls} polls: {error}");
                interrupted += 1;
                assert!(session.get::<User>(999).await.is_err_and(|error| error.is_interrupted()));
                session.rollback().await?;
                assert_eq!((user.id, profile.user_id), (0, 0));
                session.add(&profile);
                session.commit().await?;
            }
        }
        let row =
            format!("SELECT bio FROM profiles JOIN users ON user_id = users.id WHERE email = '{email}'");
        assert_eq!(setup.rows(&row).await, ["one"], "after {polls} polls");
        if done.is_some() && interrupted > 0 {
            return Ok(());
        }
    }
    panic!("a flush that is sent awaits its answers")
}

#[tokio::test]
async fn after_a_rollback_dropped_at_any_await_the_session_goes_on_as_if_it_was_done() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    graph(&session, "first@example.org");
    session.commit().await?;
    for polls in 0.. {
        let (user, profile) = graph(&session, "second@example.org");
        let first = session.get::<User>(1).await?.expect("the user is there");
        first.edit().name = Some("rolled back".into());
        session.flush().await?;
        let done = polled(session.rollback(), polls).await;
        if polls > 0 {
            assert_eq!((user.id, profile.id, &first.name), (0, 0, &None), "after {polls} polls");
            session.commit().await?;
        } else {
            session.rollback().await?;
        }
        assert_eq!(setup.rows("SELECT email, name FROM users").await, ["first@example.org|-"]);
        if done.is_some() {
            return Ok(());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_read_dropped_at_any_await_leaves_the_transaction_as_it_was() -> Result {
    let setup = Setup::new(&TABLES).await;
    for polls in 0.. {
        let db = Database::builder(setup.database.url()).pool_size(1).connect().await?;
        let session = db.session();
        let email = format!("{polls}@example.org");
        let (user, _) = graph(&session, &email);
        session.flush().await?;
        let done = polled(session.execute(select::<User>().order_by(User::name.asc())), polls).await;
        user.edit().name = Some("after the read".into());
        session.commit().await?;
        let row = format!("SELECT name FROM users WHERE email = '{email}'");
        assert_eq!(setup.rows(&row).await, ["after the read"]);
        if done.is_some() {
            return Ok(());
        }
    }
    Ok(())
}
