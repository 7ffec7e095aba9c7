//! Rows with versions: what somebody else has written meanwhile is not written over.

use orm_core::prelude::*;
use orm_core::types::Xid;
use orm_tests::Setup;
use orm_tests::versioned::{Account, Crew, Page, Sailor, TABLES, accounts};

type Result = orm_core::Result<()>;

const ACCOUNTS: &str = "SELECT id, owner, balance, version FROM accounts ORDER BY id";

#[tokio::test]
async fn a_version_counts_the_updates_of_its_row() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["ann", "bob"]).await?;
    assert_eq!(accounts.iter().map(|account| account.version).collect::<Vec<_>>(), [1, 1]);
    accounts[0].edit().balance = 50;
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE accounts: balance, version", "COMMIT"]]);
    for account in &accounts {
        account.edit().balance += 1;
    }
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE accounts: balance, version (batch)", "COMMIT"]]);
    assert_eq!(accounts.iter().map(|account| account.version).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(setup.rows(ACCOUNTS).await, ["1|ann|51|3", "2|bob|101|2"]);
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    Ok(())
}

/// Each row of a batch is checked, and nothing of it is committed, although `COMMIT` travelled along.
#[tokio::test]
async fn what_others_wrote_or_deleted_meanwhile_is_stale() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["ann", "bob", "cid", "dan"]).await?;
    setup.sql("UPDATE accounts SET version = 2, balance = 7 WHERE owner IN ('bob', 'dan')").await;
    setup.sql("DELETE FROM accounts WHERE owner = 'cid'").await;
    accounts[1].edit().balance = 0;
    let error = session.commit().await.expect_err("the row has another version");
    assert!(error.is_stale() && error.model() == Some("Account"), "{error}");
    assert_eq!(error.to_string(), "stale data: `Account` id 2 was changed by someone else since it was read");
    session.rollback().await?;
    for account in &accounts {
        account.edit().balance = 0;
    }
    let error = session.commit().await.expect_err("rows are stale").to_string();
    assert!(error.starts_with("stale data: `Account` id 3 is not in the database any more"), "{error}");
    assert!(
        error.ends_with("; `Account` id 2; id 4 was changed by someone else since it was read"),
        "{error}"
    );
    session.rollback().await?;
    accounts[2].edit().balance = 0;
    let error = session.commit().await.expect_err("the row is gone").to_string();
    assert!(error.contains("`Account` id 3 is not in the database any more"), "{error}");
    session.rollback().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, ["1|ann|100|1", "2|bob|7|2", "4|dan|7|2"]);
    assert_eq!((accounts[0].balance, accounts[0].version), (100, 1));
    Ok(())
}

/// A row with a version that is not there as it was read is not deleted, alone or among others.
#[tokio::test]
async fn deletes_check_the_version_too() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["ann", "bob", "cid"]).await?;
    setup.sql("UPDATE accounts SET version = 2 WHERE owner = 'bob'").await;
    session.delete(&accounts[1]);
    let error = session.commit().await.expect_err("the row has another version");
    assert!(error.is_stale() && error.to_string().contains("id 2 was changed"), "{error}");
    session.rollback().await?;
    accounts.iter().for_each(|account| session.delete(account));
    let error = session.commit().await.expect_err("one row has another version");
    assert!(error.is_stale() && error.to_string().contains("id 2 was changed"), "{error}");
    session.rollback().await?;
    setup.sql("DELETE FROM accounts WHERE owner = 'bob'").await;
    session.delete(&accounts[1]);
    let error = session.commit().await.expect_err("the row is gone");
    assert!(error.is_stale() && error.to_string().contains("id 2 is not in the database"), "{error}");
    session.rollback().await?;
    setup.flights();
    session.delete(&accounts[0]);
    session.delete(&accounts[2]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE accounts (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(ACCOUNTS).await, Vec::<String>::new());
    Ok(())
}

