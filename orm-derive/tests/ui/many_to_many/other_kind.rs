//! The other side of a many-to-many is one too.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(many_to_many(tags: Tag, secondary = "post_tags", back_populates = post))]
struct Post {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Tag {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(post: Post, back_populates = tags))]
    post_id: i64,
}

fn main() {}
