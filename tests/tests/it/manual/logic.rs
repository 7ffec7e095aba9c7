//! Chapter 9.1, 9.2 and 9.18: truth, comparison and choice.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::Sample;

use super::{no, section, unknown, value, yes};

section! {
    /// 9.1: AND, OR and NOT know a third value.
    logical_operators {
        yes().and(yes()) => "TRUE AND TRUE" = "true";
        yes().and(no()) => "TRUE AND FALSE" = "false";
        yes().and_with(unknown()) => "TRUE AND NULL" = "NULL";
        no().and_with(unknown()) => "FALSE AND NULL" = "false";
        unknown().and(unknown()) => "NULL AND NULL" = "NULL";
        yes().or(no()) => "TRUE OR FALSE" = "true";
        yes().or_with(unknown()) => "TRUE OR NULL" = "true";
        no().or_with(unknown()) => "FALSE OR NULL" = "NULL";
        unknown().or(unknown()) => "NULL OR NULL" = "NULL";
        !yes() => "NOT TRUE" = "false";
        !no() => "NOT FALSE" = "true";
        !unknown() => "NOT NULL::boolean" = "NULL";
    }
}

section! {
    /// 9.2: operators, predicates and functions that compare.
    comparison {
        value(2).lt(3) => "2 < 3" = "true";
        value(2).gt(3) => "2 > 3" = "false";
        value(2).le(2) => "2 <= 2" = "true";
        value(2).ge(3) => "2 >= 3" = "false";
        value(2).eq(3) => "2 = 3" = "false";
        value(2).ne(3) => "2 <> 3" = "true";
        value(2).between(1, 3) => "2 BETWEEN 1 AND 3" = "true";
        value(2).between(3, 1) => "2 BETWEEN 3 AND 1" = "false";
        value(2).not_between(1, 3) => "2 NOT BETWEEN 1 AND 3" = "false";
        value(2).between_symmetric(3, 1) => "2 BETWEEN SYMMETRIC 3 AND 1" = "true";
        !value(2).between_symmetric(3, 1) => "2 NOT BETWEEN SYMMETRIC 3 AND 1" = "false";
        value(1).is_distinct_from(Sample::nothing) => "1 IS DISTINCT FROM NULL" = "true";
        Sample::nothing.is_distinct_from(None) => "NULL IS DISTINCT FROM NULL" = "false";
        value(1).is_not_distinct_from(None) => "1 IS NOT DISTINCT FROM NULL" = "false";
        Sample::nothing.is_not_distinct_from(None) => "NULL IS NOT DISTINCT FROM NULL" = "true";
        value(1.5).is_null() => "1.5 IS NULL" = "false";
        value("null").is_not_null() => "'null' IS NOT NULL" = "true";
        value(true).is_true() => "TRUE IS TRUE" = "true";
        Sample::unknown.is_true() => "NULL::boolean IS TRUE" = "false";
        Sample::flag.is_not_true() => "TRUE IS NOT TRUE" = "false";
        Sample::unknown.is_not_true() => "NULL::boolean IS NOT TRUE" = "true";
        value(true).is_false() => "TRUE IS FALSE" = "false";
        Sample::unknown.is_false() => "NULL::boolean IS FALSE" = "false";
        value(true).is_not_false() => "TRUE IS NOT FALSE" = "true";
        Sample::unknown.is_not_false() => "NULL::boolean IS NOT FALSE" = "true";
        value(true).is_unknown() => "TRUE IS UNKNOWN" = "false";
        Sample::unknown.is_unknown() => "NULL::boolean IS UNKNOWN" = "true";
        value(true).is_not_unknown() => "TRUE IS NOT UNKNOWN" = "true";
        Sample::unknown.is_not_unknown() => "NULL::boolean IS NOT UNKNOWN" = "false";
        value(7).eq(Sample::nothing) => "7 = NULL" = "NULL";
        func::num_nonnulls((1, Sample::nothing, 2)) => "num_nonnulls(1, NULL, 2)" = "2";
        func::num_nulls((1, None::<i32>, 2)) => "num_nulls(1, NULL, 2)" = "1";
        value(2).ne(3)
            => "2 != 3" = "true";
    }
}

section! {
    /// 9.18: CASE, COALESCE, NULLIF, GREATEST and LEAST.
    conditional_expressions {
        func::when(value(1).eq(1), "one").when(value(1).eq(2), "two").otherwise("other")
            => "CASE WHEN 1 = 1 THEN 'one' WHEN 1 = 2 THEN 'two' ELSE 'other' END" = "one";
        func::when(value(2).eq(1), "one").when(value(2).eq(2), "two").otherwise("other")
            => "CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'other' END" = "two";
        func::when(Sample::number.ne(42), (value(1) / (Sample::id - 1)).gt(1)).otherwise(false)
            => "CASE WHEN 0 <> 0 THEN 1 / 0 > 1 ELSE false END" = "false";
        func::when(no(), 1).or_null() => "CASE WHEN FALSE THEN 1 END" = "NULL";
        func::coalesce(Sample::missing, "short") => "coalesce(NULL, 'short', '(none)')" = "short";
        func::nullif("(none)", "(none)") => "nullif('(none)', '(none)')" = "NULL";
        func::nullif("a", "(none)") => "nullif('a', '(none)')" = "a";
        func::greatest(func::greatest(1, 5), Sample::nothing) => "greatest(1, 5, NULL, 3)" = "5";
        func::least(func::least(4, 2), Sample::nothing) => "least(4, 2, NULL, 3)" = "2";
    }
}
