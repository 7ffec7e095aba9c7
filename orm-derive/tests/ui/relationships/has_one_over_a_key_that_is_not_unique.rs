//! One row can only be one if the key is unique.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_one(post: Post, back_populates = user))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User, back_populates = post))]
    user_id: i64,
}

fn main() {}
