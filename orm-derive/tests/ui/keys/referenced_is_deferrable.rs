//! PostgreSQL lets no foreign key refer to what a deferrable constraint makes unique.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(unique(market, place; deferrable))]
struct Stall {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique = deferrable)]
    phone: String,
    market: i64,
    place: i64,
}

#[derive(Model, Clone)]
#[orm(belongs_to(other: Stall, key = (market, place), references = (market, place)))]
struct Call {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(stall: Stall, references = phone))]
    phone: String,
    market: i64,
    place: i64,
}

fn main() {}
