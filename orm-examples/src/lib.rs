//! What the examples are made of: the tour of the session over a small blog, and a real database, Chinook.
//!
//! To learn the library, read `blog.rs` and then `tour/*.rs`; for relationships of every kind, `chinook/*.rs`.
#![allow(missing_docs, reason = "the columns of the models say what they are")]
#![allow(clippy::print_stdout, reason = "examples speak to a terminal")]

pub mod archive;
pub mod blog;
pub mod chinook;
mod screen;
pub mod tour;
pub mod wire;

use std::error::Error;
use std::process::ExitCode;

/// What an example yields: its errors are the library's, and those of the server that it starts.
pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// What a program returns: an error is told with its causes, one below the other.
pub fn exit_code(result: Result) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
