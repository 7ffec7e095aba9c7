//! What must be in scope: `use orm_core::prelude::*;`.

pub use crate::entity::Entity;
pub use crate::loading::{joinedload, select, selectinload};
pub use crate::models;
pub use crate::session::{Database, Session};
#[cfg(feature = "derive")]
pub use orm_derive::{ColumnEnum, ColumnNewtype, Model};
