//! Words that exclude each other, or say nothing.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(unique(name), index(id, id))]
struct User {
    #[orm(primary_key, unique)]
    id: i64,
    #[orm(identity, default = 7)]
    number: i64,
    #[orm(unique, index)]
    name: String,
    #[orm(identity = false)]
    age: i64,
    #[orm(belongs_to(boss: User), references(User))]
    boss_id: i64,
}

fn main() {}
