//! What comes into a session from elsewhere is checked against the versions of its rows; what the database makes is left
//! to it.

use orm_core::prelude::*;
use orm_core::{AnyEntity, EntityState};
use orm_tests::Setup;
use orm_tests::versioned::{Account, Item, Sailor, TABLES};

type Result = orm_core::Result<()>;

async fn bank() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO accounts (owner, balance, version) VALUES ('ann', 100, 5), ('bob', 100, 1);
             INSERT INTO sailors (name) VALUES ('eve');
             INSERT INTO items (price, quantity) VALUES (2, 3)",
        )
        .await;
    setup
}

fn account(version: i32) -> Account {
    Account { id: 1, owner: Some("ann".into()), balance: 50, version }
}

#[tokio::test]
async fn a_value_of_another_version_is_stale() -> Result {
    let setup = bank().await;
    let session = setup.db.session();
    let error = session.merge(account(4)).await.expect_err("the row has another version");
    assert!(error.is_stale() && error.model() == Some("Account"), "{error}");
    assert!(error.to_string().contains("id 1 was changed by someone else"), "{error}");
    assert!(session.dirty().is_empty());
    let ann = session.merge(account(5)).await?;
    session.commit().await?;
    assert_eq!((ann.balance, ann.version), (50, 6));
    assert_eq!(setup.rows("SELECT balance, version FROM accounts WHERE id = 1").await, ["50|6"]);
    Ok(())
}

/// A version that was not set is not compared; a new row has the first one.
#[tokio::test]
async fn without_a_version_nothing_is_compared() -> Result {
    let setup = bank().await;
    let session = setup.db.session();
    let ann = session.merge(Account::builder().id(1).balance(60)).await?;
    let bob = session.merge(Account { id: 2, owner: None, balance: 70, version: 0 }).await?;
    let new = session.merge(Account { id: 3, owner: None, balance: 80, version: 0 }).await?;
    let built = session.merge(Account::builder().id(4).balance(90)).await?;
    session.commit().await?;
    assert_eq!([ann.version, bob.version, new.version, built.version], [6, 2, 1, 1]);
    let rows = ["1|ann|60|6", "2|-|70|2", "3|-|80|1", "4|-|90|1"];
    assert_eq!(setup.rows("SELECT id, owner, balance, version FROM accounts ORDER BY id").await, rows);
    Ok(())
}

#[tokio::test]
async fn an_entity_of_another_version_is_stale() -> Result {
    let setup = bank().await;
    let other = setup.db.session();
    let eve = other.get::<Sailor>(1).await?.expect("the sailor is there");
    other.close().await;
    eve.edit().name = "Eve".into();
    let session = setup.db.session();
    let here = session.merge(&eve).await?;
    session.commit().await?;
    assert_eq!((&*here.name, here.version == eve.version), ("Eve", false));
    let error = session.merge(&eve).await.expect_err("the row was written since");
    assert!(error.is_stale(), "{error}");
    session.expunge(&here);
    here.edit().name = "Eva".into();
    assert_eq!(session.merge(&here).await?.name, "Eva");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM sailors").await, ["Eva"]);
    Ok(())
}

/// Columns that the database makes are not written, whatever a value holds there.
#[tokio::test]
async fn what_the_database_makes_is_left_to_it() -> Result {
    let setup = bank().await;
    let session = setup.db.session();
    let item = session.merge(Item { id: 1, price: 4, quantity: 3, total: 999, note: "old".into() }).await?;
    let new = session.merge(Item { id: 7, price: 5, quantity: 5, total: 999, note: "new".into() }).await?;
    session.commit().await?;
    assert_eq!((item.total, new.total), (12, 25));
    assert_eq!(setup.rows("SELECT id, total FROM items ORDER BY id").await, ["1|12", "7|25"]);
    Ok(())
}

/// An expression is a change whose value is not known; it is given up like an edit.
#[tokio::test]
async fn an_expression_is_listed_and_expired() -> Result {
    let setup = bank().await;
    let session = setup.db.session();
    let ann = session.get::<Account>(1).await?.expect("the account is there");
    session.set(&ann, Account::balance, Account::balance + 1);
    assert!(session.is_modified(&ann));
    assert_eq!(format!("{:?}", AnyEntity::from(&ann).changes()), "[balance: 100]");
    let history = Entity::history(&ann, Account::balance);
    assert_eq!((history.added.len(), history.deleted), (0, vec![&100]));
    session.expire_attribute(&ann, Account::balance);
    assert!(!session.is_modified(&ann));
    session.set(&ann, Account::balance, Account::balance + 1);
    session.expunge(&ann);
    assert!(session.dirty().is_empty());
    session.add(&ann);
    session.commit().await?;
    assert_eq!((ann.balance, Entity::state(&ann)), (101, EntityState::Persistent));
    session.delete(&ann);
    session.flush().await?;
    session.add(&ann);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT balance, version FROM accounts WHERE id = 1").await, ["101|6"]);
    Ok(())
}
