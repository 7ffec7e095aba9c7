//! A relationship leads to a type that exists.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(posts: Pots, back_populates = user))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(boss: Usr))]
    boss_id: i64,
}

fn main() {}
