//! Chapter 9.19, and what of 9.24 speaks of arrays: arrays and row values.

use super::section;

section! {
    /// 9.19, the operators, subscripts among them.
    array_operators {
        "ARRAY[1,4,3] @> ARRAY[3,1,3]" = "true";
        "ARRAY[2,2,7] <@ ARRAY[1,7,4,2,6]" = "true";
        "ARRAY[1,4,3] && ARRAY[2,1]" = "true";
        "ARRAY[1,2,3] || ARRAY[4,5,6,7]" = "{1,2,3,4,5,6,7}";
        "ARRAY[1,2,3] || ARRAY[[4,5,6],[7,8,9.9]]::int[]" = "{{1,2,3},{4,5,6},{7,8,10}}";
        "3 || ARRAY[4,5,6]" = "{3,4,5,6}";
        "ARRAY[4,5,6] || 7" = "{4,5,6,7}";
        "ARRAY[1.1,2.1,3.1]::int[] = ARRAY[1,2,3]" = "true";
        "ARRAY[1,2,3] < ARRAY[1,2,4]" = "true";
        "(ARRAY[1,4,3])[2]" = "4";
        "(ARRAY[1,4,3])[4]" = "NULL";
        "(ARRAY[1,2,3,4])[2:3]" = "{2,3}";
    }
}

section! {
    /// 9.19, the functions.
    array_functions {
        "array_append(ARRAY[1,2], 3)" = "{1,2,3}";
        "array_cat(ARRAY[1,2,3], ARRAY[4,5])" = "{1,2,3,4,5}";
        "array_dims(ARRAY[[1,2,3], [4,5,6]])" = "[1:2][1:3]";
        "array_fill(11, ARRAY[2,3])" = "{{11,11,11},{11,11,11}}";
        "array_length(array[1,2,3], 1)" = "3";
        "array_length(array[]::int[], 1)" = "NULL";
        "array_lower('[0:2]={1,2,3}'::integer[], 1)" = "0";
        "array_ndims(ARRAY[[1,2,3], [4,5,6]])" = "2";
        "array_position(ARRAY['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], 'mon')" = "2";
        "array_positions(ARRAY['A','A','B','A'], 'A')" = "{1,2,4}";
        "array_prepend(1, ARRAY[2,3])" = "{1,2,3}";
        "array_remove(ARRAY[1,2,3,2], 2)" = "{1,3}";
        "array_replace(ARRAY[1,2,5,4], 5, 3)" = "{1,2,3,4}";
        "array_to_string(ARRAY[1, 2, 3, NULL, 5], ',', '*')" = "1,2,3,*,5";
        "array_upper(ARRAY[1,8,3,7], 1)" = "4";
        "cardinality(ARRAY[[1,2],[3,4]])" = "4";
        "trim_array(ARRAY[1,2,3,4,5,6], 2)" = "{1,2,3,4}";
        "(SELECT array_agg(u * 2) FROM unnest(ARRAY[1,2]) AS u)" = "{2,4}";
    }
}

section! {
    /// 9.24: lists, arrays and rows.
    row_and_array_comparisons {
        "3 IN (1, 2, 3)" = "true";
        "4 NOT IN (1, 2, 3)" = "true";
        "2 = ANY (ARRAY[1,2,3])" = "true";
        "2 > ALL (ARRAY[1,2,3])" = "false";
        "2 = SOME (ARRAY[1,2,3])" = "true";
        "ROW(1,2,NULL) < ROW(1,3,0)" = "true";
        "ROW(1,2) = ROW(1,2)" = "true";
        "ROW(1,2) <> ROW(1,3)" = "true";
        "ROW(1,NULL) IS DISTINCT FROM ROW(1,NULL)" = "false";
        "ROW(1,2.5,'this is a test') = ROW(1, 3, 'not the same')" = "false";
    }
}
