//! Reading: rows to structs by position, children to parents by a hash table.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::pin::pin;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use futures_util::future::try_join;
use harness::{Result, Seen};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::Raw;

pub(crate) const USER: &str = "select id, name, email, created_at from users where id = $1";
const USERS: &str = "select id, name, email, created_at from users where id between $1 and $2 order by id";
const PROFILES: &str = "select id, bio, user_id from profiles where user_id = any($1)";
const POSTS: &str = "select id, title, body, user_id from posts where user_id = any($1) order by id";
pub(crate) const POSTS_OF: &str = "select id, title, body, user_id from posts where user_id = $1 order by id";
const TAGS: &str = "select t.id, t.name, l.post_id from tags t join post_tags l on l.tag_id = t.id where l.post_id = any($1)";

pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    #[expect(dead_code, reason = "it is read as all columns are")]
    pub(crate) created_at: DateTime<Utc>,
}

pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) bio: Option<String>,
    pub(crate) user_id: i64,
}

pub(crate) struct Post {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) user_id: i64,
    pub(crate) tags: Vec<Tag>,
}

pub(crate) struct Tag {
    id: i64,
    name: String,
}

/// A user with what is its own.
pub(crate) struct Family {
    pub(crate) user: User,
    pub(crate) profile: Option<Profile>,
    pub(crate) posts: Vec<Post>,
}

pub(crate) fn seen<T>(all: &[T], see: impl Fn(&T, &mut Seen)) -> Seen {
    let mut seen = Seen::default();
    all.iter().for_each(|one| see(one, &mut seen));
    seen
}

impl User {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            email: row.try_get(2)?,
            created_at: row.try_get(3)?,
        })
    }

    pub(crate) fn see(&self, seen: &mut Seen) {
        seen.row(self.id, &[&self.name, &self.email]);
    }
}

impl Post {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            title: row.try_get(1)?,
            body: row.try_get(2)?,
            user_id: row.try_get(3)?,
            tags: Vec::new(),
        })
    }
}

impl Family {
    pub(crate) fn see(&self, seen: &mut Seen) {
        self.user.see(seen);
        if let Some(profile) = &self.profile {
            seen.row(profile.id, &[profile.bio.as_deref().unwrap_or_default()]);
        }
        for post in &self.posts {
            seen.row(post.id, &[&post.title, post.body.as_deref().unwrap_or_default()]);
            post.tags.iter().for_each(|tag| seen.row(tag.id, &[&tag.name]));
        }
    }
}

/// Users with their posts, and where each user stands.
fn families(users: Vec<User>, posts: Vec<Post>) -> (Vec<Family>, HashMap<i64, usize>) {
    let places: HashMap<i64, usize> =
        users.iter().enumerate().map(|(place, user)| (user.id, place)).collect();
    let family = |user| Family { user, profile: None, posts: Vec::new() };
    let mut families: Vec<Family> = users.into_iter().map(family).collect();
    for post in posts {
        if let Some(place) = places.get(&post.user_id) {
            families[*place].posts.push(post);
        }
    }
    (families, places)
}

impl Raw {
    pub(crate) async fn rows(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, parameters).await?)
    }

    /// The rows, each read and let go as it comes.
    async fn read<T>(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
        read: fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let statement = self.statement(sql).await?;
        let mut rows = pin!(self.client.query_raw(&statement, parameters.iter().copied()).await?);
        let mut all = Vec::new();
        while let Some(row) = rows.try_next().await? {
            all.push(read(&row)?);
        }
        Ok(all)
    }

    pub(crate) async fn user(&self, id: i64) -> Result<User> {
        let rows = self.rows(USER, &[&id]).await?;
        User::read(rows.first().ok_or("no such user")?)
    }

    pub(crate) async fn users(&self, keys: RangeInclusive<i64>) -> Result<Vec<User>> {
        self.read(USERS, &[keys.start(), keys.end()], User::read).await
    }

    async fn posts(&self, users: &[i64]) -> Result<Vec<Post>> {
        self.read(POSTS, &[&users], Post::read).await
    }

    pub(crate) async fn families(&self, n: i64) -> Result<Vec<Family>> {
        let users = self.users(1..=n).await?;
        let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
        let profiles = async { self.rows(PROFILES, &[&keys]).await };
        let (profiles, posts) = try_join(profiles, self.posts(&keys)).await?;
        let (mut families, places) = families(users, posts);
        for row in &profiles {
            let profile = Profile { id: row.try_get(0)?, bio: row.try_get(1)?, user_id: row.try_get(2)? };
            if let Some(place) = places.get(&profile.user_id) {
                families[*place].profile = Some(profile);
            }
        }
        Ok(families)
    }

    pub(crate) async fn tagged(&self, n: i64) -> Result<Vec<Family>> {
        let users = self.users(1..=n).await?;
        let mut posts = self.posts(&users.iter().map(|user| user.id).collect::<Vec<_>>()).await?;
        let keys: Vec<i64> = posts.iter().map(|post| post.id).collect();
        let tags = self.rows(TAGS, &[&keys]).await?;
        let places: HashMap<i64, usize> =
            posts.iter().enumerate().map(|(place, post)| (post.id, place)).collect();
        for row in &tags {
            if let Some(place) = places.get(&row.try_get(2)?) {
                posts[*place].tags.push(Tag { id: row.try_get(0)?, name: row.try_get(1)? });
            }
        }
        Ok(families(users, posts).0)
    }

    pub(crate) async fn family(&self, id: i64) -> Result<Family> {
        let posts = async { self.rows(POSTS_OF, &[&id]).await };
        let (user, posts) = try_join(self.user(id), posts).await?;
        Ok(Family { user, profile: None, posts: posts.iter().map(Post::read).collect::<Result<_>>()? })
    }
}
