//! The temporary directory of a cluster, and the user that it belongs to.
//!
//! `postgres` refuses to run as root: there the directory belongs to the user `postgres`, else
//! `nobody`, and the programs run as that user. The path leaves room for a socket's name.
//! It is in memory where there is plenty (creating a database makes 300 files, which some disks
//! take 300 ms for), unless `TMPDIR` says otherwise.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process};

use crate::Error;

/// A socket's path has 108 bytes on Linux and 104 on macOS; `/.s.PGSQL.5432.lock` takes 19.
const LONGEST_PATH: usize = 80;

/// Linux's directory in memory, and what must be free there, in KiB.
const MEMORY: &str = "/dev/shm";
const ENOUGH_MEMORY: u64 = 2 * 1024 * 1024;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Directory {
    path: PathBuf,
    other_owner: Option<(u32, u32)>,
}

impl Directory {
    /// Makes a directory that no other process uses.
    pub(crate) fn create() -> Result<Self, Error> {
        let path = create_unique(&parent())?;
        match Self::owned(path.clone()) {
            Ok(directory) => Ok(directory),
            Err(error) => {
                // The first error says more than what may go wrong here.
                let _ = fs::remove_dir(path);
                Err(error)
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// User and group to run the programs as, if not those of this process.
    pub(crate) fn other_owner(&self) -> Option<(u32, u32)> {
        self.other_owner
    }

    /// For a directory that no keeper was started for.
    pub(crate) fn remove(self) {
        // It is empty and in the system's temporary directory: left over, it harms nobody.
        let _ = fs::remove_dir(self.path);
    }

    fn owned(path: PathBuf) -> Result<Self, Error> {
        let metadata = fs::metadata(&path).map_err(|e| Error::path("read", &path, e))?;
        if metadata.uid() != 0 {
            return Ok(Self { path, other_owner: None });
        }
        let (uid, gid) = unprivileged()?;
        chown(&path, Some(uid), Some(gid)).map_err(|e| Error::path("give away", &path, e))?;
        Ok(Self { path, other_owner: Some((uid, gid)) })
    }
}

fn parent() -> PathBuf {
    let memory = Path::new(MEMORY);
    if env::var_os("TMPDIR").is_none() && is_usable(memory) && free_space(memory) >= ENOUGH_MEMORY {
        return memory.to_owned();
    }
    Some(env::temp_dir()).filter(|dir| is_usable(dir)).unwrap_or_else(|| PathBuf::from("/tmp"))
}

/// In KiB; nothing if it cannot be found out.
fn free_space(directory: &Path) -> u64 {
    let output = Command::new("df").arg("-Pk").arg(directory).output();
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    let available = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    available.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn create_unique(parent: &Path) -> Result<PathBuf, Error> {
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("orm-testing-{}-{number}", process::id()));
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            // Left by an earlier process of the same number, or by one in another container.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::path("create", &path, error)),
        }
    }
}

/// Short enough for a socket, and open to the user that the server runs as.
fn is_usable(parent: &Path) -> bool {
    parent.is_absolute()
        && parent.as_os_str().len() + "/orm-testing-4194304-999".len() <= LONGEST_PATH
        && parent.ancestors().all(is_searchable)
}

fn is_searchable(directory: &Path) -> bool {
    fs::metadata(directory).is_ok_and(|metadata| metadata.mode() & 0o001 != 0)
}

/// The user that PostgreSQL's packages make, else the one that owns nothing.
fn unprivileged() -> Result<(u32, u32), Error> {
    let user = ["postgres", "nobody"].into_iter().find_map(|name| Some((id(name, "-u")?, id(name, "-g")?)));
    user.ok_or_else(|| {
        Error::server(
            "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as"
                .to_owned(),
        )
    })
}

fn id(name: &str, what: &str) -> Option<u32> {
    let output = Command::new("id").args([what, name]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
