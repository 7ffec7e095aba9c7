//! The tour: every operation of a session, with its statements and round trips.
//!
//! `cargo run -p orm-examples` finds or starts a PostgreSQL by itself.

use std::process::ExitCode;

use orm_examples::tour::{self, Stage};
use orm_examples::{Result, exit_code};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit_code(run().await)
}

async fn run() -> Result {
    tour::run(&mut Stage::new().await?).await
}
