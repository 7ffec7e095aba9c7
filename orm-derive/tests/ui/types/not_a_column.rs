//! A field has a type that can be a column.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    ports: std::ops::Range<u16>,
    maybe: Option<Vec<std::net::IpAddr>>,
}

fn main() {
    let _ = User::builder();
}
