//! What the graph costs and that all of it is given back, counted allocation by allocation in a process of its own.

use orm_tests::Setup;
use orm_tests::blog::TABLES;

/// What the program `memory` counted for a case, in bytes.
async fn count(setup: &Setup, case: &str) -> Vec<i64> {
    let program = env!("CARGO_BIN_EXE_memory");
    let mut command = std::process::Command::new(program);
    command.args([case, setup.database.url()]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("the task ends");
    let output = output.expect("the program runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{case}: {stderr}");
    stdout.split_whitespace().map(|bytes| bytes.parse().expect("a number of bytes")).collect()
}

#[tokio::test]
async fn a_million_edits_without_a_read_between_are_one_version() {
    let setup = Setup::new(&TABLES).await;
    let counted = count(&setup, "edits-of-one").await;
    let [growth] = counted[..] else { panic!("{counted:?}") };
    assert!(growth < 10_000_000, "a million edits take {growth} bytes");
}

#[tokio::test]
async fn entities_edited_once_stay_under_two_and_a_half_times_their_size() {
    let setup = Setup::new(&TABLES).await;
    let insert = "INSERT INTO users (name, email) \
                  SELECT 'Name of ' || n, n || '@example.org' FROM generate_series(1, 100000) AS n";
    setup.sql(insert).await;
    let counted = count(&setup, "edits-of-many").await;
    let [loaded, edited, written] = counted[..] else { panic!("{counted:?}") };
    assert!(loaded > 0 && edited * 2 < loaded * 5, "{loaded} bytes became {edited}");
    assert!(written * 2 < loaded * 5, "{loaded} bytes became {written}, once the edits were written");
}

#[tokio::test]
async fn circles_are_given_back_with_the_last_handle() {
    let setup = Setup::new(&TABLES).await;
    let counted = count(&setup, "circles").await;
    assert_eq!(counted.len(), 50);
    // The first round warms what the process keeps: the pool's connection and the models' numbers.
    let (early, late) = (counted[1], counted[counted.len() - 1]);
    assert!(late - early < 100_000, "50 graphs of 20,000 entities left {} bytes behind", late - early);
}

#[tokio::test]
async fn a_stream_of_a_million_rows_takes_no_more_than_its_chunks() {
    let setup = Setup::new(&TABLES).await;
    for case in ["stream-of-values", "stream-of-entities"] {
        let counted = count(&setup, case).await;
        let [most, rows] = counted[..] else { panic!("{counted:?}") };
        assert_eq!(rows, 1_000_000, "{case}");
        assert!(most < 4_000_000, "{case}: chunks of 1,000 rows take {most} bytes");
    }
}
