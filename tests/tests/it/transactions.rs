//! Transactions as closures, how they begin, and how often they are tried. Scenarios of section H.

use std::time::Duration;

use orm_core::EntityState::{Detached, Persistent};
use orm_core::{Isolation, prelude::*};
use orm_tests::blog::{TABLES, User};
use orm_tests::{Setup, polled};

type Result<T = (), E = orm_core::Error> = orm_core::Result<T, E>;

const NAMES: &str = "SELECT name FROM users ORDER BY id";

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com'), ('Bob', 'bob')").await;
    setup
}

async fn user(session: &Session, id: i64) -> Result<Entity<User>> {
    Ok(session.get::<User>(id).await?.expect("the user is there"))
}

/// A closure's `Ok`, of which nothing else says the error's type.
fn ok<T>(value: T) -> Result<T> {
    Ok(value)
}

/// An application's own error.
#[derive(Debug)]
enum Trouble {
    Database(orm_core::Error),
    Refused,
}

impl From<orm_core::Error> for Trouble {
    fn from(error: orm_core::Error) -> Self {
        Self::Database(error)
    }
}

/// Scenario 198: also with errors of the application's own.
#[tokio::test]
async fn a_closure_is_committed_if_it_is_ok_and_else_rolled_back() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    setup.flights();
    let new =
        session.transaction(async |session| ok(session.add(User::builder().name("C").email("c")))).await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT users", "COMMIT"]]);
    assert_eq!((Entity::state(&new), session.in_transaction()), (Persistent, false));

    let refused: Result<_, Trouble> = session
        .transaction(async |session| {
            let ann = user(session, 1).await?;
            ann.edit().name = Some("refused".into());
            session.flush().await?;
            if session.in_transaction() { Err(Trouble::Refused) } else { Ok(ann) }
        })
        .await;
    assert!(matches!(refused, Err(Trouble::Refused)));
    assert_eq!(user(&session, 1).await?.name.as_deref(), Some("Ann"));

    let taken: Result<_, Trouble> =
        session.transaction(async |session| Ok(session.add(User::builder().email("ann@example.com")))).await;
    assert!(matches!(taken, Err(Trouble::Database(error)) if error.is_unique_violation()));
    new.edit().name = Some("after".into());
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["Ann", "Bob", "after"]);
    Ok(())
}

/// Dropped at any point, nothing is kept, unless the commit was on its way; the session goes on without a rollback.
#[tokio::test]
async fn a_closure_dropped_at_any_point_is_rolled_back() -> Result {
    let setup = blog().await;
    for polls in 1..200 {
        let session = setup.db.session();
        let name = format!("name {polls}");
        let work = session.transaction(async |session| {
            let ann = user(session, 1).await?;
            ann.edit().name = Some(name.clone());
            session.flush().await?;
            ok(ann)
        });
        let done = polled(work, polls).await.is_some();
        let ann = user(&session, 1).await?;
        session.refresh(&ann).await?;
        session.commit().await?;
        let stored = setup.rows(NAMES).await;
        assert_eq!(ann.name.as_deref(), Some(&*stored[0]), "after {polls} polls");
        if done {
            assert!(stored == [&*name, "Bob"] && polls > 3);
            return Ok(());
        }
        assert!(stored[0] == "Ann" || stored[0] == name, "after {polls} polls: {stored:?}");
        setup.sql("UPDATE users SET name = 'Ann' WHERE id = 1").await;
    }
    unreachable!("the closure is done at some time")
}

/// Scenario 197: here `commit` and `rollback` themselves are the error, and the closure's end still decides.
#[tokio::test]
async fn commit_and_rollback_inside_a_closure_are_errors() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session
        .transaction(async |session| {
            user(session, 1).await?.edit().name = Some("kept".into());
            session.flush().await?;
            setup.flights();
            assert!(session.commit().await.is_err_and(|error| error.is_inside_transaction()));
            assert!(session.rollback().await.is_err_and(|error| error.is_inside_transaction()));
            assert!(session.begin().await.is_err_and(|error| error.is_already_begun()));
            assert!(setup.statements().is_empty());
            ok(())
        })
        .await?;
    assert_eq!(setup.rows(NAMES).await, ["kept", "Bob"]);
    let refused = session
        .transaction(async |session| {
            user(session, 1).await?.edit().name = None;
            session.commit().await
        })
        .await;
    assert!(refused.is_err_and(|error| error.is_inside_transaction()));
    assert_eq!(setup.rows(NAMES).await, ["kept", "Bob"]);
    session.commit().await
}

