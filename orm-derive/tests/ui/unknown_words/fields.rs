//! Names of fields are looked up.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(unique(id, nme), index(name, colour), belongs_to(boss: User, key = bos_id))]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    boss_id: i64,
}

fn main() {}
