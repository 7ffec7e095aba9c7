//! Keys that change, where they meet other features.

use orm_core::EntityState::{Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};
use orm_tests::keys::natural::{self, Account, Badge, Note, Seat, Ticket};
use orm_tests::versioned::{self, Account as Versioned};

type Result = orm_core::Result<()>;

async fn natural() -> Setup {
    let setup = Setup::new(&natural::TABLES).await;
    setup.sql("INSERT INTO accounts (login, name) VALUES ('ann', 'Ann'), ('bob', 'Bob')").await;
    setup.sql("INSERT INTO seats VALUES ('ann', 1), ('ann', 2), ('ann', 3)").await;
    setup.sql("INSERT INTO tickets (login, number, price) VALUES ('ann', 1, 5), ('ann', 2, 6)").await;
    setup.sql("INSERT INTO badges (login) VALUES ('ann')").await;
    setup
}

async fn account(session: &Session, login: &str) -> orm_core::Result<Entity<Account>> {
    Ok(session.get::<Account>(login).await?.expect("the account is there"))
}

/// The key was edited when there was a row; without the row the server makes it once more.
#[tokio::test]
async fn a_key_that_was_edited_and_rolled_back_is_made_by_the_server_again() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("ann"));
    session.flush().await?;
    user.edit().id = 70;
    session.rollback().await?;
    assert_eq!((Entity::state(&user), user.id), (Transient, 0));
    session.add(&user);
    let post = session.add(Post::builder().title("one").user(&user));
    session.commit().await?;
    assert_eq!((user.id, post.user_id), (2, 2));
    // One that was given when it was added stays.
    let given = session.add(User::builder().id(80).email("bob"));
    session.flush().await?;
    given.edit().id = 90;
    session.rollback().await?;
    session.add(&given);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id FROM users ORDER BY id").await, ["2", "80"]);
    Ok(())
}

/// The place in a one-to-one is taken under the key from before: who has it makes room first.
#[tokio::test]
async fn a_place_with_a_row_whose_key_changes_is_taken_over() -> Result {
    let setup = natural().await;
    for by_key in [false, true] {
        let session = setup.db.session();
        let ann = session.scalars(select::<Account>().filter(Account::login.ne("bob"))).await?.one()?;
        let old = ann.badge().await?.expect("there is a badge");
        let before = ann.login.clone();
        ann.edit().login = format!("{before}a");
        session.add(Account::builder().login(format!("new {by_key}")).credit(7));
        let new = match by_key {
            true => session.add(Badge::builder().login(Some(before))),
            false => session.add(Badge::builder().account(&ann)),
        };
        session.flush().await?;
        assert_eq!((old.login.clone(), new.login.clone()), (None, Some(ann.login.clone())));
        session.commit().await?;
        session.delete(&session.get::<Account>(format!("new {by_key}")).await?.expect("it is there"));
        session.commit().await?;
    }
    assert_eq!(setup.rows("SELECT login FROM badges ORDER BY id").await, ["-", "-", "annaa"]);
    Ok(())
}

/// In one flush: a key changes, rows whose keys have it in them are edited, deleted and added; and all is back after a
/// rollback to a savepoint.
#[tokio::test]
async fn rows_with_a_changed_key_in_theirs_are_edited_deleted_and_added() -> Result {
    let setup = natural().await;
    let session = setup.db.session();
    let ann = account(&session, "ann").await?;
    let seats = ann.seats().await?;
    let ticket = seats[0].tickets().await?.remove(0);
    for committed in [false, true] {
        let savepoint = session.begin_nested().await?;
        ann.edit().login = "anna".into();
        seats[0].edit().row = Some("front".into());
        seats[1].edit().number = 20;
        session.delete(&seats[2]);
        ticket.edit().price = 50;
        let seat = session.add(Seat::builder().account(&ann).number(4));
        let late = session.add(Ticket::builder().seat(&seats[1]).price(7));
        session.flush().await?;
        assert_eq!((&*seats[0].login, &*seat.login, &*late.login, late.number), ("anna", "anna", "anna", 20));
        if committed {
            savepoint.commit().await?;
        } else {
            savepoint.rollback().await?;
            assert_eq!((&*ann.login, &*seats[0].login, seats[1].number, ticket.price), ("ann", "ann", 2, 5));
            assert_eq!(ann.seats().get()?, seats);
            assert_eq!((Entity::state(&seats[2]), Entity::state(&seat)), (Persistent, Transient));
            assert!(session.plan()?.is_empty());
        }
    }
    session.commit().await?;
    let seats = "SELECT login, number, row FROM seats ORDER BY number";
    assert_eq!(setup.rows(seats).await, ["anna|1|front", "anna|4|-", "anna|20|-"]);
    let tickets = "SELECT login, number, price FROM tickets ORDER BY number, price";
    assert_eq!(setup.rows(tickets).await, ["anna|1|50", "anna|20|6", "anna|20|7"]);
    Ok(())
}

/// The row is named by the key, and checked against the version, that it has after the rollback.
#[tokio::test]
async fn a_key_and_a_version_are_back_after_a_savepoint() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let account = session.add(Versioned::builder().balance(1));
    session.commit().await?;
    let savepoint = session.begin_nested().await?;
    account.edit().id = 7;
    session.flush().await?;
    account.edit().balance = 2;
    session.flush().await?;
    assert_eq!((Entity::key(&account), account.version), (Some(7), 3));
    savepoint.rollback().await?;
    assert_eq!((Entity::key(&account), account.id, account.version), (Some(1), 1, 1));
    account.edit().balance = 3;
    account.edit().id = 8;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, balance, version FROM accounts").await, ["8|3|2"]);
    Ok(())
}

/// A row follows the one that it refers to, and is let go by the other, in one flush.
#[tokio::test]
async fn what_follows_a_key_is_let_go_by_who_is_deleted() -> Result {
    let setup = natural().await;
    setup.sql("INSERT INTO notes (body, author_login, reviewer_login) VALUES ('one', 'ann', 'bob')").await;
    let session = setup.db.session();
    let (ann, bob) = (account(&session, "ann").await?, account(&session, "bob").await?);
    let note = session.get::<Note>(1).await?.expect("the note is there");
    assert_eq!(note.reviewer().get()?, Some(bob.clone()));
    ann.edit().login = "anna".into();
    session.delete(&bob);
    session.commit().await?;
    assert_eq!((&*note.author_login, &note.reviewer_login, note.reviewer().get()?), ("anna", &None, None));
    assert_eq!(setup.rows("SELECT author_login, reviewer_login FROM notes").await, ["anna|-"]);
    Ok(())
}
