//! Floor 1: `jsonb`, behind the feature `serde_json`. JSON is never a key.

use std::fmt::Debug;

use postgres_types::Json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ArrayElement, DataType, Missing, SqlType};

impl DataType for Value {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = SqlType::new("jsonb");

    fn unset() -> Self {
        Self::Null
    }
}

impl ArrayElement for Value {}

/// What may stand inside a [`Json`]. Implemented for everything that fulfils it.
///
/// ```
/// # use orm_core::types::{DataType, Json};
/// #[derive(serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq, Default)]
/// struct Settings {
///     dark: bool,
/// }
/// fn is_column<T: DataType>() {}
/// is_column::<Json<Settings>>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a `Json` column",
    note = "it needs `Serialize`, `Deserialize`, `Clone`, `PartialEq`, `Debug` and `Default`"
)]
pub trait JsonDocument:
    Serialize + DeserializeOwned + Clone + PartialEq + Debug + Default + Send + Sync + Unpin + 'static
{
}

impl<T> JsonDocument for T where
    T: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Default + Send + Sync + Unpin + 'static
{
}

impl<T: JsonDocument> DataType for Json<T> {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = SqlType::new("jsonb");

    fn unset() -> Self {
        Self(T::default())
    }
}

impl<T: JsonDocument> ArrayElement for Json<T> {}
