//! PostgreSQL would cut the name off.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(table = "", schema = "a234567890123456789012345678901234567890123456789012345678901234")]
struct User {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
