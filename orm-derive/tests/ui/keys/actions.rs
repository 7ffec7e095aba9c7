//! An action must be possible.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(boss: User, on_delete = set_null))]
    boss_id: i64,
    #[orm(belongs_to(owner: User, on_delete = set_default))]
    owner_id: i64,
    #[orm(belongs_to(first: User, on_delete = set_null, on_update = set_default))]
    first_id: Option<i64>,
    #[orm(default = 1, belongs_to(second: User, on_delete = set_default))]
    second_id: i64,
}

fn main() {}
