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
