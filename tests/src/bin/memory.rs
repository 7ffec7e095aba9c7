//! Counts what object graphs take, allocation by allocation: `memory CASE URL` prints numbers of bytes.
//!
//! A program of its own, so that nothing else allocates meanwhile.
#![allow(missing_docs)]

use std::io::Write;

use orm_core::prelude::*;
use orm_tests::blog::{Post, User};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(case), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err("how to call it: memory CASE URL".into());
    };
    let db = Database::builder(&url).pool_size(1).connect().await?;
    let counted = match &*case {
        "edits-of-one" => edits_of_one(&db).await?,
        "edits-of-many" => edits_of_many(&db).await?,
        "circles" => circles(&db)?,
        "stream-of-values" => stream_of_values(&db).await?,
        "stream-of-entities" => stream_of_entities(&db).await?,
        other => return Err(format!("no case is called {other}").into()),
    };
    let mut stdout = std::io::stdout();
    counted.iter().try_for_each(|bytes| writeln!(stdout, "{bytes}"))?;
    Ok(())
}

/// The bytes that are allocated now.
fn allocated() -> i64 {
    i64::try_from(ALLOCATOR.current_usage()).unwrap_or(i64::MAX)
}

/// The growth by a million edits of one entity, none of which is read.
async fn edits_of_one(db: &Database) -> Result<Vec<i64>> {
    let session = db.session();
    let user = session.add(User::builder().email("ada@example.org"));
    session.commit().await?;
    let before = allocated();
    for round in 0..1_000_000 {
        user.edit().name = Some(format!("Name {round}"));
    }
    let growth = allocated() - before;
    session.commit().await?;
    Ok(vec![growth])
}

/// What all users take: loaded, all edited once and then read, and after these edits were written.
async fn edits_of_many(db: &Database) -> Result<Vec<i64>> {
    let session = db.session();
    drop(session.execute(select::<User>().limit(1)).await?.all());
    session.clear();
    let before = allocated();
    let users = session.execute(select::<User>()).await?.all();
    let loaded = allocated() - before;
    for user in &users {
        user.edit().name = Some("Another name".into());
    }
    for user in &users {
        assert_eq!(user.name.as_deref(), Some("Another name"));
    }
    let edited = allocated() - before;
    session.commit().await?;
    let written = allocated() - before;
    Ok(vec![loaded, edited, written])
}

/// What is left after each of 50 graphs in which 20,000 entities lead to each other.
fn circles(db: &Database) -> Result<Vec<i64>> {
    let mut left = Vec::new();
    for _ in 0..50 {
        let session = db.session();
        for user in 0..1_000 {
            let user = session.add(User::builder().email(format!("{user}@example.org")));
            for post in 0..19 {
                let post = session.add(Post::builder().title(format!("Post {post}")).user(&user));
                assert_eq!(post.user().get()?, user);
            }
            assert_eq!(user.posts().get()?.len(), 19);
        }
        drop(session);
        left.push(allocated());
    }
    Ok(left)
}

/// How much more than at the start is allocated at any time, and how many rows came.
async fn stream_of_values(db: &Database) -> Result<Vec<i64>> {
    let session = db.session();
    let numbers =
        sql!("select n, 'Row ' || n from generate_series(1::int8, 1000000) as n").rows::<(i64, String)>();
    let mut stream = session.stream(numbers, 1_000).await?;
    let (before, mut most, mut count) = (allocated(), 0, 0);
    while let Some(chunk) = stream.next_chunk().await? {
        most = most.max(allocated() - before);
        count += i64::try_from(chunk.len())?;
    }
    Ok(vec![most, count])
}

/// The same for entities that are each read and edited.
async fn stream_of_entities(db: &Database) -> Result<Vec<i64>> {
    let session = db.session();
    let rows = "select n as id, 'User ' || n as name, n || '@example.org' as email from generate_series(1::int8, 1000000) as n";
    let mut stream = session.stream(orm_core::sql_unchecked(rows).entities::<User>(), 1_000).await?;
    let (before, mut most, mut count) = (allocated(), 0, 0);
    while let Some(user) = stream.next().await? {
        user.edit().name = None;
        most = most.max(allocated() - before);
        count += 1;
    }
    Ok(vec![most, count])
}