/// After a stale row: roll back, read it again, and do it once more on what is there now.
#[tokio::test]
async fn a_change_is_made_again_on_what_is_there_now() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let account = accounts(&setup, &session, &["ann"]).await?.remove(0);
    setup.sql("UPDATE accounts SET version = 2, balance = 70").await;
    let mut tries = 0;
    loop {
        tries += 1;
        account.edit().balance += 1;
        match session.commit().await {
            Err(error) if error.is_stale() => {
                session.rollback().await?;
                session.refresh(&account).await?;
            }
            other => break other?,
        }
    }
    assert_eq!((tries, account.balance, account.version), (2, 71, 3));
    assert_eq!(setup.rows(ACCOUNTS).await, ["1|ann|71|3"]);
    Ok(())
}

#[tokio::test]
async fn a_rollback_takes_versions_back() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let account = accounts(&setup, &session, &["ann"]).await?.remove(0);
    for balance in [1, 2] {
        account.edit().balance = balance;
        session.flush().await?;
    }
    assert_eq!(account.version, 3);
    session.rollback().await?;
    assert_eq!((account.balance, account.version), (100, 1));
    account.edit().balance = 3;
    session.commit().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, ["1|ann|3|2"]);
    let new = session.add(Account::builder().balance(1).version(9));
    session.flush().await?;
    session.rollback().await?;
    session.add(&new);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT version FROM accounts WHERE owner IS NULL").await, ["9"]);
    Ok(())
}

/// Scenario 282.
#[tokio::test]
async fn a_version_is_set_by_hand() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let account = accounts(&setup, &session, &["ann"]).await?.remove(0);
    account.edit().version = 4;
    session.flush().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE accounts: version"]]);
    account.edit().balance = 1;
    session.commit().await?;
    assert_eq!((account.version, setup.rows(ACCOUNTS).await), (5, vec!["1|ann|1|5".to_owned()]));
    account.edit().version = 1;
    session.delete(&account);
    session.commit().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, Vec::<String>::new());
    Ok(())
}

/// Scenario 287, with the system column `xmin` and with a column's default.
#[tokio::test]
async fn the_server_makes_versions() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let sailors = session.add_all(["ann", "bob"].map(|name| Sailor::builder().name(name)));
    let pages = session.add_all([1, 2].map(|number| Page::builder().number(number).text("")));
    session.commit().await?;
    setup.shapes();
    assert!(sailors.iter().all(|sailor| sailor.version != Xid(0)));
    let before = (sailors[0].version, pages[0].token, pages[1].token);
    for round in 1..3 {
        sailors[0].edit().name += "!";
        pages.iter().for_each(|page| page.edit().text += "!");
        session.flush().await?;
        let shapes = ["UPDATE pages: text, token (batch)", "UPDATE sailors: name"];
        assert_eq!(setup.shapes().concat()[usize::from(round == 1)..], shapes);
    }
    session.commit().await?;
    assert_eq!(setup.shapes(), [["COMMIT"]]);
    assert_ne!(before, (sailors[0].version, pages[0].token, pages[1].token));
    let tokens = [&pages[0], &pages[1]].map(|page| page.token.to_string());
    assert_eq!(setup.rows("SELECT token FROM pages ORDER BY number").await, tokens);
    let version = sailors[0].version.0.to_string();
    assert_eq!(setup.rows("SELECT xmin FROM sailors WHERE id = 1").await, [version]);
    Ok(())
}

/// Scenario 287: a concurrent change is found, although what was committed is not read again.
#[tokio::test]
async fn the_servers_versions_are_checked() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let sailors = session.add_all(["ann", "bob"].map(|name| Sailor::builder().name(name)));
    let pages = session.add_all([1, 2].map(|number| Page::builder().number(number).text("")));
    session.commit().await?;
    setup.sql("UPDATE sailors SET crew_id = NULL").await;
    setup.sql("UPDATE pages SET token = gen_random_uuid()").await;
    sailors[0].edit().name = "cid".into();
    let error = session.commit().await.expect_err("another transaction has written the row");
    assert!(error.is_stale() && error.to_string().contains("`Sailor` id 1 was changed"), "{error}");
    session.rollback().await?;
    sailors.iter().for_each(|sailor| session.delete(sailor));
    let error = session.commit().await.expect_err("another transaction has written the rows");
    assert!(error.to_string().contains("`Sailor` id 1; id 2 was changed"), "{error}");
    session.rollback().await?;
    pages.iter().for_each(|page| page.edit().text = "x".into());
    let error = session.commit().await.expect_err("another transaction has written the rows");
    assert!(error.to_string().contains("`Page` number 1; number 2 was changed"), "{error}");
    session.rollback().await?;
    let sailors = session.scalars(select::<Sailor>().order_by(Sailor::id)).await?.all();
    sailors.iter().for_each(|sailor| session.delete(sailor));
    session.commit().await
}

