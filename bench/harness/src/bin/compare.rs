//! Runs all contestants by turns and prints what they took: `cargo run --release --bin compare -- [ROUNDS] [CASE]
//! [CONTESTANT..]`, such as `compare 40 "load 1000" raw ours`, or `compare 10 all`.

use std::env;
use std::io::{self, Write};
use std::process::Command;
use std::time::Duration;

use harness::{Case, Peer, Result, USERS, World, build, machine, median};

const CONTESTANTS: [&str; 3] = ["raw", "ours", "sqlx"];
const ROUNDS: usize = 15;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let rounds = arguments.first().map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    let cases = match arguments.get(1).map(String::as_str) {
        None | Some("all") => Case::ALL.to_vec(),
        Some(case) => vec![case.parse()?],
    };
    let named: Vec<&str> = arguments.iter().skip(2).map(String::as_str).collect();
    let names = if named.is_empty() { CONTESTANTS.to_vec() } else { named };
    let world = World::open(USERS)?;
    let mut peers = start(&names, world.url())?;

    let mut output = io::stdout();
    writeln!(output, "PostgreSQL {}; {}; medians of {rounds} turns\n", world.version()?, machine())?;
    let names: Vec<&str> = peers.iter().map(|(name, _)| *name).collect();
    writeln!(output, "| case | {} |\n| --- |{}", names.join(" | "), " ---: |".repeat(names.len()))?;
    for case in cases {
        writeln!(output, "| {case} {}", line(&measure(&world, &mut peers, case, rounds)?))?;
        output.flush()?;
    }
    peers.into_iter().try_for_each(|(_, peer)| peer.finish())
}

/// Builds and starts those that build.
fn start<'a>(names: &[&'a str], url: &str) -> Result<Vec<(&'a str, Peer)>> {
    let mut peers = Vec::new();
    for name in names {
        match build(name)? {
            Some(program) => peers.push((*name, Peer::start(&mut Command::new(program), url)?)),
            None => writeln!(io::stderr(), "{name} does not build, and is left out")?,
        }
    }
    Ok(peers)
}

/// The median of each; `None` where a contestant failed, which is told.
fn measure(world: &World, peers: &mut [(&str, Peer)], case: Case, rounds: usize) -> Result<Vec<Option<f64>>> {
    let mut times: Vec<Option<Vec<Duration>>> = peers.iter().map(|_| Some(Vec::new())).collect();
    for round in 0..=rounds {
        for ((name, peer), times) in peers.iter_mut().zip(&mut times) {
            let Some(kept) = times else { continue };
            match world.round(case, case.times(), || peer.measure(case, case.times())) {
                // The first turn prepares statements and warms caches, the first of each turn warms them again.
                Ok(_) if round == 0 => {}
                Ok(measured) => kept.extend(measured.into_iter().skip(1)),
                Err(error) => {
                    writeln!(io::stderr(), "{name}: {error:?}")?;
                    *times = None;
                }
            }
        }
    }
    Ok(times.into_iter().map(|times| times.map(|times| median(&times))).collect())
}

/// The cells of a case: microseconds, and how often the first one's time that is.
fn line(medians: &[Option<f64>]) -> String {
    let first = medians.first().copied().flatten().unwrap_or(f64::NAN);
    let cell = |median: &Option<f64>| match median {
        None => "| failed ".to_owned(),
        Some(median) => format!("| {median:.0} us, {:.2} ", median / first),
    };
    medians.iter().map(cell).collect::<String>() + "|"
}
