//! Questions that are asked twice: by hand-written SQL through the driver alone, and in the typed language.

use std::fmt::{Debug, Display};
use std::path::Path;
use std::sync::{Arc, Weak};

use orm_core::{Database, Rows, Statement};
use orm_examples::chinook;
use orm_testing::TestDatabase;
use tokio::sync::Mutex;
use tokio_postgres::types::FromSql;
use tokio_postgres::{Client, Row};

use crate::manual;

const CHINOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/chinook/chinook.sql");

/// The shop's database, as long as a test that runs holds it: questions change nothing.
static SHOP: Mutex<Weak<TestDatabase>> = Mutex::const_new(Weak::new());
static MANUAL: Mutex<Weak<TestDatabase>> = Mutex::const_new(Weak::new());

/// A database that questions are asked of.
pub struct Questions {
    pub db: Database,
    client: Client,
    _database: Arc<TestDatabase>,
}

impl Questions {
    /// The tables of PostgreSQL's manual.
    pub async fn about_the_manual() -> Self {
        let mut shared = MANUAL.lock().await;
        if let Some(database) = shared.upgrade() {
            return Self::of(database).await;
        }
        let database = fresh().await;
        let asked = Self::of(Arc::clone(&database)).await;
        asked.db.create_all(&manual::TABLES).await.expect("the tables can be created");
        database.execute(manual::ROWS).await.expect("the rows can be inserted");
        *shared = Arc::downgrade(&database);
        asked
    }

    /// The Chinook shop; `None` where its file is missing, which fails under `CI`.
    pub async fn about_the_shop() -> Option<Self> {
        let file = Path::new(CHINOOK);
        if !file.exists() && std::env::var_os("CI").is_none() {
            return None;
        }
        let mut shared = SHOP.lock().await;
        if let Some(database) = shared.upgrade() {
            return Some(Self::of(database).await);
        }
        let database = fresh().await;
        chinook::load(&database, file).await.expect("the file can be loaded");
        *shared = Arc::downgrade(&database);
        Some(Self::of(database).await)
    }

    async fn of(database: Arc<TestDatabase>) -> Self {
        let client = database.client().await.expect("the database can be reached");
        let db = Database::builder(database.url()).pool_size(1).connect().await;
        Self { db: db.expect("the database can be reached"), client, _database: database }
    }

    /// Runs SQL on the connection of the hand-written SQL.
    pub async fn run(&self, sql: &str) {
        self.client.batch_execute(sql).await.expect("the SQL runs");
    }

    /// The answer of hand-written SQL.
    pub async fn sql<T: Cells>(&self, sql: &str) -> Vec<T> {
        let rows = self.client.query(sql, &[]).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        rows.iter().map(T::of).collect()
    }

    /// The answer of hand-written SQL that asks for a single column.
    pub async fn column<T: for<'a> FromSql<'a>>(&self, sql: &str) -> Vec<T> {
        self.sql::<(T,)>(sql).await.into_iter().map(|(cell,)| cell).collect()
    }
}

impl Questions {
    /// Holds that a typed query's one row is this text.
    pub async fn answers(&self, query: impl Statement<Output = Rows<String>> + Display, text: &str) {
        let sql = query.to_string();
        assert_eq!(self.read(query).await, [text], "{sql}");
    }

    /// The typed answer.
    pub async fn read<R>(&self, query: impl Statement<Output = Rows<R>> + Display) -> Vec<R> {
        let (text, session) = (query.to_string(), self.db.session());
        let rows = session.execute(query).await.unwrap_or_else(|error| panic!("{text}: {error:?}"));
        rows.all()
    }

    /// Holds that an expression over the one row of samples is this text, `NULL` standing for NULL.
    pub async fn says(&self, sql: &str, text: &str) {
        let found =
            self.column::<String>(&format!("SELECT coalesce(({sql})::text, 'NULL') FROM samples")).await;
        assert_eq!(found, [text], "{sql}");
    }
}

impl Questions {
    /// Asks both ways, holds that the answers are the same, and returns the answer.
    pub async fn agree<R: Cells + PartialEq + Debug>(
        &self,
        query: impl Statement<Output = Rows<R>> + Display,
        sql: &str,
    ) -> Vec<R> {
        let text = query.to_string();
        let (typed, expected) = (self.read(query).await, self.sql(sql).await);
        assert_eq!(typed, expected, "{text}");
        expected
    }

    /// The same, of a single column.
    pub async fn agree_column<T: for<'a> FromSql<'a> + PartialEq + Debug>(
        &self,
        query: impl Statement<Output = Rows<T>> + Display,
        sql: &str,
    ) -> Vec<T> {
        let text = query.to_string();
        let (typed, expected) = (self.read(query).await, self.column(sql).await);
        assert_eq!(typed, expected, "{text}");
        expected
    }
}

impl Questions {
    /// As [`agree`](Self::agree), of statements that write; neither keeps what it wrote.
    pub async fn agree_writing<R: Cells + PartialEq + Debug>(
        &self,
        statement: impl Statement<Output = Rows<R>> + Display,
        sql: &str,
    ) -> Vec<R> {
        // The session of the typed statement ends uncommitted.
        let (text, typed) = (statement.to_string(), self.read(statement).await);
        self.run("BEGIN").await;
        let expected = self.sql(sql).await;
        self.run("ROLLBACK").await;
        assert_eq!(typed, expected, "{text}");
        expected
    }
}

/// A database whose connections write times as the manual does.
async fn fresh() -> Arc<TestDatabase> {
    let database = orm_testing::database().await;
    let name = database.name();
    let settings = [("timezone", "UTC"), ("intervalstyle", "postgres"), ("datestyle", "ISO")];
    for (setting, value) in settings {
        let sql = format!("ALTER DATABASE {name} SET {setting} TO '{value}'");
        database.execute(&sql).await.expect("the setting is known");
    }
    Arc::new(database)
}

/// A row as a tuple, read by the driver.
pub trait Cells {
    fn of(row: &Row) -> Self;
}

macro_rules! cells {
    ($($count:literal: $($name:ident $index:tt),+;)+) => {
        $(
            impl<$($name: for<'a> FromSql<'a>),+> Cells for ($($name,)+) {
                fn of(row: &Row) -> Self {
                    assert_eq!(row.len(), $count, "a row has as many cells as are asked for");
                    ($(row.get($index),)+)
                }
            }
        )+
    };
}

cells! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}
