//! A word that belongs in another place says where.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(primary_key, has_many(posts: User, back_populates = owner, on_delete = cascade))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(table = "users")]
    name: String,
    #[orm(belongs_to(owner: User, key = owner_id, back_populates = posts))]
    owner_id: i64,
    #[orm(references(User, back_populates = posts))]
    other_id: i64,
}

fn main() {}
