//! An ORM for PostgreSQL with a real session: live objects, an identity map and a unit of work.

mod connection;
mod error;
mod graph;
pub mod model;
pub mod query;
pub mod types;

pub use error::{Error, Result};
