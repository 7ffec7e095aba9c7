//! The links lead to the other side.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(links: PostTag, back_populates = post))]
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
    #[orm(primary_key, belongs_to(post: Post, back_populates = links))]
    post_id: i64,
    #[orm(primary_key)]
    tag_id: i64,
}

fn main() {}
