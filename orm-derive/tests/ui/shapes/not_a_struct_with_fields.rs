//! Only a struct with named fields is a model.

use orm_core::Model;

#[derive(Model, Clone)]
enum Color {
    Red,
}

#[derive(Model, Clone)]
struct Pair(i64, i64);

#[derive(Model, Clone)]
struct Nothing;

#[derive(Model, Clone, Copy)]
union Either {
    one: i64,
    other: f64,
}

#[derive(Model, Clone)]
struct Page<T> {
    #[orm(primary_key)]
    id: T,
}

#[derive(Model, Clone)]
struct Borrowed<'a> {
    #[orm(primary_key)]
    id: &'a str,
}

#[derive(Model, Clone)]
struct Empty {}

fn main() {}
