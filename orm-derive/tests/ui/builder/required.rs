//! A required column without a value.

use orm_core::{Model, Session};

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = user))]
#[orm(has_one(profile: Profile, back_populates = user))]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[orm(unique)]
    pub email: String,
    #[orm(default = 0)]
    pub age: i32,
}

#[derive(Model, Clone)]
pub struct Profile {
    #[orm(primary_key)]
    pub id: i64,
    pub bio: String,
    #[orm(unique, belongs_to(user: User, back_populates = profile))]
    pub user_id: i64,
}

#[derive(Model, Clone)]
pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(index, belongs_to(user: User, back_populates = posts))]
    pub user_id: i64,
}

fn write(session: &Session) {
    session.add(User::builder().name("x"));
}

fn main() {
    let _ = write;
}
