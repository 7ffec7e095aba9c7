//! How cost grows with the number of rows: `cargo run --release --bin growth -- [ROWS..]`. Prints microseconds a row.

use std::env;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use bench_ours::{User, users};
use harness::{NewUser, Result, World};
use orm_core::prelude::*;
use tokio::runtime::Builder;

const SIZES: [i64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// How many are changed among all that are loaded.
const DIRTY: usize = 1_000;

fn main() -> Result<()> {
    let sizes = env::args().skip(1).map(|size| size.parse()).collect::<std::result::Result<Vec<i64>, _>>()?;
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    let mut output = io::stdout();
    writeln!(output, "| rows | load | change all, save | flush of {DIRTY} | delete | insert |")?;
    writeln!(output, "| ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for size in sizes {
        let world = World::open(size.max(harness::USERS))?;
        // Only users are deleted and inserted.
        world.execute("truncate profiles, posts, post_tags")?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let Took { load, save, flush, delete, insert } = runtime.block_on(grow(world.url(), size))?;
        let row = |time: Duration| time.as_secs_f64() * 1e6 / size as f64;
        write!(output, "| {size} | {:.2} | {:.2} ", row(load), row(save))?;
        write!(output, "| {:.2} ", flush.as_secs_f64() * 1e6 / DIRTY as f64)?;
        writeln!(output, "| {:.2} | {:.2} |", row(delete), row(insert))?;
    }
    Ok(())
}

struct Took {
    load: Duration,
    save: Duration,
    flush: Duration,
    delete: Duration,
    insert: Duration,
}

async fn grow(url: &str, size: i64) -> Result<Took> {
    let database = Database::connect(url).await?;
    drop(users(&database.session(), 1..=1_000).await?);
    let session = database.session();
    let (load, loaded) = timed(users(&session, 1..=size)).await?;
    for user in loaded.iter().step_by(loaded.len() / DIRTY) {
        user.edit().name = "Dirty".into();
    }
    let (flush, ()) = timed(session.flush()).await?;
    let (save, ()) = timed(async {
        for user in &loaded {
            user.edit().name = NewUser::changed(user.id);
        }
        session.commit().await
    })
    .await?;
    drop((session, loaded));

    let session = database.session();
    let loaded = users(&session, 1..=size).await?;
    let (delete, ()) = timed(async {
        loaded.iter().for_each(|user| session.delete(user));
        session.commit().await
    })
    .await?;
    drop((session, loaded));

    let session = database.session();
    let (insert, ()) = timed(async {
        for user in (0..size).map(NewUser::number) {
            session.add(User::builder().name(user.name).email(user.email));
        }
        session.commit().await
    })
    .await?;
    Ok(Took { load, save, flush, delete, insert })
}

async fn timed<T>(work: impl Future<Output = orm_core::Result<T>>) -> Result<(Duration, T)> {
    let start = Instant::now();
    let output = work.await?;
    Ok((start.elapsed(), output))
}
