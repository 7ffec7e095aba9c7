//! A relationship takes entities of its own target, and no absent ones.

use orm_core::Model;
use orm_core::prelude::*;

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
    #[orm(belongs_to(user: User, back_populates = posts))]
    user_id: i64,
}

fn add(user: &Entity<User>) {
    user.posts().add(user);
    user.posts().add(&None);
}

fn main() {}
