//! What live objects cost next to plain structs: `cargo bench -p orm-core --bench load`.
//!
//! Loads 100,000 rows of three columns, as tracked entities and as plain structs by turns, everything dropped included,
//! and prints the medians and their ratio. Then what is done with entities in memory.
#![allow(missing_docs)]

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use orm_core::prelude::*;
use orm_testing::TestDatabase;
use tokio_postgres::{Client, Statement};

const ROWS: usize = 100_000;
const ROUNDS: usize = 21;

#[derive(Model, Debug, Clone)]
#[orm(table = "users")]
#[orm(has_many(posts: Post, back_populates = user))]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: Option<String>,
    email: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "posts")]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
    #[orm(index, belongs_to(user: User, back_populates = posts))]
    user_id: i64,
}

struct Plain {
    id: i64,
    name: Option<String>,
    email: String,
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let database = orm_testing::database().await;
    let db = Database::builder(database.url()).pool_size(1).connect().await?;
    fill(&database, &db).await?;
    say(&format!("{ROWS} rows of three columns, medians of {ROUNDS} rounds"))?;
    load(&database, &db).await?;
    say("in memory")?;
    in_memory(&db).await
}

async fn fill(database: &TestDatabase, db: &Database) -> Result<()> {
    db.create_all(models![User, Post]).await?;
    let rows = format!(
        "INSERT INTO users (name, email) \
         SELECT CASE WHEN n % 3 > 0 THEN 'Name of ' || n END, n || '@example.org' FROM generate_series(1, {ROWS}) AS n; \
         INSERT INTO posts (title, user_id) SELECT 'Post ' || n, n FROM generate_series(1, 1000) AS n; ANALYZE"
    );
    Ok(database.execute(&rows).await?)
}

async fn load(database: &TestDatabase, db: &Database) -> Result<()> {
    let client = database.client().await?;
    let statement = client.prepare("SELECT id, name, email FROM users").await?;
    let (mut plain, mut tracked) = (Vec::new(), Vec::new());
    for _ in 0..=ROUNDS {
        plain.push(load_plain(&client, &statement).await?);
        tracked.push(load_tracked(db).await?);
    }
    // The first round of each is warming up.
    let (plain, tracked) = (median(&plain[1..]), median(&tracked[1..]));
    say(&format!("  plain structs     {}", milliseconds(plain)))?;
    say(&format!("  tracked entities  {}", milliseconds(tracked)))?;
    say(&format!("  ratio             {:10.2}", tracked.as_secs_f64() / plain.as_secs_f64()))
}

async fn load_plain(client: &Client, statement: &Statement) -> Result<Duration> {
    let started = Instant::now();
    let rows = client.query(statement, &[]).await?;
    let mut users = Vec::with_capacity(rows.len());
    for row in &rows {
        users.push(Plain { id: row.try_get(0)?, name: row.try_get(1)?, email: row.try_get(2)? });
    }
    drop(rows);
    assert_eq!(users.len(), ROWS);
    black_box(users.iter().map(|user| (user.id, &user.name, &user.email)).next());
    drop(users);
    Ok(started.elapsed())
}

async fn load_tracked(db: &Database) -> Result<Duration> {
    let started = Instant::now();
    let session = db.session();
    let users = session.execute(select::<User>()).await?.all();
    assert_eq!(users.len(), ROWS);
    black_box(users.iter().map(|user| (user.id, &user.name, &user.email)).next());
    drop(users);
    session.close().await;
    Ok(started.elapsed())
}

async fn in_memory(db: &Database) -> Result<()> {
    let session = db.session();
    let posts = session.execute(select::<Post>().options(selectinload(Post::user))).await?.all();
    let started = Instant::now();
    for _ in 0..1_000 {
        for post in &posts {
            black_box(post.user().await?);
        }
    }
    said("1,000,000 awaits of a loaded to-one", started)?;

    let users = session.execute(select::<User>().limit(1_000)).await?.all();
    let started = Instant::now();
    for _ in 0..10_000 {
        for user in &users {
            black_box(user.id);
        }
    }
    said("10,000,000 reads of a column", started)?;

    let users = session.execute(select::<User>()).await?.all();
    let started = Instant::now();
    for user in &users {
        user.edit().name = Some("edited".to_owned());
        black_box(user.name.as_deref());
    }
    said("100,000 edits, each read", started)?;
    session.rollback().await?;
    Ok(())
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:7.1} ms", time.as_secs_f64() * 1e3)
}

fn said(what: &str, started: Instant) -> Result<()> {
    say(&format!("  {what:<36} {}", milliseconds(started.elapsed())))
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
