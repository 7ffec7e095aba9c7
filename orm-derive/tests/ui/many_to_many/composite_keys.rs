//! A bare table has one column for each side.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(many_to_many(tags: Tag, secondary = "post_tags"))]
struct Post {
    #[orm(primary_key)]
    tenant_id: i32,
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
#[orm(many_to_many(posts: Post, secondary = "tag_posts"))]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
