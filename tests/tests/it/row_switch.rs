//! A row that is deleted and added again with its key, in one flush, is an update.

use orm_core::EntityState;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::keys::natural::{self, Account, Badge, Note};
use orm_tests::models::shop::{self, Line, Order};
use orm_tests::models::world::{self, City, Country};

type Result = orm_core::Result<()>;

const ACCOUNTS: &str = "SELECT login, name, credit FROM accounts ORDER BY login";

async fn account(session: &Session, login: &str) -> orm_core::Result<Entity<Account>> {
    Ok(session.get::<Account>(login).await?.expect("the account is there"))
}

/// The accounts `ann`, with a badge and two notes, and `bob`.
async fn natural() -> Setup {
    let setup = Setup::new(&natural::TABLES).await;
    setup.sql("INSERT INTO accounts (login, name) VALUES ('ann', 'Ann'), ('bob', 'Bob')").await;
    setup.sql("INSERT INTO notes (body, author_login, reviewer_login) VALUES ('one', 'ann', 'bob')").await;
    setup.sql("INSERT INTO notes (body, author_login, reviewer_login) VALUES ('two', 'ann', 'ann')").await;
    setup.sql("INSERT INTO badges (login) VALUES ('ann')").await;
    setup
}

#[tokio::test]
async fn only_what_differs_is_written() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let old = account(&session, "ann").await?;
    setup.shapes();
    session.delete(&old);
    let new = session.add(Account::builder().login("ann").name("Other").credit(7));
    assert_eq!(session.plan()?.to_string(), "update 1 of accounts: name\n");
    assert_eq!(
        (Entity::state(&old), Entity::state(&new)),
        (EntityState::Persistent, EntityState::Pending),
        "a plan changes nothing"
    );
    session.flush().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE accounts: name"]]);
    assert_eq!((Entity::state(&old), Entity::state(&new)), (EntityState::Deleted, EntityState::Persistent));
    assert_eq!(session.get::<Account>("ann").await?.as_ref(), Some(&new));
    assert!(session.plan()?.is_empty());
    session.commit().await?;
    assert_eq!(Entity::state(&old), EntityState::Detached);
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|Other|7", "bob|Bob|7"]);
    // What the new one does not say is NULL, as if it had been inserted.
    session.delete(&new);
    let newest = session.add(Account::builder().login("ann").credit(7));
    session.commit().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|-|7", "bob|Bob|7"]);
    newest.edit().name = Some("Ann".into());
    session.commit().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|Ann|7", "bob|Bob|7"]);
    Ok(())
}

#[tokio::test]
async fn an_equal_row_is_not_written_and_yet_another_object() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let old = account(&session, "bob").await?;
    setup.shapes();
    session.delete(&old);
    let new = session.add(Account::builder().login("bob").name("Bob").credit(7));
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    assert_eq!((Entity::state(&old), Entity::state(&new)), (EntityState::Detached, EntityState::Persistent));
    assert_eq!(session.get::<Account>("bob").await?.as_ref(), Some(&new));
    session.delete(&new);
    session.commit().await?;
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|Ann|7"]);
    Ok(())
}

/// The notes, loaded or not, refer to the account by its key, which stays.
#[tokio::test]
async fn children_refer_to_the_new_one() -> Result {
    let setup = natural().await;
    for load in [true, false] {
        let session = setup.db.session();
        let old = account(&session, "ann").await?;
        let note = session.get::<Note>(1).await?.expect("the note is there");
        assert_eq!(note.author().get()?, old);
        if load {
            assert_eq!(old.notes().await?.len(), 2);
        }
        session.delete(&old);
        let new = session.add(Account::builder().login("ann").name(format!("{load}")).credit(7));
        let third = session.add(Note::builder().body("three").author(&new));
        session.commit().await?;
        assert_eq!((note.author().get()?, third.author().get()?), (new.clone(), new.clone()));
        assert_eq!(new.notes().get().is_ok(), load);
        let notes: Vec<_> = new.notes().await?.iter().map(|note| note.id).collect();
        assert_eq!(notes, [&[1, 2][..], if load { &[3] } else { &[3, 4] }].concat());
        assert_eq!(old.notes().get().unwrap_or_default(), []);
        assert_eq!(new.badge().await?.expect("the badge stays").login.as_deref(), Some("ann"));
    }
    assert_eq!(setup.rows("SELECT count(*) FROM notes WHERE author_login = 'ann'").await, ["4"]);
    Ok(())
}

#[tokio::test]
async fn who_was_the_old_ones_makes_room_for_who_is_the_new_ones() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let old = account(&session, "ann").await?;
    let left = old.badge().await?.expect("the badge is there");
    setup.shapes();
    session.delete(&old);
    let badge = Badge::builder();
    let new = session.add(Account::builder().login("ann").name("Ann").credit(7).badge(badge));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE badges: login", "INSERT badges", "COMMIT"]]);
    assert_eq!((left.login.as_deref(), left.account().get()?), (None, None));
    assert_eq!(new.badge().get()?.map(|badge| badge.id), Some(2));
    assert_eq!(setup.rows("SELECT id, login FROM badges ORDER BY id").await, ["1|-", "2|ann"]);
    Ok(())
}

