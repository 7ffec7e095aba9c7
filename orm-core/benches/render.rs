//! What a query costs before it is sent: `cargo bench -p orm-core --bench render`.
//!
//! Builds a select of five conditions and renders it, and prints the median of a round, per query.
#![allow(missing_docs)]

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use orm_core::prelude::*;

const QUERIES: u32 = 100_000;
const ROUNDS: usize = 21;

#[derive(Model, Debug, Clone)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: Option<String>,
    email: String,
    age: i32,
    active: bool,
}

fn build(number: i64) -> orm_core::Select<User> {
    select::<User>()
        .filter(User::id.gt(number))
        .filter(User::name.is_not_null())
        .filter(User::email.like("%@example.org"))
        .filter(User::age.between(18, 65))
        .filter(User::active.eq(true))
        .order_by(User::id)
        .limit(10)
}

/// The median time of a round, per query.
fn median(mut query: impl FnMut(i64)) -> Duration {
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..QUERIES).for_each(|number| query(i64::from(number)));
            start.elapsed() / QUERIES
        })
        .collect();
    rounds.sort_unstable();
    rounds[ROUNDS / 2]
}

fn main() {
    let built = median(|number| {
        let _ = black_box(build(number));
    });
    let rendered = median(|number| {
        black_box(build(number).to_sql());
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", build(1)).expect("the output takes lines");
    writeln!(out, "built: {built:?}, built and rendered: {rendered:?}").expect("the output takes lines");
}