/// Scenario 289. A row that is written more than once in a flush is counted, and checked, each time.
#[tokio::test]
async fn a_row_that_is_written_twice_is_counted_twice() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let crew = session.add(Crew::builder());
    let captain = session.add(Sailor::builder().name("ann").crew(&crew));
    crew.captain().set(&captain);
    session.commit().await?;
    assert_eq!((crew.version, setup.rows("SELECT version FROM crews").await), (2, vec!["2".to_owned()]));
    setup.shapes();
    session.delete(&crew);
    session.delete(&captain);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT id FROM crews").await.len() + setup.rows("SELECT id FROM sailors").await.len(),
        0
    );
    // Each gives up what the other takes.
    let accounts = accounts(&setup, &session, &["ann", "bob"]).await?;
    accounts[0].edit().owner = Some("bob".into());
    accounts[1].edit().owner = Some("ann".into());
    session.commit().await?;
    assert_eq!(accounts.iter().map(|account| account.version).collect::<Vec<_>>(), [3, 3]);
    assert_eq!(setup.rows(ACCOUNTS).await, ["1|bob|100|3", "2|ann|100|3"]);
    setup.sql("UPDATE accounts SET version = 4 WHERE id = 2").await;
    accounts[0].edit().owner = Some("ann".into());
    accounts[1].edit().owner = Some("bob".into());
    assert!(session.commit().await.is_err_and(|error| error.is_stale()));
    Ok(())
}

/// Rows that are let go with their parent, and then deleted, are not taken for changed by others.
#[tokio::test]
async fn a_circle_of_rows_with_the_servers_versions_is_deleted() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let crew = session.add(Crew::builder());
    let sailors = session.add_all(["ann", "bob"].map(|name| Sailor::builder().name(name).crew(&crew)));
    crew.captain().set(&sailors[0]);
    session.commit().await?;
    let session = setup.db.session();
    let (crew, sailor) = (session.get::<Crew>(1).await?, session.get::<Sailor>(1).await?);
    session.delete(&crew.expect("the crew is there"));
    session.delete(&sailor.expect("the captain is there"));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, crew_id FROM sailors").await, ["2|-"]);
    Ok(())
}

/// Scenario 288, with both kinds of versions.
#[tokio::test]
async fn a_row_that_is_deleted_and_added_again_is_checked() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let account = accounts(&setup, &session, &["ann"]).await?.remove(0);
    let sailor = session.add(Sailor::builder().name("ann"));
    session.commit().await?;
    setup.flights();
    session.delete(&account);
    let account = session.add(Account::builder().id(1).owner("bob").balance(7));
    session.delete(&sailor);
    let sailor = session.add(Sailor::builder().id(1).name("bob"));
    session.commit().await?;
    let shapes = ["BEGIN", "UPDATE accounts: owner, balance, version", "UPDATE sailors: name", "COMMIT"];
    assert_eq!(setup.shapes(), [shapes]);
    assert_eq!((account.version, setup.rows(ACCOUNTS).await), (2, vec!["1|bob|7|2".to_owned()]));
    setup.sql("UPDATE accounts SET version = 9").await;
    setup.sql("UPDATE sailors SET name = 'cid'").await;
    session.delete(&account);
    session.add(Account::builder().id(1).owner("dan").balance(7));
    assert!(session.commit().await.is_err_and(|error| error.is_stale()));
    session.rollback().await?;
    session.delete(&sailor);
    session.add(Sailor::builder().id(1).name("dan"));
    assert!(session.commit().await.is_err_and(|error| error.is_stale()));
    Ok(())
}
