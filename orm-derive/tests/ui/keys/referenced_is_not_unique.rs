//! What a key references is unique.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    email: String,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(author: User, references = email))]
    author_email: String,
    #[orm(references(User::email))]
    editor_email: String,
    #[orm(references(User::mail))]
    other_email: String,
}

fn main() {}