#[tokio::test]
async fn a_rollback_brings_the_old_one_back() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let old = account(&session, "ann").await?;
    let (notes, badge) = (old.notes().await?, old.badge().await?);
    session.delete(&old);
    let new = session.add(Account::builder().login("ann").name("Other").credit(7).badge(Badge::builder()));
    new.notes().add(&session.add(Note::builder().body("three").author(&new)));
    session.flush().await?;
    assert_eq!(new.notes().get()?.len(), 3);
    session.rollback().await?;
    assert_eq!((Entity::state(&old), Entity::state(&new)), (EntityState::Persistent, EntityState::Transient));
    assert_eq!((old.notes().get()?, old.badge().get()?), (notes.clone(), badge.clone()));
    assert_eq!((notes[0].author().get()?, &*notes[0].author_login), (old.clone(), "ann"));
    assert_eq!(badge.and_then(|badge| badge.login.clone()).as_deref(), Some("ann"));
    assert_eq!(session.get::<Account>("ann").await?.as_ref(), Some(&old));
    assert!(session.plan()?.is_empty());
    // Once more, with what was rolled back.
    session.delete(&old);
    session.add(&new);
    session.commit().await?;
    assert_eq!(session.get::<Account>("ann").await?.as_ref(), Some(&new));
    assert_eq!(new.notes().await?.len(), 3);
    assert_eq!(setup.rows("SELECT id, login FROM badges ORDER BY id").await.len(), 2);
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|Other|7", "bob|Bob|7"]);
    Ok(())
}

/// What fails before anything is sent leaves all as it is: the deleted one can be kept.
#[tokio::test]
async fn a_flush_that_cannot_be_planned_switches_nothing() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let old = account(&session, "ann").await?;
    let note = session.get::<Note>(1).await?.expect("the note is there");
    session.delete(&old);
    let new = session.add(Account::builder().login("ann").credit(7));
    new.notes().add(&note);
    new.notes().remove(&note);
    let error = session.flush().await.expect_err("the note has no author");
    assert!(error.is_orphan(), "{error}");
    assert_eq!((Entity::state(&old), Entity::state(&new)), (EntityState::Persistent, EntityState::Pending));
    session.delete(&new);
    session.add(&old);
    note.author().set(&old);
    setup.shapes();
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    assert_eq!(Entity::state(&old), EntityState::Persistent);
    Ok(())
}

/// A row that leaves a column to the server is inserted, behind the delete.
#[tokio::test]
async fn what_the_server_makes_needs_an_insert() -> Result {
    let setup = natural().await;
    setup.sql("UPDATE accounts SET credit = 9 WHERE login = 'bob'").await;
    setup.sql("UPDATE notes SET reviewer_login = NULL").await;
    let session = setup.db.session();
    let old = account(&session, "bob").await?;
    setup.shapes();
    session.delete(&old);
    let new = session.add(Account::builder().login("bob").name("Bob"));
    session.commit().await?;
    assert_eq!(setup.shapes().concat().last().map(String::as_str), Some("COMMIT"));
    assert_eq!((new.credit, session.get::<Account>("bob").await?.as_ref()), (7, Some(&new)));
    assert_eq!(setup.rows(ACCOUNTS).await, ["ann|Ann|7", "bob|Bob|7"]);
    Ok(())
}

#[tokio::test]
async fn rows_with_keys_of_several_columns_are_switched() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    let session = setup.db.session();
    let order = session.add(Order::builder().tenant_id(1).id(5).customer("ann"));
    let line = |number: i32, product: &str| Line::builder().number(number).product(product.to_owned());
    let old = [1, 2].map(|number| session.add(line(number, "tea").order(&order)));
    session.commit().await?;
    setup.shapes();
    old.iter().for_each(|line| session.delete(line));
    session.delete(&order);
    let again = session.add(Order::builder().tenant_id(1).id(5).customer("bob"));
    let new = [1, 3].map(|number| session.add(line(number, "coffee").order(&again)));
    session.commit().await?;
    let sent = ["BEGIN", "UPDATE lines: product", "UPDATE orders: customer", "INSERT lines", "DELETE lines"];
    assert_eq!(setup.shapes(), [[&sent[..], &["COMMIT"]].concat()]);
    assert_eq!((order.lines().get()?, again.lines().get()?), (vec![], new.to_vec()));
    assert_eq!(new[0].order().get()?, again);
    assert_eq!(
        setup.rows("SELECT number, product FROM lines ORDER BY number").await,
        ["1|coffee", "3|coffee"]
    );
    Ok(())
}

/// Scenario 76.
#[tokio::test]
async fn a_child_is_switched_to_a_new_parent() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let france = session.add(Country::builder().code("fr").cities([City::builder().name("Paris")]));
    session.commit().await?;
    setup.shapes();
    let paris = france.cities().get()?.remove(0);
    session.delete(&paris);
    session.delete(&france);
    let texas = session.add(Country::builder().code("tx"));
    let again = session.add(City::builder().name("Paris").country(&texas));
    session.commit().await?;
    let sent = ["BEGIN", "INSERT countries", "UPDATE cities: country_code", "DELETE countries", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    assert_eq!((again.country().get()?, texas.cities().get()?), (texas.clone(), vec![again.clone()]));
    assert_eq!(Entity::state(&paris), EntityState::Detached);
    assert_eq!(setup.rows("SELECT code, name FROM countries").await, ["tx|-"]);
    assert_eq!(setup.rows("SELECT name, country_code FROM cities").await, ["Paris|tx"]);
    Ok(())
}

#[tokio::test]
async fn many_rows_are_switched_by_one_statement() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let country = |n: usize, name: &str| Country::builder().code(format!("c{n}")).name(name.to_owned());
    let city = |n: usize| City::builder().name(format!("n{n}"));
    let old = session.add_all((0..5_000).map(|n| country(n, "old").cities([city(n)])));
    session.commit().await?;
    setup.shapes();
    old.iter().for_each(|country| session.delete(country));
    let new = session.add_all((0..5_000).map(|n| country(n, "new")));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE countries: name (batch)", "COMMIT"]]);
    for country in &new {
        assert_eq!(country.cities().get()?[0].country().get()?, *country);
    }
    Ok(())
}
