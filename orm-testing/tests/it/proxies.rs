//! What a proxy counts, logs and does to connections.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::{SinkExt, future};
use orm_testing::{Action, Proxy, TestDatabase, database};
use tokio_postgres::{Client, NoTls};

struct Setup {
    database: TestDatabase,
    proxy: Proxy,
    client: Client,
}

/// A table `t (a int)` and a client that has connected through a proxy.
async fn setup() -> Setup {
    let database = database().await;
    database.execute("CREATE TABLE t (a int)").await.expect("a table");
    let proxy = Proxy::start(database.url()).expect("a proxy");
    let client = connect(&proxy).await.expect("a connection");
    Setup { database, proxy, client }
}

async fn connect(proxy: &Proxy) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(proxy.url(), NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

impl Setup {
    async fn rows(&self) -> Vec<Vec<Option<String>>> {
        self.database.query_text("SELECT a FROM t ORDER BY a").await.expect("rows")
    }
}

#[tokio::test]
async fn connecting_is_no_flight() {
    let Setup { proxy, .. } = &setup().await;
    assert_eq!((proxy.counts().connections, proxy.counts().flights), (1, 0));
    assert_eq!(proxy.log()[0].action, Action::Connect);
}

#[tokio::test]
async fn one_simple_query_is_one_flight() {
    let Setup { proxy, client, .. } = &setup().await;
    client.simple_query("SELECT 1").await.expect("rows");
    assert_eq!(proxy.flights(), [["SELECT 1"]]);
    assert_eq!((proxy.counts().statements, proxy.counts().prepares), (1, 0));
}

#[tokio::test]
async fn statements_joined_are_one_flight() {
    let setup = setup().await;
    let (proxy, client) = (&setup.proxy, &setup.client);
    let insert = client.prepare("INSERT INTO t VALUES ($1)").await.expect("a statement");
    proxy.reset();
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&1];
    let (begin, inserted, commit) = future::join3(
        client.batch_execute("BEGIN"),
        client.execute(&insert, &parameters),
        client.batch_execute("COMMIT"),
    )
    .await;
    begin.and(commit).expect("a transaction");
    assert_eq!(inserted.expect("a row"), 1);
    assert_eq!(proxy.flights(), [["BEGIN", "INSERT INTO t VALUES ($1)", "COMMIT"]]);
    assert_eq!((proxy.counts().statements, proxy.counts().prepares), (3, 0));
    assert_eq!(setup.rows().await, [[Some("1".to_owned())]]);
}

#[tokio::test]
async fn statements_awaited_one_after_the_other_are_a_flight_each() {
    let Setup { proxy, client, .. } = &setup().await;
    for sql in ["BEGIN", "DELETE FROM t", "COMMIT"] {
        client.batch_execute(sql).await.expect("a statement");
    }
    assert_eq!(proxy.flights(), [["BEGIN"], ["DELETE FROM t"], ["COMMIT"]]);
}

#[tokio::test]
async fn what_is_sent_after_an_answer_that_the_client_has_not_seen_is_the_same_flight() {
    let Setup { proxy, client, .. } = &setup().await;
    proxy.hold();
    let mut begin = pin!(client.batch_execute("BEGIN"));
    tokio::select! {
        biased;
        _ = &mut begin => panic!("the answer is held"),
        () = proxy.answer_held() => {}
    }
    let mut commit = pin!(client.batch_execute("COMMIT"));
    poll_once(&mut commit);
    until(|| proxy.counts().statements == 2).await;
    proxy.release();
    begin.await.and(commit.await).expect("a transaction");
    assert_eq!(proxy.flights(), [["BEGIN", "COMMIT"]]);
}

#[tokio::test]
async fn a_query_by_text_is_prepared_in_a_flight_of_its_own() {
    let Setup { proxy, client, .. } = &setup().await;
    client.query("SELECT a FROM t", &[]).await.expect("rows");
    assert_eq!(proxy.flights(), [vec![], vec!["SELECT a FROM t"]]);
    // The driver has closed the statement by itself, with this or before it.
    client.simple_query("SELECT 1").await.expect("rows");
    assert_eq!(proxy.counts().flights, 3);
    let actions: Vec<Action> = proxy.log().iter().skip(1).map(|event| event.action).collect();
    assert_eq!(actions, [Action::Prepare, Action::Execute, Action::Close, Action::Execute]);
}

#[tokio::test]
async fn a_statement_that_fails_is_counted() {
    let Setup { proxy, client, .. } = &setup().await;
    client.simple_query("SELECT 1/0").await.expect_err("a division by zero");
    client.simple_query("SELECT 1").await.expect("rows");
    assert_eq!(proxy.flights(), [["SELECT 1/0"], ["SELECT 1"]]);
}

