//! The models of the comparison.

use chrono::{DateTime, Utc};
use orm_core::prelude::*;

/// A row of `users`.
#[derive(Model, Debug, Clone)]
#[orm(table = "users")]
#[orm(has_one(profile: Profile, back_populates = user))]
#[orm(has_many(posts: Post, back_populates = user))]
pub struct User {
    /// The key.
    #[orm(primary_key)]
    pub id: i64,
    /// The name.
    pub name: String,
    /// Unique.
    #[orm(unique)]
    pub email: String,
    /// When it was inserted.
    #[orm(default = now())]
    pub created_at: DateTime<Utc>,
}

/// A row of `profiles`.
#[derive(Model, Debug, Clone)]
#[orm(table = "profiles")]
pub struct Profile {
    /// The key.
    #[orm(primary_key)]
    pub id: i64,
    /// What it says.
    pub bio: Option<String>,
    /// Whose it is.
    #[orm(unique, belongs_to(user: User, back_populates = profile, on_delete = cascade))]
    pub user_id: i64,
}

/// A row of `posts`.
#[derive(Model, Debug, Clone)]
#[orm(table = "posts", many_to_many(tags: Tag, secondary = "post_tags", back_populates = posts))]
pub struct Post {
    /// The key.
    #[orm(primary_key)]
    pub id: i64,
    /// The title.
    pub title: String,
    /// The text.
    pub body: Option<String>,
    /// Who wrote it.
    #[orm(index, belongs_to(user: User, back_populates = posts, on_delete = cascade))]
    pub user_id: i64,
}

/// A row of `tags`.
#[derive(Model, Debug, Clone)]
#[orm(table = "tags", many_to_many(posts: Post, back_populates = tags))]
pub struct Tag {
    /// The key.
    #[orm(primary_key)]
    pub id: i64,
    /// Unique.
    #[orm(unique)]
    pub name: String,
}
