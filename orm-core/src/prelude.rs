//! What must be in scope: `use orm_core::prelude::*;`.
//!
//! ```
//! use orm_core::prelude::*;
//!
//! #[derive(Model, Debug, Clone)]
//! struct Note {
//!     #[orm(primary_key)]
//!     id: i64,
//!     text: String,
//! }
//! let notes = select::<Note>().filter(Note::text.contains("milk"));
//! # let _ = notes;
//! ```

pub use crate::entity::{Entity, entity, entity_as};
pub use crate::func::{SearchOperators, TsQueryOperators};
pub use crate::loading::select_row;
pub use crate::loading::{
    contains_eager, defer, joinedload, lazyload, lazyload_all, load_only, noload, raiseload, raiseload_all,
    select, select_from, selectinload, subqueryload, table, undefer, undefer_group, values,
    with_loader_criteria,
};
#[cfg(feature = "serde_json")]
pub use crate::query::JsonOperators;
#[cfg(feature = "chrono")]
pub use crate::query::TimeOperators;
pub use crate::query::{
    Aliased, ArrayOperators, BitOperators, BooleanOperators, ColumnOperators, GeneralOperators, Locking,
    PatternOperators, RangeOperators, TextOperators, excluded, window,
};
pub use crate::session::{Database, Events, Session};
pub use crate::types::Deferred;
pub use crate::writing::{delete, delete_hard, insert, update};
pub use crate::{alias, models, row};
#[cfg(feature = "derive")]
pub use orm_derive::{ColumnEnum, ColumnNewtype, FromRow, Model, sql};
