//! Expressions as values: written by the next flush, and read back with it.

use orm_core::prelude::*;
use orm_core::{EntityState, func};
use orm_tests::Setup;
use orm_tests::models::world::{self, Country};
use orm_tests::versioned::{Account, Item, TABLES, accounts};

type Result = orm_core::Result<()>;

const ACCOUNTS: &str = "SELECT owner, balance, version FROM accounts ORDER BY id";

/// Scenario 294: nothing is selected.
#[tokio::test]
async fn a_column_is_set_to_what_the_database_computes() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let account = accounts(&setup, &session, &["ann"]).await?.remove(0);
    session.set(&account, Account::balance, Account::balance + 1);
    assert_eq!(account.balance, 100);
    assert_eq!(session.plan()?.to_string(), "update 1 of accounts: balance, version\n");
    session.flush().await?;
    assert_eq!((account.balance, account.version), (101, 2));
    let statements = setup.statements();
    assert_eq!(statements.len(), 2, "{statements:?}");
    assert!(
        statements[1].starts_with(
            "WITH orm_changed AS (UPDATE accounts SET balance = accounts.balance + $4, version = $1 \
         WHERE id = $2 AND version = $3::integer RETURNING 1 AS orm_ordinal, balance) SELECT"
        ),
        "{statements:?}"
    );
    session.commit().await?;
    session.commit().await?;
    assert_eq!(setup.shapes(), [["COMMIT"]]);
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|101|2"]);
    Ok(())
}

/// Rows whose expressions differ in values alone share a statement; what differs more goes in the same flight.
#[tokio::test]
async fn rows_with_expressions_travel_together() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["Ann", "Bob", "Cid", "Dan"]).await?;
    for (account, more) in accounts.iter().zip([1, 2, 3]) {
        session.set(account, Account::balance, (Account::balance + more) * 2);
    }
    accounts[2].edit().owner = Some("Eve".into());
    session.set(&accounts[3], Account::owner, func::lower(Account::owner));
    session.commit().await?;
    let shapes = [
        "BEGIN",
        "UPDATE accounts: balance, version (batch)",
        "UPDATE accounts: owner, balance, version",
        "UPDATE accounts: owner, version",
        "COMMIT",
    ];
    assert_eq!(setup.shapes(), [shapes]);
    let seen: Vec<_> = accounts.iter().map(|account| (account.owner.as_deref(), account.balance)).collect();
    assert_eq!(seen, [(Some("Ann"), 202), (Some("Bob"), 204), (Some("Eve"), 206), (Some("dan"), 100)]);
    assert_eq!(setup.rows(ACCOUNTS).await, ["Ann|202|2", "Bob|204|2", "Eve|206|2", "dan|100|2"]);
    Ok(())
}

#[tokio::test]
async fn of_an_edit_and_an_expression_the_later_counts() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["ann", "bob"]).await?;
    session.set(&accounts[0], Account::balance, Account::balance + 1);
    accounts[0].edit().balance = 5;
    accounts[1].edit().balance = 5;
    session.set(&accounts[1], Account::balance, Account::balance + 1);
    session.set(&accounts[1], Account::balance, Account::balance - 1);
    session.commit().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|5|2", "bob|99|2"]);
    assert_eq!((accounts[0].balance, accounts[1].balance), (5, 99));
    Ok(())
}

#[tokio::test]
async fn a_rollback_or_a_refresh_forgets_expressions() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let account = accounts(&setup, &session, &["ann"]).await?.remove(0);
    let more = || session.set(&account, Account::balance, Account::balance + 1);
    more();
    session.rollback().await?;
    more();
    session.flush().await?;
    more();
    session.rollback().await?;
    assert_eq!(account.balance, 100);
    more();
    session.refresh(&account).await?;
    setup.flights();
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    more();
    let all = session.scalars(select::<Account>()).await?.all();
    assert_eq!((all.len(), account.balance), (1, 101));
    session.commit().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|101|2"]);
    Ok(())
}

/// Two sessions that count at once lose nothing, where there is no version to keep them apart.
#[tokio::test]
async fn nothing_is_lost_between_two_who_count() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let item = session.add(Item::builder().price(1).quantity(1));
    session.commit().await?;
    setup.sql("UPDATE items SET quantity = 7").await;
    session.set(&item, Item::quantity, Item::quantity + 1);
    session.commit().await?;
    assert_eq!((item.quantity, item.total), (8, 8));
    session.set(&item, Item::quantity, Item::price + Item::quantity * 2);
    session.set(&item, Item::price, Item::price / 1);
    session.commit().await?;
    assert_eq!((item.price, item.quantity, item.total), (1, 17, 17));
    Ok(())
}

/// Scenario 84.
#[tokio::test]
async fn a_key_that_is_an_expression_is_known_after_the_flush() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let countries = ["fr", "de"].map(|code| session.add(Country::builder().code(code).name(code.to_owned())));
    session.commit().await?;
    setup.flights();
    for country in &countries {
        session.set(country, Country::code, func::upper(Country::code));
    }
    session.flush().await?;
    assert_eq!(setup.shapes().concat().len(), 2);
    assert_eq!(countries[0].code, "FR");
    assert_eq!(session.get::<Country>("FR").await?.as_ref(), Some(&countries[0]));
    assert_eq!(Entity::key(&countries[1]).as_deref(), Some("DE"));
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    assert_eq!(session.get::<Country>("fr").await?, None);
    session.rollback().await?;
    assert_eq!(session.get::<Country>("fr").await?.as_ref(), Some(&countries[0]));
    Ok(())
}

/// A new row may be given what the database makes, from values alone.
#[tokio::test]
async fn a_new_row_takes_expressions_too() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let accounts = session.add_all([1, 2].map(|balance| Account::builder().balance(balance)));
    session.set(&accounts[0], Account::owner, func::lower("ANN"));
    session.commit().await?;
    let owners = accounts.iter().map(|account| account.owner.as_deref());
    assert_eq!(owners.collect::<Vec<_>>(), [Some("ann"), None]);
    assert_eq!(setup.rows(ACCOUNTS).await.len(), 2);
    let new = session.add(Account::builder().balance(1));
    session.set(&new, Account::balance, Account::balance + 1);
    let error = session.flush().await.expect_err("there is no row to read");
    assert!(error.is_invalid_expression() && error.column() == Some("balance"), "{error}");
    session.rollback().await?;
    assert_eq!(Entity::state(&new), EntityState::Transient);
    session.set(&new, Account::balance, func::coalesce(Account::balance, 1));
    assert!(session.flush().await.is_err_and(|error| error.is_not_persistent()));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_written_is_refused() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let account = accounts(&setup, &session, &["ann"]).await?.remove(0);
    let item = session.add(Item::builder().price(1).quantity(1));
    session.commit().await?;
    setup.flights();
    session.set(&account, Account::balance, Item::id + 1);
    let error = session.flush().await.expect_err("the expression reads another table");
    assert!(error.is_invalid_expression() && error.model() == Some("Account"), "{error}");
    session.set(&account, Account::version, Account::version + 1);
    assert!(session.flush().await.is_err_and(|error| error.is_invalid_expression()));
    session.set(&item, Item::total, Item::total + 1);
    assert!(session.flush().await.is_err_and(|error| error.is_read_only_column()));
    setup.db.session().set(&account, Account::balance, Account::balance + 1);
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    Ok(())
}
