//! The relationship of the other model leads back to this one.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = admin))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Admin {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(admin: Admin))]
    admin_id: i64,
}

fn main() {}
