//! Chapter 9.20: ranges.

use std::ops::Bound;

use chrono::NaiveDate;
use orm_core::func;
use orm_core::prelude::*;
use orm_core::types::Range;
use orm_tests::manual::Sample;

use super::{at, dec, section, value};

section! {
    /// 9.20, the operators.
    range_operators {
        value(Range::from(2..4)).contains(Range::from(2..3)) => "int4range(2,4) @> int4range(2,3)" = "true";
        value(Range::from(at("2011-01-01T00:00:00")..at("2011-03-01T00:00:00"))).has(at("2011-01-10T00:00:00"))
            => "'[2011-01-01,2011-03-01)'::tsrange @> '2011-01-10'::timestamp" = "true";
        value(Range::from(2..4)).contained_by(Range::from(1..7))
            => "int4range(2,4) <@ int4range(1,7)" = "true";
        value(Range::from(1..7)).has(Sample::number) => "42 <@ int4range(1,7)" = "false";
        value(Range::from(3_i64..7)).overlaps(Range::from(4..12))
            => "int8range(3,7) && int8range(4,12)" = "true";
        value(Range::from(1_i64..10)).strictly_left_of(Range::from(100..110))
            => "int8range(1,10) << int8range(100,110)" = "true";
        value(Range::from(50_i64..60)).strictly_right_of(Range::from(20..30))
            => "int8range(50,60) >> int8range(20,30)" = "true";
        value(Range::from(1_i64..20)).not_extend_right_of(Range::from(18..20))
            => "int8range(1,20) &< int8range(18,20)" = "true";
        value(Range::from(7_i64..20)).not_extend_left_of(Range::from(5..10))
            => "int8range(7,20) &> int8range(5,10)" = "true";
        value(Range::from(dec("1.1")..dec("2.2"))).adjacent_to(Range::from(dec("2.2")..dec("3.3")))
            => "numrange(1.1,2.2) -|- numrange(2.2,3.3)" = "true";
        value(Range::from(dec("5")..dec("15"))).union(Range::from(dec("10")..dec("20")))
            => "numrange(5,15) + numrange(10,20)" = "[5,20)";
        value(Range::from(5_i64..15)).intersection(Range::from(10..20))
            => "int8range(5,15) * int8range(10,20)" = "[10,15)";
        value(Range::from(5_i64..15)).difference(Range::from(10..20))
            => "int8range(5,15) - int8range(10,20)" = "[5,10)";
        value(Range::from(1..5)).eq(Range::from(1..=4)) => "int4range(1,5) = '[1,4]'::int4range" = "true";
        value(Range::from(1..10)).lt(Range::from(2..3)) => "int4range(1,10) < int4range(2,3)" = "true";
    }
}

section! {
    /// 9.20, the functions.
    range_functions {
        func::range_lower(Range::from(dec("1.1")..dec("2.2"))) => "lower(numrange(1.1,2.2))" = "1.1";
        func::range_upper(Range::from(dec("1.1")..dec("2.2"))) => "upper(numrange(1.1,2.2))" = "2.2";
        func::isempty(Range::from(dec("1.1")..dec("2.2"))) => "isempty(numrange(1.1,2.2))" = "false";
        func::lower_inc(Range::from(dec("1.1")..dec("2.2"))) => "lower_inc(numrange(1.1,2.2))" = "true";
        func::upper_inc(Range::from(dec("1.1")..dec("2.2"))) => "upper_inc(numrange(1.1,2.2))" = "false";
        func::lower_inf(Range::from(..dec("2.2"))) => "lower_inf(numrange(NULL,2.2))" = "true";
        func::upper_inf(Range::<NaiveDate>::new(Bound::Unbounded, Bound::Unbounded))
            => "upper_inf('(,)'::daterange)" = "true";
        func::range_merge(Range::from(1..2), Range::from(3..4))
            => "range_merge('[1,2)'::int4range, '[3,4)'::int4range)" = "[1,4)";
    }
}
