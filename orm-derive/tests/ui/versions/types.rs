//! The session counts integers that are not NULL; `xmin` has a type of its own.

use orm_core::Model;

#[derive(Model, Clone)]
struct Nullable {
    #[orm(primary_key)]
    id: i64,
    #[orm(version)]
    version: Option<i64>,
}

#[derive(Model, Clone)]
struct Text {
    #[orm(primary_key)]
    id: i64,
    #[orm(version)]
    version: String,
}

#[derive(Model, Clone)]
struct System {
    #[orm(primary_key)]
    id: i64,
    #[orm(version = xmin)]
    version: i64,
}

fn main() {}
