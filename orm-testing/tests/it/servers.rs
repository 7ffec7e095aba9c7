//! Where the server comes from, and that nothing of it is left behind.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use orm_testing::Server;

use crate::child::{Process, Role, command, one_at_a_time};

#[test]
fn a_cluster_goes_with_a_killed_process() {
    let _turn = one_at_a_time();
    let process = Process::run(Role::Wait, &[]);
    let (directory, server) = running(&process);
    process.kill();
    assert_gone(&directory, &server);
}

#[test]
fn a_cluster_goes_with_a_process_that_is_killed_while_it_is_made() {
    let _turn = one_at_a_time();
    let mut child = command(Role::Wait, &[("TMPDIR", "/tmp")]).spawn().expect("the test binary can be run");
    let directory = PathBuf::from(format!("/tmp/orm-testing-{}-0", child.id()));
    until(|| directory.join("data").exists());
    child.kill().expect("the child runs");
    child.wait().expect("the child can be waited for");
    until(|| !directory.exists());
}

#[test]
fn a_cluster_goes_with_an_aborted_process() {
    let _turn = one_at_a_time();
    let process = Process::run(Role::Abort, &[]);
    let directory = process.directory();
    assert!(!process.wait());
    until(|| !directory.exists());
}

#[test]
fn a_cluster_goes_with_a_process_that_panics_or_ends() {
    let _turn = one_at_a_time();
    for (role, success) in [(Role::Panic, false), (Role::End, true)] {
        let process = Process::run(role, &[]);
        let directory = process.directory();
        assert_eq!(process.wait(), success);
        until(|| !directory.exists());
    }
}

#[test]
fn two_processes_have_two_clusters() {
    let _turn = one_at_a_time();
    let one = Process::run(Role::Wait, &[]);
    let other = Process::run(Role::Wait, &[]);
    let (one_directory, one_server) = running(&one);
    let (other_directory, other_server) = running(&other);
    assert_ne!(one_directory, other_directory);
    one.kill();
    assert_gone(&one_directory, &one_server);
    assert!(is_alive(&other_server));
    other.kill();
    assert_gone(&other_directory, &other_server);
}

#[test]
fn a_dropped_server_is_gone_at_once() {
    let _turn = one_at_a_time();
    let server = Server::find_or_start().expect("a server");
    if !server.is_throwaway() {
        return;
    }
    let config: tokio_postgres::Config = server.url().parse().expect("a valid URL");
    let tokio_postgres::config::Host::Unix(directory) = config.get_hosts()[0].clone() else {
        panic!("a throwaway cluster listens on a Unix socket only");
    };
    assert!(directory.exists());
    drop(server);
    assert!(!directory.exists());
}

#[test]
fn a_broken_database_url_is_an_error_that_hides_the_password() {
    let url = "postgres://someone:secret@127.0.0.1:1/nowhere";
    let process = Process::run(Role::End, &[("DATABASE_URL", url)]);
    assert!(process.answer.starts_with("error: DATABASE_URL"), "{}", process.answer);
    assert!(process.answer.contains("host=127.0.0.1 port=1 user=someone dbname=nowhere"));
    assert!(!process.answer.contains("secret"));
    assert!(process.wait());
}

#[test]
fn a_database_url_that_is_none_is_an_error_that_hides_the_password() {
    for url in ["mysql://someone:secret@localhost/a", "password=secret port=x", ""] {
        let process = Process::run(Role::End, &[("DATABASE_URL", url)]);
        assert!(process.answer.starts_with("error: DATABASE_URL"), "{}", process.answer);
        assert!(!process.answer.contains("secret"), "{}", process.answer);
        assert!(process.wait());
    }
}

#[test]
fn a_database_url_comes_before_an_installed_postgresql() {
    let _turn = one_at_a_time();
    let cluster = Process::run(Role::Wait, &[]);
    let url = cluster.answer.clone();
    let process = Process::run(Role::End, &[("DATABASE_URL", &url)]);
    assert_eq!(process.answer, url);
    assert!(process.wait());
    assert!(is_alive(&running(&cluster).1), "the server that DATABASE_URL names is left running");
    cluster.kill();
}

#[test]
fn a_wrong_pg_bin_dir_is_an_error_that_names_it() {
    let process = Process::run(Role::End, &[("PG_BIN_DIR", "/nowhere/bin")]);
    assert!(process.answer.starts_with("error: PG_BIN_DIR is set to /nowhere/bin"), "{}", process.answer);
    assert!(process.wait());
}

#[test]
fn a_postgresql_that_does_not_start_is_an_error_with_its_log() {
    let bin_dir = std::env::temp_dir().join(format!("orm-testing-fake-{}", std::process::id()));
    make_fake_installation(&bin_dir);
    let process = Process::run(Role::End, &[("PG_BIN_DIR", &bin_dir.to_string_lossy())]);
    assert!(process.answer.contains("did not start"), "{}", process.answer);
    assert!(process.answer.contains("initdb: out of luck"), "{}", process.answer);
    assert!(process.wait());
    fs::remove_dir_all(bin_dir).expect("the fake can be removed");
}

/// A `postgres` that knows its version and an `initdb` that fails.
fn make_fake_installation(bin_dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(bin_dir).expect("a directory for the fake");
    let programs =
        [("postgres", "echo 'postgres (PostgreSQL) 17.2'"), ("initdb", "echo 'initdb: out of luck'; exit 1")];
    for (name, script) in programs {
        let path = bin_dir.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a fake program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a fake program");
    }
}

/// The directory and the process id of a child's server.
fn running(process: &Process) -> (PathBuf, String) {
    let directory = process.directory();
    let pid_file = fs::read_to_string(directory.join("data/postmaster.pid")).expect("it runs");
    let pid = pid_file.lines().next().expect("the first line is the process id").to_owned();
    assert!(is_alive(&pid));
    (directory, pid)
}

fn is_alive(pid: &str) -> bool {
    let status = Command::new("/bin/sh")
        .args(["-c", &format!("kill -0 {pid} 2>/dev/null || test -d /proc/{pid}")])
        .status();
    status.expect("`sh` can be run").success()
}

fn assert_gone(directory: &Path, pid: &str) {
    until(|| !directory.exists());
    assert!(!is_alive(pid), "the directory goes after the server");
}

/// Looks until it is so; a minute is the bound for a test that fails.
fn until(condition: impl Fn() -> bool) {
    let bound = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < bound, "it has not come to this in a minute");
        thread::yield_now();
    }
}
