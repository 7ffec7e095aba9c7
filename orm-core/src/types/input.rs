//! Floor 1: what a setter and a key argument accept.
//!
//! Invariant: for each target there is exactly one integer source and one `Option` source, so that every literal and
//! `None` infers.

use super::{ArrayElement, ColumnType, DataType};

/// A value that can be put into a column of type `T`: a `T`, a value for an `Option` of it, a reference to one, which is cloned, a
/// `&str` for text, an array for a `Vec`.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::types::IntoColumn;
/// let name: Option<String> = "Ann".into_column();
/// assert_eq!(name.as_deref(), Some("Ann"));
/// let tags: Vec<String> = ["new", "sale"].into_column();
/// assert_eq!(tags.len(), 2);
/// let email = String::from("ann@example.org");
/// let user = User::builder().name("Ann").email(&email); // as every setter does
/// # let _ = user;
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be set to `{Self}`",
    label = "a `{T}` is expected, or what becomes one"
)]
pub trait IntoColumn<T> {
    /// The column's value.
    fn into_column(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T, V: Becomes<T>> IntoColumn<T> for V {
    fn into_column(self) -> T {
        self.becomes()
    }
}

/// What [`IntoColumn`] is said of.
#[doc(hidden)]
pub trait Becomes<T> {
    fn becomes(self) -> T;
}

impl<T: ColumnType> Becomes<T> for T {
    fn becomes(self) -> T {
        self
    }
}

impl<T: DataType> Becomes<Option<T>> for T {
    fn becomes(self) -> Option<T> {
        Some(self)
    }
}

impl<T: DataType> Becomes<T> for &T {
    fn becomes(self) -> T {
        self.clone()
    }
}

impl<T: DataType> Becomes<Option<T>> for &T {
    fn becomes(self) -> Option<T> {
        Some(self.clone())
    }
}

impl Becomes<String> for &str {
    fn becomes(self) -> String {
        self.to_owned()
    }
}

impl Becomes<Option<String>> for &str {
    fn becomes(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl Becomes<Vec<u8>> for &[u8] {
    fn becomes(self) -> Vec<u8> {
        self.to_vec()
    }
}

impl Becomes<Option<Vec<u8>>> for &[u8] {
    fn becomes(self) -> Option<Vec<u8>> {
        Some(self.to_vec())
    }
}

impl<T: ArrayElement, E: IntoColumn<T>, const N: usize> Becomes<Vec<T>> for [E; N] {
    fn becomes(self) -> Vec<T> {
        self.map(IntoColumn::into_column).to_vec()
    }
}

impl<T: ArrayElement, E: IntoColumn<T>, const N: usize> Becomes<Option<Vec<T>>> for [E; N] {
    fn becomes(self) -> Option<Vec<T>> {
        Some(self.becomes())
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
