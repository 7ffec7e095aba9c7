//! Chapter 9.9: dates and times.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::func::{self, DatePart};
use orm_core::prelude::*;
use orm_core::types::Interval;
use orm_tests::manual::Sample;

use super::{at, day, section, value};

section! {
    /// 9.9, the operators.
    date_operators {
        Sample::day.plus_days(7) => "date '2001-09-28' + 7" = "2001-10-05";
        Sample::day.plus(Interval::hours(1))
            => "date '2001-09-28' + interval '1 hour'" = "2001-09-28 01:00:00";
        Sample::day.op::<NaiveDateTime, _>("+", NaiveTime::MIN).plus(Interval::hours(3))
            => "date '2001-09-28' + time '03:00'" = "2001-09-28 03:00:00";
        value(Interval::days(1)).plus(Interval::hours(1))
            => "interval '1 day' + interval '1 hour'" = "1 day 01:00:00";
        value(at("2001-09-28T01:00:00")).plus(Interval::hours(23))
            => "timestamp '2001-09-28 01:00' + interval '23 hours'" = "2001-09-29 00:00:00";
        value(NaiveTime::MIN).plus(Interval::hours(4)) => "time '01:00' + interval '3 hours'" = "04:00:00";
        value(-Interval::hours(23)) => "- interval '23 hours'" = "-23:00:00";
        value(day("2001-10-01")).since(Sample::day) => "date '2001-10-01' - date '2001-09-28'" = "3";
        value(day("2001-10-01")).plus_days(-7) => "date '2001-10-01' - 7" = "2001-09-24";
        Sample::day.minus(Interval::hours(1))
            => "date '2001-09-28' - interval '1 hour'" = "2001-09-27 23:00:00";
        value(NaiveTime::MIN).plus(Interval::hours(5)).since(NaiveTime::MIN).minus(Interval::hours(3))
            => "time '05:00' - time '03:00'" = "02:00:00";
        value(NaiveTime::MIN).minus(Interval::hours(21)) => "time '05:00' - interval '2 hours'" = "03:00:00";
        value(at("2001-09-28T23:00:00")).minus(Interval::hours(23))
            => "timestamp '2001-09-28 23:00' - interval '23 hours'" = "2001-09-28 00:00:00";
        value(Interval::days(1)).minus(Interval::hours(1))
            => "interval '1 day' - interval '1 hour'" = "1 day -01:00:00";
        value(at("2001-09-29T03:00:00")).since(at("2001-07-27T12:00:00"))
            => "timestamp '2001-09-29 03:00' - timestamp '2001-07-27 12:00'" = "63 days 15:00:00";
        value(Interval::seconds(1)).times(900.0) => "interval '1 second' * 900" = "00:15:00";
        value(Interval::days(1)).times(21.0) => "interval '1 day' * 21" = "21 days";
        value(Interval::hours(1)).times(3.5) => "interval '1 hour' * 3.5" = "03:30:00";
        value(Interval::hours(1)).op::<Interval, _>("/", 1.5) => "interval '1 hour' / 1.5" = "00:40:00";
        func::overlaps((day("2001-02-16"), day("2001-12-21")), (day("2001-10-30"), day("2002-10-30")))
            => "(DATE '2001-02-16', DATE '2001-12-21') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')"
            = "true";
        func::overlaps((day("2001-02-16"), Interval::days(100)), (day("2001-10-30"), day("2002-10-30")))
            => "(DATE '2001-02-16', INTERVAL '100 days') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')"
            = "false";
    }
}

