//! Names that would clash.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(key: User, back_populates = boss))]
struct User {
    #[orm(primary_key)]
    id: i64,
    builder: i64,
    name: String,
    #[orm(column = "name")]
    other: String,
    #[orm(belongs_to(name: User))]
    boss_id: i64,
    #[orm(belongs_to(owner: User))]
    owner_id: i64,
    #[orm(belongs_to(owner: User))]
    second_id: i64,
    #[orm(belongs_to(boss: User, back_populates = key))]
    third_id: i64,
}

fn main() {}
