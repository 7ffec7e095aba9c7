//! Floor 1: what the derive says of a model, as facts.
//!
//! Everything here is `'static` data and a handful of small functions per model; generic code above does the work.
//! Invariant: nothing here knows of sessions, graphs or statements.

mod any;
mod cells;
mod column;
mod column_set;
mod relationship;
mod selectable;
mod serializer;
mod table;
mod through;
mod version;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use any::{AnyModel, Page};
pub use cells::{CellError, Cells};
pub use column::Column;
pub use column_set::ColumnSet;
pub use relationship::{Cascade, Kind, Lazy, Relationship, RelationshipFacts, RelationshipMarker};
pub use selectable::Selectable;
pub use serializer::{NotSerialize, Serializer, SerializerOf};
pub use table::{Action, ColumnFacts, Default, Deferral, ForeignKey, Table};
pub use through::Through;
pub use version::{SystemVersion, Version};

use crate::types::{Key, Value};

/// A struct whose values are the rows of a table. Derive it; do not implement it by hand.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::Model;
/// fn table_of<M: Model>(_: &M) -> &'static str {
///     M::TABLE.name
/// }
/// let post = Post { id: 1, title: "Hello".into(), user_id: 7 };
/// assert_eq!((table_of(&post), post.key()), ("posts", 1));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "put `#[derive(Model)]` above the struct"
)]
pub trait Model: Send + Sync + Sized + 'static {
    /// A copy: its `Clone`, asked for in one place, so that one without is one error.
    #[doc(hidden)]
    fn copied(&self) -> Self;

    /// The primary key: the column's type, or a tuple of the columns' types in the order of the declaration.
    type Key: Key;

    /// The table: columns, keys and relationships.
    const TABLE: &'static Table;

    /// What tells the struct from every other while the application is compiled.
    #[doc(hidden)]
    const PATH: &'static str;

    /// The model's number in this process.
    fn number() -> usize;

    /// A value whose columns all hold what stands for "not set yet".
    fn unset() -> Self;

    /// The primary key's value.
    fn key(&self) -> Self::Key;

    /// Reads all columns, in the table's order.
    ///
    /// # Errors
    /// If a cell is NULL or malformed where the field cannot hold that.
    fn decode(cells: &Cells<'_>) -> Result<Self, CellError>;

    /// The column's value.
    fn value(&self, column: usize) -> &dyn Value;

    /// The column's value, to be changed.
    fn value_mut(&mut self, column: usize) -> &mut dyn Value;
}

/// Draws a model's number at its first use. One `static` per model.
///
/// ```
/// # use orm_core::model::ModelNumber;
/// static NUMBER: ModelNumber = ModelNumber::new();
/// assert_eq!(NUMBER.get(), NUMBER.get());
/// ```
#[derive(Debug, Default)]
pub struct ModelNumber(OnceLock<usize>);

impl ModelNumber {
    /// A number that has not been drawn yet.
    ///
    /// ```
    /// # use orm_core::model::ModelNumber;
    /// static NUMBER: ModelNumber = ModelNumber::new();
    /// ```
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The number, from 0 up.
    ///
    /// ```
    /// # use orm_core::model::ModelNumber;
    /// static ONE: ModelNumber = ModelNumber::new();
    /// static OTHER: ModelNumber = ModelNumber::new();
    /// assert_ne!(ONE.get(), OTHER.get());
    /// ```
    pub fn get(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        *self.0.get_or_init(|| NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
