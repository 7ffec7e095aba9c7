//! Rendering a query allocates a small number of times, whatever the lengths of its lists.
//!
//! A binary of its own with one test, since the allocator counts for all threads.
#![allow(missing_docs)]

use std::alloc::System;

use orm_core::Select;
use orm_core::prelude::*;
use orm_tests::blog::User;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A select of five conditions, one of them over a list of this length.
fn query(ids: i64) -> Select<User> {
    select::<User>()
        .filter(User::id.in_(0..ids))
        .filter(User::name.is_not_null())
        .filter(User::email.like("%@example.org"))
        .filter(User::id.between(18, 65))
        .filter(User::name.ne("Ann"))
        .order_by(User::id)
        .limit(10)
}

/// How often memory is allocated or grown.
fn allocations<T>(work: impl FnOnce() -> T) -> usize {
    let region = Region::new(ALLOCATOR);
    let done = work();
    let change = region.change();
    drop(done);
    change.allocations + change.reallocations
}

#[test]
fn rendering_allocates_a_bounded_number_of_times() {
    let rendered: Vec<_> =
        [1, 100, 100_000].map(query).iter().map(|query| allocations(|| query.to_sql())).collect();
    assert_eq!(rendered[1], rendered[0], "the length of a list does not count");
    assert_eq!(rendered[2], rendered[0], "the length of a list does not count");
    assert!(rendered[0] <= 30, "{rendered:?}");
    let built: Vec<_> = [1, 100].map(|ids| allocations(|| query(ids))).into();
    assert!(built[0] <= 30 && built[1] < built[0] + 100, "a value of a list is allocated once: {built:?}");
}
