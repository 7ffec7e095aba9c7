//! Many-to-many relationships: over a bare table, through a model, with itself, declared in a function and in modules.

mod shop {
    use orm_core::Model;

    #[derive(Model, Clone)]
    #[orm(many_to_many(pub(super) tags: super::tags::Tag, secondary = "post_tags", back_populates = posts))]
    pub(super) struct Post {
        #[orm(primary_key)]
        pub(super) id: i64,
    }
}

mod tags {
    use orm_core::Model;

    #[derive(Model, Clone)]
    #[orm(many_to_many(pub(super) posts: super::shop::Post, back_populates = tags))]
    pub(super) struct Tag {
        #[orm(primary_key, type = "varchar(20)", column = "slug")]
        pub(super) id: String,
    }
}

use orm_core::{Entity, Model, models, schema::create_statements};
use shop::Post;
use tags::Tag;

/// Names that generated code must not trip over.
#[allow(dead_code)]
enum Option {
    None,
}

fn in_a_function() {
    #[derive(Model, Clone)]
    #[orm(has_many(sent: Follow, back_populates = follower), has_many(received: Follow, back_populates = followee))]
    #[orm(many_to_many(follows: User, through = Follow, source = follower, back_populates = followers))]
    #[orm(many_to_many(followers: User, through = Follow, source = followee, back_populates = follows))]
    #[orm(many_to_many(likes: User, secondary = "likes", columns = ("who", "whom")))]
    struct User {
        #[orm(primary_key)]
        id: i64,
    }

    #[derive(Model, Clone)]
    #[orm(unique(follower_id, followee_id))]
    struct Follow {
        #[orm(primary_key)]
        id: i64,
        #[orm(belongs_to(follower: User, back_populates = sent))]
        follower_id: i64,
        #[orm(belongs_to(followee: User, back_populates = received))]
        followee_id: i64,
    }

    let names = User::TABLE.relationships.iter().map(|facts| (facts.name, facts.hidden));
    let named: Vec<_> = names.filter(|(_, hidden)| !hidden).collect();
    assert_eq!(named.len(), 5);
}

fn main() {
    in_a_function();
    let _ = (Post::tags, Tag::posts);
    let _ = |post: &Entity<Post>, tag: &Entity<Tag>| {
        post.tags().add(tag);
        tag.posts().remove(post);
        Post::builder().id(1).tags([tag])
    };
    let statements = create_statements(&models![Post, Tag]);
    assert_eq!(statements.len(), 4, "{statements:#?}");
    assert!(statements[2].contains("post_id bigint"), "{statements:#?}");
    assert!(statements[2].contains("tag_slug varchar(20)"), "{statements:#?}");
}
