//! The tour: every operation of a session, with its statements and round trips.
//!
//! `cargo run -p orm-examples` finds or starts a PostgreSQL by itself.

use orm_examples::Result;
use orm_examples::tour::{self, Stage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    tour::run(&mut Stage::new().await?).await
}
