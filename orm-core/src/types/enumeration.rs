//! Floor 1: Rust enums as columns, stored as text or as a PostgreSQL enum.
//!
//! The derive writes the names and nothing else; reading and writing are here. Invariant: a label that the server
//! sends and the Rust enum does not have is an error, never another variant.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use bytes::BytesMut;
use postgres_types::{FromSql, IsNull, Kind, Type};

use super::{DataType, DecodeError};

/// An enum without data whose variants are a column's values. Derive it; do not implement it by hand.
///
/// The derive also implements [`DataType`], so that the enum, an `Option` and a `Vec` of it can be fields of a model.
///
/// ```
/// # use orm_core::ColumnEnum;
/// #[derive(ColumnEnum, Debug, Clone, PartialEq)]
/// enum Status {
///     Draft,
///     InReview,
/// }
/// assert_eq!(Status::InReview.label(), "in_review");
/// assert_eq!(Status::from_label("draft"), Some(Status::Draft));
/// ```
pub trait ColumnEnum: Clone + 'static {
    /// The enum's name, for messages.
    const NAME: &'static str;
    /// The variants, in the order of the declaration.
    const VARIANTS: &'static [Self];
    /// The variants' labels in the database, in the same order.
    const LABELS: &'static [&'static str];

    /// The variant's position in [`VARIANTS`](Self::VARIANTS).
    fn position(&self) -> usize;

    /// The variant's label in the database.
    fn label(&self) -> &'static str {
        Self::LABELS[self.position()]
    }

    /// The variant with this label.
    fn from_label(label: &str) -> Option<Self> {
        let position = Self::LABELS.iter().position(|&known| known == label)?;
        Self::VARIANTS.get(position).cloned()
    }
}

/// The server sent a label that the enum does not have.
///
/// ```
/// # use orm_core::types::UnknownLabel;
/// let error = UnknownLabel { enumeration: "Status", label: "gone".into() };
/// assert_eq!(error.to_string(), "enum `Status` has no variant with the label `gone`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The Rust enum's name.
    pub enumeration: &'static str,
    /// The label.
    pub label: String,
}

impl std::fmt::Display for UnknownLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "enum `{}` has no variant with the label `{}`", self.enumeration, self.label)
    }
}

impl std::error::Error for UnknownLabel {}

/// The variant that stands in a column until it has its value.
pub fn first_variant<T: ColumnEnum>() -> T {
    T::VARIANTS[0].clone()
}

/// Whether the enum is read from and written to this data type.
pub fn accepts_label<T: ColumnEnum + DataType>(ty: &Type) -> bool {
    if T::SQL_TYPE.labels.is_empty() {
        return <&str as FromSql<'_>>::accepts(ty);
    }
    matches!(ty.kind(), Kind::Enum(_)) && is_called(ty.name(), T::SQL_TYPE.name)
}

/// Reads a variant by its label.
pub fn read_label<T: ColumnEnum>(raw: &[u8]) -> Result<T, DecodeError> {
    let label = std::str::from_utf8(raw)?;
    T::from_label(label).ok_or_else(|| UnknownLabel { enumeration: T::NAME, label: label.to_owned() }.into())
}

/// Writes a variant's label.
pub fn write_label<T: ColumnEnum>(value: &T, out: &mut BytesMut) -> IsNull {
    out.extend_from_slice(value.label().as_bytes());
    IsNull::No
}

/// Feeds a variant to a hasher, exactly as a derived `Hash` does.
pub fn hash_variant<T: ColumnEnum, H: Hasher + ?Sized>(value: &T, mut state: &mut H) {
    if T::VARIANTS.len() > 1 {
        std::mem::discriminant(value).hash(&mut state);
    }
}

/// The order of the declaration.
pub fn compare_variants<T: ColumnEnum>(mine: &T, theirs: &T) -> Ordering {
    mine.position().cmp(&theirs.position())
}

/// Whether a type's `name` in the catalogue is what SQL calls `spelled`, which may have a schema and quotes.
fn is_called(name: &str, spelled: &str) -> bool {
    match spelled.strip_suffix('"') {
        Some(open) => {
            let quoted = name.replace('"', "\"\"");
            open.strip_suffix(&quoted)
                .and_then(|rest| rest.strip_suffix('"'))
                .is_some_and(|schema| schema.is_empty() || schema.ends_with('.'))
        }
        None => spelled.rsplit('.').next().is_some_and(|last| last.to_lowercase() == name),
    }
}

#[cfg(test)]
mod tests {
    use super::is_called;

    #[test]
    fn a_spelling_is_compared_with_the_catalogue_as_the_server_reads_it() {
        assert!(is_called("mood", "mood"));
        assert!(is_called("mood", "Mood"));
        assert!(is_called("mood", "app.mood"));
        assert!(is_called("Mood", "\"Mood\""));
        assert!(is_called("Mood", "app.\"Mood\""));
        assert!(is_called("a\"b", "\"a\"\"b\""));
        assert!(!is_called("Mood", "mood"));
        assert!(!is_called("ood", "\"mood\""));
        assert!(!is_called("mood", "moody"));
    }
}
