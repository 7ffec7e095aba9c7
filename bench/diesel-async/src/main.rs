//! `diesel-async` with a deadpool pool: inserts of many rows in one statement, relations with `belonging_to` and
//! `grouped_by`, changes row by row.

mod models;

use std::ops::RangeInclusive;

use diesel::prelude::*;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use harness::{Contestant, NewGraph, NewPost, NewUser, Result, Seen};
use models::{AddPost, AddProfile, AddUser, Family, Post, PostTag, Profile, Tag, User};
use models::{posts, profiles, tags, users};

struct Diesel {
    pool: Pool<AsyncPgConnection>,
}

async fn read(connection: &mut AsyncPgConnection, keys: &RangeInclusive<i64>) -> QueryResult<Vec<User>> {
    let found = users::table.filter(users::id.between(*keys.start(), *keys.end()));
    found.order(users::id).select(User::as_select()).load(connection).await
}

async fn posts_of(connection: &mut AsyncPgConnection, users: &[User]) -> QueryResult<Vec<Post>> {
    Post::belonging_to(users).order(posts::id).select(Post::as_select()).load(connection).await
}

async fn insert_users(connection: &mut AsyncPgConnection, users: Vec<NewUser>) -> QueryResult<Vec<User>> {
    let rows: Vec<_> = users.into_iter().map(|user| AddUser { name: user.name, email: user.email }).collect();
    let insert = diesel::insert_into(users::table).values(&rows);
    insert.returning(User::as_returning()).get_results(connection).await
}

async fn insert_posts(connection: &mut AsyncPgConnection, posts: &[AddPost]) -> QueryResult<Vec<Post>> {
    let insert = diesel::insert_into(posts::table).values(posts);
    insert.returning(Post::as_returning()).get_results(connection).await
}

async fn rename(connection: &mut AsyncPgConnection, user: &mut User) -> QueryResult<()> {
    user.name = NewUser::changed(user.id);
    let update = diesel::update(&*user).set(users::name.eq(&user.name));
    update.execute(connection).await.map(drop)
}

async fn insert_graphs(
    connection: &mut AsyncPgConnection,
    graphs: Vec<NewGraph>,
) -> QueryResult<Vec<Family>> {
    let new = graphs.iter().map(|graph| graph.user.clone()).collect();
    let users = insert_users(connection, new).await?;
    let (mut profiles, mut posts) = (Vec::new(), Vec::new());
    for (user, graph) in users.iter().zip(graphs) {
        profiles.push(AddProfile { bio: graph.bio, user_id: user.id });
        posts.extend(graph.posts.into_iter().map(|post| AddPost::new(post, user.id)));
    }
    let insert = diesel::insert_into(profiles::table).values(&profiles);
    let profiles: Vec<Profile> =
        insert.returning(Profile::as_returning()).get_results(&mut *connection).await?;
    // A statement has at most 65,535 parameters.
    let mut inserted = Vec::with_capacity(posts.len());
    for some in posts.chunks(20_000) {
        inserted.extend(insert_posts(connection, some).await?);
    }
    Ok(Family::all(users, profiles, inserted))
}

impl Diesel {
    async fn connection(&self) -> Result<Object<AsyncPgConnection>> {
        Ok(self.pool.get().await?)
    }
}

impl Contestant for Diesel {
    type Loaded = Vec<User>;

    async fn connect(url: &str) -> Result<Self> {
        Ok(Self { pool: Pool::builder(AsyncDieselConnectionManager::new(url)).build()? })
    }

    async fn get(&self, id: i64) -> Result<impl FnOnce() -> Seen> {
        let mut connection = self.connection().await?;
        let user = users::table.find(id).select(User::as_select()).first(&mut connection).await?;
        Ok(move || User::see_all(&[user]))
    }

    async fn load(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = read(&mut *self.connection().await?, &(1..=n)).await?;
        Ok(move || User::see_all(&users))
    }

    async fn insert(&self, users: Vec<NewUser>) -> Result<impl FnOnce() -> Seen> {
        let mut connection = self.connection().await?;
        let users = connection.transaction(async |connection| insert_users(connection, users).await).await?;
        Ok(move || User::see_all(&users))
    }

    async fn graph(&self, graphs: Vec<NewGraph>) -> Result<impl FnOnce() -> Seen> {
        let mut connection = self.connection().await?;
        let families =
            connection.transaction(async |connection| insert_graphs(connection, graphs).await).await?;
        Ok(move || Family::see_all(&families))
    }

    async fn eager(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let mut connection = self.connection().await?;
        let users = read(&mut connection, &(1..=n)).await?;
        let profiles = Profile::belonging_to(&users).select(Profile::as_select());
        let profiles = profiles.load(&mut connection).await?;
        let posts = posts_of(&mut connection, &users).await?;
        let families = Family::all(users, profiles, posts);
        Ok(move || Family::see_all(&families))
    }

    async fn nested(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let mut connection = self.connection().await?;
        let users = read(&mut connection, &(1..=n)).await?;
        let posts = posts_of(&mut connection, &users).await?;
        let tags = PostTag::belonging_to(&posts).inner_join(tags::table);
        let tags = tags.select((PostTag::as_select(), Tag::as_select()));
        let tags: Vec<(PostTag, Tag)> = tags.load(&mut connection).await?;
        let families = Family::tagged(users, posts, tags);
        Ok(move || Family::see_all(&families))
    }

    async fn change(&self, keys: RangeInclusive<i64>) -> Result<impl FnOnce() -> Seen> {
        let mut connection = self.connection().await?;
        let change = async |connection: &mut Object<AsyncPgConnection>| {
            let mut users = read(connection, &keys).await?;
            for user in &mut users {
                rename(connection, user).await?;
            }
            QueryResult::Ok(users)
        };
        let users = connection.transaction(change).await?;
        Ok(move || User::see_all(&users))
    }

    async fn loaded(&self, keys: RangeInclusive<i64>) -> Result<Self::Loaded> {
        Ok(read(&mut *self.connection().await?, &keys).await?)
    }

    async fn delete(&self, loaded: Self::Loaded) -> Result<usize> {
        let mut connection = self.connection().await?;
        let delete = async |connection: &mut Object<AsyncPgConnection>| {
            let ids: Vec<i64> = loaded.iter().map(|user| user.id).collect();
            diesel::delete(users::table.filter(users::id.eq_any(ids))).execute(connection).await
        };
        Ok(connection.transaction::<_, diesel::result::Error, _>(delete).await?)
    }

    async fn request(&self, id: i64, post: NewPost) -> Result<impl FnOnce() -> Seen> {
        let mut connection = self.connection().await?;
        let work = async |connection: &mut Object<AsyncPgConnection>| {
            let mut user: User =
                users::table.find(id).select(User::as_select()).first(&mut *connection).await?;
            let mut posts = posts_of(connection, std::slice::from_ref(&user)).await?;
            rename(connection, &mut user).await?;
            posts.extend(insert_posts(connection, &[AddPost::new(post, id)]).await?);
            QueryResult::Ok(Family::all(vec![user], Vec::new(), posts))
        };
        let families = connection.transaction(work).await?;
        Ok(move || Family::see_all(&families))
    }
}

fn main() -> Result<()> {
    harness::serve::<Diesel>()
}
