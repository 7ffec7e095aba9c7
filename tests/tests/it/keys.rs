//! Keys of every kind: who makes them, and when two are the same.

use chrono::{DateTime, Utc};
use orm_core::prelude::*;
use orm_tests::Setup;

type Result = orm_core::Result<()>;

/// A key that the server stores less exactly than Rust does.
#[derive(Model, Debug, Clone)]
#[orm(table = "events")]
struct Event {
    #[orm(primary_key)]
    at: DateTime<Utc>,
    name: String,
}

/// A key that only the server may make.
#[derive(Model, Debug, Clone)]
#[orm(table = "always")]
struct Always {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

#[tokio::test]
async fn a_time_in_a_key_is_the_one_that_the_server_stores() -> Result {
    let setup = Setup::new(&models![Event]).await;
    let session = setup.db.session();
    let at = DateTime::from_timestamp(1_700_000_000, 123_456_789).expect("the time is in range");
    let event = session.add(Event::builder().at(at).name("x"));
    session.commit().await?;
    assert_eq!(session.execute(select::<Event>()).await?.scalar_one()?, event);
    assert_eq!(session.get::<Event>(at).await?, Some(event));
    Ok(())
}

#[tokio::test]
async fn keys_that_are_always_generated_come_back_for_any_number_of_rows() -> Result {
    let setup = Setup::new(&[]).await;
    let id = "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
    setup.sql(&format!("CREATE TABLE always ({id}, name text NOT NULL)")).await;
    let session = setup.db.session();
    session.add(Always::builder().name("a"));
    session.commit().await?;
    let more = session.add_all(["b", "c"].map(|name| Always::builder().name(name)));
    session.commit().await?;
    assert_eq!(more.iter().map(|row| row.id).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(setup.rows("SELECT * FROM always ORDER BY id").await, ["1|a", "2|b", "3|c"]);
    Ok(())
}
