//! What the session deletes, the key does not keep.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = user, cascade = delete))]
#[orm(has_one(profile: Profile, back_populates = user, cascade = delete_orphan))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User, back_populates = posts, on_delete = restrict))]
    user_id: i64,
}

#[derive(Model, Clone)]
struct Profile {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique, belongs_to(user: User, back_populates = profile, on_delete = set_null))]
    user_id: Option<i64>,
}

fn main() {}
