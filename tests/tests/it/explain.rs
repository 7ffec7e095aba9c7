//! Looking at it: plans, the place of an error in its statement, and what failed in the log.

use orm_core::prelude::*;
use orm_tests::blog::{Post, TABLES, User, ann_and_bob};

use crate::events::Events;

type Result = orm_core::Result<()>;

#[tokio::test]
async fn a_plan_is_asked_for_and_nothing_is_executed() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    session.add(User::builder().email("pending@x.org"));
    setup.flights();
    let query = select::<User>().filter(User::email.eq("ann@x.org"));
    let plan = session.explain(&query).await?;
    assert!(plan.iter().any(|line| line.contains("users")), "{plan:?}");
    assert_eq!(setup.statements(), [format!("EXPLAIN {query}")]);
    let deleted = session.explain(&sql!("delete from posts where id = {}", 1)).await?;
    assert!(deleted[0].starts_with("Delete on posts"), "{deleted:?}");
    let counted = session.explain(&select::<Post>().count()).await?;
    assert!(counted[0].starts_with("Aggregate"), "{counted:?}");
    session.explain(&delete::<Post>().filter(Post::id.eq(1))).await?;
    session.explain(&sql!("select 1").rows::<i32>()).await?;
    session.explain(&sql!("select * from users").entities::<User>()).await?;
    session.rollback().await?;
    assert_eq!(
        setup.rows("select (select count(*) from users), (select count(*) from posts)").await,
        ["2|2"]
    );
    Ok(())
}

/// PostgreSQL 18 counts with decimals.
fn has_rows(line: &str, rows: usize) -> bool {
    [format!("rows={rows} loops=1"), format!("rows={rows}.00 loops=1")].iter().any(|text| line.contains(text))
}

#[tokio::test]
async fn what_was_executed_to_be_looked_at_is_not_kept() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    session.add(User::builder().email("new@x.org"));
    let plan = session.explain_analyze(&select::<User>()).await?;
    assert!(has_rows(&plan[0], 3), "{plan:?}");
    assert!(plan.iter().any(|line| line.starts_with("Execution Time")), "{plan:?}");
    for plan in [
        session.explain_analyze(&sql!("delete from posts")).await?,
        session.explain_analyze(&delete::<Post>().filter(Post::id.gt(0))).await?,
    ] {
        assert!(plan.iter().any(|line| has_rows(line, 2)), "{plan:?}");
    }
    let refused = session.explain_analyze(&sql!("delete from users where id = 1")).await;
    assert!(refused.is_err_and(|error| error.is_foreign_key_violation()));
    let wrong = session.explain_analyze(&sql!("update users set id = 'a'")).await;
    assert_eq!(wrong.expect_err("no number").sqlstate(), Some("22P02"));
    // The transaction goes on.
    session.commit().await?;
    assert_eq!(
        setup.rows("select (select count(*) from users), (select count(*) from posts)").await,
        ["3|2"]
    );
    let ended = session.explain_analyze(&orm_core::sql_unchecked("commit")).await;
    assert!(ended.is_err_and(|error| error.is_transaction_command()));
    Ok(())
}

#[tokio::test]
async fn an_error_shows_its_place_in_the_statement() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let name = "secret";
    let query = sql!("select id,\n       nmae\nfrom users\nwhere name = {name}").rows::<(i64, String)>();
    let error = session.execute(query).await.expect_err("there is no such column");
    assert!(error.is_undefined_column());
    let text = "the statement failed: column \"nmae\" does not exist (42703)\n           nmae\n           ^\n\
                Perhaps you meant to reference the column \"users.name\".";
    assert_eq!(error.to_string(), text);
    assert_eq!(error.sql(), Some("select id,\n       nmae\nfrom users\nwhere name = $1"));
    assert_eq!(error.position(), Some(19));
    assert!(!format!("{error:?}").contains("secret"));
    // What is refused in its execution has no place.
    session.rollback().await?;
    session.add(User::builder().email("ann@x.org"));
    let error = session.flush().await.expect_err("the address is taken");
    assert!(
        error.sql().is_some_and(|sql| sql.starts_with("INSERT INTO users")) && error.position().is_none()
    );
    assert!(!error.to_string().contains('\n'), "{error}");
    session.rollback().await?;
    // Within a function it is the function's own statement.
    setup
        .sql("create function broken() returns int language plpgsql as 'begin return (select nonsense); end'")
        .await;
    let error = session.execute(sql!("select broken()")).await.expect_err("the function is broken");
    assert_eq!((error.sql(), error.position()), (Some("(select nonsense)"), Some(9)));
    assert!(error.to_string().contains("    (select nonsense)\n            ^"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_statement_that_fails_is_an_event_too() -> Result {
    let database = orm_testing::database().await;
    let db = Database::builder(database.url()).connect().await?;
    db.create_all(TABLES).await?;
    let events = Events::default();
    let guard = tracing::subscriber::set_default(events.clone());
    let session = db.session();
    let wrong =
        session.execute(sql!("select nmae from users where name = {}", "secret").rows::<String>()).await;
    assert!(wrong.is_err_and(|error| error.is_undefined_column()));
    session.execute(sql!("insert into users (email) values ('a')")).await?;
    let taken = session.execute(sql!("insert into users (email) values ({})", "a")).await;
    assert!(taken.is_err_and(|error| error.is_unique_violation()));
    drop(guard);
    let failed = |line: &&String| line.contains("statement failed");
    let lines: Vec<_> = events.lines();
    let failed: Vec<_> = lines.iter().filter(failed).collect();
    assert_eq!(failed.len(), 2, "{lines:?}");
    for (line, words) in failed.iter().zip([["select nmae", "42703"], ["insert into users", "23505"]]) {
        assert!(words.iter().all(|word| line.contains(word)) && line.contains("elapsed="), "{line}");
        assert!(!line.contains("secret"), "{line}");
    }
    Ok(())
}
