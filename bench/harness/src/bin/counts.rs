//! Counts the instructions of ten operations of this library and compares them with `bench/counts.txt`: `cargo run
//! --release --bin counts`. It fails if an operation takes over 5 % more than its record; `-- record` writes them anew.
//!
//! Counting is done by `valgrind --tool=callgrind`, in the one function that runs what is measured: start-up, warming up,
//! the server and the kernel do not count. So a busy machine gives the same numbers.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{Case, Peer, Result, USERS, World, build};

const CASES: [&str; 10] = [
    "get 1",
    "load 1",
    "load 1000",
    "insert 1",
    "insert 1000",
    "graph 1",
    "graph 100",
    "eager 100",
    "change 1000",
    "delete 1000",
];

/// What may be more than its record, in percent: what arrives together and what not differs from run to run.
const TOLERANCE: f64 = 5.0;

fn main() -> Result<()> {
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counts.txt");
    let anew = env::args().nth(1).is_some_and(|argument| argument == "record");
    let recorded = if anew { String::new() } else { fs::read_to_string(&record)? };
    let program = build("ours")?.ok_or("this library does not build")?;
    let world = World::open(USERS)?;
    let (mut text, mut over) = (String::new(), 0);
    let mut output = io::stdout();
    for name in CASES {
        let count = count(&world, &program, name.parse()?)?;
        writeln!(text, "{name}: {count}")?;
        let before =
            recorded.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.parse().ok());
        let percent = before.map(|before: u64| (count as f64 / before as f64 - 1.0) * 100.0);
        let change = percent.map_or("no record".to_owned(), |percent| format!("{percent:+.1} %"));
        writeln!(output, "{name:12} {count:>12} instructions  {change}")?;
        over += usize::from(!anew && percent.is_none_or(|percent| percent > TOLERANCE));
    }
    if anew {
        fs::write(&record, text)?;
    }
    if over > 0 {
        return Err(format!(
            "{over} of {} take over {TOLERANCE} % more than counts.txt says; if that is meant: counts record",
            CASES.len()
        )
        .into());
    }
    Ok(())
}

/// The instructions of a case done once, on average, in a program of its own whose statements are prepared.
fn count(world: &World, program: &PathBuf, case: Case) -> Result<u64> {
    let file = program.with_extension("callgrind");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*measured*"]);
    command.arg(format!("--callgrind-out-file={}", file.display())).arg(program);
    let mut peer = Peer::start(&mut command, world.url()).map_err(|error| format!("valgrind: {error}"))?;
    let times = if case.size == 1 { 100 } else { 4 };
    world.round(case, times, || peer.warm(case, times).map(|seen| ((), seen)))?;
    world.round(case, times, || peer.measure(case, times))?;
    peer.finish()?;
    let text = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    let total =
        text.lines().find_map(|line| line.strip_prefix("summary: ").or(line.strip_prefix("totals: ")));
    let total: u64 = total.ok_or("callgrind gives a total")?.trim().parse()?;
    Ok(total / u64::try_from(times)?)
}
