//! Floor 1: what all data types that can be keys have in common.

/// A data type that can be a key: hashed and ordered by its own traits.
macro_rules! key_type {
    ($type:ty, $name:literal, $state:ty, $unset:expr) => {
        impl $crate::types::DataType for $type {
            type KeyState = $state;
            const SQL_TYPE: $crate::types::SqlType = $crate::types::SqlType::new($name);

            fn unset() -> Self {
                $unset
            }

            fn hash_value<H: std::hash::Hasher + ?Sized>(&self, mut state: &mut H) {
                std::hash::Hash::hash(self, &mut state);
            }

            fn compare(&self, other: &Self) -> std::cmp::Ordering {
                self.cmp(other)
            }
        }

        impl $crate::types::ArrayElement for $type {}
    };
}

pub(super) use key_type;
