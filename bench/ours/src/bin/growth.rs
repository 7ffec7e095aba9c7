//! How cost grows with the number of rows: `cargo run --release --bin growth -- [ROWS..]`. Prints microseconds a row: by the
//! clock, and of the processor's time in this program; the rest is the server's. `growth instructions [ROWS..]` counts
//! this program's instructions a row instead, by valgrind, which a busy machine does not change.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use bench_ours::{User, users};
use harness::{NewUser, Result, World};
use orm_core::prelude::*;
use tokio::runtime::{Builder, Runtime};

const SIZES: [i64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// How many are changed among all that are loaded.
const DIRTY: usize = 1_000;

/// Says that only one step is measured.
const ONLY: &str = "only";

/// What is measured, in order.
const STEPS: [&str; 5] = ["load", "flush of 1000", "change all, save", "delete", "insert"];

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (cells, sizes): (fn(i64) -> Result<Vec<String>>, _) = match &words[..] {
        [ONLY, step, size] => return grow(size.parse()?, Some(step.parse()?)).map(drop),
        ["instructions", sizes @ ..] => (instructions, sizes),
        sizes => (times, sizes),
    };
    let sizes = sizes.iter().map(|size| size.parse()).collect::<std::result::Result<Vec<i64>, _>>()?;
    let mut output = io::stdout();
    writeln!(output, "| rows | {} |\n| ---: |{}", STEPS.join(" | "), " ---: |".repeat(STEPS.len()))?;
    for size in if sizes.is_empty() { SIZES.to_vec() } else { sizes } {
        writeln!(output, "| {size} | {} |", cells(size)?.join(" | "))?;
    }
    Ok(())
}

/// How many rows a step works on.
fn rows(step: usize, size: i64) -> f64 {
    if step == 1 { DIRTY as f64 } else { size as f64 }
}

/// The medians of some rounds, fewer of larger ones.
fn times(size: i64) -> Result<Vec<String>> {
    let rounds = (100_000 / size).clamp(1, 9);
    let rounds = (0..rounds).map(|_| grow(size, None)).collect::<Result<Vec<_>>>()?;
    let cell = |step: usize| {
        let median = |part: fn(&Time) -> Duration| {
            let mut times: Vec<_> = rounds.iter().map(|steps| part(&steps[step])).collect();
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64() * 1e6 / rows(step, size)
        };
        format!("{:.2}, {:.2}", median(|time| time.wall), median(|time| time.client))
    };
    Ok((0..STEPS.len()).map(cell).collect())
}

/// This program under valgrind, which counts one step at a time.
fn instructions(size: i64) -> Result<Vec<String>> {
    let program = env::current_exe()?;
    let file = program.with_extension("callgrind");
    let cell = |step: usize| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*measured*"]);
        valgrind.arg(format!("--callgrind-out-file={}", file.display())).arg(&program);
        let done = valgrind.args([ONLY, &step.to_string(), &size.to_string()]).output()?;
        if !done.status.success() {
            return Err(format!("valgrind: {}", String::from_utf8_lossy(&done.stderr)).into());
        }
        Ok(format!("{:.0}", total(&file)? as f64 / rows(step, size)))
    };
    (0..STEPS.len()).map(cell).collect()
}

fn total(file: &Path) -> Result<u64> {
    let text = fs::read_to_string(file)?;
    fs::remove_file(file)?;
    let mut lines = text.lines();
    let total = lines.find_map(|line| line.strip_prefix("summary: ").or(line.strip_prefix("totals: ")));
    Ok(total.ok_or("callgrind gives a total")?.trim().parse()?)
}

/// By the clock, and of the processor by this program, which has one thread.
struct Time {
    wall: Duration,
    client: Duration,
}

fn grow(size: i64, only: Option<usize>) -> Result<[Time; STEPS.len()]> {
    let world = World::open(size.max(harness::USERS))?;
    // Only users are deleted and inserted.
    world.execute("truncate profiles, posts, post_tags")?;
    let stage = Stage { runtime: Builder::new_current_thread().enable_all().build()?, only };
    let runtime = &stage.runtime;
    let database = runtime.block_on(Database::connect(world.url()))?;
    drop(runtime.block_on(users(&database.session(), 1..=1_000))?);

    let session = database.session();
    let (load, loaded) = stage.step(0, users(&session, 1..=size))?;
    for user in loaded.iter().step_by(loaded.len() / DIRTY) {
        user.edit().name = "Dirty".into();
    }
    let (flush, ()) = stage.step(1, session.flush())?;
    let (save, ()) = stage.step(2, async {
        for user in &loaded {
            user.edit().name = NewUser::changed(user.id);
        }
        session.commit().await
    })?;
    drop((session, loaded));

    let session = database.session();
    let loaded = runtime.block_on(users(&session, 1..=size))?;
    let (delete, ()) = stage.step(3, async {
        loaded.iter().for_each(|user| session.delete(user));
        session.commit().await
    })?;
    drop((session, loaded));

    let session = database.session();
    let (insert, ()) = stage.step(4, async {
        for user in (0..size).map(NewUser::number) {
            session.add(User::builder().name(user.name).email(user.email));
        }
        session.commit().await
    })?;
    Ok([load, flush, save, delete, insert])
}

struct Stage {
    runtime: Runtime,
    only: Option<usize>,
}

impl Stage {
    fn step<T>(&self, step: usize, work: impl Future<Output = orm_core::Result<T>>) -> Result<(Time, T)> {
        match self.only {
            Some(only) if only != step => {
                let none = Time { wall: Duration::ZERO, client: Duration::ZERO };
                Ok((none, self.runtime.block_on(work)?))
            }
            _ => measured(&self.runtime, work),
        }
    }
}

/// Runs a future to its end and takes the time.
#[inline(never)]
fn measured<T>(runtime: &Runtime, work: impl Future<Output = orm_core::Result<T>>) -> Result<(Time, T)> {
    let (start, busy) = (Instant::now(), busy()?);
    let output = runtime.block_on(work)?;
    Ok((Time { wall: start.elapsed(), client: self::busy()? - busy }, output))
}

/// The processor time of this thread so far, which the kernel writes down when it yields.
fn busy() -> Result<Duration> {
    thread::yield_now();
    let schedule = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = schedule.split(' ').next().ok_or("no schedstat")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}
