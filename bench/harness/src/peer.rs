//! The driver's side of a contestant: builds it, starts it, asks it.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::{Case, Result, Seen};

/// Builds a contestant, `bench-NAME`, and gives its program; `None` if it does not build.
///
/// # Errors
///
/// There is no cargo.
pub fn build(name: &str) -> Result<Option<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let package = format!("bench-{name}");
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    let command = command.args(["build", "--quiet", "--release", "--bin", &package]).current_dir(folder);
    if !command.status()?.success() {
        return Ok(None);
    }
    // All contestants are built into the folder that this program was built into.
    Ok(Some(env::current_exe()?.with_file_name(package)))
}

/// A running contestant.
pub struct Peer {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts a contestant, or a tool that starts one, on a database.
    ///
    /// # Errors
    ///
    /// The program cannot be started.
    pub fn start(command: &mut Command, url: &str) -> Result<Self> {
        let command = command.env("DATABASE_URL", url).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let answers = BufReader::new(process.stdout.take().ok_or("its output is a pipe")?);
        Ok(Self { questions: process.stdin.take(), answers, process })
    }

    /// Has a case done some times without a measurement.
    ///
    /// # Errors
    ///
    /// It failed.
    pub fn warm(&mut self, case: Case, times: i64) -> Result<Seen> {
        self.ask(&format!("warm {times} {case}")).map(|(_, seen)| seen)
    }

    /// Has a case done some times; gives the time of each and what was seen in all.
    ///
    /// # Errors
    ///
    /// It failed.
    pub fn measure(&mut self, case: Case, times: i64) -> Result<(Vec<Duration>, Seen)> {
        self.ask(&format!("measure {times} {case}"))
    }

    fn ask(&mut self, question: &str) -> Result<(Vec<Duration>, Seen)> {
        writeln!(self.questions.as_mut().ok_or("it has ended")?, "{question}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let (times, seen) =
            answer.trim_end().split_once(';').ok_or_else(|| format!("{question}: {answer}"))?;
        let times = times.split_whitespace().map(|time| time.parse().map(Duration::from_nanos));
        Ok((times.collect::<std::result::Result<_, _>>()?, seen.parse()?))
    }

    /// Waits for its end, which comes when nobody can ask it any more.
    ///
    /// # Errors
    ///
    /// It cannot be waited for.
    pub fn finish(mut self) -> Result<()> {
        self.questions = None;
        self.process.wait()?;
        Ok(())
    }
}
