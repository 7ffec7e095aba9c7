//! The prepared statements that a connection keeps: how many, which of them go, and what that costs.

use orm_core::prelude::*;
use orm_core::{RawRows, sql_unchecked};
use orm_tests::Setup;

type Result = orm_core::Result<()>;

/// A database whose only connection keeps so many statements.
async fn keeping(statements: usize) -> (Setup, Session) {
    let setup = Setup::new(&[]).await;
    let url = setup.proxy.url();
    let db = Database::builder(url).pool_size(1).statement_cache_size(statements).connect().await;
    let session = db.expect("the database can be reached").session();
    session.scalar(select_text("hot")).await.expect("the session reads");
    setup.proxy.reset();
    (setup, session)
}

fn select_text(name: &str) -> RawRows<i32> {
    sql_unchecked(format!("select 1 as {name}")).rows()
}

/// Flights and prepared statements of a read.
async fn cost(setup: &Setup, session: &Session, name: &str) -> orm_core::Result<(usize, usize)> {
    setup.proxy.reset();
    session.scalar(select_text(name)).await?;
    let counts = setup.proxy.counts();
    Ok((counts.flights, counts.prepares))
}

/// What the server has: the columns' names.
async fn kept(session: &Session) -> orm_core::Result<Vec<String>> {
    let names = "select substring(statement from 'as (.*)$') from pg_prepared_statements \
                 where statement like 'select 1%' order by 1";
    Ok(session.scalars(sql_unchecked(names).rows::<String>()).await?.all())
}

/// One more text is prepared in one flight and asked in another, whether an old one goes for it or not.
#[tokio::test]
async fn more_texts_than_are_kept_stay_bounded_and_cost_no_flight_more() -> Result {
    let (setup, session) = keeping(4).await;
    for n in 0..20 {
        assert_eq!(cost(&setup, &session, &format!("t{n}")).await?, (2, 1));
        assert_eq!(cost(&setup, &session, "hot").await?, (1, 0));
    }
    // The query itself is one of four.
    assert_eq!(kept(&session).await?, ["hot", "t18", "t19"]);
    assert_eq!(cost(&setup, &session, "t18").await?, (1, 0));
    assert_eq!(cost(&setup, &session, "t17").await?, (2, 1));
    assert_eq!(kept(&session).await?, ["hot", "t17", "t18"]);
    Ok(())
}

/// The statements belong to the connection: the next session finds them, and does not add to them.
#[tokio::test]
async fn the_next_session_on_the_connection_finds_what_is_kept() -> Result {
    let setup = Setup::new(&[]).await;
    for n in 0..10 {
        let session = setup.db.session();
        assert_eq!(cost(&setup, &session, "hot").await?.1, usize::from(n == 0));
        session.close().await;
    }
    Ok(())
}

/// A flight with more texts than are kept: they go only when they have been used.
#[tokio::test]
async fn a_flight_may_have_more_texts_than_are_kept() -> Result {
    let (setup, session) = keeping(1).await;
    let (a, b, c) = tokio::try_join!(
        session.scalar(select_text("a")),
        session.scalar(select_text("b")),
        session.scalar(select_text("c"))
    )?;
    assert_eq!((a, b, c), (Some(1), Some(1), Some(1)));
    assert_eq!(setup.proxy.counts().prepares, 3);
    assert_eq!(kept(&session).await?, [""; 0]);
    Ok(())
}

/// What is asked twice at once is prepared once.
#[tokio::test]
async fn a_text_that_is_asked_twice_at_once_is_prepared_once() -> Result {
    let (setup, session) = keeping(4).await;
    tokio::try_join!(session.scalar(select_text("a")), session.scalar(select_text("a")))?;
    assert_eq!(setup.proxy.counts().prepares, 1);
    Ok(())
}

/// A text that the server refuses is not kept as if it were prepared.
#[tokio::test]
async fn a_text_that_was_refused_is_prepared_when_it_is_asked_again() -> Result {
    let (setup, session) = keeping(4).await;
    let names = || sql_unchecked("select name as t from late").rows::<String>();
    assert!(session.scalars(names()).await.is_err_and(|error| error.is_undefined_table()));
    session.rollback().await?;
    setup.sql("CREATE TABLE late (name text)").await;
    assert_eq!(session.scalars(names()).await?.all(), [""; 0]);
    Ok(())
}
