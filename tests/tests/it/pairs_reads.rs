//! What is read, where it meets changes, rollbacks and other sessions.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::keys::natural::{self, Account as Login, Note};
use orm_tests::models::club::{self, Captain, Team};
use orm_tests::versioned::{self, Account};

type Result = orm_core::Result<()>;

const CAPTAINS: &str = "SELECT id, team_id FROM captains ORDER BY id";

async fn captains() -> Setup {
    let setup = Setup::new(&club::TABLES).await;
    setup.sql("INSERT INTO teams (name) VALUES ('a'), ('b')").await;
    setup.sql("INSERT INTO captains (name, team_id) VALUES ('one', 1), ('two', 2)").await;
    setup
}

/// Whichever of the two comes first: what is only known to be so is no change, and is not written.
#[tokio::test]
async fn who_was_moved_by_another_session_is_not_written() -> Result {
    for backwards in [false, true] {
        let setup = captains().await;
        let session = setup.db.session();
        let order = if backwards { Captain::id.desc() } else { Captain::id.asc() };
        let query = select::<Captain>().order_by(order).options(selectinload(Captain::team));
        let found = session.scalars(query.clone()).await?.all();
        let teams = session.scalars(select::<Team>().options(selectinload(Team::captain))).await?.all();
        session.commit().await?;
        setup.sql("UPDATE captains SET team_id = NULL; UPDATE captains SET team_id = 3 - id").await;
        assert_eq!(session.scalars(query).await?.all(), found);
        assert!(session.plan()?.is_empty(), "{}", session.plan()?);
        assert!(!found.iter().any(|captain| session.is_modified(captain)));
        for captain in &found {
            let team = captain.team().get()?.expect("the captain has a team");
            assert_eq!((team.id, team.captain().get()?), (3 - captain.id, Some(captain.clone())));
        }
        found[0].team().set(&teams[0]);
        session.commit().await?;
        let expected = if backwards { ["1|2", "2|1"] } else { ["1|1", "2|-"] };
        assert_eq!(setup.rows(CAPTAINS).await, expected);
    }
    Ok(())
}

/// What others have committed is not undone by a rollback of nothing.
#[tokio::test]
async fn what_was_read_before_any_change_stays_after_a_rollback() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let account = session.add(Account::builder().owner(Some("ann".to_owned())).balance(1));
    session.commit().await?;
    setup.sql("UPDATE accounts SET balance = 2, version = version + 1").await;
    session.refresh(&account).await?;
    let savepoint = session.begin_nested().await?;
    account.edit().balance = 9;
    savepoint.rollback().await?;
    assert_eq!(account.balance, 2);
    session.rollback().await?;
    assert_eq!(account.balance, 2);
    account.edit().balance = 3;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT balance, version FROM accounts").await, ["3|3"]);
    Ok(())
}

async fn logins() -> Setup {
    let setup = Setup::new(&natural::TABLES).await;
    setup.sql("INSERT INTO accounts (login, name) VALUES ('ann', 'Ann')").await;
    setup.sql("INSERT INTO notes (body, author_login) VALUES ('one', 'ann')").await;
    setup
}

/// It was only there until the rollback, under another key or as another object.
#[tokio::test]
async fn what_a_row_was_found_to_lead_to_is_looked_for_again_after_a_rollback() -> Result {
    let setup = logins().await;
    for replaced in [false, true] {
        for early in [false, true] {
            let session = setup.db.session();
            let ann = session.get::<Login>("ann").await?.expect("the account is there");
            let known = if early { session.get::<Note>(1).await? } else { None };
            let now = if replaced {
                session.delete(&ann);
                session.add(Login::builder().login("ann").name("Anna").credit(7))
            } else {
                ann.edit().login = "anna".into();
                ann.clone()
            };
            session.flush().await?;
            let note = session.get::<Note>(1).await?.expect("the note is there");
            assert_eq!(note.author().get()?, now);
            session.rollback().await?;
            assert!(session.plan()?.is_empty(), "{}", session.plan()?);
            let note = session.get::<Note>(1).await?.expect("the note is there");
            assert_eq!((known.unwrap_or(note.clone()), note.author().get()?), (note, ann));
            session.close().await;
        }
    }
    assert_eq!(setup.rows("SELECT author_login FROM notes").await, ["ann"]);
    Ok(())
}

/// The query flushes first, and so the row has its new key by then.
#[tokio::test]
async fn a_query_from_an_entity_whose_key_was_edited_finds_its_rows() -> Result {
    let setup = logins().await;
    let session = setup.db.session();
    let ann = session.get::<Login>("ann").await?.expect("the account is there");
    ann.edit().login = "anna".into();
    let notes = session.scalars(ann.notes().query()).await?.all();
    assert_eq!(notes.iter().map(|note| &*note.author_login).collect::<Vec<_>>(), ["anna"]);
    Ok(())
}

/// It leads to who has the row by then.
#[tokio::test]
async fn what_comes_back_leads_to_who_has_replaced_its_parent() -> Result {
    let setup = logins().await;
    let session = setup.db.session();
    let ann = session.get::<Login>("ann").await?.expect("the account is there");
    let note = ann.notes().await?.remove(0);
    session.expunge(&note);
    session.delete(&ann);
    let anna = session.add(Login::builder().login("ann").name("Anna").credit(7));
    session.flush().await?;
    session.add(&note);
    assert_eq!(note.author().get()?, anna);
    note.edit().body = "two".into();
    session.commit().await?;
    assert_eq!(anna.notes().await?, [note]);
    Ok(())
}
