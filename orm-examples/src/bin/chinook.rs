//! The Chinook example: a database with relationships of every kind, given as its file.

use std::path::Path;

use orm_examples::{Result, chinook};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let Some(file) = std::env::args_os().nth(1) else {
        return Err("usage: chinook FILE, see the example's README for where to find it".into());
    };
    chinook::run(Path::new(&file)).await
}
