//! An ORM for PostgreSQL with a real session: live objects, an identity map and a unit of work.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod entity;
pub mod graph;
pub mod model;
pub mod types;

pub use types::{ColumnEnum, ColumnNewtype};

#[cfg(feature = "derive")]
pub use orm_derive::{ColumnEnum, ColumnNewtype, Model};
