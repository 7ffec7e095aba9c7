//! Runs many histories; one that fails is made short, and told in words.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::strategy::Strategy as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::Outcome;
use super::ground::Ground;
use super::operation::{Step, steps};
use super::world::World;

/// A history that takes so long waits for itself.
const LONGEST: Duration = Duration::from_secs(20);

/// Runs the histories with these seeds, some at once, each worker in a database of its own.
///
/// # Panics
/// If one fails; the message has its seed and its steps.
pub fn histories(seeds: std::ops::Range<u64>, workers: usize) {
    let next = AtomicU64::new(seeds.start);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let work = || work(&next, seeds.end);
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().expect("a failure is told")).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Runs histories until none is left or one fails.
fn work(next: &AtomicU64, end: u64) -> Option<String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let ground = runtime.block_on(Ground::new());
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return None;
        }
        if let Err(failure) = one(seed, |steps| runtime.block_on(history(&ground, steps))) {
            next.store(end, Ordering::Relaxed);
            return Some(format!(
                "history {seed} (HISTORIES={seed}..{} runs it alone):\n{failure}",
                seed + 1
            ));
        }
    }
}

/// The history that a seed stands for, and if it fails the shortest like it that fails.
fn one(seed: u64, run: impl Fn(&[Step]) -> Outcome) -> Outcome {
    let config = Config { failure_persistence: None, max_shrink_iters: 1_500, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let drawn = steps().new_tree(&mut runner).expect("steps can be drawn");
    match runner.run_one(drawn, |steps| run(&steps).map_err(TestCaseError::fail)) {
        Ok(_) => Ok(()),
        Err(TestError::Fail(why, steps)) => Err(format!("{why}\nas drawn: {steps:?}")),
        Err(TestError::Abort(why)) => Err(why.to_string()),
    }
}

async fn history(ground: &Ground, steps: &[Step]) -> Outcome {
    ground.empty().await;
    let session = ground.session();
    let mut world = World::new(ground, &session);
    let run = async {
        for step in steps {
            world.step(step).await?;
        }
        world.finish().await
    };
    let done =
        tokio::time::timeout(LONGEST, run).await.unwrap_or_else(|_| Err("it waits for ever".to_owned()));
    let log = world.log.join("\n  ");
    drop(world);
    session.close().await;
    done.map_err(|failure| format!("  {log}\n{failure}"))
}
