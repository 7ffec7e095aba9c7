//! Chapter 9.1, 9.2 and 9.18: truth, comparison and choice.

use super::section;

section! {
    /// 9.1: AND, OR and NOT know a third value.
    logical_operators {
        "TRUE AND TRUE" = "true";
        "TRUE AND FALSE" = "false";
        "TRUE AND NULL" = "NULL";
        "FALSE AND NULL" = "false";
        "NULL AND NULL" = "NULL";
        "TRUE OR FALSE" = "true";
        "TRUE OR NULL" = "true";
        "FALSE OR NULL" = "NULL";
        "NULL OR NULL" = "NULL";
        "NOT TRUE" = "false";
        "NOT FALSE" = "true";
        "NOT NULL::boolean" = "NULL";
    }
}

section! {
    /// 9.2: operators, predicates and functions that compare.
    comparison {
        "2 < 3" = "true";
        "2 > 3" = "false";
        "2 <= 2" = "true";
        "2 >= 3" = "false";
        "2 = 3" = "false";
        "2 <> 3" = "true";
        "2 != 3" = "true";
        "2 BETWEEN 1 AND 3" = "true";
        "2 BETWEEN 3 AND 1" = "false";
        "2 NOT BETWEEN 1 AND 3" = "false";
        "2 BETWEEN SYMMETRIC 3 AND 1" = "true";
        "2 NOT BETWEEN SYMMETRIC 3 AND 1" = "false";
        "1 IS DISTINCT FROM NULL" = "true";
        "NULL IS DISTINCT FROM NULL" = "false";
        "1 IS NOT DISTINCT FROM NULL" = "false";
        "NULL IS NOT DISTINCT FROM NULL" = "true";
        "1.5 IS NULL" = "false";
        "'null' IS NOT NULL" = "true";
        "TRUE IS TRUE" = "true";
        "NULL::boolean IS TRUE" = "false";
        "TRUE IS NOT TRUE" = "false";
        "NULL::boolean IS NOT TRUE" = "true";
        "TRUE IS FALSE" = "false";
        "NULL::boolean IS FALSE" = "false";
        "TRUE IS NOT FALSE" = "true";
        "NULL::boolean IS NOT FALSE" = "true";
        "TRUE IS UNKNOWN" = "false";
        "NULL::boolean IS UNKNOWN" = "true";
        "TRUE IS NOT UNKNOWN" = "true";
        "NULL::boolean IS NOT UNKNOWN" = "false";
        "7 = NULL" = "NULL";
        "num_nonnulls(1, NULL, 2)" = "2";
        "num_nulls(1, NULL, 2)" = "1";
    }
}

section! {
    /// 9.18: CASE, COALESCE, NULLIF, GREATEST and LEAST.
    conditional_expressions {
        "CASE WHEN 1 = 1 THEN 'one' WHEN 1 = 2 THEN 'two' ELSE 'other' END" = "one";
        "CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'other' END" = "two";
        "CASE WHEN 0 <> 0 THEN 1 / 0 > 1 ELSE false END" = "false";
        "CASE WHEN FALSE THEN 1 END" = "NULL";
        "coalesce(NULL, 'short', '(none)')" = "short";
        "nullif('(none)', '(none)')" = "NULL";
        "nullif('a', '(none)')" = "a";
        "greatest(1, 5, NULL, 3)" = "5";
        "least(4, 2, NULL, 3)" = "2";
    }
}