#[tokio::test]
async fn a_closure_inside_a_closure_is_a_savepoint() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session
        .transaction(async |session| {
            let ann = user(session, 1).await?;
            ann.edit().name = Some("outer".into());
            for email in ["bob", "carl"] {
                let name = email.to_uppercase();
                let done = session
                    .transaction(async |session| {
                        ann.edit().name = Some(name.clone());
                        ok(session.add(User::builder().name(name).email(email)))
                    })
                    .await;
                assert_eq!(done.is_err_and(|error| error.is_unique_violation()), email == "bob");
                assert_eq!(ann.name.as_deref(), Some(if email == "bob" { "outer" } else { "CARL" }));
            }
            ok(())
        })
        .await?;
    assert_eq!(setup.rows(NAMES).await, ["CARL", "Bob", "CARL"]);
    Ok(())
}

/// What a session has read belongs to the transaction; what it has changed would be committed, or lost, with it.
#[tokio::test]
async fn a_closure_does_not_take_changes_from_before_it() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = user(&session, 1).await?;
    session.transaction(async |_| ok(())).await?;
    for flush in [false, true] {
        ann.edit().name = Some("before".into());
        if flush {
            session.flush().await?;
            session.clear();
        }
        let refused = session.transaction(async |_| ok(())).await;
        assert!(refused.is_err_and(|error| error.is_already_begun()));
    }
    session.commit().await?;
    let savepoint = session.begin_nested().await?;
    let refused = session.transaction(async |_| ok(())).await;
    assert!(refused.is_err_and(|error| error.is_already_begun()));
    savepoint.commit().await?;
    session
        .transaction(async |session| {
            session.delete(&user(session, 2).await?);
            session.flush().await
        })
        .await?;
    assert_eq!(setup.rows(NAMES).await, ["before"]);
    Ok(())
}

/// Scenario 199.
#[tokio::test]
async fn a_transaction_begins_once() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    assert!(!session.in_transaction());
    session.begin().await?;
    assert!(session.in_transaction() && setup.statements().is_empty());
    assert!(session.begin().await.is_err_and(|error| error.is_already_begun()));
    session.commit().await?;
    assert!(!session.in_transaction());
    // A read is no reason to begin.
    user(&session, 1).await?;
    assert!(!session.in_transaction());
    session.begin().await?;
    user(&session, 2).await?;
    assert_eq!(setup.shapes(), [vec!["SELECT users"], vec!["BEGIN", "SELECT users"]]);
    assert!(session.begin().read_only().await.is_err_and(|error| error.is_already_begun()));
    session.rollback().await?;
    session.begin().await
}

#[tokio::test]
async fn a_transaction_begins_as_it_was_said() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.begin().isolation(Isolation::Serializable).read_only().deferrable().await?;
    session.add(User::builder().email("new"));
    let error = session.flush().await.expect_err("the transaction only reads");
    assert!(error.is_read_only());
    let begin = "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE";
    assert_eq!(setup.shapes(), [[begin, "INSERT users"]]);
    session.rollback().await?;
    setup.flights();

    user(&session, 1).await?.edit().name = Some("Anna".into());
    session.commit().await?;
    assert_eq!(setup.statements()[1], "BEGIN");
    let count = async |session: &Session| session.scalar(select::<User>().count()).await;
    session.begin().isolation(Isolation::RepeatableRead).transaction(count).await?;
    assert_eq!(setup.statements()[0], "BEGIN ISOLATION LEVEL REPEATABLE READ");

    let url = setup.proxy.url();
    let db = Database::builder(url).isolation(Isolation::Serializable).connect().await?;
    db.session().get::<User>(1).await?;
    db.begin().isolation(Isolation::ReadCommitted).transaction(count).await?;
    db.begin().read_only().transaction(count).await?;
    let begun: Vec<_> = setup.statements().into_iter().filter(|sql| sql.starts_with("BEGIN")).collect();
    let levels = ["SERIALIZABLE", "READ COMMITTED", "SERIALIZABLE READ ONLY"];
    assert_eq!(begun, levels.map(|level| format!("BEGIN ISOLATION LEVEL {level}")));
    Ok(())
}

/// What was said holds also if the transaction's first connection turns out to be lost.
#[tokio::test]
async fn a_transaction_that_starts_over_begins_as_it_was_said() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    user(&session, 1).await?;
    session.commit().await?;
    session.begin().isolation(Isolation::Serializable).await?;
    setup.proxy.cut();
    setup.flights();
    user(&session, 2).await?;
    assert!(setup.statements().contains(&"BEGIN ISOLATION LEVEL SERIALIZABLE".to_owned()));
    session.commit().await
}

