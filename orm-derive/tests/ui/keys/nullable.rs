//! A primary key is never NULL.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: Option<i64>,
}

fn main() {}
