//! Both sides go over the same links, each the other way.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(links: PostTag, back_populates = post))]
#[orm(has_many(others: OtherLink, back_populates = post))]
#[orm(many_to_many(tags: Tag, through = PostTag, back_populates = posts))]
#[orm(many_to_many(labels: Tag, secondary = "labels", back_populates = labelled))]
struct Post {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
#[orm(has_many(others: OtherLink, back_populates = tag))]
#[orm(many_to_many(posts: Post, through = OtherLink, back_populates = tags))]
#[orm(many_to_many(labelled: Post, secondary = "labels", back_populates = labels))]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct PostTag {
    #[orm(primary_key, belongs_to(post: Post, back_populates = links))]
    post_id: i64,
    #[orm(primary_key, belongs_to(tag: Tag))]
    tag_id: i64,
}

#[derive(Model, Clone)]
struct OtherLink {
    #[orm(primary_key, belongs_to(post: Post, back_populates = others))]
    post_id: i64,
    #[orm(primary_key, belongs_to(tag: Tag, back_populates = others))]
    tag_id: i64,
}

fn main() {}
