//! The Chinook example: a database with relationships of every kind, given as its file.

use std::path::Path;
use std::process::ExitCode;

use orm_examples::{Result, chinook, exit_code};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit_code(run().await)
}

async fn run() -> Result {
    let Some(file) = std::env::args_os().nth(1) else {
        return Err("the Chinook file is missing: `cargo run -p orm-examples --bin chinook -- FILE`; \
                    orm-examples/README.md says where to find it"
            .into());
    };
    chinook::run(Path::new(&file)).await
}
