//! Floor 6: typed statements that write: INSERT, UPDATE and DELETE.
//!
//! Each is a statement of `query` with a typed edge, and the criteria that it says. Invariant: what they do to entities in
//! memory is known to the unit of work alone.

mod change;
mod conflict;
mod fills;
mod insert;
mod returning;

pub use change::{Change, Delete, Deletes, Update, Updates, delete, delete_hard, update};
pub use conflict::{OnConflict, Upsert};
pub use fills::Fills;
pub use insert::{Insert, insert};
pub use returning::Returning;
