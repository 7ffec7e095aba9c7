//! Floor 1: a primary key's value.

use std::fmt::Debug;

use super::{DataType, Value};

/// A primary key: a data type, or a tuple of them in the order of the key's columns.
///
/// ```
/// # use orm_core::types::Key;
/// assert_eq!((7_i64, "en".to_owned()).parts().len(), 2);
/// ```
pub trait Key: Clone + Debug + Send + Sync + Unpin + 'static {
    /// The columns' values.
    fn parts(&self) -> Vec<&dyn Value>;
}

impl<T: DataType> Key for T {
    fn parts(&self) -> Vec<&dyn Value> {
        vec![self]
    }
}

macro_rules! tuple_keys {
    ($($part:ident $index:tt),+) => {
        impl<$($part: DataType),+> Key for ($($part,)+) {
            fn parts(&self) -> Vec<&dyn Value> {
                vec![$(&self.$index),+]
            }
        }
    };
}

tuple_keys!(A 0, B 1);
tuple_keys!(A 0, B 1, C 2);
tuple_keys!(A 0, B 1, C 2, D 3);
