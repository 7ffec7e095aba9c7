//! Floor 1: values as bytes without a server to ask for its data types.
//!
//! Invariant: what is written for a data type is read back for it, in any process.

use std::collections::HashMap;
use std::sync::LazyLock;

use bytes::BytesMut;
use postgres_types::{IsNull, Kind, Type};

use super::{ColumnType, DataType, DecodeError, SqlType};

/// The data types that every server has, by their names in the catalogue. Their numbers are below this one.
static BUILT_IN: LazyLock<HashMap<String, Type>> =
    LazyLock::new(|| (1..10_000).filter_map(Type::from_oid).map(|ty| (ty.name().to_owned(), ty)).collect());

/// The value as the server is sent it; none if it is NULL.
///
/// # Errors
/// If the type's `ToSql` knows only a data type that it has met on a server.
pub(crate) fn to_bytes<C: ColumnType>(value: &C) -> Result<Option<BytesMut>, DecodeError> {
    let mut bytes = BytesMut::new();
    let written = value.as_sql().to_sql_checked(&wire_type(C::NotNull::SQL_TYPE), &mut bytes)?;
    Ok(matches!(written, IsNull::No).then_some(bytes))
}

/// The value that was written as these bytes.
///
/// # Errors
/// If it was not written as a `C`.
pub(crate) fn from_bytes<C: ColumnType>(bytes: Option<&[u8]>) -> Result<C, DecodeError> {
    C::from_sql_nullable(&wire_type(C::NotNull::SQL_TYPE), bytes)
}

fn wire_type(sql_type: SqlType) -> Type {
    let element = element_type(sql_type);
    match sql_type.is_array {
        true => Type::new(format!("_{}", element.name()), 0, Kind::Array(element), String::new()),
        false => element,
    }
}

fn element_type(sql_type: SqlType) -> Type {
    let name = match sql_type.name {
        "bigint" => "int8",
        "integer" => "int4",
        "smallint" => "int2",
        "boolean" => "bool",
        "real" => "float4",
        "double precision" => "float8",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        other => other,
    };
    let kind = match sql_type.labels {
        [] => Kind::Simple,
        labels => Kind::Enum(labels.iter().map(|&label| label.to_owned()).collect()),
    };
    BUILT_IN.get(name).cloned().unwrap_or_else(|| Type::new(catalogue_name(name), 0, kind, String::new()))
}

/// What SQL calls a type by this spelling, without its schema.
fn catalogue_name(spelled: &str) -> String {
    match spelled.strip_suffix('"') {
        Some(open) => {
            let name = open.rsplit_once(".\"").map_or_else(|| open.trim_start_matches('"'), |(_, name)| name);
            name.replace("\"\"", "\"")
        }
        None => spelled.rsplit('.').next().unwrap_or_default().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::{catalogue_name, from_bytes, to_bytes};
    use crate::types::ColumnType;

    fn is_kept<C: ColumnType>(value: &C) -> bool {
        let bytes = to_bytes(value).expect("it can be written");
        from_bytes::<C>(bytes.as_deref()).expect("it can be read").is_same(value)
    }

    #[test]
    fn values_are_read_back() {
        assert!(
            is_kept(&7_i64) && is_kept(&-7_i32) && is_kept(&7_i16) && is_kept(&f64::NAN) && is_kept(&1.5_f32)
        );
        assert!(is_kept(&"Zoë's \"\0{}".to_owned()) && is_kept(&true) && is_kept(&vec![0_u8, 255]));
        assert!(is_kept(&None::<String>) && is_kept(&Some(String::new())));
        assert!(is_kept(&vec![1_i64, 2]) && is_kept(&vec!["a".to_owned()]));
        assert!(is_kept(&crate::types::Interval { months: 1, days: -2, microseconds: 3 }));
    }

    #[test]
    fn what_is_no_such_value_is_an_error() {
        assert!(from_bytes::<i64>(Some(&[1, 2])).is_err());
        assert!(from_bytes::<i64>(None).is_err());
        assert!(from_bytes::<String>(Some(&[0xff])).is_err());
    }

    #[test]
    fn a_spelling_is_read_as_the_server_does() {
        for (spelled, name) in [("mood", "mood"), ("Mood", "mood"), ("app.mood", "mood")] {
            assert_eq!(catalogue_name(spelled), name);
        }
        for (spelled, name) in [("\"Mood\"", "Mood"), ("app.\"Mood\"", "Mood"), ("\"App\".\"Mood\"", "Mood")]
        {
            assert_eq!(catalogue_name(spelled), name);
        }
    }
}
