//! Floor 1: a column's value without its type.
//!
//! Invariant: two values are compared, copied and hashed only where their data types are the same; a column and the
//! key that it references are, which the derive checks.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::hash::Hasher;
use std::sync::Arc;

use postgres_types::{ToSql, Type};

use super::{ColumnType, DataType};

/// Why a value could not be read from what the server sent.
///
/// ```
/// # use orm_core::types::DecodeError;
/// fn read(text: &str) -> Result<i32, DecodeError> {
///     Ok(text.parse()?)
/// }
/// assert!(read("seven").is_err());
/// ```
pub type DecodeError = Box<dyn std::error::Error + Sync + Send>;

/// A column's value without its type. Implemented for every [`ColumnType`], and for those that may not be loaded.
///
/// ```
/// # use orm_core::types::Value;
/// let (one, same): (&dyn Value, &dyn Value) = (&7_i64, &Some(7_i64));
/// assert!(one.is_same(same) && !one.is_null());
/// ```
pub trait Value: Any + Debug + Send + Sync {
    /// The value as a data type, unless it is NULL.
    fn as_any(&self) -> Option<&dyn Any>;

    /// The value as a statement's parameter.
    fn as_sql(&self) -> &(dyn ToSql + Sync);

    /// A copy that may be kept.
    fn to_shared(&self) -> Arc<dyn Value>;

    /// Whether both are NULL, or the same value of one data type.
    fn is_same(&self, other: &dyn Value) -> bool;

    /// Feeds the value to a hasher; `false` if it is NULL.
    fn hash_to(&self, state: &mut dyn Hasher) -> bool;

    /// The order of two keys; NULL and values of different types are equal.
    fn order(&self, other: &dyn Value) -> Ordering;

    /// Takes the other's value; `false` if this column cannot (NULL, or another data type).
    fn assign(&mut self, other: &dyn Value) -> bool;

    /// Takes what the server sent.
    fn decode(&mut self, ty: &Type, raw: Option<&[u8]>) -> Result<(), DecodeError>;

    /// Whether the value is NULL.
    fn is_null(&self) -> bool {
        self.as_any().is_none()
    }

    /// Whether the value is known; only that of a [`Deferred`](super::Deferred) column may not be.
    fn is_loaded(&self) -> bool {
        true
    }
}

fn data<T: DataType>(value: &dyn Value) -> Option<&T> {
    value.as_any().and_then(<dyn Any>::downcast_ref)
}

impl<C: ColumnType> Value for C {
    fn as_any(&self) -> Option<&dyn Any> {
        self.not_null().map(|value| value as &dyn Any)
    }

    fn as_sql(&self) -> &(dyn ToSql + Sync) {
        self
    }

    fn to_shared(&self) -> Arc<dyn Value> {
        Arc::new(self.clone())
    }

    fn is_same(&self, other: &dyn Value) -> bool {
        match (self.not_null(), data::<C::NotNull>(other)) {
            (Some(mine), Some(theirs)) => mine.same(theirs),
            (None, None) => other.is_null(),
            _ => false,
        }
    }

    fn hash_to(&self, mut state: &mut dyn Hasher) -> bool {
        self.not_null().map(|value| value.hash_value(&mut state)).is_some()
    }

    fn order(&self, other: &dyn Value) -> Ordering {
        match (self.not_null(), data::<C::NotNull>(other)) {
            (Some(mine), Some(theirs)) => mine.compare(theirs),
            _ => Ordering::Equal,
        }
    }

    fn assign(&mut self, other: &dyn Value) -> bool {
        if other.is_null() {
            return self.set_null();
        }
        data::<C::NotNull>(other).map(|value| self.set_not_null(value.clone())).is_some()
    }

    fn decode(&mut self, ty: &Type, raw: Option<&[u8]>) -> Result<(), DecodeError> {
        *self = C::from_sql_nullable(ty, raw)?;
        Ok(())
    }
}
