//! Several relationships lead to one target; each has its own constant.

use orm_core::__private::{IntoNew, Model as _};
use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(written: Post, back_populates = author), has_many(edited: Post, back_populates = editor))]
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
    #[orm(belongs_to(author: User, back_populates = written, on_delete = cascade))]
    author_id: i64,
    #[orm(belongs_to(editor: User, back_populates = edited, on_delete = set_null, on_update = cascade))]
    editor_id: Option<i64>,
    #[orm(belongs_to(reviewer: User, references = email))]
    reviewer_email: Option<String>,
    #[orm(references(User::email, on_delete = restrict))]
    notified: Option<String>,
    #[orm(references(User))]
    seen_by: Option<i64>,
}

fn add(_: impl IntoNew) {}

fn main() {
    add(User::builder().email("a@b.c").edited([Post::builder().author_id(1)]));
    add(User::builder().email("a@b.c").written([Post::builder()]));
    let keys = Post::TABLE.foreign_keys;
    assert_eq!(keys.iter().map(|key| (key.references)()[0]).collect::<Vec<_>>(), [0, 0, 1, 1, 0]);
    assert_eq!(Post::TABLE.relationships.len(), 3);
    assert_eq!(User::TABLE.relationships[1].inverse, Some(Post::editor.index()));
}
