//! Floor 2: what a statement sends beside its text.
//!
//! Invariant: a value is checked against the type that the server inferred when it is encoded, element by element in
//! an array; nothing here shows a value unless it is asked to.

mod literal;

use std::fmt;
use std::sync::Arc;

use bytes::BytesMut;
use postgres_types::{Format, IsNull, Kind, ToSql, Type, WrongType, to_sql_checked};

use crate::types::{ColumnType, DataType, SqlType, Value};

type EncodeError = Box<dyn std::error::Error + Sync + Send>;

/// A statement's parameter: a value, or an array of values.
///
/// Its `Debug` form shows the data type only, so that a log of statements holds nobody's data; values are shown by
/// [`display_value`](Parameter::display_value).
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let sql = select::<User>().filter(User::email.eq("ann@example.org")).to_sql();
/// assert_eq!(format!("{:?}", sql.parameters), "[Parameter(text)]");
/// ```
#[derive(Clone)]
pub struct Parameter(Content);

#[derive(Clone)]
enum Content {
    Value(Arc<dyn Value>, SqlType),
    Array(Arc<[Arc<dyn Value>]>, SqlType),
    /// A text, or an array of texts, that is what its place wants.
    Literal(Arc<dyn Value>, SqlType),
}

impl Parameter {
    /// The value of a column.
    pub(crate) fn of<C: ColumnType>(value: C) -> Self {
        Self::value(Arc::new(value), C::NotNull::SQL_TYPE)
    }

    /// A value of this data type.
    pub(crate) fn value(value: Arc<dyn Value>, sql_type: SqlType) -> Self {
        Self(Content::Value(value, sql_type))
    }

    /// A text that is what its place wants, as a literal in quotes is.
    pub(crate) fn literal<C: ColumnType>(value: C) -> Self {
        Self(Content::Literal(Arc::new(value), C::NotNull::SQL_TYPE))
    }

    /// An array of values of the data type `element`.
    pub(crate) fn array(values: impl IntoIterator<Item = Arc<dyn Value>>, element: SqlType) -> Self {
        Self(Content::Array(values.into_iter().collect(), element))
    }

    /// The data type.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.in_([1, 2])).to_sql();
    /// assert_eq!(sql.parameters[0].sql_type().to_string(), "bigint[]");
    /// ```
    pub fn sql_type(&self) -> SqlType {
        match &self.0 {
            Content::Value(_, sql_type) | Content::Literal(_, sql_type) => *sql_type,
            Content::Array(_, element) => element.array(),
        }
    }

    /// Whether others hold the value too.
    pub(super) fn is_shared(&self) -> bool {
        match &self.0 {
            Content::Value(value, _) => Arc::strong_count(value) > 1,
            Content::Literal(..) => false,
            Content::Array(values, _) => Arc::strong_count(values) > 1,
        }
    }

    /// Whether both are clones of one parameter.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Content::Value(mine, _), Content::Value(theirs, _)) => Arc::ptr_eq(mine, theirs),
            (Content::Array(mine, _), Content::Array(theirs, _)) => Arc::ptr_eq(mine, theirs),
            _ => false,
        }
    }

    /// The value; none if this is an array of several.
    pub(crate) fn single(&self) -> Option<&dyn Value> {
        match &self.0 {
            Content::Value(value, _) | Content::Literal(value, _) => Some(&**value),
            Content::Array(..) => None,
        }
    }

    /// Whether this is NULL.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::name.is_distinct_from(None)).to_sql();
    /// assert!(sql.parameters[0].is_null());
    /// ```
    pub fn is_null(&self) -> bool {
        match &self.0 {
            Content::Value(value, _) | Content::Literal(value, _) => value.is_null(),
            Content::Array(..) => false,
        }
    }

    /// The value in a form for people, for logs whose readers may see the data.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let sql = select::<User>().filter(User::id.in_([1, 2])).to_sql();
    /// assert_eq!(sql.parameters[0].display_value().to_string(), "[1, 2]");
    /// ```
    pub fn display_value(&self) -> impl fmt::Display + '_ {
        DisplayValue(&self.0)
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter({})", self.sql_type())
    }
}

struct DisplayValue<'a>(&'a Content);

impl fmt::Display for DisplayValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Content::Value(value, _) | Content::Literal(value, _) => match value.is_null() {
                true => f.write_str("NULL"),
                false => write!(f, "{value:?}"),
            },
            Content::Array(values, _) => f.debug_list().entries(values.iter()).finish(),
        }
    }
}

