//! `sqlx` with its pool: rows by `query_as`, relations by hand, `unnest` for many rows.

mod statements;

use std::collections::HashMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use harness::{Contestant, NewGraph, NewPost, NewUser, Result, Seen};
use sqlx::{FromRow, PgPool};

#[derive(FromRow)]
struct User {
    id: i64,
    name: String,
    email: String,
    #[expect(dead_code, reason = "it is read as all columns are")]
    created_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Profile {
    id: i64,
    bio: Option<String>,
    user_id: i64,
}

#[derive(FromRow)]
struct Post {
    id: i64,
    title: String,
    body: Option<String>,
    user_id: i64,
}

#[derive(FromRow)]
struct Tag {
    id: i64,
    name: String,
    post_id: i64,
}

/// A user with what is its own.
struct Family {
    user: User,
    profile: Option<Profile>,
    posts: Vec<(Post, Vec<Tag>)>,
}

impl User {
    fn see(&self, seen: &mut Seen) {
        seen.row(self.id, &[&self.name, &self.email]);
    }
}

fn see_users(users: &[User]) -> Seen {
    let mut seen = Seen::default();
    users.iter().for_each(|user| user.see(&mut seen));
    seen
}

fn see_families(families: &[Family]) -> Seen {
    let mut seen = Seen::default();
    for Family { user, profile, posts } in families {
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

/// Children put to their parents by key.
fn families(users: Vec<User>, profiles: Vec<Profile>, posts: Vec<Post>, tags: Vec<Tag>) -> Vec<Family> {
    let mut tags_of: HashMap<i64, Vec<Tag>> = HashMap::new();
    tags.into_iter().for_each(|tag| tags_of.entry(tag.post_id).or_default().push(tag));
    let mut posts_of: HashMap<i64, Vec<(Post, Vec<Tag>)>> = HashMap::new();
    for post in posts {
        let tags = tags_of.remove(&post.id).unwrap_or_default();
        posts_of.entry(post.user_id).or_default().push((post, tags));
    }
    let mut profile_of: HashMap<i64, Profile> =
        profiles.into_iter().map(|profile| (profile.user_id, profile)).collect();
    let family = |user: User| Family {
        profile: profile_of.remove(&user.id),
        posts: posts_of.remove(&user.id).unwrap_or_default(),
        user,
    };
    users.into_iter().map(family).collect()
}

struct Sqlx {
    pool: PgPool,
}

impl Contestant for Sqlx {
    type Loaded = Vec<User>;

    async fn connect(url: &str) -> Result<Self> {
        Ok(Self { pool: PgPool::connect(url).await? })
    }

    async fn get(&self, id: i64) -> Result<impl FnOnce() -> Seen> {
        let user = statements::user(&self.pool, id).await?;
        Ok(move || see_users(&[user]))
    }

    async fn load(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = statements::users(&self.pool, 1..=n).await?;
        Ok(move || see_users(&users))
    }

    async fn insert(&self, users: Vec<NewUser>) -> Result<impl FnOnce() -> Seen> {
        let mut transaction = self.pool.begin().await?;
        let users = statements::insert_users(&mut transaction, &users).await?;
        transaction.commit().await?;
        Ok(move || see_users(&users))
    }

    async fn graph(&self, graphs: Vec<NewGraph>) -> Result<impl FnOnce() -> Seen> {
        let mut transaction = self.pool.begin().await?;
        let users: Vec<NewUser> = graphs.iter().map(|graph| graph.user.clone()).collect();
        let users = statements::insert_users(&mut transaction, &users).await?;
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        let profiles = statements::insert_profiles(&mut transaction, &graphs, &ids).await?;
        let posts = statements::insert_posts(&mut transaction, &graphs, &ids).await?;
        transaction.commit().await?;
        let families = families(users, profiles, posts, Vec::new());
        Ok(move || see_families(&families))
    }

    async fn eager(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = statements::users(&self.pool, 1..=n).await?;
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        let profiles = statements::profiles_of(&self.pool, &ids).await?;
        let posts = statements::posts_of(&self.pool, &ids).await?;
        let families = families(users, profiles, posts, Vec::new());
        Ok(move || see_families(&families))
    }

    async fn nested(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = statements::users(&self.pool, 1..=n).await?;
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        let posts = statements::posts_of(&self.pool, &ids).await?;
        let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
        let tags = statements::tags_of(&self.pool, &ids).await?;
        let families = families(users, Vec::new(), posts, tags);
        Ok(move || see_families(&families))
    }

    async fn change(&self, keys: RangeInclusive<i64>) -> Result<impl FnOnce() -> Seen> {
        let mut transaction = self.pool.begin().await?;
        let mut users = statements::users(&mut *transaction, keys).await?;
        for user in &mut users {
            user.name = NewUser::changed(user.id);
            statements::rename(&mut transaction, user.id, &user.name).await?;
        }
        transaction.commit().await?;
        Ok(move || see_users(&users))
    }

    async fn loaded(&self, keys: RangeInclusive<i64>) -> Result<Self::Loaded> {
        statements::users(&self.pool, keys).await
    }

    async fn delete(&self, loaded: Self::Loaded) -> Result<usize> {
        let mut transaction = self.pool.begin().await?;
        let ids: Vec<i64> = loaded.iter().map(|user| user.id).collect();
        let count = statements::delete_users(&mut transaction, &ids).await?;
        transaction.commit().await?;
        Ok(count)
    }

    async fn request(&self, id: i64, post: NewPost) -> Result<impl FnOnce() -> Seen> {
        let mut transaction = self.pool.begin().await?;
        let mut user = statements::user(&mut *transaction, id).await?;
        let mut posts = statements::posts_of(&mut *transaction, &[id]).await?;
        user.name = NewUser::changed(id);
        statements::rename(&mut transaction, id, &user.name).await?;
        posts.push(statements::insert_post(&mut transaction, &post, id).await?);
        transaction.commit().await?;
        let families = families(vec![user], Vec::new(), posts, Vec::new());
        Ok(move || see_families(&families))
    }
}

fn main() -> Result<()> {
    harness::serve::<Sqlx>()
}
