//! Floor 1: a column's value that may not be loaded.
//!
//! Invariant: what is not loaded is neither a value nor NULL: it is the same as nothing but itself, and it is written
//! nowhere.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use postgres_types::{ToSql, Type};

use super::{ColumnType, DecodeError, IntoColumn, Value};
use crate::error::{Error, Result};
use crate::model::Table;

/// The field of a column that is loaded only when it is asked for: `#[orm(deferred)] text: Deferred<String>`.
///
/// Queries leave the column out. What is in memory is read here; [awaited](crate::DeferredColumn), the entity's accessor
/// of the same name loads it. To change it, loaded or not, [`set`](Deferred::set) it in an `edit`: that costs no SQL.
///
/// What is not loaded stays as it is in the database, wherever the value goes: in an edit, in a
/// [`merge`](crate::Session::merge), in a value that was read from elsewhere.
///
/// With the feature `serde` it is read and written as the value itself. To write one that is not loaded is an error, since
/// nothing would tell it from NULL: leave it out with `#[serde(default, skip_serializing_if = "Deferred::is_not_loaded")]`,
/// which also reads what is left out as not loaded.
///
/// ```no_run
/// # use orm_examples::archive::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// for document in session.scalars(select::<Document>()).await? {
///     assert!(document.text.is_not_loaded()); // the field: what is in memory
///     let text = document.text().await?; // the accessor: one statement for all documents of the result
///     println!("{text} is {:?}", document.text.get()?);
///     document.edit().text.set("a new text");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Deferred<T>(State<T>);

#[derive(Clone)]
enum State<T> {
    Loaded(T),
    /// Of this column, if a row or a builder said so.
    NotLoaded(Option<(&'static Table, usize)>),
}

use State::{Loaded, NotLoaded};

impl<T> Deferred<T> {
    pub(crate) fn not_loaded(table: &'static Table, column: usize) -> Self {
        Self(NotLoaded(Some((table, column))))
    }

    /// The value, which may be NULL, if it is loaded.
    ///
    /// ```
    /// # use orm_core::types::Deferred;
    /// assert_eq!(Deferred::from(7_i64).loaded(), Some(&7));
    /// assert_eq!(Deferred::<i64>::default().loaded(), None);
    /// ```
    pub fn loaded(&self) -> Option<&T> {
        match &self.0 {
            Loaded(value) => Some(value),
            NotLoaded(_) => None,
        }
    }

    /// The value, if it is loaded.
    ///
    /// ```
    /// # use orm_core::types::Deferred;
    /// assert_eq!(Deferred::from(7_i64).into_loaded(), Some(7));
    /// ```
    pub fn into_loaded(self) -> Option<T> {
        match self.0 {
            Loaded(value) => Some(value),
            NotLoaded(_) => None,
        }
    }

    /// Whether the value is not loaded.
    ///
    /// ```
    /// # use orm_core::types::Deferred;
    /// assert!(Deferred::<i64>::default().is_not_loaded());
    /// assert!(!Deferred::from(None::<i64>).is_not_loaded());
    /// ```
    pub fn is_not_loaded(&self) -> bool {
        self.loaded().is_none()
    }

    /// The value. Never SQL.
    ///
    /// # Errors
    /// [`Error::is_not_loaded`], naming model and column.
    ///
    /// ```
    /// # use orm_core::types::Deferred;
    /// assert_eq!(Deferred::from(7_i64).get()?, &7);
    /// assert!(Deferred::<i64>::default().get().is_err_and(|error| error.is_not_loaded()));
    /// # Ok::<(), orm_core::Error>(())
    /// ```
    pub fn get(&self) -> Result<&T> {
        match &self.0 {
            Loaded(value) => Ok(value),
            NotLoaded(of) => Err(missing(*of)),
        }
    }

    /// The value, to be changed in place.
    ///
    /// # Errors
    /// [`Error::is_not_loaded`]: [`set`](Deferred::set) changes what is not loaded.
    ///
    /// ```no_run
    /// # use orm_examples::archive::*; use orm_core::prelude::*;
    /// # async fn example(document: Entity<Document>) -> orm_core::Result<()> {
    /// document.text().await?;
    /// document.edit().text.get_mut()?.push('!');
    /// # Ok(()) }
    /// ```
    pub fn get_mut(&mut self) -> Result<&mut T> {
        match &mut self.0 {
            Loaded(value) => Ok(value),
            NotLoaded(of) => Err(missing(*of)),
        }
    }
}

fn missing(of: Option<(&'static Table, usize)>) -> Error {
    let of = of.map(|(table, column)| (table.model, table.columns[column].field));
    of.map_or_else(Error::nowhere_loaded, |(model, field)| Error::column_not_loaded(model, field))
}

impl<T: ColumnType> Deferred<T> {
    /// A value that is loaded, as a setter of a builder takes it.
    ///
    /// ```
    /// # use orm_core::types::Deferred;
    /// let text: Deferred<String> = Deferred::new("Dear Sir");
    /// assert_eq!(text.loaded().map(String::as_str), Some("Dear Sir"));
    /// ```
    pub fn new(value: impl IntoColumn<T>) -> Self {
        Self::from(value.into_column())
    }

    /// Takes a value, which may be NULL (`None`), whether one is loaded or not.
    ///
    /// ```no_run
    /// # use orm_examples::archive::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, document: Entity<Document>) -> orm_core::Result<()> {
    /// let mut edit = document.edit();
    /// edit.text.set("a new text");
    /// edit.summary.set(None);
    /// drop(edit);
    /// session.commit().await?; // one UPDATE, and nothing is read
    /// # Ok(()) }
    /// ```
    pub fn set(&mut self, value: impl IntoColumn<T>) {
        *self = Self::new(value);
    }
}

/// Not loaded.
impl<T> Default for Deferred<T> {
    fn default() -> Self {
        Self(NotLoaded(None))
    }
}

impl<T> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Self(Loaded(value))
    }
}

/// The value, or `<not loaded>`.
impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.loaded() {
            Some(value) => value.fmt(f),
            None => f.write_str("<not loaded>"),
        }
    }
}

