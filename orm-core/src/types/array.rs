//! Floor 1: arrays of scalar data types.
//!
//! Invariant: an element is never an array itself, and never NULL: PostgreSQL does not tell `T[]` from `T[][]`, and a
//! NULL among the elements is an error when it is read, not a default. `Vec<u8>` is `bytea`, since `u8` is no element.

use std::cmp::Ordering;
use std::hash::Hasher;

use super::{DataType, Missing, SqlType};

/// A data type that can be an array's element: `Vec<T>` is then the array.
///
/// ```
/// # use orm_core::types::{ArrayElement, DataType};
/// fn array_of<T: ArrayElement>() -> String {
///     <Vec<T> as DataType>::SQL_TYPE.to_string()
/// }
/// assert_eq!(array_of::<i32>(), "integer[]");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an array's element",
    note = "elements are data types that are neither arrays nor NULL"
)]
pub trait ArrayElement: DataType {}

impl<T: ArrayElement> DataType for Vec<T> {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = T::SQL_TYPE.array();

    fn unset() -> Self {
        Self::new()
    }

    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(mine, theirs)| mine.same(theirs))
    }

    fn hash_value<H: Hasher + ?Sized>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|element| element.hash_value(state));
    }

    fn compare(&self, other: &Self) -> Ordering {
        let mut elements = self.iter().zip(other).map(|(mine, theirs)| mine.compare(theirs));
        elements.find(|order| order.is_ne()).unwrap_or_else(|| self.len().cmp(&other.len()))
    }
}
