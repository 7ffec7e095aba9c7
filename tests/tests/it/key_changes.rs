//! Keys of persistent rows that change, and what refers to them.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::keys::natural::{self, Account, Note, Seat, Ticket};
use orm_tests::keys::ruled::{self, Agent, Book, Publisher};
use orm_tests::models::shop::{self, Line, Order};
use orm_tests::models::world::{self, City};

type Result = orm_core::Result<()>;

const LOGINS: &str = "SELECT login FROM accounts ORDER BY login";
const NOTES: &str = "SELECT author_login, reviewer_login FROM notes ORDER BY id";
const SEATS: &str = "SELECT s.login, s.number, s.row, t.id FROM seats s LEFT JOIN tickets t USING (login, number) \
                     ORDER BY s.login, s.number, t.id";

async fn natural() -> Setup {
    let setup = Setup::new(&natural::TABLES).await;
    setup.sql("INSERT INTO accounts (login, name) VALUES ('ann', 'Ann'), ('bob', 'Bob')").await;
    setup.sql("INSERT INTO notes (body, author_login, reviewer_login) VALUES ('1', 'ann', 'bob')").await;
    setup.sql("INSERT INTO notes (body, author_login, reviewer_login) VALUES ('2', 'ann', 'ann')").await;
    setup.sql("INSERT INTO notes (body, author_login) VALUES ('3', 'bob')").await;
    setup.sql("INSERT INTO seats VALUES ('ann', 1), ('ann', 2), ('bob', 1)").await;
    setup.sql("INSERT INTO tickets (login, number, price) VALUES ('ann', 1, 5), ('bob', 1, 5)").await;
    setup
}

async fn ruled() -> Setup {
    let setup = Setup::new(&ruled::TABLES).await;
    setup.sql("INSERT INTO publishers VALUES ('a'), ('b')").await;
    setup.sql("INSERT INTO books VALUES ('a', 1), ('a', 2), ('b', 1)").await;
    setup.sql("INSERT INTO chapters (publisher_code, number) VALUES ('a', 1), ('a', 1), ('b', 1)").await;
    setup.sql("INSERT INTO agents (publisher_code, former_code) VALUES ('a', 'a'), ('b', NULL)").await;
    setup
}

async fn account(session: &Session, login: &str) -> orm_core::Result<Entity<Account>> {
    Ok(session.get::<Account>(login).await?.expect("the account is there"))
}

async fn publisher(session: &Session, code: &str) -> orm_core::Result<Entity<Publisher>> {
    Ok(session.get::<Publisher>(code).await?.expect("the publisher is there"))
}

/// Without `BEGIN` and `COMMIT`.
fn sent(setup: &Setup) -> Vec<String> {
    let mut shapes = setup.shapes().concat();
    shapes.retain(|shape| shape != "BEGIN" && shape != "COMMIT");
    shapes
}

/// Scenario 87: nothing is loaded, and the rows that refer to the key change in the same statement.
#[tokio::test]
async fn what_is_not_loaded_follows_a_key_in_one_statement() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    setup.shapes();
    ann.edit().login = "anna".into();
    session.commit().await?;
    assert_eq!(sent(&setup), ["UPDATE accounts: login (batch)"]);
    assert_eq!(setup.rows(LOGINS).await, ["anna", "bob"]);
    assert_eq!(setup.rows(NOTES).await, ["anna|bob", "anna|anna", "bob|-"]);
    assert_eq!(setup.rows(SEATS).await, ["anna|1|-|1", "anna|2|-|-", "bob|1|-|2"]);
    assert!(session.plan()?.is_empty());
    session.commit().await?;
    assert_eq!(sent(&setup), [""; 0]);
    assert_eq!(ann.notes().await?.len(), 2);
    assert_eq!(session.get::<Account>("anna").await?.as_ref(), Some(&ann));
    assert_eq!(session.get::<Account>("ann").await?, None);
    Ok(())
}

/// What is loaded follows with it, and what refers to that, at any depth; keys that have it in them too.
#[tokio::test]
async fn what_is_loaded_follows_a_key() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    let (notes, seats) = (ann.notes().await?, ann.seats().await?);
    let ticket = session.get::<Ticket>(1).await?.expect("the ticket is there");
    // Its parent has not been asked for.
    let third = session.get::<Note>(3).await?.expect("the note is there");
    setup.shapes();
    ann.edit().login = "anna".into();
    session.flush().await?;
    assert_eq!(sent(&setup), ["UPDATE accounts: login (batch)"]);
    for note in &notes {
        assert_eq!((&*note.author_login, note.author().get()?), ("anna", ann.clone()));
    }
    assert_eq!(notes[1].reviewer_login.as_deref(), Some("anna"));
    assert_eq!((&*third.author_login, &*ticket.login), ("bob", "anna"));
    assert_eq!((ann.notes().get()?, ann.seats().get()?), (notes, seats.clone()));
    assert_eq!(ticket.seat().get()?, seats[0]);
    assert_eq!(session.get::<Seat>(("anna", 1)).await?.as_ref(), Some(&seats[0]));
    assert!(session.plan()?.is_empty());
    assert_eq!(sent(&setup), [""; 0]);
    assert_eq!(session.get::<Seat>(("ann", 1)).await?, None);
    session.rollback().await?;
    assert_eq!((&*ann.login, &*seats[1].login, &*ticket.login), ("ann", "ann", "ann"));
    assert_eq!(session.get::<Seat>(("ann", 2)).await?.as_ref(), Some(&seats[1]));
    assert!(session.plan()?.is_empty());
    assert_eq!(setup.rows(SEATS).await, ["ann|1|-|1", "ann|2|-|-", "bob|1|-|2"]);
    Ok(())
}

