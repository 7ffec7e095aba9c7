//! Floor 6: typed statements that write: UPDATE and DELETE over a condition.
//!
//! Each is a statement of `query` with a typed edge, and the criteria that it says. Invariant: what they do to entities in
//! memory is known to the unit of work alone.

mod delete;
mod update;

pub use delete::{Delete, delete, delete_hard};
pub use update::{Update, update};
