//! Only an integer is an identity.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key, identity)]
    id: String,
}

fn main() {}
