//! A database per test: empty, its own, and gone afterwards.

use orm_testing::{TestDatabase, database};

#[tokio::test]
async fn two_databases_are_separate() {
    let (one, other) = (database().await, database().await);
    assert_ne!(one.name(), other.name());
    one.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL)").await.expect("a table");
    let rows = one.query_text("SELECT a FROM t ORDER BY a").await.expect("rows");
    assert_eq!(rows, [[Some("1".to_owned())], [None]]);
    let error = other.query_text("SELECT a FROM t").await.expect_err("no such table here");
    assert!(format!("{error:?}").contains("relation \"t\" does not exist"), "{error:?}");
}

#[tokio::test]
async fn a_database_is_named_after_its_test_and_its_url_leads_to_it() {
    let database = database().await;
    assert!(database.name().starts_with("orm_test_"));
    let client = database.client().await.expect("a connection");
    let row = client.query_one("SELECT current_database()::text", &[]).await.expect("a row");
    assert_eq!(row.get::<_, String>(0), database.name());
}

#[tokio::test]
async fn a_hint_may_hold_anything() {
    let hint = "Größe; DROP \"x\" and a tail that is far longer than a name may be in PostgreSQL";
    let database = TestDatabase::create(hint).await.expect("a database");
    let name = database.query_text("SELECT current_database()").await.expect("a row");
    assert_eq!(name, [[Some(database.name().to_owned())]]);
}

#[tokio::test]
async fn a_database_is_dropped_with_its_value_whoever_is_connected() {
    let dropped = database().await;
    let name = dropped.name().to_owned();
    let client = dropped.client().await.expect("a connection");
    drop(dropped);
    assert_eq!(databases_named(&name).await, 0);
    assert!(client.simple_query("SELECT 1").await.is_err());
}

#[tokio::test]
async fn a_database_is_dropped_when_its_test_panics() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let test = tokio::spawn(async move {
        let database = database().await;
        sender.send(database.name().to_owned()).expect("somebody listens");
        panic!("as a failing test does");
    });
    assert!(test.await.is_err());
    assert_eq!(databases_named(&receiver.recv().expect("a name")).await, 0);
}

#[tokio::test]
async fn drop_now_says_whether_it_worked() {
    let dropped = database().await;
    let name = dropped.name().to_owned();
    dropped.drop_now().await.expect("the database can be dropped");
    assert_eq!(databases_named(&name).await, 0);
}

async fn databases_named(name: &str) -> usize {
    let sql = format!("SELECT datname FROM pg_database WHERE datname = '{name}'");
    database().await.query_text(&sql).await.expect("the catalogue can be read").len()
}
