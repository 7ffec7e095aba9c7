//! Floor 1: dates and times, behind the feature `chrono`.
//!
//! Invariant: two values are the same, also as keys, if the server stores the same, which is microseconds; what the
//! server rounds off is no change. `infinity` has no counterpart in `chrono` and is an error when it is read; the driver
//! reads the time `24:00` as midnight.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::key::key_type;
use super::{ArrayElement, DataType, Missing, SqlType};

key_type!(NaiveDate, "date", Missing, NaiveDate::default());

/// A point in time, whose distance from 2000-01-01 is what the server stores.
macro_rules! time_type {
    ($type:ty, $name:literal, $since:expr) => {
        impl DataType for $type {
            type KeyState = Missing;
            const SQL_TYPE: SqlType = SqlType::new($name);

            fn unset() -> Self {
                Self::default()
            }

            fn same(&self, other: &Self) -> bool {
                self == other || microseconds($since(self)) == microseconds($since(other))
            }

            fn hash_value<H: Hasher + ?Sized>(&self, mut state: &mut H) {
                microseconds($since(self)).hash(&mut state);
            }

            fn compare(&self, other: &Self) -> Ordering {
                microseconds($since(self)).cmp(&microseconds($since(other)))
            }
        }

        impl ArrayElement for $type {}
    };
}

time_type!(DateTime<Utc>, "timestamptz", |time: &DateTime<Utc>| since_2000(time.naive_utc()));
time_type!(DateTime<FixedOffset>, "timestamptz", |time: &DateTime<FixedOffset>| since_2000(time.naive_utc()));
time_type!(NaiveDateTime, "timestamp", |time: &NaiveDateTime| since_2000(*time));
time_type!(NaiveTime, "time", |time: &NaiveTime| *time - NaiveTime::MIN);

fn since_2000(time: NaiveDateTime) -> TimeDelta {
    const SECONDS_TO_2000: i64 = 946_684_800;
    time.and_utc() - DateTime::UNIX_EPOCH - TimeDelta::seconds(SECONDS_TO_2000)
}

/// Microseconds, cut off as the driver cuts them off; all that `chrono` knows fit.
fn microseconds(since: TimeDelta) -> Option<i64> {
    since.num_microseconds()
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use super::*;

    fn at(seconds: i64, nanoseconds: u32) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, nanoseconds).expect("the time is in range")
    }

    #[test]
    fn what_the_server_rounds_off_is_no_change() {
        assert!(at(1_700_000_000, 123_456_789).same(&at(1_700_000_000, 123_456_000)));
        assert!(!at(1_700_000_000, 123_456_789).same(&at(1_700_000_000, 123_457_000)));
        assert!(DateTime::<Utc>::MAX_UTC.same(&DateTime::<Utc>::MAX_UTC));
        assert!(!DateTime::<Utc>::MAX_UTC.same(&DateTime::<Utc>::MIN_UTC));
    }

    #[test]
    fn keys_that_are_the_same_have_one_hash_and_no_order() {
        let hash = |time: DateTime<Utc>| {
            let mut hasher = DefaultHasher::new();
            time.hash_value(&mut hasher);
            hasher.finish()
        };
        for seconds in [1_700_000_000, -1_700_000_000] {
            let [given, stored] = [at(seconds, 123_456_789), at(seconds, 123_456_000)];
            assert!(given.same(&stored) == (hash(given) == hash(stored)));
            assert!(given.same(&stored) == given.compare(&stored).is_eq());
        }
    }

    #[test]
    fn times_of_day_are_compared_by_the_microsecond() {
        let noon = |nanoseconds| NaiveTime::from_num_seconds_from_midnight_opt(43_200, nanoseconds);
        let [exact, more] = [noon(1_000), noon(1_999)].map(|time| time.expect("noon is a time"));
        assert!(exact.same(&more));
    }
}
