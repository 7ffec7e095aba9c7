//! Floor 1: `jsonb`, behind the feature `serde_json`. JSON is never a key.

use std::error::Error;
use std::fmt::Debug;
use std::ops::{Deref, DerefMut};

use bytes::BytesMut;
use postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{ArrayElement, DataType, IntoColumn, Missing, SqlType};

/// A document of a type of the application's own, which reads like it. To PostgreSQL it is `jsonb`.
///
/// ```
/// # use orm_core::{Json, prelude::*};
/// #[derive(serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq, Default)]
/// struct Facts {
///     color: String,
/// }
///
/// #[derive(Model, Debug, Clone)]
/// struct Product {
///     #[orm(primary_key)]
///     id: i64,
///     facts: Json<Facts>,
/// }
///
/// let red = Product::builder().facts(Facts { color: "red".into() });
/// let condition = Product::facts.get_text("color").eq("red");
/// fn color(product: &Product) -> &str {
///     &product.facts.color
/// }
/// # let _ = (red, condition, color);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(document: T) -> Self {
        Self(document)
    }
}

impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Json<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: Serialize + Debug> ToSql for Json<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        postgres_types::Json(&self.0).to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        <Value as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

impl<'a, T: DeserializeOwned> FromSql<'a> for Json<T> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        postgres_types::Json::from_sql(ty, raw).map(|postgres_types::Json(document)| Self(document))
    }

    fn accepts(ty: &Type) -> bool {
        <Value as FromSql<'_>>::accepts(ty)
    }
}

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

#[diagnostic::do_not_recommend]
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

#[diagnostic::do_not_recommend]
impl<T: JsonDocument> IntoColumn<Json<T>> for T {
    fn into_column(self) -> Json<T> {
        Json(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: JsonDocument> IntoColumn<Option<Json<T>>> for T {
    fn into_column(self) -> Option<Json<T>> {
        Some(Json(self))
    }
}
