//! Users with a profile and posts.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "users")]
#[orm(has_many(posts: Post, back_populates = user))]
#[orm(has_one(profile: Profile, back_populates = user))]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[orm(unique)]
    pub email: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "profiles")]
pub struct Profile {
    #[orm(primary_key)]
    pub id: i64,
    pub bio: Option<String>,
    #[orm(unique, belongs_to(user: User, back_populates = profile))]
    pub user_id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(index, belongs_to(user: User, back_populates = posts))]
    pub user_id: i64,
}

/// The tables.
pub const TABLES: [&orm_core::model::Table; 3] = orm_core::models![User, Profile, Post];
