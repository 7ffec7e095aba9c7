//! Medians, and the machine that they were taken on.

use std::fs;
use std::time::Duration;

/// The middle one of some times, in microseconds.
#[must_use]
pub fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}

/// What the processor is called, how many there are, and how many processes wanted one in the last minute.
#[must_use]
pub fn machine() -> String {
    let text = |path| fs::read_to_string(path).unwrap_or_default();
    let information = text("/proc/cpuinfo");
    let model = information.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("a processor", |line| line.trim_start_matches([' ', '\t', ':']));
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let load = text("/proc/loadavg");
    format!("{model}, {processors} cores, load {}", load.split(' ').next().unwrap_or("unknown"))
}