impl<T: PartialEq> PartialEq for Deferred<T> {
    fn eq(&self, other: &Self) -> bool {
        self.loaded() == other.loaded()
    }
}

impl<T: Eq> Eq for Deferred<T> {}

impl<T: Hash> Hash for Deferred<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.loaded().hash(state);
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Deferred<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Deferred<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

/// The value's own, if it is loaded.
impl<T: ColumnType> Value for Deferred<T> {
    fn as_any(&self) -> Option<&dyn Any> {
        Value::as_any(self.loaded()?)
    }

    fn as_sql(&self) -> &(dyn ToSql + Sync) {
        self.loaded().map_or(&None::<bool>, Value::as_sql)
    }

    fn to_shared(&self) -> Arc<dyn Value> {
        Arc::new(self.clone())
    }

    fn is_same(&self, other: &dyn Value) -> bool {
        self.loaded().map_or(!other.is_loaded(), |value| value.is_same(other))
    }

    fn hash_to(&self, state: &mut dyn Hasher) -> bool {
        self.loaded().is_some_and(|value| value.hash_to(state))
    }

    fn order(&self, other: &dyn Value) -> Ordering {
        self.loaded().map_or(Ordering::Equal, |value| value.order(other))
    }

    fn assign(&mut self, other: &dyn Value) -> bool {
        match &mut self.0 {
            state if !other.is_loaded() => {
                let other = (other as &dyn Any).downcast_ref::<Self>().map(|other| other.0.clone());
                *state = other.unwrap_or(NotLoaded(None));
                true
            }
            Loaded(value) => value.assign(other),
            NotLoaded(_) => {
                let mut value = T::unset();
                let is_taken = value.assign(other);
                if is_taken {
                    self.0 = Loaded(value);
                }
                is_taken
            }
        }
    }

    fn decode(&mut self, ty: &Type, raw: Option<&[u8]>) -> Result<(), DecodeError> {
        self.0 = Loaded(T::from_sql_nullable(ty, raw)?);
        Ok(())
    }

    fn is_null(&self) -> bool {
        self.loaded().is_some_and(Value::is_null)
    }

    fn is_loaded(&self) -> bool {
        self.loaded().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Deferred;
    use crate::types::Value;

    #[test]
    fn what_is_not_loaded_is_not_null() {
        let (missing, null) = (Deferred::<Option<i64>>::default(), None::<i64>);
        let missing: &dyn Value = &missing;
        assert!(!missing.is_null() && !missing.is_loaded());
        assert!(!missing.is_same(&null) && !null.is_same(missing) && missing.is_same(missing));
        assert!(Deferred::from(null).is_same(&null) && null.is_same(&Deferred::from(null)));
        assert!(7_i64.is_same(&Deferred::from(7_i64)) && !7_i64.is_same(missing));
    }

    #[test]
    fn whether_it_is_loaded_is_taken_over_too() {
        let mut column = Deferred::<String>::default();
        assert!(column.assign(&"a".to_owned()) && column == Deferred::new("a"));
        assert!(!column.assign(&None::<bool>) && column == Deferred::new("a"));
        assert!(column.assign(&Deferred::<String>::default()) && column.is_not_loaded());
        assert!(!column.assign(&None::<bool>) && column.is_not_loaded());
    }
}
