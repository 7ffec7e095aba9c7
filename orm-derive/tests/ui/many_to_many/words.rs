//! Which words go together.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(many_to_many(one: Tag))]
#[orm(many_to_many(two: Tag, through = Link, secondary = "links"))]
#[orm(many_to_many(three: Tag, secondary = "links_3", source = post))]
#[orm(many_to_many(four: Tag, secondary = "links_4", columns = ("tag", "tag"), on_delete = set_null))]
#[orm(many_to_many(five: Tag, secondary = "links_5", columns = "post_id"))]
#[orm(many_to_many(six: Tag, secondry = "links_6", back_populates = others))]
#[orm(has_many(links: Link, back_populates = post))]
struct Post {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
#[orm(many_to_many(posts: Post, through = Link, on_delete = cascade, schema = "x"))]
#[orm(many_to_many(others: Post, back_populates = six, columns = ("a", "b")))]
#[orm(has_many(links: Link, back_populates = tag))]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Link {
    #[orm(primary_key, belongs_to(post: Post, back_populates = links))]
    post_id: i64,
    #[orm(primary_key, belongs_to(tag: Tag, back_populates = links))]
    tag_id: i64,
}

fn main() {}
