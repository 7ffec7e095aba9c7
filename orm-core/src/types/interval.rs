//! Floor 1: `interval`.
//!
//! Invariant: months, days and microseconds stay apart, as the server keeps them: how long a month or a day is depends on
//! what it is added to.

use std::error::Error;
use std::fmt;

use bytes::{Buf, BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use super::{ArrayElement, DataType, Missing, SqlType};

/// A distance between points in time, as PostgreSQL's `interval`: months, days and microseconds.
///
/// Two intervals are equal if all three are, where PostgreSQL also takes 30 days for a month and 24 hours for a day. An
/// interval is never a key.
///
/// ```
/// use orm_core::types::Interval;
///
/// let lease = Interval::months(3) + Interval::days(10) - Interval::hours(1);
/// assert_eq!(lease.to_string(), "3 mons 10 days -01:00:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interval {
    /// Months; a year is twelve.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Microseconds.
    pub microseconds: i64,
}

const SECOND: i64 = 1_000_000;

impl Interval {
    /// So many years.
    ///
    /// ```
    /// # use orm_core::types::Interval;
    /// assert_eq!(Interval::years(2).months, 24);
    /// ```
    pub const fn years(years: i32) -> Self {
        Self::months(years.saturating_mul(12))
    }

    /// So many months.
    ///
    /// ```
    /// # use orm_core::types::Interval;
    /// assert_eq!(Interval::months(14).to_string(), "1 year 2 mons");
    /// ```
    pub const fn months(months: i32) -> Self {
        Self { months, days: 0, microseconds: 0 }
    }

    /// So many days.
    ///
    /// ```
    /// # use orm_core::types::Interval;
    /// assert_eq!(Interval::days(1).to_string(), "1 day");
    /// ```
    pub const fn days(days: i32) -> Self {
        Self { months: 0, days, microseconds: 0 }
    }

    /// So many hours.
    ///
    /// ```
    /// # use orm_core::types::Interval;
    /// assert_eq!(Interval::hours(27).to_string(), "27:00:00");
    /// ```
    pub const fn hours(hours: i64) -> Self {
        Self::microseconds(hours.saturating_mul(3600 * SECOND))
    }

    /// So many minutes.
    ///
    /// ```
    /// # use orm_core::types::Interval;
    /// assert_eq!(Interval::minutes(15).to_string(), "00:15:00");
    /// ```
    pub const fn minutes(minutes: i64) -> Self {
        Self::microseconds(minutes.saturating_mul(60 * SECOND))
    }

    /// So many seconds.
    ///
    /// ```
    /// # use orm_core::types::Interval;
    /// assert_eq!(Interval::seconds(900).to_string(), "00:15:00");
    /// ```
    pub const fn seconds(seconds: i64) -> Self {
        Self::microseconds(seconds.saturating_mul(SECOND))
    }

    /// So many microseconds.
    ///
    /// ```
    /// # use orm_core::types::Interval;
    /// assert_eq!(Interval::microseconds(1_500_000).to_string(), "00:00:01.5");
    /// ```
    pub const fn microseconds(microseconds: i64) -> Self {
        Self { months: 0, days: 0, microseconds }
    }
}

impl std::ops::Add for Interval {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            months: self.months.saturating_add(other.months),
            days: self.days.saturating_add(other.days),
            microseconds: self.microseconds.saturating_add(other.microseconds),
        }
    }
}

impl std::ops::Sub for Interval {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl std::ops::Neg for Interval {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            months: self.months.saturating_neg(),
            days: self.days.saturating_neg(),
            microseconds: self.microseconds.saturating_neg(),
        }
    }
}

/// As the server writes it with `intervalstyle = postgres`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.months / 12, "year"), (self.months % 12, "mon"), (self.days, "day")];
        let mut separator = "";
        for (count, word) in parts.into_iter().filter(|(count, _)| *count != 0) {
            let plural = if count == 1 { "" } else { "s" };
            write!(f, "{separator}{count} {word}{plural}")?;
            separator = " ";
        }
        if self.microseconds == 0 && !separator.is_empty() {
            return Ok(());
        }
        let sign = if self.microseconds < 0 { "-" } else { "" };
        let (seconds, rest) = {
            let all = self.microseconds.unsigned_abs();
            (all / SECOND.unsigned_abs(), all % SECOND.unsigned_abs())
        };
        write!(f, "{separator}{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if rest > 0 { write!(f, ".{}", format!("{rest:06}").trim_end_matches('0')) } else { Ok(()) }
    }
}

impl ToSql for Interval {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i64(self.microseconds);
        out.put_i32(self.days);
        out.put_i32(self.months);
        Ok(IsNull::No)
    }

    accepts!(INTERVAL);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Interval {
    fn from_sql(_: &Type, mut raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        if raw.len() != 16 {
            return Err("an interval has sixteen bytes".into());
        }
        let (microseconds, days, months) = (raw.get_i64(), raw.get_i32(), raw.get_i32());
        Ok(Self { months, days, microseconds })
    }

    accepts!(INTERVAL);
}

impl DataType for Interval {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = SqlType::new("interval");

    fn unset() -> Self {
        Self::default()
    }
}

impl ArrayElement for Interval {}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn an_interval_is_written_as_the_server_writes_it() {
        assert_eq!(Interval::default().to_string(), "00:00:00");
        assert_eq!((Interval::years(-1) + Interval::days(1)).to_string(), "-1 years 1 day");
        assert_eq!(Interval::microseconds(-1).to_string(), "-00:00:00.000001");
        assert_eq!((Interval::days(2) - Interval::minutes(90)).to_string(), "2 days -01:30:00");
    }
}
