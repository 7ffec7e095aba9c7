//! Random histories: what a session is asked to do, done by the library and by a simple reference in memory, which must
//! agree at every step.
//!
//! `reference` says what each operation means, and knows nothing of the library; `live` lets the library do it to
//! entities of any of the `models`; `World` does both, step by step, and compares.

mod adding;
mod changes;
mod check;
mod columns;
mod edges;
mod ground;
mod leaving;
mod links;
mod live;
pub mod models;
mod operation;
mod reads;
mod reference;
mod rows;
mod run;
mod savepoints;
mod statements;
mod ties;
mod transactions;
mod world;

pub use run::histories;

/// What went wrong, in words.
type Outcome<T = ()> = Result<T, String>;

/// How an error of the library is told.
fn told(doing: &str) -> impl Fn(orm_core::Error) -> String {
    move |error| format!("{doing}: {error}")
}
