//! A contestant's side: waits for a case, does it, answers with times and with what it saw.
//!
//! A question is `measure TIMES CASE` or `warm TIMES CASE`; an answer is the nanoseconds of each time, a semicolon
//! and what was seen, or `failed: ` and why. What is measured runs inside of one function, [`measured`], and nothing
//! else does: instructions are counted there and nowhere else.

use std::env;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use crate::{Case, Contestant, NewGraph, NewPost, NewUser, Result, Seen, Work};

/// The `main` of a contestant. It connects to what `DATABASE_URL` says.
///
/// # Errors
///
/// No connection can be made, or whoever asked is gone.
pub fn serve<C: Contestant>() -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let contestant = runtime.block_on(C::connect(&env::var("DATABASE_URL")?))?;
    let host = Host { runtime, contestant };
    for line in io::stdin().lock().lines() {
        let answer =
            host.answer(&line?).unwrap_or_else(|error| format!("failed: {error:?}").replace('\n', " "));
        let mut output = io::stdout().lock();
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// Runs a future to its end and takes the time.
#[inline(never)]
fn measured<F: Future>(runtime: &Runtime, work: F) -> (F::Output, Duration) {
    let start = Instant::now();
    let output = runtime.block_on(work);
    (output, start.elapsed())
}

/// Runs a future to its end for its effect on caches.
#[inline(never)]
fn warmed<F: Future>(runtime: &Runtime, work: F) -> (F::Output, Duration) {
    (runtime.block_on(work), Duration::ZERO)
}

struct Host<C> {
    runtime: Runtime,
    contestant: C,
}

impl<C: Contestant> Host<C> {
    fn answer(&self, question: &str) -> Result<String> {
        let mut words = question.splitn(3, ' ');
        let mut next = || words.next().ok_or_else(|| format!("no question: `{question}`"));
        let measure = next()? == "measure";
        let times: i64 = next()?.parse()?;
        let case: Case = next()?.parse()?;
        let (mut answer, mut all) = (String::new(), Seen::default());
        for round in 0..times {
            let (time, seen) = self.run(case, round, measure)?;
            answer += &format!("{} ", time.as_nanos());
            all += seen;
            // What was left to the background, such as giving a connection back, is not the next one's time.
            self.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
        }
        Ok(format!("{answer};{all}"))
    }

    fn run(&self, case: Case, round: i64, measure: bool) -> Result<(Duration, Seen)> {
        let Case { work, size } = case;
        let (ours, numbers) = (&self.contestant, round * size..(round + 1) * size);
        match work {
            Work::Get => self.look(measure, ours.get(Case::key(round))),
            Work::Load => self.look(measure, ours.load(size)),
            Work::Insert => self.look(measure, ours.insert(numbers.map(NewUser::number).collect())),
            Work::Graph => self.look(measure, ours.graph(numbers.map(NewGraph::number).collect())),
            Work::Eager => self.look(measure, ours.eager(size)),
            Work::Nested => self.look(measure, ours.nested(size)),
            Work::Change => self.look(measure, ours.change(case.keys(round))),
            Work::Delete => {
                let loaded = self.runtime.block_on(ours.loaded(case.keys(round)))?;
                let (count, time) = self.time(measure, ours.delete(loaded));
                Ok((time, Seen { rows: i64::try_from(count?)?, ..Seen::default() }))
            }
            Work::Request => {
                let id = *case.keys(round).start();
                self.look(measure, ours.request(id, NewPost::of("a request")))
            }
        }
    }

    fn look<L: FnOnce() -> Seen>(
        &self,
        measure: bool,
        work: impl Future<Output = Result<L>>,
    ) -> Result<(Duration, Seen)> {
        let (look, time) = self.time(measure, work);
        // What was read is freed inside of the runtime: a pool may want it.
        let look = look?;
        Ok((time, self.runtime.block_on(async { look() })))
    }

    fn time<F: Future>(&self, measure: bool, work: F) -> (F::Output, Duration) {
        if measure { measured(&self.runtime, work) } else { warmed(&self.runtime, work) }
    }
}
