//! Random expressions by number: each number stands for the same ones everywhere. What fails is made small, and told.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use orm_core::prelude::*;
use orm_core::query::{Columns, From};
use orm_core::{FromRow, Select};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::cells;
use super::choices::Choices;
use super::tree::Cell;

/// So many are the same in each run, and so many others in each.
const FIXED: u64 = 1_000;
const OTHERS: u64 = 250;

/// A query that was said in the typed language, and by hand.
pub(super) struct Question<T> {
    pub(super) typed: Select<Columns<T>, From<Cell>>,
    pub(super) sql: String,
}

/// Asks the questions of all numbers both ways. `EXPRESSIONS=100000` asks so many, `EXPRESSIONS=500..501` those with these
/// numbers.
///
/// # Panics
/// If the answers are not the same; the message has the number and the smallest question like it that fails.
pub(super) fn ask<T: FromRow>(
    depth_in_bytes: usize,
    draw: fn(&mut Choices<'_>) -> Question<T>,
    show: fn(T) -> String,
) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let setup = runtime.block_on(cells());
    let client = runtime.block_on(setup.database.client()).expect("the database can be reached");
    let session = setup.db.session();
    for seed in seeds() {
        let mut runner = runner(seed);
        let bytes = vec(any::<u8>(), 4..depth_in_bytes).new_tree(&mut runner).expect("bytes can be drawn");
        let test = |bytes: Vec<u8>| {
            let question = draw(&mut Choices::new(&bytes));
            runtime.block_on(compare(&session, &client, question, show)).map_err(TestCaseError::fail)
        };
        if let Err(TestError::Fail(why, _)) = runner.run_one(bytes, test) {
            panic!("question {seed} (EXPRESSIONS={seed}..{} asks it alone):\n{why}", seed + 1);
        }
    }
    drop(runtime);
}

fn seeds() -> impl Iterator<Item = u64> {
    let wanted = env::var("EXPRESSIONS").ok().map(|wanted| range(&wanted));
    let (fixed, others) = wanted.map_or_else(|| (0..FIXED, others()), |wanted| (wanted, 0..0));
    fixed.chain(others)
}

fn range(wanted: &str) -> Range<u64> {
    let (start, end) = wanted.split_once("..").unwrap_or(("0", wanted));
    let number = |text: &str| text.parse().expect("EXPRESSIONS is a number, or two with `..` between");
    number(start)..number(end)
}

/// Numbers that nobody knows beforehand.
fn others() -> Range<u64> {
    let start = RandomState::new().build_hasher().finish() >> 16;
    start..start + OTHERS
}

fn runner(seed: u64) -> TestRunner {
    let config = Config { failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Both answers must be the same, or both the same error of the server's.
async fn compare<T: FromRow>(
    session: &Session,
    client: &Client,
    Question { typed, sql }: Question<T>,
    show: fn(T) -> String,
) -> Result<(), String> {
    let text = typed.to_string();
    let answer = match session.execute(typed.order_by(Cell::id)).await {
        Ok(rows) => Ok(rows.all().into_iter().map(show).collect::<Vec<_>>()),
        Err(error) => {
            session.rollback().await.map_err(|error| error.to_string())?;
            Err(error.sqlstate().map_or_else(|| error.to_string(), str::to_owned))
        }
    };
    let expected = match client.simple_query(&format!("{sql} ORDER BY id")).await {
        Ok(messages) => Ok(messages.iter().filter_map(line).collect()),
        Err(error) => Err(error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned())),
    };
    match answer == expected {
        true => Ok(()),
        false => Err(format!("typed:   {text}\nby hand: {sql}\ntyped:   {answer:?}\nby hand: {expected:?}")),
    }
}

/// A row as text, its cells with `|` between them, NULL as `-`.
fn line(message: &SimpleQueryMessage) -> Option<String> {
    let SimpleQueryMessage::Row(row) = message else { return None };
    let cells = (0..row.len()).map(|cell| row.get(cell).unwrap_or("-"));
    Some(cells.collect::<Vec<_>>().join("|"))
}
