//! The links are reached by a `has_many`, which the user names.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(many_to_many(tags: Tag, through = PostTag))]
struct Post {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct PostTag {
    #[orm(primary_key, belongs_to(post: Post))]
    post_id: i64,
    #[orm(primary_key, belongs_to(tag: Tag))]
    tag_id: i64,
}

fn main() {}
