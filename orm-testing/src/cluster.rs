//! A throwaway cluster: made in a temporary directory, reached through a Unix socket in it.
//!
//! A shell (`cluster.sh`) makes it, runs it and removes it when the pipe to this process closes.
//! The kernel closes the pipe however this process ends: normally, by a panic, an abort or
//! `kill -9`. Nothing else is relied on, so a `Cluster` in a `static` is removed too.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io::Read};

use crate::directory::Directory;
use crate::{Error, installation, url};

const SCRIPT: &str = include_str!("cluster.sh");
const START_LIMIT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Variables that `initdb` and `postgres` would obey.
const POSTGRES_VARIABLES: [&str; 5] = ["PGDATA", "PGPORT", "PGOPTIONS", "PGDATESTYLE", "PGCLIENTENCODING"];

/// A running server; dropping it stops the server and removes its directory.
pub(crate) struct Cluster {
    keeper: Child,
    url: String,
}

impl Cluster {
    /// Makes and starts a cluster; returns when it accepts connections.
    pub(crate) fn start() -> Result<Self, Error> {
        let bin_dir = installation::bin_dir()?;
        let directory = Directory::create()?;
        let keeper = match spawn_keeper(&directory, &bin_dir) {
            Ok(keeper) => keeper,
            Err(source) => {
                directory.remove();
                return Err(Error::io("run `sh` to start PostgreSQL", source));
            }
        };
        let url = format!(
            "postgres://postgres@{}:5432/postgres",
            url::encode(directory.path().as_os_str().as_encoded_bytes())
        );
        let mut cluster = Self { keeper, url };
        cluster.wait_until_ready(directory.path(), &bin_dir)?;
        Ok(cluster)
    }

    /// The URL of the database `postgres`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn wait_until_ready(&mut self, directory: &Path, bin_dir: &Path) -> Result<(), Error> {
        let deadline = Instant::now() + START_LIMIT;
        while !is_ready(directory) {
            let ended = self.keeper.try_wait();
            let ended = ended.map_err(|source| Error::io("watch PostgreSQL start", source))?;
            if ended.is_some() || Instant::now() > deadline {
                return Err(self.start_error(bin_dir));
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    /// Ends the keeper, whose last words are the end of the server's log.
    fn start_error(&mut self, bin_dir: &Path) -> Error {
        self.stop();
        let mut log = String::new();
        if let Some(mut stderr) = self.keeper.stderr.take() {
            // What cannot be read is only missing from the message.
            let _ = stderr.read_to_string(&mut log);
        }
        Error::server(format!(
            "the PostgreSQL in {} did not start; its log ends with:\n{}",
            bin_dir.display(),
            log.trim_end()
        ))
    }

    fn stop(&mut self) {
        drop(self.keeper.stdin.take());
        // An error means that the keeper is gone already.
        let _ = self.keeper.wait();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn_keeper(directory: &Directory, bin_dir: &Path) -> std::io::Result<Child> {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", SCRIPT, "orm-testing"])
        .args([directory.path(), bin_dir])
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for variable in POSTGRES_VARIABLES {
        command.env_remove(variable);
    }
    if let Some((uid, gid)) = directory.other_owner() {
        command.uid(uid).gid(gid);
    }
    command.spawn()
}

/// The eighth line of `postmaster.pid` is the server's own word on its state.
fn is_ready(directory: &Path) -> bool {
    let status = fs::read_to_string(directory.join("data/postmaster.pid")).unwrap_or_default();
    status.lines().nth(7).is_some_and(|line| line.trim() == "ready")
        && directory.join(".s.PGSQL.5432").exists()
}