/// Scenarios 88 and 89.
#[tokio::test]
async fn the_database_changes_what_refers_to_a_key() -> Result {
    let setup = ruled().await;
    let session = setup.db.session();
    let a = publisher(&session, "a").await?;
    let agent = session.get::<Agent>(1).await?.expect("the agent is there");
    assert_eq!(agent.publisher().get()?.as_ref(), Some(&a));
    setup.shapes();
    a.edit().code = "x".into();
    session.commit().await?;
    assert_eq!(sent(&setup), ["UPDATE publishers: code"]);
    assert_eq!((agent.publisher_code.as_deref(), agent.former_code.as_deref()), (Some("x"), None));
    assert_eq!(agent.publisher().get()?.as_ref(), Some(&a));
    session.commit().await?;
    assert_eq!(sent(&setup), [""; 0]);
    let books = a.books().await?;
    let chapters = books[0].chapters().await?;
    setup.shapes();
    a.edit().code = "y".into();
    session.commit().await?;
    assert_eq!(sent(&setup), ["UPDATE publishers: code"]);
    assert_eq!(books.iter().map(|book| &*book.publisher_code).collect::<Vec<_>>(), ["y", "y"]);
    assert_eq!((&*chapters[1].publisher_code, chapters[1].book().get()?), ("y", books[0].clone()));
    assert_eq!(session.get::<Book>(("y", 2)).await?.as_ref(), Some(&books[1]));
    assert_eq!((a.books().get()?, books[0].chapters().get()?), (books, chapters));
    let agents = "SELECT publisher_code, former_code FROM agents ORDER BY id";
    assert_eq!(setup.rows(agents).await, ["y|-", "b|-"]);
    Ok(())
}

/// Scenario 88, without a rule on the key: SQLAlchemy needs two statements.
#[tokio::test]
async fn a_key_without_a_rule_is_followed_by_the_same_statement() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    setup.sql("INSERT INTO countries VALUES ('fr'); INSERT INTO cities VALUES ('Paris', 'fr')").await;
    let session = setup.db.session();
    let paris = session.get::<City>("Paris").await?.expect("the city is there");
    let france = paris.country().await?;
    setup.shapes();
    france.edit().code = "FR".into();
    session.commit().await?;
    session.commit().await?;
    assert_eq!(sent(&setup), ["UPDATE countries: code (batch)"]);
    assert_eq!((&*paris.country_code, paris.country().get()?), ("FR", france));
    assert_eq!(setup.rows("SELECT * FROM cities").await, ["Paris|FR"]);
    Ok(())
}

/// Scenario 93.
#[tokio::test]
async fn a_child_whose_key_has_its_parents_in_it_moves() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    let session = setup.db.session();
    let order = |id: i64| Order::builder().tenant_id(1).id(id).customer("ann");
    let [a, b] = [1, 2].map(|id| session.add(order(id)));
    let line = session.add(Line::builder().number(7).product("tea").order(&a));
    session.commit().await?;
    setup.shapes();
    b.lines().add(&line);
    session.commit().await?;
    assert_eq!(sent(&setup), ["UPDATE lines: order_id"]);
    assert_eq!((a.lines().get()?, b.lines().get()?), (vec![], vec![line.clone()]));
    assert_eq!(session.get::<Line>((1, 2, 7)).await?.as_ref(), Some(&line));
    assert_eq!(setup.rows("SELECT order_id, number FROM lines").await, ["2|7"]);
    // To a new one, whose key the server makes.
    let c = session.add(Order::builder().tenant_id(1).customer("bob"));
    setup.sql("SELECT setval(pg_get_serial_sequence('orders', 'id'), 10)").await;
    line.order().set(&c);
    session.commit().await?;
    assert_eq!((line.order_id, c.id, b.lines().get()?), (11, 11, vec![]));
    assert_eq!(session.get::<Line>((1, 11, 7)).await?, Some(line));
    Ok(())
}

/// Scenario 85: the key that the row was read with is always known.
#[tokio::test]
async fn a_key_that_is_changed_on_a_stale_entity_names_the_row_by_its_old_one() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    session.commit().await?;
    ann.edit().login = "anna".into();
    session.commit().await?;
    assert_eq!(setup.rows(LOGINS).await, ["anna", "bob"]);
    assert_eq!(session.get::<Account>("anna").await?, Some(ann));
    Ok(())
}