#[tokio::test]
async fn rows_copied_in_are_a_second_flight() {
    let setup = setup().await;
    let copy = setup.client.prepare("COPY t FROM STDIN").await.expect("a statement");
    setup.proxy.reset();
    let sink = setup.client.copy_in::<_, &'static [u8]>(&copy).await.expect("a sink");
    let mut sink = pin!(sink);
    sink.send(b"1\n").await.expect("a row");
    sink.send(b"2\n").await.expect("a row");
    assert_eq!(sink.as_mut().finish().await.expect("rows"), 2);
    setup.client.simple_query("SELECT 1").await.expect("rows");
    assert_eq!(setup.proxy.flights(), [vec!["COPY t FROM STDIN"], vec![], vec!["SELECT 1"]]);
    assert_eq!(setup.rows().await.len(), 2);
}

#[tokio::test]
async fn a_large_result_comes_whole() {
    let Setup { proxy, client, .. } = &setup().await;
    let sql = "SELECT repeat('x', 1000) FROM generate_series(1, 20000)";
    assert_eq!(client.query(sql, &[]).await.expect("rows").len(), 20_000);
    assert_eq!(proxy.statements(), [sql]);
}

#[tokio::test]
async fn a_cut_connection_is_lost_and_a_new_one_is_let_in() {
    let setup = setup().await;
    setup.client.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.expect("a row");
    setup.proxy.cut();
    let error = setup.client.simple_query("COMMIT").await.expect_err("no connection");
    assert!(error.as_db_error().is_none());
    let again = connect(&setup.proxy).await.expect("a new connection");
    again.simple_query("SELECT 1").await.expect("rows");
    assert!(setup.rows().await.is_empty());
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_server_has_committed() {
    let setup = setup().await;
    let Setup { proxy, client, .. } = &setup;
    proxy.hold();
    let mut insert = pin!(client.batch_execute("INSERT INTO t VALUES (1)"));
    tokio::select! {
        biased;
        _ = &mut insert => panic!("the answer is held"),
        () = proxy.answer_held() => {}
    }
    proxy.cut();
    insert.await.expect_err("no connection");
    assert_eq!(setup.rows().await, [[Some("1".to_owned())]]);
}

#[tokio::test]
async fn an_answer_held_comes_when_it_is_released() {
    let Setup { proxy, client, .. } = &setup().await;
    proxy.hold();
    let mut select = pin!(client.simple_query("SELECT 1"));
    tokio::select! {
        biased;
        _ = &mut select => panic!("the answer is held"),
        () = proxy.answer_held() => {}
    }
    proxy.release();
    select.await.expect("rows");
}

#[tokio::test]
async fn a_new_connection_can_be_refused() {
    let Setup { proxy, client, .. } = &setup().await;
    proxy.refuse();
    connect(proxy).await.expect_err("no connection");
    client.simple_query("SELECT 1").await.expect("the open connection stays");
    proxy.accept();
    connect(proxy).await.expect("a connection");
}

#[tokio::test]
async fn a_cancel_request_is_handed_on() {
    let Setup { database, proxy, client } = &setup().await;
    let mut sleep = pin!(client.batch_execute("SELECT pg_sleep(600)"));
    poll_once(&mut sleep);
    let asleep = "SELECT 1 FROM pg_stat_activity \
        WHERE wait_event = 'PgSleep' AND datname = current_database()";
    while database.query_text(asleep).await.expect("activity").is_empty() {}
    client.cancel_token().cancel_query(NoTls).await.expect("a cancel request");
    let error = sleep.await.expect_err("cancelled");
    assert_eq!(error.code(), Some(&tokio_postgres::error::SqlState::QUERY_CANCELED));
    assert_eq!(proxy.counts().cancels, 1);
    assert!(proxy.log().iter().any(|e| e.action == Action::Cancel && e.connection == 0));
}

#[tokio::test]
async fn a_distant_server_answers_the_same() {
    let Setup { database, .. } = &setup().await;
    let proxy = Proxy::start(database.url()).expect("a proxy");
    let proxy = proxy.with_latency(Duration::from_millis(1));
    let client = connect(&proxy).await.expect("a connection");
    let one = client.query_one("SELECT 1", &[]).await.expect("a row");
    assert_eq!(one.get::<_, i32>(0), 1);
}

#[test]
fn a_wrong_url_is_an_error_that_hides_the_password() {
    for url in ["postgres://someone:secret@h:port/a", "user=someone password=secret"] {
        let error = Proxy::start(url).expect_err("a wrong URL");
        assert!(error.is_configuration());
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

/// Sends what the future sends first, and does not wait for more.
fn poll_once(future: &mut (impl Future + Unpin)) {
    let polled = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
}

/// Lets the runtime's other tasks run until the condition holds.
async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}
