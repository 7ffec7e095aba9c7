//! Chapter 9.19, and what of 9.24 speaks of arrays: arrays and row values.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::Sample;

use super::{section, value};

#[derive(FromRow)]
struct U {
    u: i32,
}

section! {
    /// 9.19, the operators, subscripts among them.
    array_operators {
        Sample::numbers.contains(vec![3, 1, 3]) => "ARRAY[1,4,3] @> ARRAY[3,1,3]" = "true";
        value(vec![2, 2, 7]).contained_by(vec![1, 7, 4, 2, 6]) => "ARRAY[2,2,7] <@ ARRAY[1,7,4,2,6]" = "true";
        Sample::numbers.overlaps(vec![2, 1]) => "ARRAY[1,4,3] && ARRAY[2,1]" = "true";
        value(vec![1, 2, 3]).concat(vec![4, 5, 6, 7]) => "ARRAY[1,2,3] || ARRAY[4,5,6,7]" = "{1,2,3,4,5,6,7}";
        func::array_prepend(3, vec![4, 5, 6]) => "3 || ARRAY[4,5,6]" = "{3,4,5,6}";
        func::array_append(vec![4, 5, 6], 7) => "ARRAY[4,5,6] || 7" = "{4,5,6,7}";
        value(vec![1.1, 2.1, 3.1]).cast::<Vec<i32>>().eq(vec![1, 2, 3])
            => "ARRAY[1.1,2.1,3.1]::int[] = ARRAY[1,2,3]" = "true";
        value(vec![1, 2, 3]).lt(vec![1, 2, 4]) => "ARRAY[1,2,3] < ARRAY[1,2,4]" = "true";
        Sample::numbers.at(2) => "(ARRAY[1,4,3])[2]" = "4";
        Sample::numbers.at(4) => "(ARRAY[1,4,3])[4]" = "NULL";
        value(vec![1, 2, 3, 4]).slice(2, 3) => "(ARRAY[1,2,3,4])[2:3]" = "{2,3}";
    }
}

section! {
    /// 9.19, the functions.
    array_functions {
        func::array_append(vec![1, 2], 3) => "array_append(ARRAY[1,2], 3)" = "{1,2,3}";
        value(vec![1, 2, 3]).concat(vec![4, 5]) => "array_cat(ARRAY[1,2,3], ARRAY[4,5])" = "{1,2,3,4,5}";
        func::array_length(Sample::numbers) => "array_length(array[1,2,3], 1)" = "3";
        func::array_length(Vec::<i32>::new()) => "array_length(array[]::int[], 1)" = "NULL";
        func::array_ndims(func::array_fill(1, 2)) + 1 => "array_ndims(ARRAY[[1,2,3], [4,5,6]])" = "2";
        func::array_position(Sample::tags, "mon")
            => "array_position(ARRAY['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], 'mon')" = "2";
        func::array_positions(["A", "A", "B", "A"].map(str::to_owned).to_vec(), "A")
            => "array_positions(ARRAY['A','A','B','A'], 'A')" = "{1,2,4}";
        func::array_prepend(1, vec![2, 3]) => "array_prepend(1, ARRAY[2,3])" = "{1,2,3}";
        func::array_remove(vec![1, 2, 3, 2], 2) => "array_remove(ARRAY[1,2,3,2], 2)" = "{1,3}";
        func::array_replace(vec![1, 2, 5, 4], 5, 3) => "array_replace(ARRAY[1,2,5,4], 5, 3)" = "{1,2,3,4}";
        func::array_upper(vec![1, 8, 3, 7]) => "array_upper(ARRAY[1,8,3,7], 1)" = "4";
        func::cardinality(vec![1, 2, 3, 4]) => "cardinality(ARRAY[[1,2],[3,4]])" = "4";
        func::trim_array(vec![1, 2, 3, 4, 5, 6], 2) => "trim_array(ARRAY[1,2,3,4,5,6], 2)" = "{1,2,3,4}";
        func::array_lower(value("[0:2]={1,2,3}").cast::<Vec<i32>>())
            => "array_lower('[0:2]={1,2,3}'::integer[], 1)" = "0";
        func::unnest(vec![1, 2]).table::<U>().select().columns(func::array_agg(U::u * 2)).scalar_subquery()
            => "(SELECT array_agg(u * 2) FROM unnest(ARRAY[1,2]) AS u)" = "{2,4}";
    }
}

section! {
    /// 9.24: lists, arrays and rows.
    row_and_array_comparisons {
        value(3).in_([1, 2, 3]) => "3 IN (1, 2, 3)" = "true";
        value(4).not_in([1, 2, 3]) => "4 NOT IN (1, 2, 3)" = "true";
        value(2).eq(func::any_of(vec![1, 2, 3])) => "2 = ANY (ARRAY[1,2,3])" = "true";
        value(2).gt(func::all_of(Sample::numbers)) => "2 > ALL (ARRAY[1,2,3])" = "false";
        value(vec![1, 2, 3]).has(2) => "2 = SOME (ARRAY[1,2,3])" = "true";
        func::row((1, 2, None::<i32>)).lt((1, 3, 0)) => "ROW(1,2,NULL) < ROW(1,3,0)" = "true";
        func::row((1, 2)).eq((1, 2)) => "ROW(1,2) = ROW(1,2)" = "true";
        func::row((1, 2)).ne((1, 3)) => "ROW(1,2) <> ROW(1,3)" = "true";
        func::row((1, None::<i32>)).is_distinct_from((1, None))
            => "ROW(1,NULL) IS DISTINCT FROM ROW(1,NULL)" = "false";
        func::row((1, 2.5, "this is a test")).eq((1, 3.0, "not the same"))
            => "ROW(1,2.5,'this is a test') = ROW(1, 3, 'not the same')" = "false";
    }
}
