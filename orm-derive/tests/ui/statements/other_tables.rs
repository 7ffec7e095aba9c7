//! A statement names only columns of what it reads.

use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key)]
    id: i64,
    email: String,
}

#[derive(Model, Clone)]
#[orm(table = "posts")]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
}

fn main() {}

async fn sets(session: &Session) {
    let _ = session.execute(update::<User>().set(User::email, Post::title)).await;
}

async fn filters(session: &Session) {
    let _ = session.execute(delete::<User>().filter(Post::id.eq(1))).await;
}

async fn returns(session: &Session) {
    let _ = session.execute(delete::<User>().returning(Post::title)).await;
}

async fn is_excluded_from_nothing(session: &Session) {
    let _ = session.execute(update::<User>().set(User::email, excluded(User::email))).await;
}
