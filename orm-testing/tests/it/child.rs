//! This test binary run once more as a child process, to set its environment and to kill it.
//!
//! `child` is the test that the child runs; in an ordinary run it does nothing.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;

const ROLE: &str = "ORM_TESTING_ROLE";

/// The child's first line begins with this; what the harness prints does not.
const ANSWER: &str = "answer: ";

/// What the child does once it has a server and has told its URL.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Role {
    End,
    Panic,
    Abort,
    Wait,
}

const ROLES: [(&str, Role); 4] =
    [("end", Role::End), ("panic", Role::Panic), ("abort", Role::Abort), ("wait", Role::Wait)];

pub(crate) struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The server's URL, or `error: ` and its text.
    pub(crate) answer: String,
}

impl Process {
    /// Runs a child until it has told its server's URL.
    pub(crate) fn run(role: Role, environment: &[(&str, &str)]) -> Self {
        let mut child = command(role, environment).spawn().expect("the test binary can be run");
        let stdout = child.stdout.take().expect("standard output is a pipe");
        let mut stdout = BufReader::new(stdout);
        let answer = read_answer(&mut stdout);
        Self { child, stdout, answer }
    }

    /// The directory of the child's throwaway cluster, from its URL.
    pub(crate) fn directory(&self) -> PathBuf {
        let config: tokio_postgres::Config = self.answer.parse().expect("the answer is a URL");
        match &config.get_hosts()[0] {
            tokio_postgres::config::Host::Unix(directory) => directory.clone(),
            tokio_postgres::config::Host::Tcp(_) => panic!("not a throwaway cluster"),
        }
    }

    /// `SIGKILL`: the child does nothing more.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the child runs");
        self.child.wait().expect("the child can be waited for");
    }

    /// Whether the child's test passed.
    pub(crate) fn wait(mut self) -> bool {
        io::copy(&mut self.stdout, &mut io::sink()).expect("the child's output can be read");
        self.child.wait().expect("the child can be waited for").success()
    }
}

/// The test binary as a child in a role, without the environment's `DATABASE_URL`.
pub(crate) fn command(role: Role, environment: &[(&str, &str)]) -> Command {
    let name = ROLES.iter().find(|(_, r)| *r == role);
    let mut command = Command::new(env::current_exe().expect("a test has a path"));
    command
        .args(["--exact", "child::child", "--nocapture", "--test-threads=1"])
        .env_remove("DATABASE_URL")
        .env(ROLE, name.expect("every role has a name").0)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn read_answer(stdout: &mut impl BufRead) -> String {
    let mut answer = String::new();
    loop {
        let mut line = String::new();
        let length = stdout.read_line(&mut line).expect("the child writes text");
        match line.split_once(ANSWER) {
            Some((_, first)) => answer.push_str(first),
            None if line.trim() == "." => return answer.trim().to_owned(),
            None if !answer.is_empty() => answer.push_str(&line),
            None => assert_ne!(length, 0, "the child ended without an answer"),
        }
    }
}

#[test]
fn child() {
    let Ok(name) = env::var(ROLE) else { return };
    let role = ROLES.iter().find(|(n, _)| *n == name).expect("a known role").1;
    let answer = match orm_testing::server() {
        Ok(server) => server.url().to_owned(),
        Err(error) => format!("error: {error:?}"),
    };
    // Written past the harness, which captures only what is printed.
    let mut stdout = io::stdout();
    writeln!(stdout, "{ANSWER}{answer}\n.").expect("standard output is open");
    stdout.flush().expect("standard output is open");
    match role {
        Role::End => {}
        Role::Panic => panic!("as asked"),
        Role::Abort => std::process::abort(),
        Role::Wait => drop(io::stdin().read(&mut [0]).expect("standard input is open")),
    }
}

/// One at a time: several clusters that start at once share two cores for no gain.
pub(crate) fn one_at_a_time() -> std::sync::MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
