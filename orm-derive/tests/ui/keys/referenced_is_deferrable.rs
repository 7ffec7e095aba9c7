//! PostgreSQL lets no foreign key refer to what a deferrable constraint makes unique.

use orm_core::Model;

#[derive(Model, Clone)]
struct Stall {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique = deferrable)]
    phone: String,
}

#[derive(Model, Clone)]
struct Call {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(stall: Stall, references = phone))]
    phone: String,
}

fn main() {}
