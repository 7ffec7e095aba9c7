//! One of the two sides names the table.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(many_to_many(tags: Tag, back_populates = posts))]
struct Post {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
#[orm(many_to_many(posts: Post, back_populates = tags))]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
