//! The SQL. The pool keeps the statements prepared.

use std::ops::RangeInclusive;

use harness::{NewGraph, NewPost, NewUser, Result};
use sqlx::{PgConnection, PgExecutor};

use crate::{Post, Profile, Tag, User};

pub(crate) async fn user(database: impl PgExecutor<'_>, id: i64) -> Result<User> {
    let sql = "select id, name, email, created_at from users where id = $1";
    Ok(sqlx::query_as(sql).bind(id).fetch_one(database).await?)
}

pub(crate) async fn users(database: impl PgExecutor<'_>, keys: RangeInclusive<i64>) -> Result<Vec<User>> {
    let sql = "select id, name, email, created_at from users where id between $1 and $2 order by id";
    Ok(sqlx::query_as(sql).bind(keys.start()).bind(keys.end()).fetch_all(database).await?)
}

pub(crate) async fn profiles_of(database: impl PgExecutor<'_>, users: &[i64]) -> Result<Vec<Profile>> {
    let sql = "select id, bio, user_id from profiles where user_id = any($1)";
    Ok(sqlx::query_as(sql).bind(users).fetch_all(database).await?)
}

pub(crate) async fn posts_of(database: impl PgExecutor<'_>, users: &[i64]) -> Result<Vec<Post>> {
    let sql = "select id, title, body, user_id from posts where user_id = any($1) order by id";
    Ok(sqlx::query_as(sql).bind(users).fetch_all(database).await?)
}

pub(crate) async fn tags_of(database: impl PgExecutor<'_>, posts: &[i64]) -> Result<Vec<Tag>> {
    let sql = "select t.id, t.name, l.post_id from tags t join post_tags l on l.tag_id = t.id
        where l.post_id = any($1)";
    Ok(sqlx::query_as(sql).bind(posts).fetch_all(database).await?)
}

pub(crate) async fn insert_users(database: &mut PgConnection, users: &[NewUser]) -> Result<Vec<User>> {
    let sql = "insert into users (name, email) select * from unnest($1::text[], $2::text[])
        returning id, name, email, created_at";
    let names: Vec<&str> = users.iter().map(|user| &*user.name).collect();
    let emails: Vec<&str> = users.iter().map(|user| &*user.email).collect();
    Ok(sqlx::query_as(sql).bind(names).bind(emails).fetch_all(database).await?)
}

pub(crate) async fn insert_profiles(
    database: &mut PgConnection,
    graphs: &[NewGraph],
    users: &[i64],
) -> Result<Vec<Profile>> {
    let sql = "insert into profiles (bio, user_id) select * from unnest($1::text[], $2::bigint[])
        returning id, bio, user_id";
    let bios: Vec<&str> = graphs.iter().map(|graph| &*graph.bio).collect();
    Ok(sqlx::query_as(sql).bind(bios).bind(users).fetch_all(database).await?)
}

pub(crate) async fn insert_posts(
    database: &mut PgConnection,
    graphs: &[NewGraph],
    users: &[i64],
) -> Result<Vec<Post>> {
    let sql = "insert into posts (title, body, user_id)
        select * from unnest($1::text[], $2::text[], $3::bigint[]) returning id, title, body, user_id";
    let posts = || graphs.iter().flat_map(|graph| &graph.posts);
    let titles: Vec<&str> = posts().map(|post| &*post.title).collect();
    let bodies: Vec<&str> = posts().map(|post| &*post.body).collect();
    let users: Vec<i64> =
        users.iter().zip(graphs).flat_map(|(user, graph)| vec![*user; graph.posts.len()]).collect();
    Ok(sqlx::query_as(sql).bind(titles).bind(bodies).bind(users).fetch_all(database).await?)
}

pub(crate) async fn insert_post(database: &mut PgConnection, post: &NewPost, user: i64) -> Result<Post> {
    let sql =
        "insert into posts (title, body, user_id) values ($1, $2, $3) returning id, title, body, user_id";
    Ok(sqlx::query_as(sql).bind(&post.title).bind(&post.body).bind(user).fetch_one(database).await?)
}

pub(crate) async fn rename(database: &mut PgConnection, id: i64, name: &str) -> Result<()> {
    sqlx::query("update users set name = $2 where id = $1").bind(id).bind(name).execute(database).await?;
    Ok(())
}

pub(crate) async fn delete_users(database: &mut PgConnection, users: &[i64]) -> Result<usize> {
    let done = sqlx::query("delete from users where id = any($1)").bind(users).execute(database).await?;
    Ok(usize::try_from(done.rows_affected())?)
}
