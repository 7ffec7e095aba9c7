//! Chapter 9.9: dates and times.

use super::section;

section! {
    /// 9.9, the operators.
    date_operators {
        "date '2001-09-28' + 7" = "2001-10-05";
        "date '2001-09-28' + interval '1 hour'" = "2001-09-28 01:00:00";
        "date '2001-09-28' + time '03:00'" = "2001-09-28 03:00:00";
        "interval '1 day' + interval '1 hour'" = "1 day 01:00:00";
        "timestamp '2001-09-28 01:00' + interval '23 hours'" = "2001-09-29 00:00:00";
        "time '01:00' + interval '3 hours'" = "04:00:00";
        "- interval '23 hours'" = "-23:00:00";
        "date '2001-10-01' - date '2001-09-28'" = "3";
        "date '2001-10-01' - 7" = "2001-09-24";
        "date '2001-09-28' - interval '1 hour'" = "2001-09-27 23:00:00";
        "time '05:00' - time '03:00'" = "02:00:00";
        "time '05:00' - interval '2 hours'" = "03:00:00";
        "timestamp '2001-09-28 23:00' - interval '23 hours'" = "2001-09-28 00:00:00";
        "interval '1 day' - interval '1 hour'" = "1 day -01:00:00";
        "timestamp '2001-09-29 03:00' - timestamp '2001-07-27 12:00'" = "63 days 15:00:00";
        "interval '1 second' * 900" = "00:15:00";
        "interval '1 day' * 21" = "21 days";
        "interval '1 hour' * 3.5" = "03:30:00";
        "interval '1 hour' / 1.5" = "00:40:00";
        "(DATE '2001-02-16', DATE '2001-12-21') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')" = "true";
        "(DATE '2001-02-16', INTERVAL '100 days') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')" = "false";
    }
}

section! {
    /// 9.9, the functions.
    date_functions {
        "age(timestamp '2001-04-10', timestamp '1957-06-13')" = "43 years 9 mons 27 days";
        "age(current_date, current_date)" = "00:00:00";
        "clock_timestamp() >= now()" = "true";
        "current_date = now()::date" = "true";
        "current_timestamp = now()" = "true";
        "localtimestamp = now()::timestamp" = "true";
        "statement_timestamp() >= transaction_timestamp()" = "true";
        "transaction_timestamp() = now()" = "true";
        "date_bin('15 minutes', timestamp '2001-02-16 20:38:40', timestamp '2001-02-16 20:05:00')"
            = "2001-02-16 20:35:00";
        "date_part('hour', timestamp '2001-02-16 20:38:40')" = "20";
        "date_part('month', interval '2 years 3 months')" = "3";
        "date_trunc('hour', timestamp '2001-02-16 20:38:40')" = "2001-02-16 20:00:00";
        "date_trunc('day', timestamptz '2001-02-16 20:38:40+00', 'Australia/Sydney')"
            = "2001-02-16 13:00:00+00";
        "date_trunc('hour', interval '2 days 3 hours 40 minutes')" = "2 days 03:00:00";
        "extract(hour from timestamp '2001-02-16 20:38:40')" = "20";
        "extract(month from interval '2 years 3 months')" = "3";
        "isfinite(date '2001-02-16')" = "true";
        "isfinite(timestamp 'infinity')" = "false";
        "isfinite(interval '4 hours')" = "true";
        "justify_days(interval '35 days')" = "1 mon 5 days";
        "justify_hours(interval '27 hours')" = "1 day 03:00:00";
        "justify_interval(interval '1 mon -1 hour')" = "29 days 23:00:00";
        "make_date(2013, 7, 15)" = "2013-07-15";
        "make_interval(days => 10)" = "10 days";
        "make_time(8, 15, 23.5)" = "08:15:23.5";
        "make_timestamp(2013, 7, 15, 8, 15, 23.5)" = "2013-07-15 08:15:23.5";
        "make_timestamptz(2013, 7, 15, 8, 15, 23.5, 'UTC')" = "2013-07-15 08:15:23.5+00";
        "to_timestamp(1284352323)" = "2010-09-13 04:32:03+00";
    }
}

section! {
    /// 9.9.1: EXTRACT.
    extract {
        "extract(century from timestamp '2000-12-16 12:21:13')" = "20";
        "extract(day from timestamp '2001-02-16 20:38:40')" = "16";
        "extract(day from interval '40 days 1 minute')" = "40";
        "extract(decade from timestamp '2001-02-16 20:38:40')" = "200";
        "extract(dow from timestamp '2001-02-16 20:38:40')" = "5";
        "extract(doy from timestamp '2001-02-16 20:38:40')" = "47";
        "extract(epoch from timestamptz '2001-02-16 20:38:40.12-08')" = "982384720.120000";
        "extract(epoch from interval '5 days 3 hours')" = "442800.000000";
        "extract(hour from timestamp '2001-02-16 20:38:40')" = "20";
        "extract(isodow from timestamp '2001-02-18 20:38:40')" = "7";
        "extract(isoyear from date '2006-01-01')" = "2005";
        "extract(julian from date '2006-01-01')" = "2453737";
        "extract(microseconds from time '17:12:28.5')" = "28500000";
        "extract(millennium from timestamp '2001-02-16 20:38:40')" = "3";
        "extract(milliseconds from time '17:12:28.5')" = "28500.000";
        "extract(minute from timestamp '2001-02-16 20:38:40')" = "38";
        "extract(month from timestamp '2001-02-16 20:38:40')" = "2";
        "extract(quarter from timestamp '2001-02-16 20:38:40')" = "1";
        "extract(second from timestamp '2001-02-16 20:38:40')" = "40.000000";
        "extract(timezone from timestamptz '2001-02-16 20:38:40-08')" = "0";
        "extract(week from timestamp '2001-02-16 20:38:40')" = "7";
        "extract(year from timestamp '2001-02-16 20:38:40')" = "2001";
    }
}

section! {
    /// 9.9.2 and 9.9.3: `date_trunc` and `date_bin`.
    date_trunc {
        "date_trunc('year', timestamp '2001-02-16 20:38:40')" = "2001-01-01 00:00:00";
        "date_trunc('day', timestamptz '2001-02-16 20:38:40-05')" = "2001-02-17 00:00:00+00";
        "date_trunc('hour', interval '3 days 02:47:33')" = "3 days 02:00:00";
        "date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')"
            = "2020-02-11 15:30:00";
    }
}

section! {
    /// 9.9.4: AT TIME ZONE.
    at_time_zone {
        "timestamp '2001-02-16 20:38:40' AT TIME ZONE 'America/Denver'" = "2001-02-17 03:38:40+00";
        "timestamptz '2001-02-16 20:38:40-05' AT TIME ZONE 'America/Denver'" = "2001-02-16 18:38:40";
        "timestamp '2001-02-16 20:38:40' AT TIME ZONE 'Asia/Tokyo' AT TIME ZONE 'America/Chicago'"
            = "2001-02-16 05:38:40";
    }
}
