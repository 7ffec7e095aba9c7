//! Floor 1: ranges.
//!
//! Invariant: a range is as it was given; the server writes those of whole numbers and days as `[low, high)`, and that is
//! how they come back.

use std::error::Error;
use std::fmt;
use std::ops::{Bound, RangeBounds};

use bytes::{Buf, BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use super::{ArrayElement, DataType, Missing, SqlType};

/// A data type that ranges are made of: whole numbers, `numeric`, dates and times.
///
/// ```
/// # use orm_core::types::{DataType, Range, RangeElement};
/// fn range_of<T: RangeElement>() -> String {
///     <Range<T> as DataType>::SQL_TYPE.to_string()
/// }
/// assert_eq!(range_of::<i32>(), "int4range");
/// ```
#[diagnostic::on_unimplemented(
    message = "there are no ranges of `{Self}`",
    note = "ranges are made of `i32`, `i64`, `Decimal`, `NaiveDate`, `NaiveDateTime` and `DateTime`"
)]
pub trait RangeElement: DataType {
    /// The range's data type.
    const RANGE: SqlType;
}

macro_rules! elements {
    ($($type:ty => $name:literal),+) => {
        $(impl RangeElement for $type { const RANGE: SqlType = SqlType::new($name); })+
    };
}

elements!(i32 => "int4range", i64 => "int8range");
#[cfg(feature = "rust_decimal")]
elements!(rust_decimal::Decimal => "numrange");
#[cfg(feature = "chrono")]
elements!(
    chrono::NaiveDate => "daterange", chrono::NaiveDateTime => "tsrange",
    chrono::DateTime<chrono::Utc> => "tstzrange"
);

/// A range of values, as PostgreSQL's `int4range`, `tstzrange`, and so on: with both ends, open at one or both, or empty.
///
/// It is made of a range of Rust's. Read from the server, those of whole numbers and of days have their lower end in and
/// their upper end out.
///
/// ```
/// use orm_core::types::Range;
///
/// let range = Range::from(2..5);
/// assert!(range.contains(&4) && !range.contains(&5));
/// assert_eq!(range.to_string(), "[2,5)");
/// assert_eq!(Range::<i32>::empty().to_string(), "empty");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range<T>(Option<(Bound<T>, Bound<T>)>);

impl<T> Range<T> {
    /// The range between these.
    ///
    /// ```
    /// # use orm_core::types::Range; use std::ops::Bound;
    /// let range = Range::new(Bound::Excluded(2), Bound::Unbounded);
    /// assert_eq!(range.to_string(), "(2,)");
    /// ```
    pub const fn new(lower: Bound<T>, upper: Bound<T>) -> Self {
        Self(Some((lower, upper)))
    }

    /// The range without any value.
    ///
    /// ```
    /// # use orm_core::types::Range;
    /// assert!(Range::<i64>::empty().is_empty());
    /// ```
    pub const fn empty() -> Self {
        Self(None)
    }

    /// Whether it was given as, or read as, the empty range.
    ///
    /// ```
    /// # use orm_core::types::Range;
    /// assert!(!Range::from(1..2).is_empty());
    /// ```
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Both ends; `None` for the empty range.
    ///
    /// ```
    /// # use orm_core::types::Range; use std::ops::Bound;
    /// assert_eq!(Range::from(1..).bounds(), Some((Bound::Included(&1), Bound::Unbounded)));
    /// ```
    pub fn bounds(&self) -> Option<(Bound<&T>, Bound<&T>)> {
        self.0.as_ref().map(|(lower, upper)| (lower.as_ref(), upper.as_ref()))
    }

    /// Whether the value is in it.
    ///
    /// ```
    /// # use orm_core::types::Range;
    /// assert!(Range::from(..=3).contains(&3));
    /// ```
    pub fn contains(&self, value: &T) -> bool
    where
        T: PartialOrd,
    {
        self.bounds().is_some_and(|bounds| bounds.contains(value))
    }
}

macro_rules! from_ranges {
    ($($range:ty),+) => {
        $(
            impl<T: Clone> From<$range> for Range<T> {
                fn from(range: $range) -> Self {
                    Self::new(range.start_bound().cloned(), range.end_bound().cloned())
                }
            }
        )+
    };
}

from_ranges!(
    std::ops::Range<T>,
    std::ops::RangeInclusive<T>,
    std::ops::RangeFrom<T>,
    std::ops::RangeTo<T>,
    std::ops::RangeToInclusive<T>
);

