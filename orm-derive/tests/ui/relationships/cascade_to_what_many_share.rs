//! What goes with one row is not in the list of another.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = user))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User, back_populates = posts, cascade = delete))]
    user_id: i64,
}

fn main() {}
