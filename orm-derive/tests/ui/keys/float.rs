//! A key can be compared and hashed.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: f64,
}

fn main() {}