/// As the server writes it, but for quotes.
impl<T: fmt::Display> fmt::Display for Range<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((lower, upper)) = &self.0 else { return f.write_str("empty") };
        match lower {
            Bound::Included(value) => write!(f, "[{value},"),
            Bound::Excluded(value) => write!(f, "({value},"),
            Bound::Unbounded => f.write_str("(,"),
        }?;
        match upper {
            Bound::Included(value) => write!(f, "{value}]"),
            Bound::Excluded(value) => write!(f, "{value})"),
            Bound::Unbounded => f.write_str(")"),
        }
    }
}

const EMPTY: u8 = 0x01;
const LOWER_IN: u8 = 0x02;
const UPPER_IN: u8 = 0x04;
const LOWER_INFINITE: u8 = 0x08;
const UPPER_INFINITE: u8 = 0x10;

fn flag<T>(bound: &Bound<T>, included: u8, infinite: u8) -> u8 {
    match bound {
        Bound::Included(_) => included,
        Bound::Excluded(_) => 0,
        Bound::Unbounded => infinite,
    }
}

/// The type of the ends.
fn element(ty: &Type) -> Option<&Type> {
    match ty.kind() {
        Kind::Range(element) => Some(element),
        _ => None,
    }
}

const NO_RANGE: &str = "the type is not a range";

impl<T: ToSql> ToSql for Range<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let element = element(ty).ok_or(NO_RANGE)?;
        let Some((lower, upper)) = &self.0 else {
            out.put_u8(EMPTY);
            return Ok(IsNull::No);
        };
        out.put_u8(flag(lower, LOWER_IN, LOWER_INFINITE) | flag(upper, UPPER_IN, UPPER_INFINITE));
        for bound in [lower, upper] {
            let (Bound::Included(value) | Bound::Excluded(value)) = bound else { continue };
            let start = out.len();
            out.put_i32(0);
            if matches!(value.to_sql(element, out)?, IsNull::Yes) {
                return Err("a range ends at a value, not at NULL".into());
            }
            let length = i32::try_from(out.len() - start - 4)?;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        element(ty).is_some_and(T::accepts)
    }

    to_sql_checked!();
}

impl<'a, T: FromSql<'a>> FromSql<'a> for Range<T> {
    fn from_sql(ty: &Type, mut raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let element = element(ty).ok_or(NO_RANGE)?;
        let flags = raw.try_get_u8()?;
        if flags & EMPTY != 0 {
            return Ok(Self::empty());
        }
        let mut bound = |included: u8, infinite: u8| -> Result<Bound<T>, Box<dyn Error + Sync + Send>> {
            if flags & infinite != 0 {
                return Ok(Bound::Unbounded);
            }
            let length = usize::try_from(raw.try_get_i32()?)?;
            let (value, rest) = raw.split_at_checked(length).ok_or("the range is cut off")?;
            raw = rest;
            let value = T::from_sql(element, value)?;
            Ok(if flags & included == 0 { Bound::Excluded(value) } else { Bound::Included(value) })
        };
        Ok(Self::new(bound(LOWER_IN, LOWER_INFINITE)?, bound(UPPER_IN, UPPER_INFINITE)?))
    }

    fn accepts(ty: &Type) -> bool {
        element(ty).is_some_and(T::accepts)
    }
}

impl<T: RangeElement> DataType for Range<T> {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = T::RANGE;

    fn unset() -> Self {
        Self::empty()
    }
}

impl<T: RangeElement> ArrayElement for Range<T> {}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use bytes::BytesMut;
    use postgres_types::{FromSql, ToSql, Type};

    use super::Range;

    #[test]
    fn ranges_go_there_and_back() {
        let bounds = [Bound::Unbounded, Bound::Included(2), Bound::Excluded(-7)];
        let ranges = bounds.into_iter().flat_map(|low| bounds.map(|high| Range::new(low, high)));
        for range in ranges.chain([Range::empty()]) {
            let mut out = BytesMut::new();
            assert!(range.to_sql_checked(&Type::INT4_RANGE, &mut out).is_ok());
            assert_eq!(Range::<i32>::from_sql(&Type::INT4_RANGE, &out).ok(), Some(range));
        }
        assert!(Range::from(1_i64..2).to_sql_checked(&Type::INT4_RANGE, &mut BytesMut::new()).is_err());
        assert!(Range::<i32>::from_sql(&Type::INT4_RANGE, &[0, 0, 0]).is_err());
    }
}
