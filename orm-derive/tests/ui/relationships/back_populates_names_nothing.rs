//! The name after `back_populates` is looked up.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = usr))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User, back_populates = posts))]
    user_id: i64,
}

fn main() {
    let _ = User::builder().posts([Post::builder()]);
    let _ = User::posts;
}
