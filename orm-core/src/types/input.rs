//! Floor 1: what a setter and a key argument accept.
//!
//! Invariant: for each target there is exactly one integer source and one `Option` source, so that every literal and
//! `None` infers.

use super::{ArrayElement, ColumnType, DataType};

/// A value that can be put into a column of type `T`: a `T`, a value for an `Option` of it, a `&str` for text, an array for a
/// `Vec`.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::types::IntoColumn;
/// let name: Option<String> = "Ann".into_column();
/// assert_eq!(name.as_deref(), Some("Ann"));
/// let tags: Vec<String> = ["new", "sale"].into_column();
/// assert_eq!(tags.len(), 2);
/// let user = User::builder().name("Ann").email("ann@example.org"); // as every setter does
/// # let _ = user;
/// ```
#[diagnostic::on_unimplemented(message = "a column of type `{T}` cannot be set to `{Self}`")]
pub trait IntoColumn<T> {
    /// The column's value.
    fn into_column(self) -> T;
}

impl<T: ColumnType> IntoColumn<T> for T {
    fn into_column(self) -> T {
        self
    }
}

impl<T: DataType> IntoColumn<Option<T>> for T {
    fn into_column(self) -> Option<T> {
        Some(self)
    }
}

impl IntoColumn<String> for &str {
    fn into_column(self) -> String {
        self.to_owned()
    }
}

impl IntoColumn<Option<String>> for &str {
    fn into_column(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl IntoColumn<Vec<u8>> for &[u8] {
    fn into_column(self) -> Vec<u8> {
        self.to_vec()
    }
}

impl IntoColumn<Option<Vec<u8>>> for &[u8] {
    fn into_column(self) -> Option<Vec<u8>> {
        Some(self.to_vec())
    }
}

impl<T: ArrayElement, E: IntoColumn<T>, const N: usize> IntoColumn<Vec<T>> for [E; N] {
    fn into_column(self) -> Vec<T> {
        self.map(IntoColumn::into_column).to_vec()
    }
}

impl<T: ArrayElement, E: IntoColumn<T>, const N: usize> IntoColumn<Option<Vec<T>>> for [E; N] {
    fn into_column(self) -> Option<Vec<T>> {
        Some(self.into_column())
    }
}

/// A value that names a row of a model whose key is `K`: the key, or for composite keys a tuple.
///
/// ```
/// # use orm_core::types::IntoKey;
/// let key: (i64, String) = (7, "en").into_key();
/// assert_eq!(key, (7, "en".to_owned()));
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a key of type `{K}`")]
pub trait IntoKey<K> {
    /// The key.
    fn into_key(self) -> K;
}

impl<T: DataType> IntoKey<T> for T {
    fn into_key(self) -> T {
        self
    }
}

impl IntoKey<String> for &str {
    fn into_key(self) -> String {
        self.to_owned()
    }
}

macro_rules! tuple_keys {
    ($($source:ident $target:ident $index:tt),+) => {
        impl<$($source: IntoKey<$target>, $target),+> IntoKey<($($target,)+)> for ($($source,)+) {
            fn into_key(self) -> ($($target,)+) {
                ($(self.$index.into_key(),)+)
            }
        }
    };
}

tuple_keys!(A KA 0, B KB 1);
tuple_keys!(A KA 0, B KB 1, C KC 2);
tuple_keys!(A KA 0, B KB 1, C KC 2, D KD 3);
