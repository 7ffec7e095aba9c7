//! Chapter 9.20: ranges.

use super::section;

section! {
    /// 9.20, the operators.
    range_operators {
        "int4range(2,4) @> int4range(2,3)" = "true";
        "'[2011-01-01,2011-03-01)'::tsrange @> '2011-01-10'::timestamp" = "true";
        "int4range(2,4) <@ int4range(1,7)" = "true";
        "42 <@ int4range(1,7)" = "false";
        "int8range(3,7) && int8range(4,12)" = "true";
        "int8range(1,10) << int8range(100,110)" = "true";
        "int8range(50,60) >> int8range(20,30)" = "true";
        "int8range(1,20) &< int8range(18,20)" = "true";
        "int8range(7,20) &> int8range(5,10)" = "true";
        "numrange(1.1,2.2) -|- numrange(2.2,3.3)" = "true";
        "numrange(5,15) + numrange(10,20)" = "[5,20)";
        "int8range(5,15) * int8range(10,20)" = "[10,15)";
        "int8range(5,15) - int8range(10,20)" = "[5,10)";
        "int4range(1,5) = '[1,4]'::int4range" = "true";
        "int4range(1,10) < int4range(2,3)" = "true";
    }
}

section! {
    /// 9.20, the functions.
    range_functions {
        "lower(numrange(1.1,2.2))" = "1.1";
        "upper(numrange(1.1,2.2))" = "2.2";
        "isempty(numrange(1.1,2.2))" = "false";
        "lower_inc(numrange(1.1,2.2))" = "true";
        "upper_inc(numrange(1.1,2.2))" = "false";
        "lower_inf(numrange(NULL,2.2))" = "true";
        "upper_inf('(,)'::daterange)" = "true";
        "range_merge('[1,2)'::int4range, '[3,4)'::int4range)" = "[1,4)";
        "multirange(int4range(1,3))" = "{[1,3)}";
        "'{[2,4)}'::int4multirange @> 3" = "true";
    }
}
