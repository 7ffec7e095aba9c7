//! Collections that are too large to be loaded: what is added and removed is written, and queries find the rest.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::archive::{Account, Entry, LEDGER, Label};

type Result = orm_core::Result<()>;

async fn ledger() -> Setup {
    let setup = Setup::new(&LEDGER).await;
    setup
        .sql(
            "INSERT INTO accounts (name) VALUES ('one'), ('two');
             INSERT INTO entries (amount, account_id) SELECT n, 1 FROM generate_series(1, 5) AS n;
             INSERT INTO labels (name) VALUES ('a'), ('b');
             INSERT INTO entry_labels (entry_id, label_id) VALUES (1, 1), (2, 1)",
        )
        .await;
    setup
}

/// Scenario 319: the parent goes in first, and its children in one statement with its key.
#[tokio::test]
async fn many_are_added_to_a_new_parent_by_one_statement() -> Result {
    let setup = ledger().await;
    let session = setup.db.session();
    let account = session.add(Account::builder().name("new").entries([Entry::builder().amount(1)]));
    for amount in 2..=1_000 {
        account.entries().add(&session.add(Entry::builder().amount(amount)));
    }
    session.flush().await?;
    assert_eq!(setup.shapes().concat(), ["BEGIN", "INSERT accounts", "INSERT entries (batch)"]);
    assert_eq!(account.entries().count().await?, 1_000);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT count(*), sum(amount) FROM entries WHERE account_id = 3").await,
        ["1000|500500"]
    );
    Ok(())
}

#[tokio::test]
async fn adding_removing_and_counting_load_nothing() -> Result {
    let setup = ledger().await;
    let session = setup.db.session();
    let one = session.get::<Account>(1).await?.expect("account 1 is there");
    let two = session.get::<Account>(2).await?.expect("account 2 is there");
    let entries =
        session.scalars(one.entries().query().filter(Entry::amount.gt(3)).order_by(Entry::id)).await?.all();
    assert_eq!(entries.iter().map(|entry| entry.amount).collect::<Vec<_>>(), [4, 5]);
    setup.flights();
    two.entries().add(&entries[0]);
    one.entries().remove(&entries[1]);
    two.entries().remove(&entries[1]);
    assert_eq!((entries[0].account().get()?, entries[1].account().get()?), (Some(two.clone()), None));
    assert_eq!(setup.statements(), [""; 0]);
    assert_eq!((one.entries().count().await?, two.entries().count().await?), (3, 1));
    assert_eq!(
        setup.shapes().concat(),
        ["BEGIN", "UPDATE entries: account_id (batch)", "SELECT entries", "SELECT entries"]
    );
    session.rollback().await?;
    assert_eq!(entries[0].account().get()?, Some(one.clone()));
    assert_eq!(one.entries().count().await?, 5);
    session.close().await;
    assert!(one.entries().count().await.is_err_and(|error| error.is_detached()));
    Ok(())
}

/// Scenario 309: what a new entity will be called is known when the query is sent.
#[tokio::test]
async fn a_query_of_a_new_parent_finds_its_key_when_it_is_sent() -> Result {
    let setup = ledger().await;
    let session = setup.db.session();
    let account = session.add(Account::builder().name("new"));
    let (query, labelled) = (account.entries().query(), account.entries().query().count());
    session.add(Entry::builder().amount(7).account(&account));
    let entries = session.scalars(query.clone()).await?.all();
    assert_eq!(setup.shapes().concat(), ["BEGIN", "INSERT accounts", "INSERT entries", "SELECT entries"]);
    assert_eq!((entries.len(), entries[0].amount, session.scalar(labelled).await?), (1, 7, Some(1)));
    assert_eq!(entries[0].account().get()?, Some(account.clone()));
    session.rollback().await?;
    assert_eq!(session.scalars(query.clone()).await?.all(), []);
    session.add(&account);
    session.flush().await?;
    session.add(Entry::builder().amount(8).account(&account));
    let found = session.scalars(query.order_by(Entry::amount)).await?.all();
    assert_eq!(found.iter().map(|entry| entry.amount).collect::<Vec<_>>(), [7, 8]);
    let other = session.add(Account::builder().name("other"));
    let nothing = session.no_autoflush(session.scalars(other.entries().query())).await?;
    assert_eq!(nothing.all(), []);
    Ok(())
}

/// Scenario 318: the database deletes along; nothing is loaded.
#[tokio::test]
async fn a_parent_is_deleted_without_its_children_being_loaded() -> Result {
    let setup = ledger().await;
    let session = setup.db.session();
    let one = session.get::<Account>(1).await?.expect("account 1 is there");
    setup.flights();
    session.delete(&one);
    session.commit().await?;
    assert_eq!(setup.shapes().concat(), ["BEGIN", "DELETE accounts", "COMMIT"]);
    assert_eq!(setup.rows("SELECT count(*) FROM entries").await, ["0"]);
    Ok(())
}

#[tokio::test]
async fn a_many_to_many_can_be_write_only() -> Result {
    let setup = ledger().await;
    let session = setup.db.session();
    let label = session.get::<Label>(1).await?.expect("label 1 is there");
    let entries = session.scalars(label.entries().query().order_by(Entry::id)).await?.all();
    let other = session.get::<Entry>(3).await?.expect("entry 3 is there");
    setup.flights();
    label.entries().remove(&entries[0]);
    label.entries().add(&other);
    assert_eq!(label.entries().count().await?, 2);
    assert_eq!(
        setup.shapes().concat(),
        ["BEGIN", "DELETE entry_labels", "INSERT entry_labels", "SELECT entries"]
    );
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT entry_id FROM entry_labels WHERE label_id = 1 ORDER BY 1").await,
        ["2", "3"]
    );
    Ok(())
}

/// The links that the session deletes are not loaded either.
#[tokio::test]
async fn links_go_with_their_row_without_being_loaded() -> Result {
    let setup = ledger().await;
    setup.sql("INSERT INTO account_labels (label_id, account_id) VALUES (1, 1), (1, 2), (2, 2)").await;
    let session = setup.db.session();
    let label = session.get::<Label>(1).await?.expect("label 1 is there");
    setup.flights();
    session.delete(&label);
    session.commit().await?;
    assert_eq!(
        setup.shapes().concat(),
        ["BEGIN", "DELETE account_labels (batch)", "DELETE labels", "COMMIT"]
    );
    assert_eq!(setup.rows("SELECT label_id FROM account_labels").await, ["2"]);
    assert_eq!(setup.rows("SELECT count(*) FROM entry_labels").await, ["0"]);
    Ok(())
}

/// What is in memory of it is not taken for all.
#[tokio::test]
async fn it_is_neither_merged_nor_shown_as_loaded() -> Result {
    let setup = ledger().await;
    let elsewhere = setup.db.session();
    let source = elsewhere.add(Account::builder().name("new").entries([Entry::builder().amount(1)]));
    elsewhere.commit().await?;
    elsewhere.close().await;
    setup.sql("INSERT INTO entries (amount, account_id) SELECT n, 3 FROM generate_series(2, 9) AS n").await;
    let session = setup.db.session();
    setup.flights();
    let merged = session.merge(&source).await?;
    assert_eq!(setup.shapes().concat(), ["SELECT accounts", "SELECT entries", "SELECT entry_labels"]);
    assert_eq!(merged.entries().count().await?, 9);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM entries WHERE account_id = 3").await, ["9"]);
    Ok(())
}
