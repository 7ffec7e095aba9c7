//! The schema's statements, run on a real server: twice, dropped, and with the names that the server gives.

use super::fixture::{column as required, foreign_key, identity, table};
use super::{create_statements, drop_statements};
use crate::model::{ColumnFacts, Default, Table};
use crate::types::SqlType;

const BIGINT: SqlType = SqlType::new("bigint");
const LONG: &str = "a_column_whose_name_is_quite_long_indeed_and_then_some";

const fn column(name: &'static str, sql_type: SqlType) -> ColumnFacts {
    ColumnFacts { nullable: true, ..required(name, sql_type) }
}

static USERS: Table = table(
    "user",
    &[
        identity(),
        ColumnFacts { unique: true, ..column("Email $$", SqlType::new("text")) },
        ColumnFacts {
            default: Default::Expression("now()"),
            ..column("created_at", SqlType::new("timestamptz"))
        },
        column("mood", SqlType::enumeration("mood", &["happy", "it's", r"a\b"])),
        column("moods", SqlType::enumeration("mood", &["happy", "it's", r"a\b"]).array()),
        ColumnFacts { index: true, ..column("favourite", BIGINT) },
        ColumnFacts { index: true, ..column("boss", BIGINT) },
    ],
    &[foreign_key(&[5], || &POSTS), foreign_key(&[6], || &USERS)],
);

static POSTS: Table = Table {
    uniques: &[&[2, 1]],
    indexes: &[&[1, 2]],
    ..table(
        "posts_with_a_name_that_is_long",
        &[
            ColumnFacts { declared_type: Some("bigserial"), nullable: false, ..identity() },
            ColumnFacts { nullable: false, ..column("values", BIGINT) },
            ColumnFacts { index: true, ..column(LONG, BIGINT) },
        ],
        &[foreign_key(&[1], || &USERS), foreign_key(&[2], || &LOGS)],
    )
};

static LOGS: Table = Table { schema: Some("Audit"), ..table("order", &[identity()], &[]) };

const ALL: [&Table; 4] = [&USERS, &POSTS, &LOGS, &USERS];

async fn run(database: &orm_testing::TestDatabase, statements: &[String]) {
    for statement in statements {
        database.execute(statement).await.unwrap_or_else(|error| panic!("{error:?}\n{statement}"));
    }
}

async fn names(database: &orm_testing::TestDatabase, sql: &str) -> Vec<String> {
    let rows = database.query_text(sql).await.expect("the catalogue can be read");
    rows.into_iter().flatten().flatten().collect()
}

const CONSTRAINTS: &str = "SELECT conname FROM pg_constraint WHERE connamespace IN ('public'::regnamespace,
    '\"Audit\"'::regnamespace) AND contype IN ('p', 'u', 'f') ORDER BY conname COLLATE \"C\"";

#[tokio::test]
async fn creating_twice_is_creating_once_and_dropping_leaves_nothing() {
    let database = orm_testing::database().await;
    run(&database, &create_statements(&ALL)).await;
    let once = names(&database, CONSTRAINTS).await;
    run(&database, &create_statements(&ALL)).await;
    assert_eq!(names(&database, CONSTRAINTS).await, once);
    run(&database, &drop_statements(&ALL)).await;
    run(&database, &drop_statements(&ALL)).await;
    let left = "SELECT relname FROM pg_class WHERE relnamespace IN ('public'::regnamespace, '\"Audit\"'::regnamespace)
        UNION ALL SELECT typname FROM pg_type WHERE typname = 'mood'";
    assert!(names(&database, left).await.is_empty());
}

#[tokio::test]
async fn names_are_those_that_the_server_gives() {
    let database = orm_testing::database().await;
    run(&database, &create_statements(&ALL)).await;
    let ours = names(&database, CONSTRAINTS).await;
    assert_eq!(ours.len(), 9, "{ours:?}");
    let indexes =
        "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%idx%' ORDER BY indexname COLLATE \"C\"";
    let our_indexes = names(&database, indexes).await;
    assert_eq!(our_indexes.len(), 4, "{our_indexes:?}");
    // The server's own choice: the same statements without the names.
    run(&database, &drop_statements(&ALL)).await;
    let unnamed = create_statements(&ALL).into_iter().map(|statement| {
        let statement = without(&statement, "ADD CONSTRAINT ", "ADD ");
        without(&statement, "INDEX IF NOT EXISTS ", "INDEX ")
    });
    run(&database, &unnamed.collect::<Vec<_>>()).await;
    assert_eq!(names(&database, CONSTRAINTS).await, ours);
    assert_eq!(names(&database, indexes).await, our_indexes);
}

/// The statement without the name after `before`.
fn without(statement: &str, before: &str, instead: &str) -> String {
    match statement.split_once(before) {
        Some((start, rest)) => {
            let rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
            format!("{start}{instead}{rest}")
        }
        None => statement.to_owned(),
    }
}

#[tokio::test]
async fn a_list_created_in_parts_refers_to_what_exists() {
    let database = orm_testing::database().await;
    run(&database, &create_statements(&[&LOGS])).await;
    run(&database, &create_statements(&[&USERS, &POSTS])).await;
    database
        .execute("INSERT INTO \"user\" (\"Email $$\", mood, moods) VALUES ('a', 'it''s', '{happy}')")
        .await
        .expect("the row is stored");
}
