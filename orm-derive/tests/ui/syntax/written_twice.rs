//! A word is written once.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(table = "users")]
#[orm(table = "people")]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique, unique)]
    name: String,
    #[orm(belongs_to(boss: User, on_delete = cascade, on_delete = restrict))]
    boss_id: i64,
    #[orm(belongs_to(first: User), belongs_to(second: User))]
    both_id: i64,
}

fn main() {}
