//! What is reported of each statement through `tracing`.

use orm_core::prelude::*;
use orm_tests::blog::{TABLES, User};

use crate::events::Events;

/// The events of adding a user and reading it again.
async fn events(log_parameters: bool) -> orm_core::Result<Vec<String>> {
    let database = orm_testing::database().await;
    let db = Database::builder(database.url()).log_parameters(log_parameters).connect().await?;
    db.create_all(TABLES).await?;
    let events = Events::default();
    let guard = tracing::subscriber::set_default(events.clone());
    let session = db.session();
    session.add(User::builder().email("secret@example.org"));
    session.commit().await?;
    session.scalars(select::<User>().filter(User::email.eq("secret@example.org"))).await?;
    drop(guard);
    Ok(events.lines())
}

#[tokio::test]
async fn each_statement_is_an_event_with_text_rows_and_duration() -> orm_core::Result<()> {
    let events = events(false).await?;
    let statements: Vec<_> = events.iter().filter(|event| event.contains("sql=")).collect();
    assert_eq!(statements.len(), 2, "{events:?}");
    assert!(statements[0].contains("INSERT INTO users"), "{events:?}");
    assert!(statements[1].contains("SELECT users.id"), "{events:?}");
    for statement in statements {
        assert!(statement.contains("rows=1") && statement.contains("elapsed="), "{statement}");
    }
    Ok(())
}

#[tokio::test]
async fn parameters_are_shown_only_when_asked_for() -> orm_core::Result<()> {
    assert!(!events(false).await?.concat().contains("secret@example.org"));
    let shown = events(true).await?;
    assert_eq!(shown.iter().filter(|event| event.contains("secret@example.org")).count(), 2, "{shown:?}");
    Ok(())
}