impl ToSql for Parameter {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
        match &self.0 {
            Content::Value(value, _) | Content::Literal(value, _) if value.is_null() => Ok(IsNull::Yes),
            Content::Literal(value, _) => literal::encode(&**value, ty, out),
            Content::Value(value, _) => value.as_sql().to_sql_checked(ty, out),
            Content::Array(values, _) => encode_array(values, ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        match &self.0 {
            Content::Literal(value, _) => literal::format(&**value, ty),
            Content::Value(..) | Content::Array(..) => Format::Binary,
        }
    }

    to_sql_checked!();
}

fn encode_array(values: &[Arc<dyn Value>], ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
    let elements: Vec<ArrayElement<'_>> = values.iter().map(|value| ArrayElement(&**value)).collect();
    encode_elements(&elements, ty, out)
}

fn encode_elements(
    elements: &[ArrayElement<'_>],
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, EncodeError> {
    match ty.kind() {
        Kind::Array(_) => elements.to_sql(ty, out),
        _ => Err(Box::new(WrongType::new::<Vec<ArrayElement<'_>>>(ty.clone()))),
    }
}

/// A parameter that borrows what it sends: a value, NULL, or one column of many rows. Its `Debug` shows values.
pub(crate) enum Argument<'a> {
    Value(&'a dyn Value),
    Null,
    Array(Vec<ArrayElement<'a>>),
    /// One that a statement owns.
    Parameter(&'a Parameter),
    /// How many rows there are, as a bigint.
    Count(usize),
    /// For each row a place among others, from 1, as bigints; none is NULL.
    Places(Vec<Option<usize>>),
}

impl<'a> Argument<'a> {
    /// One column of many rows; `None` is NULL.
    pub(crate) fn array(values: impl IntoIterator<Item = Option<&'a dyn Value>>) -> Self {
        Self::Array(values.into_iter().map(|value| ArrayElement(value.unwrap_or(&None::<bool>))).collect())
    }

    /// About how many bytes it is on the wire.
    pub(crate) fn room(&self) -> usize {
        match self {
            Self::Array(elements) => 24 + 24 * elements.len(),
            Self::Places(places) => 24 + 12 * places.len(),
            Self::Value(_) | Self::Parameter(_) => 32,
            Self::Count(_) => 8,
            Self::Null => 0,
        }
    }
}

impl fmt::Debug for Argument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Null => f.write_str("NULL"),
            Self::Array(values) => f.debug_list().entries(values).finish(),
            Self::Parameter(parameter) => fmt::Display::fmt(&parameter.display_value(), f),
            Self::Count(rows) => rows.fmt(f),
            Self::Places(places) => f.debug_list().entries(places).finish(),
        }
    }
}

impl ToSql for Argument<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
        match self {
            Self::Value(value) => value.as_sql().to_sql_checked(ty, out),
            Self::Null => Ok(IsNull::Yes),
            Self::Array(elements) => encode_elements(elements, ty, out),
            Self::Parameter(parameter) => parameter.to_sql_checked(ty, out),
            Self::Count(rows) => i64::try_from(*rows)?.to_sql_checked(ty, out),
            Self::Places(places) => {
                let places = places.iter().map(|place| place.map(i64::try_from).transpose());
                places.collect::<Result<Vec<_>, _>>()?.to_sql_checked(ty, out)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        match self {
            Self::Parameter(parameter) => parameter.encode_format(ty),
            Self::Value(_) | Self::Null | Self::Array(_) | Self::Count(_) | Self::Places(_) => Format::Binary,
        }
    }

    to_sql_checked!();
}

/// A value within an array. The array's own `accepts` is asked of the element's type, not of each element, so each
/// checks itself.
pub(crate) struct ArrayElement<'a>(&'a dyn Value);

impl fmt::Debug for ArrayElement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ToSql for ArrayElement<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
        match self.0.is_null() {
            true => Ok(IsNull::Yes),
            false => self.0.as_sql().to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::BytesMut;
    use postgres_types::{FromSql, IsNull, ToSql, Type};

    use super::Parameter;
    use crate::types::{DataType, Value};

    fn array<T: DataType>(values: &[T]) -> Parameter {
        Parameter::array(values.iter().map(|value| Arc::new(value.clone()) as Arc<dyn Value>), T::SQL_TYPE)
    }

    fn encode(parameter: &Parameter, ty: &Type) -> BytesMut {
        let mut out = BytesMut::new();
        assert!(matches!(parameter.to_sql_checked(ty, &mut out), Ok(IsNull::No)));
        out
    }

    #[test]
    fn a_value_is_encoded_as_itself() {
        let out = encode(&Parameter::of(7_i64), &Type::INT8);
        assert_eq!(i64::from_sql(&Type::INT8, &out).ok(), Some(7));
    }

    #[test]
    fn null_is_null() {
        let parameter = Parameter::of(None::<i64>);
        assert!(parameter.is_null());
        assert!(matches!(parameter.to_sql_checked(&Type::INT8, &mut BytesMut::new()), Ok(IsNull::Yes)));
    }

    #[test]
    fn an_array_is_encoded_as_a_vector_is() {
        let mut expected = BytesMut::new();
        assert!(vec!["a", "b"].to_sql_checked(&Type::TEXT_ARRAY, &mut expected).is_ok());
        assert_eq!(encode(&array(&["a".to_owned(), "b".to_owned()]), &Type::TEXT_ARRAY), expected);
    }

    #[test]
    fn an_empty_array_has_no_elements() {
        let out = encode(&array::<i64>(&[]), &Type::INT8_ARRAY);
        assert_eq!(Vec::<i64>::from_sql(&Type::INT8_ARRAY, &out).ok(), Some(Vec::new()));
    }

    #[test]
    fn a_wrong_type_is_an_error() {
        let refused = |parameter: Parameter, ty: &Type| {
            parameter
                .to_sql_checked(ty, &mut BytesMut::new())
                .is_err_and(|error| error.is::<super::WrongType>())
        };
        assert!(refused(Parameter::of(7_i64), &Type::INT4));
        assert!(refused(array(&[7_i64]), &Type::INT8));
        assert!(refused(array(&[7_i64]), &Type::TEXT_ARRAY));
    }

    #[test]
    fn values_are_shown_only_when_asked_for() {
        let secret = Parameter::of("secret".to_owned());
        assert_eq!(format!("{secret:?}"), "Parameter(text)");
        assert_eq!(secret.display_value().to_string(), "\"secret\"");
        assert_eq!(format!("{:?}", array(&[1_i64, 2])), "Parameter(bigint[])");
        assert_eq!(array(&[1_i64, 2]).display_value().to_string(), "[1, 2]");
        assert_eq!(Parameter::of(None::<i64>).display_value().to_string(), "NULL");
    }
}