/// Two sessions read what the other writes: one of them must lose, and is run again.
#[tokio::test]
async fn what_lost_against_another_transaction_is_run_again_with_a_fresh_session() -> Result {
    let setup = blog().await;
    let other = Database::builder(setup.database.url()).pool_size(1).connect().await?.session();
    for retries in [0, 1, 5] {
        let mut tries = 0;
        let begin = setup.db.begin().isolation(Isolation::Serializable).retries(retries);
        let outcome = begin
            .backoff(Duration::ZERO)
            .transaction(async |session| {
                tries += 1;
                let ann = user(session, 1).await?;
                if tries <= 2 {
                    user(&other, 1).await?.edit().name = Some(format!("other {retries} {tries}"));
                    other.commit().await?;
                }
                let seen = ann.name.clone().unwrap_or_default();
                ann.edit().name = Some(format!("{seen}, {tries}"));
                ok(ann)
            })
            .await;
        assert_eq!(tries, 3.min(retries + 1));
        match outcome {
            Ok(ann) => {
                assert_eq!((retries, Entity::state(&ann)), (5, Detached));
                assert_eq!(setup.rows(NAMES).await, ["other 5 2, 3", "Bob"]);
            }
            Err(error) => assert!(retries < 2 && error.is_serialization_failure() && error.is_retryable()),
        }
    }
    Ok(())
}

/// The error that the closure returns is its own; the session knows why the transaction failed.
#[tokio::test]
async fn a_transaction_is_run_again_whatever_its_closure_makes_of_the_error() -> Result {
    let setup = blog().await;
    setup
        .sql(
            "CREATE SEQUENCE tries;
             CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN IF nextval(''tries'') < 3 THEN RAISE EXCEPTION USING ERRCODE = ''40P01''; END IF; RETURN NEW; END';
             CREATE TRIGGER lose BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION lose()",
        )
        .await;
    let begin = setup.db.begin().retries(9).backoff(Duration::from_nanos(1));
    let done: Result<_, Trouble> = begin
        .transaction(async |session| {
            let ann = user(session, 1).await?;
            // It fails in a savepoint, which is rolled back; the transaction is run again all the same.
            let done = session.transaction(async |session| {
                ann.edit().name = Some("done".into());
                session.flush().await
            });
            done.await.map_err(|error| if error.is_deadlock() { Trouble::Refused } else { error.into() })
        })
        .await;
    assert!(done.is_ok());
    assert_eq!(setup.rows("SELECT name, last_value FROM users, tries WHERE id = 1").await, ["done|3"]);
    let begin = setup.db.begin().retries(9);
    let mut tries = 0;
    let refused: Result<(), Trouble> = begin
        .transaction(async |_| {
            tries += 1;
            Err(Trouble::Refused)
        })
        .await;
    assert!(matches!(refused, Err(Trouble::Refused)) && tries == 1);
    Ok(())
}

/// Nobody knows whether it was committed.
#[tokio::test]
async fn a_commit_whose_connection_is_lost_is_not_run_again() -> Result {
    let setup = blog().await;
    let mut tries = 0;
    let committing = tokio::sync::Notify::new();
    let lost = {
        let work = setup.db.begin().retries(5).backoff(Duration::ZERO).transaction(async |session| {
            tries += 1;
            user(session, 1).await?.edit().name = Some("sent".into());
            session.flush().await?;
            setup.proxy.hold();
            committing.notify_one();
            ok(())
        });
        let cut = async {
            committing.notified().await;
            setup.proxy.answer_held().await;
            setup.proxy.cut();
            setup.proxy.release();
        };
        tokio::join!(work, cut).0
    };
    assert!(lost.is_err_and(|error| error.is_connection()));
    assert_eq!((tries, setup.rows(NAMES).await), (1, vec!["sent".to_owned(), "Bob".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn a_transaction_can_be_a_task_of_its_own() -> Result {
    let setup = blog().await;
    let db = setup.db.clone();
    let task = tokio::spawn(async move {
        db.transaction(async |session| {
            let ann = user(session, 1).await?;
            session
                .transaction(async |session| {
                    ann.edit().name = Some("task".into());
                    session.flush().await
                })
                .await
        })
        .await
    });
    task.await.expect("the task does not panic")?;
    let session = setup.db.session();
    let new = tokio::spawn(async move {
        let begin = session.begin().isolation(Isolation::Serializable);
        let refused: Result<(), Trouble> = begin
            .transaction(async |session| {
                session.add(User::builder().email("new"));
                session.flush().await?;
                Err(Trouble::Refused)
            })
            .await;
        assert!(matches!(refused, Err(Trouble::Refused)));
        let savepoint = session.begin_nested().await?;
        let new = session.add(User::builder().email("new"));
        savepoint.rollback().await.map(|()| new)
    });
    assert_eq!(Entity::state(&new.await.expect("the task does not panic")?), Detached);
    assert_eq!(setup.rows(NAMES).await, ["task", "Bob"]);
    Ok(())
}
