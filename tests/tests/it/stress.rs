//! Many sessions over a small pool, one in ten futures dropped half way: nothing is lost, nothing is left open.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use orm_core::prelude::*;
use orm_testing::TestDatabase;
use orm_tests::blog::{Profile, TABLES, User};

const SESSIONS: u64 = 100;
const POOL: usize = 8;
const COMMITS: usize = 2_000;

const NEW: &str = "Full Stack Developer";
const EDITED: &str = "Senior Backend Engineer";

/// What the database may hold for a user's email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Nothing,
    UserAlone,
    WithProfile(&'static str),
}

/// What the sessions know to be committed: for each email what the database holds. Where a commit was dropped half way,
/// what it held before and what it holds if the commit was carried out.
#[derive(Default)]
struct Ledger {
    rows: Mutex<HashMap<String, Vec<Row>>>,
    commits: AtomicUsize,
    dropped: AtomicUsize,
}

impl Ledger {
    fn committed(&self, email: &str, row: Row) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.note(email, vec![row]);
    }

    fn note(&self, email: &str, rows: Vec<Row>) {
        self.rows.lock().expect("no task panics").insert(email.to_owned(), rows);
    }

    fn is_full(&self) -> bool {
        self.commits.load(Ordering::Relaxed) >= COMMITS
    }
}

/// One task: a session after the other for as long as they are dropped, the same one otherwise.
struct Task<'a> {
    number: u64,
    random: Random,
    db: &'a Database,
    session: Session,
    ledger: &'a Ledger,
}

/// A future was dropped half way.
struct Dropped;

impl Task<'_> {
    async fn run(mut self) {
        for round in 0.. {
            if self.ledger.is_full() {
                return;
            }
            let email = format!("{}-{round}@example.org", self.number);
            if let Err(Dropped) = self.operations(&email).await {
                self.ledger.dropped.fetch_add(1, Ordering::Relaxed);
                self.recover().await;
            }
        }
    }

    /// A graph is saved, its profile edited, and deleted.
    async fn operations(&mut self, email: &str) -> Result<(), Dropped> {
        let user = self.session.add(User::builder().name("Nouman042").email(email));
        let profile = self.session.add(Profile::builder().bio(NEW).user(&user));
        self.commit(email, Row::Nothing, Row::WithProfile(NEW)).await?;
        for _ in 0..2 {
            cut(&mut self.random, self.session.refresh(&user).into_future())
                .await?
                .expect("the user is there");
            let refresh = self.session.refresh(&profile).into_future();
            cut(&mut self.random, refresh).await?.expect("the profile is there");
            assert_eq!((profile.user_id, &*user.email), (user.id, email));
            if profile.bio.as_deref() == Some(NEW) {
                profile.edit().bio = Some(EDITED.to_owned());
                self.commit(email, Row::WithProfile(NEW), Row::WithProfile(EDITED)).await?;
            }
        }
        assert_eq!(profile.bio.as_deref(), Some(EDITED));
        self.session.delete(&profile);
        self.commit(email, Row::WithProfile(EDITED), Row::UserAlone).await
    }

    async fn commit(&mut self, email: &str, before: Row, after: Row) -> Result<(), Dropped> {
        self.ledger.note(email, vec![before, after]);
        if self.random.below(4) == 0 {
            cut(&mut self.random, self.session.flush()).await?.expect("the flush succeeds");
        }
        cut(&mut self.random, self.session.commit()).await?.expect("the commit succeeds");
        self.ledger.committed(email, after);
        Ok(())
    }

    /// The session is dropped as it is; or it says whether it can go on, and if not is rolled back and used again.
    async fn recover(&mut self) {
        if self.random.below(2) == 0 {
            self.session = self.db.session();
            return;
        }
        match self.session.commit().await {
            Ok(()) => return,
            Err(error) => assert!(error.is_interrupted(), "{error}"),
        }
        let rollback = self.session.rollback();
        if let Ok(done) = cut(&mut self.random, rollback).await {
            done.expect("the session is open");
        }
    }
}

/// Lets a future finish, but drops one in ten after some polls.
async fn cut<F: Future>(random: &mut Random, future: F) -> Result<F::Output, Dropped> {
    let mut polls = if random.below(10) == 0 { random.below(6) } else { u64::MAX };
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending if polls == 0 => Poll::Ready(Err(Dropped)),
        Poll::Pending => {
            polls -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % end
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_sessions_over_a_pool_of_eight_save_exactly_what_they_committed() {
    let database = orm_testing::database().await;
    let db = Database::builder(database.url()).pool_size(POOL).connect().await.expect("the server is there");
    db.create_all(TABLES).await.expect("the tables can be created");
    let ledger = Arc::new(Ledger::default());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..SESSIONS {
        let (db, ledger) = (db.clone(), Arc::clone(&ledger));
        tasks.spawn(async move {
            let session = db.session();
            Task { number, random: Random::new(number + 1), db: &db, session, ledger: &ledger }.run().await;
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no task meets an error");
    }
    nothing_is_open(&database).await;
    assert!(ledger.commits.load(Ordering::Relaxed) >= COMMITS);
    assert!(ledger.dropped.load(Ordering::Relaxed) > COMMITS / 20, "futures were dropped");
    let written = std::mem::take(&mut *ledger.rows.lock().expect("no task panics"));
    the_tables_hold_what_was_committed(&database, &written).await;
}

/// Waits until each of the database's connections is at rest, outside of a transaction.
async fn nothing_is_open(database: &TestDatabase) {
    let client = database.client().await.expect("the server is there");
    let open = "SELECT count(*) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
    for _ in 0..10_000 {
        let row = client.query_one(open, &[]).await.expect("the query runs");
        if row.get::<_, i64>(0) == 0 {
            return;
        }
    }
    panic!("a connection stays in a transaction");
}

async fn the_tables_hold_what_was_committed(database: &TestDatabase, ledger: &HashMap<String, Vec<Row>>) {
    let rows = "SELECT email, user_id IS NOT NULL, bio FROM users LEFT JOIN profiles ON user_id = users.id";
    let found: HashMap<String, Row> =
        database.query_text(rows).await.expect("the query runs").into_iter().map(row).collect();
    for (email, possible) in ledger {
        let found = found.get(email).copied().unwrap_or(Row::Nothing);
        assert!(possible.contains(&found), "{email}: {found:?} is none of {possible:?}");
    }
    assert!(found.keys().all(|email| ledger.contains_key(email)), "there are rows that nobody wrote");
    let users = database.query_text("SELECT count(*) FROM users").await.expect("the query runs");
    assert_eq!(users, [[Some(found.len().to_string())]], "each user is one row");
}

fn row(cells: Vec<Option<String>>) -> (String, Row) {
    let [Some(email), Some(has_profile), bio] = <[_; 3]>::try_from(cells).expect("three cells") else {
        panic!("a NULL that cannot be");
    };
    let row = match (&*has_profile, bio.as_deref()) {
        ("t", Some(NEW)) => Row::WithProfile(NEW),
        ("t", Some(EDITED)) => Row::WithProfile(EDITED),
        ("f", None) => Row::UserAlone,
        other => panic!("{email}: {other:?}"),
    };
    (email, row)
}