/// Scenario 83: reading does no I/O; what asks for the row says that it is gone.
#[tokio::test]
async fn a_key_that_changed_behind_the_session_is_gone() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let bob = account(&session, "bob").await?;
    session.commit().await?;
    setup.sql("DELETE FROM tickets; DELETE FROM seats; DELETE FROM notes").await;
    setup.sql("UPDATE accounts SET login = 'rob' WHERE login = 'bob'").await;
    let error = session.refresh(&bob).await.expect_err("the row has another key");
    assert!(error.is_no_result() && error.model() == Some("Account"), "{error}");
    bob.edit().name = Some("Rob".into());
    let error = session.commit().await.expect_err("there is nothing to update");
    assert!(error.is_stale() && error.to_string().contains("login \"bob\""), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_changed_back_sends_nothing() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    setup.shapes();
    ann.edit().login = "anna".into();
    ann.edit().login = "ann".into();
    assert!(session.plan()?.is_empty());
    session.commit().await?;
    assert_eq!(sent(&setup), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_row_is_deleted_by_its_old_key() -> Result {
    let setup = natural().await;
    setup.sql("DELETE FROM tickets; DELETE FROM seats; DELETE FROM notes").await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    ann.edit().login = "anna".into();
    session.delete(&ann);
    setup.shapes();
    session.commit().await?;
    assert_eq!(sent(&setup).last().map(String::as_str), Some("DELETE accounts"));
    assert_eq!(setup.rows(LOGINS).await, ["bob"]);
    Ok(())
}

/// A row that follows is deleted, or changed, in the same flush.
#[tokio::test]
async fn rows_that_follow_are_found_by_their_new_keys() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    let seats = ann.seats().await?;
    let bob = account(&session, "bob").await?;
    let note = session.get::<Note>(3).await?.expect("the note is there");
    ann.edit().login = "anna".into();
    ann.edit().tags = Some(vec!["new".into()]);
    seats[0].edit().row = Some("A".into());
    session.delete(&seats[1]);
    note.reviewer().set(&ann);
    session.delete(&bob.seats().await?[0].tickets().await?[0]);
    session.commit().await?;
    assert_eq!(setup.rows(SEATS).await, ["anna|1|A|1", "bob|1|-|-"]);
    assert_eq!(setup.rows(NOTES).await, ["anna|bob", "anna|anna", "bob|anna"]);
    assert_eq!(setup.rows("SELECT login, tags FROM accounts ORDER BY login").await, ["anna|{new}", "bob|-"]);
    assert_eq!((&*seats[0].login, seats[0].row.as_deref()), ("anna", Some("A")));
    assert_eq!(note.reviewer_login.as_deref(), Some("anna"));
    assert_eq!(ann.seats().get()?, [seats[0].clone()]);
    assert!(session.plan()?.is_empty());
    Ok(())
}

#[tokio::test]
async fn one_row_is_one_object_under_both_keys() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    ann.edit().login = "anna".into();
    setup.shapes();
    assert_eq!(session.get::<Account>("ann").await?.as_ref(), Some(&ann), "until it is flushed");
    assert_eq!(setup.shapes(), Vec::<Vec<String>>::new());
    let nobody = session.no_autoflush(async { session.get::<Account>("anna").await }).await?;
    assert_eq!(nobody, None);
    assert_eq!(session.get::<Account>("anna").await?.as_ref(), Some(&ann));
    assert_eq!(session.get::<Account>("ann").await?, None);
    assert_eq!(session.scalars(select::<Account>().order_by(Account::login)).await?.first(), Some(ann));
    Ok(())
}

/// What follows a key is read after it has changed.
#[tokio::test]
async fn a_query_of_what_follows_flushes_first() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    account(&session, "ann").await?.edit().login = "anna".into();
    setup.shapes();
    let tickets = session.scalars(select::<Ticket>().filter(Ticket::login.eq("anna"))).await?;
    assert_eq!(tickets.into_iter().map(|ticket| ticket.id).collect::<Vec<_>>(), [1]);
    assert_eq!(sent(&setup), ["UPDATE accounts: login (batch)", "SELECT tickets"]);
    Ok(())
}

#[tokio::test]
async fn keys_move_along_a_chain_and_not_in_a_circle() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let (ann, bob) = (account(&session, "ann").await?, account(&session, "bob").await?);
    ann.edit().login = "bob".into();
    bob.edit().login = "cid".into();
    session.commit().await?;
    assert_eq!(setup.rows(NOTES).await, ["bob|cid", "bob|bob", "cid|-"]);
    assert_eq!(setup.rows(SEATS).await, ["bob|1|-|1", "bob|2|-|-", "cid|1|-|2"]);
    setup.shapes();
    ann.edit().login = "cid".into();
    bob.edit().login = "bob".into();
    let error = session.commit().await.expect_err("the server checks keys row by row");
    assert!(error.is_unsolvable() && error.model() == Some("Account"), "{error}");
    assert!(error.to_string().contains("login \"bob\"; login \"cid\" trade values of `login`"), "{error}");
    assert_eq!(setup.shapes(), Vec::<Vec<String>>::new());
    bob.edit().login = "ann".into();
    session.commit().await?;
    assert_eq!(setup.rows(NOTES).await, ["cid|ann", "cid|cid", "ann|-"]);
    Ok(())
}
