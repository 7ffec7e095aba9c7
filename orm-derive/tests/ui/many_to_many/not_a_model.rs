//! What the links are is a model.

use orm_core::Model;

struct PostTag;

#[derive(Model, Clone)]
#[orm(many_to_many(tags: Tag, through = PostTag))]
#[orm(many_to_many(labels: Label, secondary = "labels"))]
struct Post {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

struct Label;

fn main() {}
