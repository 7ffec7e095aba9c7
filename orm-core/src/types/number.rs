//! Floor 1: data types that are calculated with.

use super::DataType;

/// A data type that is calculated with: `+`, `-`, `*` and `/`.
///
/// ```
/// # use orm_core::types::Number;
/// fn is_number<T: Number>() {}
/// is_number::<i64>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not calculated with",
    label = "not a number",
    note = "numbers are `i16`, `i32`, `i64`, `f32`, `f64` and, behind a feature, `Decimal`"
)]
pub trait Number: DataType {}

impl Number for i16 {}
impl Number for i32 {}
impl Number for i64 {}
impl Number for f32 {}
impl Number for f64 {}
#[cfg(feature = "rust_decimal")]
impl Number for rust_decimal::Decimal {}
