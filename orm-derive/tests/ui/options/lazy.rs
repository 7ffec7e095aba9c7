//! How a relationship is loaded is one of a few words.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(posts: User, back_populates = owner, lazy = selectinload))]
#[orm(has_many(others: User, back_populates = other, lazy))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(owner: User, back_populates = posts, lazy = eager))]
    owner_id: i64,
    #[orm(belongs_to(other: User, back_populates = others, lazy = joined, lazy = raise))]
    other_id: i64,
    #[orm(references(User, lazy = raise))]
    third_id: i64,
}

fn main() {}
