//! Connections that are lost, and statements that the server no longer takes as they were prepared.

use orm_core::EntityState::{Pending, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{TABLES, User};

type Result = orm_core::Result<()>;

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql("INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com'), ('Bob', 'bob@example.com')")
        .await;
    setup
}

const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity \
                         WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// How the connection goes: the proxy closes it, or the server ends it.
async fn lose(setup: &Setup, cut: bool) {
    if cut {
        setup.proxy.cut();
    } else {
        setup.rows(TERMINATE).await;
    }
}

#[tokio::test]
async fn a_connection_lost_between_transactions_is_not_noticed_by_reads() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    session.commit().await?;
    for cut in [true, false] {
        lose(&setup, cut).await;
        assert_eq!(session.execute(select::<User>()).await?.all().len(), 2);
        session.commit().await?;
        lose(&setup, cut).await;
        session.refresh(&ann).await?;
        session.rollback().await?;
        lose(&setup, cut).await;
        assert_eq!(ann.posts().await?, []);
        session.refresh(&ann).attribute(User::posts).await?;
        session.commit().await?;
    }
    Ok(())
}

/// A flush that begins its transaction has nothing to lose either.
#[tokio::test]
async fn a_connection_lost_between_transactions_is_not_noticed_by_a_flush() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    session.commit().await?;
    for cut in [true, false] {
        lose(&setup, cut).await;
        ann.edit().name = Some(format!("cut: {cut}"));
        session.flush().await?;
        session.commit().await?;
        assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, [format!("cut: {cut}")]);
    }
    Ok(())
}

#[tokio::test]
async fn all_connections_of_a_pool_may_be_lost() -> Result {
    let setup = blog().await;
    let db = Database::builder(setup.proxy.url()).pool_size(4).connect().await?;
    let sessions: Vec<_> = (0..4).map(|_| db.session()).collect();
    for session in &sessions {
        session.begin().await?;
        assert_eq!(session.get::<User>(1).await?.map(|user| user.id), Some(1));
    }
    for session in &sessions {
        session.commit().await?;
    }
    setup.proxy.cut();
    for session in &sessions {
        assert_eq!(session.execute(select::<User>()).await?.all().len(), 2);
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_lost_in_a_transaction_is_an_error_and_a_rollback_mends_it() -> Result {
    let setup = blog().await;
    for cut in [true, false] {
        let session = setup.db.session();
        let ann = session.get::<User>(1).await?.expect("Ann is there");
        ann.edit().name = Some("edited".to_owned());
        let new = session.add(User::builder().email("new@example.com"));
        session.flush().await?;
        lose(&setup, cut).await;
        let error = session.execute(select::<User>()).await.expect_err("the connection is gone");
        assert!(error.is_connection(), "{error}");
        let again = session.commit().await.expect_err("what was flushed is lost");
        assert!(again.is_rollback_needed());
        assert!(again.to_string().contains(&error.to_string()), "{again}");
        assert_eq!((Entity::state(&new), ann.name.as_deref()), (Persistent, Some("edited")));
        session.rollback().await?;
        assert_eq!((Entity::state(&new), ann.name.as_deref()), (Transient, Some("Ann")));
        session.add(&new);
        session.flush().await?;
        session.rollback().await?;
        assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["2"]);
    }
    Ok(())
}

/// The read was never prepared, so that nothing of it was sent; what was flushed is lost all the same.
#[tokio::test]
async fn a_connection_lost_after_the_first_flight_is_not_passed_over() -> Result {
    let setup = blog().await;
    for cut in [true, false] {
        let session = setup.db.session();
        let new = session.add(User::builder().email("new@example.com"));
        session.flush().await?;
        lose(&setup, cut).await;
        let read = session.execute(select::<User>().filter(User::name.eq(format!("{cut}"))).limit(7)).await;
        assert!(read.is_err_and(|error| error.is_connection()));
        assert!(session.commit().await.is_err_and(|error| error.is_rollback_needed()));
        session.rollback().await?;
        assert_eq!(Entity::state(&new), Transient);
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_lost_before_the_commit_is_an_error_of_the_commit() -> Result {
    let setup = blog().await;
    for cut in [true, false] {
        let session = setup.db.session();
        let ann = session.get::<User>(1).await?.expect("Ann is there");
        ann.edit().name = Some("edited".to_owned());
        session.flush().await?;
        lose(&setup, cut).await;
        let error = session.commit().await.expect_err("the connection is gone");
        assert!(error.is_connection(), "{error}");
        session.rollback().await?;
        assert_eq!(ann.name.as_deref(), Some("Ann"));
        assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, ["Ann"]);
        assert_eq!(session.execute(select::<User>()).await?.all().len(), 2);
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_stays_away_is_an_error_and_work_goes_on_when_it_is_back() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@example.com"));
    setup.proxy.refuse();
    setup.proxy.cut();
    let error = session.execute(select::<User>()).await.expect_err("the server is away");
    assert!(error.is_connection(), "{error}");
    assert_eq!(Entity::state(&new), Pending);
    setup.proxy.accept();
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["3"]);
    Ok(())
}

/// 0A000: what was prepared for the table as it was is prepared again.
#[tokio::test]
async fn a_statement_outdated_by_alter_table_is_prepared_again() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.execute(select::<User>()).await?;
    session.commit().await?;
    setup.sql("ALTER TABLE users ALTER name TYPE varchar(50)").await;
    assert_eq!(session.execute(select::<User>()).await?.all().len(), 2);
    session.commit().await?;

    let ann = session.get::<User>(1).await?.expect("Ann is there");
    ann.edit().name = Some("Anna".to_owned());
    session.commit().await?;
    setup.sql("ALTER TABLE users ALTER name TYPE text").await;
    ann.edit().name = Some("Anne".to_owned());
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, ["Anne"]);
    Ok(())
}

/// Within a transaction nothing can be tried again.
#[tokio::test]
async fn a_statement_outdated_within_a_transaction_is_an_error_once() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.execute(select::<User>()).await?;
    session.commit().await?;
    assert_eq!(session.scalar(select::<User>().filter(User::id.eq(1)).exists()).await?, Some(true));
    session.commit().await?;
    session.begin().await?;
    session.execute(select::<orm_tests::blog::Post>()).await?;
    setup.sql("ALTER TABLE users ALTER name TYPE varchar(50)").await;
    let error = session.execute(select::<User>()).await.expect_err("the transaction has begun");
    assert_eq!(error.sqlstate(), Some("0A000"));
    session.rollback().await?;
    assert_eq!(session.execute(select::<User>()).await?.all().len(), 2);
    Ok(())
}
