//! The models of the tour: users, each with a profile and posts.
//!
//! A struct holds its table's columns and nothing else. A relationship is declared on the key that it goes over, and
//! above the struct on the other side; each names the other with `back_populates`, which the compiler checks.

use orm_core::model::Table;
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

/// The tables, for `create_all`.
pub const TABLES: [&Table; 3] = models![User, Profile, Post];
