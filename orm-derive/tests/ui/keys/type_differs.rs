//! A key has the type of what it references.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique)]
    email: String,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User))]
    user_id: Option<i32>,
    #[orm(belongs_to(author: User, references = email))]
    author_email: i64,
    #[orm(references(User))]
    editor_id: String,
}

fn main() {}
