//! A has side runs over the key of the other side.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post), has_one(last: Post))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User))]
    user_id: i64,
}

fn main() {
    let _ = User::posts;
}
