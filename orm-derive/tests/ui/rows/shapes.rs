//! Only a struct with named fields is a row.

use orm_core::FromRow;

#[derive(FromRow)]
struct Pair(i64, i64);

#[derive(FromRow)]
enum Either {
    One(i64),
    Other(String),
}

#[derive(FromRow)]
struct Page<T> {
    id: T,
}

#[derive(FromRow)]
struct Borrowed<'a> {
    name: &'a str,
}

#[derive(FromRow)]
struct Nothing {}

fn main() {}
