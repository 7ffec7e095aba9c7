//! What is malformed says how it is written.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(table, schema(shop), has_many, unique = id, belongs_to(boss, key = id))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(column = name, type, default =)]
    name: String,
    #[orm(belongs_to = User)]
    boss_id: i64,
    #[orm(references, identity = maybe)]
    other_id: i64,
    #[orm(belongs_to(owner: User, on_delete, references = ()))]
    owner_id: i64,
}

fn main() {}
