//! Floor 2, tests only: three models.
//!
//! `User` and `Post` are plain; `Entry` has a schema, a composite key and names that must be quoted.

use crate::model::{Model, Table};
use orm_derive::Model;

pub(crate) const USERS: &Table = User::TABLE;
pub(crate) const POSTS: &Table = Post::TABLE;
pub(crate) const ENTRIES: &Table = Entry::TABLE;

#[derive(Model, Clone)]
#[orm(table = "users")]
pub(crate) struct User {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: Option<String>,
    pub(crate) email: String,
}

#[derive(Model, Clone)]
#[orm(table = "posts")]
pub(crate) struct Post {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) user_id: Option<i64>,
    pub(crate) published: bool,
    pub(crate) body: Vec<u8>,
}

#[derive(Model, Clone)]
#[orm(schema = "app", table = "order")]
pub(crate) struct Entry {
    #[orm(primary_key)]
    pub(crate) tenant_id: i64,
    #[orm(primary_key, column = "Code")]
    pub(crate) code: String,
    pub(crate) select: bool,
}
