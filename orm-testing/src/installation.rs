//! Which installed PostgreSQL to start: the directory that holds `initdb` and `postgres`.
//!
//! `PG_BIN_DIR` decides alone when it is set; otherwise the newest supported version found wins.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

const OLDEST_SUPPORTED: u32 = 14;

/// Directories with one installation per `*`.
const USUAL_PLACES: [&str; 6] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// The directory of the programs to use.
pub(crate) fn bin_dir() -> Result<PathBuf, Error> {
    match env::var_os("PG_BIN_DIR") {
        Some(dir) => chosen(Path::new(&dir)),
        None => newest().ok_or_else(Error::not_installed),
    }
}

fn chosen(dir: &Path) -> Result<PathBuf, Error> {
    match version(dir) {
        Some((major, _)) if major >= OLDEST_SUPPORTED => {
            // The server is started with another working directory.
            fs::canonicalize(dir).map_err(|source| Error::path("read", dir, source))
        }
        Some((major, minor)) => Err(Error::configuration(format!(
            "PG_BIN_DIR is set to {}, which holds PostgreSQL {major}.{minor}; the oldest supported is {OLDEST_SUPPORTED}",
            dir.display()
        ))),
        None => Err(Error::configuration(format!(
            "PG_BIN_DIR is set to {}, where `initdb` and `postgres` cannot both be run",
            dir.display()
        ))),
    }
}

fn newest() -> Option<PathBuf> {
    candidates()
        .into_iter()
        .filter_map(|dir| Some((version(&dir)?, dir)))
        .filter(|((major, _), _)| *major >= OLDEST_SUPPORTED)
        .max_by_key(|(version, _)| *version)
        .map(|(_, dir)| dir)
}

fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    dirs.extend(bin_dir_of_pg_config());
    dirs.extend(USUAL_PLACES.iter().flat_map(|pattern| expand(pattern)));
    dirs
}

fn bin_dir_of_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim()))
}

/// The directories that match a pattern with one `*` in one of its names.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let (before, after) = pattern.split_once('*').expect("every pattern has a star");
    let (parent, prefix) = before.rsplit_once('/').expect("every pattern is absolute");
    let (suffix, rest) = after.split_once('/').expect("the star is not in the last name");
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(prefix) && name.ends_with(suffix)
        })
        .map(|entry| entry.path().join(rest))
        .collect()
}

/// Major and minor version, if both programs are there and `postgres` runs.
fn version(dir: &Path) -> Option<(u32, u32)> {
    if !dir.join("initdb").is_file() || !dir.join("postgres").is_file() {
        return None;
    }
    let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `postgres (PostgreSQL) 17.2 (Debian 17.2-1)`, `... 18beta1` and `... 19devel`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let number = text.split_whitespace().nth(2)?;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let (major, rest) = number.split_at(end);
    let minor = rest.strip_prefix('.').and_then(|minor| minor.parse().ok());
    Some((major.parse().ok()?, minor.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn versions_of_releases_and_of_previews_are_read() {
        let debian = parse_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n");
        assert_eq!(debian, Some((15, 14)));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(parse_version("postgres (PostgreSQL) 19devel"), Some((19, 0)));
        assert_eq!(parse_version("something else"), None);
    }
}
