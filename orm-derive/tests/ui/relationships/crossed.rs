//! Each of two relationships between the same models names its own other side.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(written: Post, back_populates = editor))]
#[orm(has_many(edited: Post, back_populates = author))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(author: User, back_populates = written))]
    author_id: i64,
    #[orm(belongs_to(editor: User, back_populates = edited))]
    editor_id: i64,
}

fn main() {}
