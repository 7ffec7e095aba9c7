//! A model can be cloned.

use orm_core::Model;

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
