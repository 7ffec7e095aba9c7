//! This library in its plain form: a session a case, entities, `commit`.

mod models;

use std::ops::RangeInclusive;

use harness::{Contestant, NewGraph, NewPost, NewUser, Result, Seen};
pub use models::{Post, Profile, Tag, User};
use orm_core::prelude::*;

/// The library with a pool of its default size.
pub struct Ours {
    database: Database,
}

fn see_user(user: &Entity<User>, seen: &mut Seen) {
    seen.row(user.id, &[&user.name, &user.email]);
}

fn see_all(users: &[Entity<User>]) -> Seen {
    let mut seen = Seen::default();
    users.iter().for_each(|user| see_user(user, &mut seen));
    seen
}

/// The user with everything that is loaded of what belongs to it.
fn see_family(user: &Entity<User>, seen: &mut Seen) {
    see_user(user, seen);
    if let Ok(Some(profile)) = user.profile().get() {
        seen.row(profile.id, &[profile.bio.as_deref().unwrap_or_default()]);
    }
    for post in user.posts().get().unwrap_or_default() {
        seen.row(post.id, &[&post.title, post.body.as_deref().unwrap_or_default()]);
        for tag in post.tags().get().unwrap_or_default() {
            seen.row(tag.id, &[&tag.name]);
        }
    }
}

fn see_families(users: &[Entity<User>]) -> Seen {
    let mut seen = Seen::default();
    users.iter().for_each(|user| see_family(user, &mut seen));
    seen
}

/// The users with these keys, in their order.
///
/// # Errors
///
/// What the server says.
pub async fn users(session: &Session, keys: RangeInclusive<i64>) -> orm_core::Result<Vec<Entity<User>>> {
    let found = select::<User>().filter(User::id.between(*keys.start(), *keys.end())).order_by(User::id);
    Ok(session.scalars(found).await?.all())
}

impl Contestant for Ours {
    type Loaded = (Session, Vec<Entity<User>>);

    async fn connect(url: &str) -> Result<Self> {
        Ok(Self { database: Database::connect(url).await? })
    }

    async fn get(&self, id: i64) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let user = session.get::<User>(id).await?.ok_or("no such user")?;
        Ok(move || {
            let _open = session;
            see_all(&[user])
        })
    }

    async fn load(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let users = users(&session, 1..=n).await?;
        Ok(move || {
            let _open = session;
            see_all(&users)
        })
    }

    async fn insert(&self, users: Vec<NewUser>) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let new = |user: NewUser| session.add(User::builder().name(user.name).email(user.email));
        let users: Vec<_> = users.into_iter().map(new).collect();
        session.commit().await?;
        Ok(move || see_all(&users))
    }

    async fn graph(&self, graphs: Vec<NewGraph>) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let post = |post: NewPost| Post::builder().title(post.title).body(post.body);
        let new = |graph: NewGraph| {
            let user = User::builder().name(graph.user.name).email(graph.user.email);
            let user = user.profile(Profile::builder().bio(graph.bio));
            session.add(user.posts(graph.posts.into_iter().map(post)))
        };
        let users: Vec<_> = graphs.into_iter().map(new).collect();
        session.commit().await?;
        Ok(move || see_families(&users))
    }

    async fn eager(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let users = select::<User>().filter(User::id.between(1, n)).order_by(User::id);
        let users = users.options(selectinload(User::profile)).options(selectinload(User::posts));
        let users = session.scalars(users).await?.all();
        Ok(move || {
            let _open = session;
            see_families(&users)
        })
    }

    async fn nested(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let users = select::<User>().filter(User::id.between(1, n)).order_by(User::id);
        let users = users.options(selectinload(User::posts).selectinload(Post::tags));
        let users = session.scalars(users).await?.all();
        Ok(move || {
            let _open = session;
            see_families(&users)
        })
    }

    async fn change(&self, keys: RangeInclusive<i64>) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let users = users(&session, keys).await?;
        for user in &users {
            user.edit().name = NewUser::changed(user.id);
        }
        session.commit().await?;
        Ok(move || see_all(&users))
    }

    async fn loaded(&self, keys: RangeInclusive<i64>) -> Result<Self::Loaded> {
        let session = self.database.session();
        let users = users(&session, keys).await?;
        session.commit().await?;
        Ok((session, users))
    }

    async fn delete(&self, (session, users): Self::Loaded) -> Result<usize> {
        users.iter().for_each(|user| session.delete(user));
        session.commit().await?;
        Ok(users.len())
    }

    async fn request(&self, id: i64, post: NewPost) -> Result<impl FnOnce() -> Seen> {
        let session = self.database.session();
        let found = session.get::<User>(id).options(subqueryload(User::posts));
        let user = found.await?.ok_or("no such user")?;
        user.edit().name = NewUser::changed(id);
        session.add(Post::builder().title(post.title).body(post.body).user(&user));
        session.commit().await?;
        Ok(move || see_families(&[user]))
    }
}
