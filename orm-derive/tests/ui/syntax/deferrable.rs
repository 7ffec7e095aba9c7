//! How a deferrable constraint is written.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(unique(market, place; deferred), unique(market, phone, deferrable))]
struct Stall {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique = deferred)]
    phone: String,
    #[orm(unique(deferrable))]
    market: i64,
    place: i64,
}

fn main() {}