section! {
    /// 9.9, the functions.
    date_functions {
        func::age(at("2001-04-10T00:00:00"), at("1957-06-13T00:00:00"))
            => "age(timestamp '2001-04-10', timestamp '1957-06-13')" = "43 years 9 mons 27 days";
        func::clock_timestamp().ge(func::now::<DateTime<Utc>>()) => "clock_timestamp() >= now()" = "true";
        func::current_date().eq(func::now::<NaiveDate>()) => "current_date = now()::date" = "true";
        func::transaction_timestamp().eq(func::now::<DateTime<Utc>>())
            => "current_timestamp = now()" = "true";
        func::localtimestamp().eq(func::now::<NaiveDateTime>())
            => "localtimestamp = now()::timestamp" = "true";
        func::statement_timestamp().ge(func::transaction_timestamp())
            => "statement_timestamp() >= transaction_timestamp()" = "true";
        func::date_bin(Interval::minutes(15), Sample::moment, at("2001-02-16T20:05:00"))
            => "date_bin('15 minutes', timestamp '2001-02-16 20:38:40', timestamp '2001-02-16 20:05:00')"
            = "2001-02-16 20:35:00";
        func::date_part(DatePart::Hour, Sample::moment)
            => "date_part('hour', timestamp '2001-02-16 20:38:40')" = "20";
        func::date_part(DatePart::Month, Interval::years(2) + Interval::months(3))
            => "date_part('month', interval '2 years 3 months')" = "3";
        func::date_trunc(DatePart::Hour, Sample::moment)
            => "date_trunc('hour', timestamp '2001-02-16 20:38:40')" = "2001-02-16 20:00:00";
        func::date_trunc(DatePart::Hour, Interval::days(2) + Interval::minutes(220))
            => "date_trunc('hour', interval '2 days 3 hours 40 minutes')" = "2 days 03:00:00";
        func::extract(DatePart::Hour, Sample::moment)
            => "extract(hour from timestamp '2001-02-16 20:38:40')" = "20";
        func::extract(DatePart::Month, Interval::months(27))
            => "extract(month from interval '2 years 3 months')" = "3";
        func::call::<bool, _>("isfinite", (Sample::day,)) => "isfinite(date '2001-02-16')" = "true";
        func::justify_days(Interval::days(35)) => "justify_days(interval '35 days')" = "1 mon 5 days";
        func::justify_hours(Interval::hours(27)) => "justify_hours(interval '27 hours')" = "1 day 03:00:00";
        func::justify_interval(Interval::months(1) - Interval::hours(1))
            => "justify_interval(interval '1 mon -1 hour')" = "29 days 23:00:00";
        func::make_date(2013, 7, 15) => "make_date(2013, 7, 15)" = "2013-07-15";
        value(Interval::days(10)) => "make_interval(days => 10)" = "10 days";
        func::make_time(8, 15, 23.5) => "make_time(8, 15, 23.5)" = "08:15:23.5";
        func::call::<NaiveDateTime, _>("make_timestamp", (2013, 7, 15, 8, 15, 23.5))
            => "make_timestamp(2013, 7, 15, 8, 15, 23.5)" = "2013-07-15 08:15:23.5";
        func::to_timestamp(1_284_352_323.0) => "to_timestamp(1284352323)" = "2010-09-13 04:32:03+00";
        func::age(func::current_date(), func::current_date())
            => "age(current_date, current_date)" = "00:00:00";
        func::transaction_timestamp().eq(func::now::<DateTime<Utc>>())
            => "transaction_timestamp() = now()" = "true";
        func::call::<DateTime<Utc>, _>("date_trunc", ("day", at("2001-02-16T20:38:40").and_utc(), "Australia/Sydney"))
            => "date_trunc('day', timestamptz '2001-02-16 20:38:40+00', 'Australia/Sydney')"
            = "2001-02-16 13:00:00+00";
        func::call::<bool, _>("isfinite", (value("infinity").cast::<NaiveDateTime>(),))
            => "isfinite(timestamp 'infinity')" = "false";
        func::call::<bool, _>("isfinite", (Interval::hours(4),))
            => "isfinite(interval '4 hours')" = "true";
        func::call::<DateTime<Utc>, _>("make_timestamptz", (2013, 7, 15, 8, 15, 23.5, "UTC"))
            => "make_timestamptz(2013, 7, 15, 8, 15, 23.5, 'UTC')" = "2013-07-15 08:15:23.5+00";
    }
}

