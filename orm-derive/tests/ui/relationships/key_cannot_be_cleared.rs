//! A to-one whose key is not nullable leads somewhere: it is set, not cleared.

use orm_core::Model;
use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(has_one(flag: Flag, back_populates = country))]
struct Country {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Flag {
    #[orm(primary_key, belongs_to(country: Country, back_populates = flag))]
    country_id: i64,
}

fn clear(flag: &Entity<Flag>) {
    flag.country().clear();
}

fn main() {}
