//! Tables and structs.

// The macros' columns and modules carry no documentation and more visibility than a program needs.
#![allow(missing_docs, unreachable_pub)]

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use harness::{NewPost, Seen};

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
        created_at -> Timestamptz,
    }
}
diesel::table! {
    profiles (id) {
        id -> BigInt,
        bio -> Nullable<Text>,
        user_id -> BigInt,
    }
}
diesel::table! {
    posts (id) {
        id -> BigInt,
        title -> Text,
        body -> Nullable<Text>,
        user_id -> BigInt,
    }
}
diesel::table! {
    tags (id) {
        id -> BigInt,
        name -> Text,
    }
}
diesel::table! {
    post_tags (post_id, tag_id) {
        post_id -> BigInt,
        tag_id -> BigInt,
    }
}
diesel::joinable!(post_tags -> tags (tag_id));
diesel::allow_tables_to_appear_in_same_query!(post_tags, tags);

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = users)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: String,
    email: String,
    #[expect(dead_code, reason = "it is read as all columns are")]
    created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = profiles, belongs_to(User))]
pub(crate) struct Profile {
    id: i64,
    bio: Option<String>,
    user_id: i64,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = posts, belongs_to(User))]
pub(crate) struct Post {
    id: i64,
    title: String,
    body: Option<String>,
    user_id: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tags)]
pub(crate) struct Tag {
    id: i64,
    name: String,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = post_tags, primary_key(post_id, tag_id), belongs_to(Post))]
pub(crate) struct PostTag {
    post_id: i64,
    tag_id: i64,
}

#[derive(Insertable)]
#[diesel(table_name = users)]
pub(crate) struct AddUser {
    pub(crate) name: String,
    pub(crate) email: String,
}

#[derive(Insertable)]
#[diesel(table_name = profiles)]
pub(crate) struct AddProfile {
    pub(crate) bio: String,
    pub(crate) user_id: i64,
}

#[derive(Insertable)]
#[diesel(table_name = posts)]
pub(crate) struct AddPost {
    title: String,
    body: String,
    user_id: i64,
}

impl AddPost {
    pub(crate) fn new(post: NewPost, user_id: i64) -> Self {
        Self { title: post.title, body: post.body, user_id }
    }
}

/// A user with what is its own.
pub(crate) struct Family {
    user: User,
    profile: Option<Profile>,
    posts: Vec<(Post, Vec<Tag>)>,
}

impl User {
    fn see(&self, seen: &mut Seen) {
        seen.row(self.id, &[&self.name, &self.email]);
    }

    pub(crate) fn see_all(users: &[Self]) -> Seen {
        let mut seen = Seen::default();
        users.iter().for_each(|user| user.see(&mut seen));
        seen
    }
}

impl Family {
    pub(crate) fn all(users: Vec<User>, profiles: Vec<Profile>, posts: Vec<Post>) -> Vec<Self> {
        let posts = posts.grouped_by(&users);
        let mut profile_of: HashMap<i64, Profile> =
            profiles.into_iter().map(|profile| (profile.user_id, profile)).collect();
        let family = |(user, posts): (User, Vec<Post>)| Self {
            profile: profile_of.remove(&user.id),
            posts: posts.into_iter().map(|post| (post, Vec::new())).collect(),
            user,
        };
        users.into_iter().zip(posts).map(family).collect()
    }

    pub(crate) fn tagged(users: Vec<User>, posts: Vec<Post>, tags: Vec<(PostTag, Tag)>) -> Vec<Self> {
        let mut tags_of: HashMap<i64, Vec<Tag>> = HashMap::new();
        tags.into_iter().for_each(|(link, tag)| tags_of.entry(link.post_id).or_default().push(tag));
        let mut families = Self::all(users, Vec::new(), posts);
        for (post, tags) in families.iter_mut().flat_map(|family| &mut family.posts) {
            *tags = tags_of.remove(&post.id).unwrap_or_default();
        }
        families
    }

    pub(crate) fn see_all(families: &[Self]) -> Seen {
        let mut seen = Seen::default();
        for Self { user, profile, posts } in families {
            user.see(&mut seen);
            if let Some(profile) = profile {
                seen.row(profile.id, &[profile.bio.as_deref().unwrap_or_default()]);
            }
            for (post, tags) in posts {
                seen.row(post.id, &[&post.title, post.body.as_deref().unwrap_or_default()]);
                tags.iter().for_each(|tag| seen.row(tag.id, &[&tag.name]));
            }
        }
        seen
    }
}