section! {
    /// 9.9.1: EXTRACT.
    extract {
        func::extract(DatePart::Century, at("2000-12-16T12:21:13"))
            => "extract(century from timestamp '2000-12-16 12:21:13')" = "20";
        func::extract(DatePart::Day, Sample::moment)
            => "extract(day from timestamp '2001-02-16 20:38:40')" = "16";
        func::extract(DatePart::Day, Interval::days(40) + Interval::minutes(1))
            => "extract(day from interval '40 days 1 minute')" = "40";
        func::extract(DatePart::Decade, Sample::moment)
            => "extract(decade from timestamp '2001-02-16 20:38:40')" = "200";
        func::extract(DatePart::DayOfWeek, Sample::moment)
            => "extract(dow from timestamp '2001-02-16 20:38:40')" = "5";
        func::extract(DatePart::DayOfYear, Sample::moment)
            => "extract(doy from timestamp '2001-02-16 20:38:40')" = "47";
        func::extract(DatePart::Epoch, Interval::days(5) + Interval::hours(3))
            => "extract(epoch from interval '5 days 3 hours')" = "442800.000000";
        func::extract(DatePart::Hour, Sample::moment)
            => "extract(hour from timestamp '2001-02-16 20:38:40')" = "20";
        func::extract(DatePart::IsoDayOfWeek, at("2001-02-18T20:38:40"))
            => "extract(isodow from timestamp '2001-02-18 20:38:40')" = "7";
        func::extract(DatePart::IsoYear, day("2006-01-01"))
            => "extract(isoyear from date '2006-01-01')" = "2005";
        func::extract(DatePart::Microseconds, Sample::clock)
            => "extract(microseconds from time '17:12:28.5')" = "28500000";
        func::extract(DatePart::Millennium, Sample::moment)
            => "extract(millennium from timestamp '2001-02-16 20:38:40')" = "3";
        func::extract(DatePart::Milliseconds, Sample::clock)
            => "extract(milliseconds from time '17:12:28.5')" = "28500.000";
        func::extract(DatePart::Minute, Sample::moment)
            => "extract(minute from timestamp '2001-02-16 20:38:40')" = "38";
        func::extract(DatePart::Month, Sample::moment)
            => "extract(month from timestamp '2001-02-16 20:38:40')" = "2";
        func::extract(DatePart::Quarter, Sample::moment)
            => "extract(quarter from timestamp '2001-02-16 20:38:40')" = "1";
        func::extract(DatePart::Second, Sample::moment)
            => "extract(second from timestamp '2001-02-16 20:38:40')" = "40.000000";
        func::extract(DatePart::TimeZone, Sample::instant)
            => "extract(timezone from timestamptz '2001-02-16 20:38:40-08')" = "0";
        func::extract(DatePart::Week, Sample::moment)
            => "extract(week from timestamp '2001-02-16 20:38:40')" = "7";
        func::extract(DatePart::Year, Sample::moment)
            => "extract(year from timestamp '2001-02-16 20:38:40')" = "2001";
        func::extract(DatePart::Epoch, at("2001-02-17T04:38:40.12").and_utc())
            => "extract(epoch from timestamptz '2001-02-16 20:38:40.12-08')" = "982384720.120000";
        func::extract(DatePart::Julian, day("2006-01-01"))
            => "extract(julian from date '2006-01-01')" = "2453737";
    }
}

section! {
    /// 9.9.2 and 9.9.3: `date_trunc` and `date_bin`.
    date_trunc {
        func::date_trunc(DatePart::Year, Sample::moment)
            => "date_trunc('year', timestamp '2001-02-16 20:38:40')" = "2001-01-01 00:00:00";
        func::date_trunc(DatePart::Day, Sample::instant)
            => "date_trunc('day', timestamptz '2001-02-16 20:38:40-05')" = "2001-02-17 00:00:00+00";
        func::date_trunc(DatePart::Hour, Interval::days(3) + Interval::seconds(10_053))
            => "date_trunc('hour', interval '3 days 02:47:33')" = "3 days 02:00:00";
        func::date_bin(Interval::minutes(15), at("2020-02-11T15:44:17"), at("2001-01-01T00:00:00"))
            => "date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')"
            = "2020-02-11 15:30:00";
    }
}

section! {
    /// 9.9.4: AT TIME ZONE.
    at_time_zone {
        Sample::moment.at_time_zone("America/Denver")
            => "timestamp '2001-02-16 20:38:40' AT TIME ZONE 'America/Denver'" = "2001-02-17 03:38:40+00";
        Sample::instant.at_time_zone("America/Denver")
            => "timestamptz '2001-02-16 20:38:40-05' AT TIME ZONE 'America/Denver'" = "2001-02-16 18:38:40";
        Sample::moment.at_time_zone("Asia/Tokyo").at_time_zone("America/Chicago")
            => "timestamp '2001-02-16 20:38:40' AT TIME ZONE 'Asia/Tokyo' AT TIME ZONE 'America/Chicago'"
            = "2001-02-16 05:38:40";
    }
}
