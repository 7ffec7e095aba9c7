//! Floor 6: typed statements that write: INSERT, UPDATE and DELETE.
//!
//! Each is a statement of `query` with a typed edge, and the criteria that it says. Invariant: what they do to entities in
//! memory is known to the unit of work alone.

mod conflict;
mod delete;
mod fills;
mod insert;
mod returning;
mod update;

pub use conflict::{OnConflict, Upsert};
pub use delete::{Delete, delete, delete_hard};
pub use fills::Fills;
pub use insert::{Insert, insert};
pub use returning::Returning;
pub use update::{Update, update};
