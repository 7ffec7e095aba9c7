//! Floor 1: the data types that need no feature.

use super::key::key_type;
use super::{ArrayElement, DataType, Missing, Set, SqlType};

key_type!(bool, "boolean", Missing, false);
key_type!(i16, "smallint", Set, 0);
key_type!(i32, "integer", Set, 0);
key_type!(i64, "bigint", Set, 0);
key_type!(String, "text", Missing, String::new());
key_type!(Vec<u8>, "bytea", Missing, Vec::new());

/// A floating-point type: never a key, and NaN is the same as itself.
macro_rules! float_type {
    ($type:ty, $name:literal) => {
        impl DataType for $type {
            type KeyState = Missing;
            const SQL_TYPE: SqlType = SqlType::new($name);

            fn unset() -> Self {
                0.0
            }

            fn same(&self, other: &Self) -> bool {
                self.to_bits() == other.to_bits()
            }
        }

        impl ArrayElement for $type {}
    };
}

float_type!(f32, "real");
float_type!(f64, "double precision");
