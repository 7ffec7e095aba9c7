//! Rows that come to a row whose key changes, in the same flush, and whole trees that move.

use orm_core::EntityState;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::keys::natural::{self, Account, Note, Seat, Ticket};
use orm_tests::keys::nested::{self, Crate, Item, Part};
use orm_tests::models::tree::{Folder, Node};
use orm_tests::models::world::{self, City, Country};

type Result = orm_core::Result<()>;

/// The accounts `ann` and `bob`, and three notes of them.
async fn natural() -> Setup {
    let setup = Setup::new(&natural::TABLES).await;
    setup.sql("INSERT INTO accounts (login) VALUES ('ann'), ('bob')").await;
    setup.sql("INSERT INTO notes (body, author_login) VALUES ('1', 'ann'), ('2', 'ann'), ('3', 'bob')").await;
    setup
}

/// Without `BEGIN` and `COMMIT`.
fn sent(setup: &Setup) -> Vec<String> {
    let mut shapes = setup.shapes().concat();
    shapes.retain(|shape| shape != "BEGIN" && shape != "COMMIT");
    shapes
}

/// New rows and old ones that are led to a row whose key changes take the new one.
#[tokio::test]
async fn who_comes_to_a_row_takes_its_new_key() -> Result {
    for cascades in [false, true] {
        let setup = natural().await;
        if cascades {
            setup.sql("ALTER TABLE notes DROP CONSTRAINT notes_author_login_fkey").await;
            let key = "FOREIGN KEY (author_login) REFERENCES accounts ON UPDATE CASCADE";
            setup.sql(&format!("ALTER TABLE notes ADD {key}")).await;
        }
        let session = setup.db.session();
        let ann = session.get::<Account>("ann").await?.expect("the account is there");
        let third = session.get::<Note>(3).await?.expect("the note is there");
        ann.edit().login = "anna".into();
        let new = session.add(Note::builder().body("4").author(&ann));
        let by_value = session.add(Note::builder().body("5").author_login("anna"));
        let seat = session.add(Seat::builder().number(3).account(&ann));
        let ticket = session.add(Ticket::builder().price(1).seat(&seat));
        third.author().set(&ann);
        session.commit().await?;
        for note in [&new, &by_value, &third] {
            assert_eq!((&*note.author_login, note.author().get()?), ("anna", ann.clone()));
        }
        assert_eq!((&*seat.login, &*ticket.login, ticket.seat().get()?), ("anna", "anna", seat.clone()));
        assert_eq!(setup.rows("SELECT count(*) FROM notes WHERE author_login = 'anna'").await, ["5"]);
        assert!(session.plan()?.is_empty());
    }
    Ok(())
}

/// A key that the server makes reaches a row, those that follow it, and new ones that belong to it.
#[tokio::test]
async fn a_key_moves_to_a_new_row_with_all_that_hangs_on_it() -> Result {
    let setup = Setup::new(&nested::TABLES).await;
    let session = setup.db.session();
    let old = session.add(Crate::builder().name("old"));
    let item = session.add(Item::builder().number(1).parent(&old));
    let part = session.add(Part::builder().item(&item));
    session.commit().await?;
    setup.shapes();
    let new = session.add(Crate::builder().name("new"));
    new.items().add(&item);
    let second = session.add(Part::builder().item(&item));
    session.commit().await?;
    assert_eq!(sent(&setup), ["INSERT boxes", "UPDATE items: box_id (batch)", "INSERT parts"]);
    assert_eq!((item.box_id, part.box_id, second.box_id), (new.id, new.id, new.id));
    assert_eq!(item.parts().get()?, [part, second]);
    assert_eq!(session.get::<Item>((new.id, 1)).await?, Some(item));
    assert_eq!(setup.rows("SELECT box_id, number FROM parts").await, ["2|1", "2|1"]);
    Ok(())
}

#[tokio::test]
async fn a_tree_is_renamed_from_the_top() -> Result {
    let setup = Setup::new(&models![Folder]).await;
    let session = setup.db.session();
    let folder = |path: &str| Folder::builder().path(path.to_owned());
    let bin = folder("/usr/bin").folders([folder("/usr/bin/x")]);
    let usr = session.add(folder("/usr").folders([bin, folder("/usr/lib")]));
    let own = session.add(folder("/own"));
    own.parent().set(&own);
    session.commit().await?;
    let (bin, lib) = (usr.folders().get()?[0].clone(), usr.folders().get()?[1].clone());
    // `lib` only follows.
    usr.edit().path = "/USR".into();
    bin.edit().path = "/USR/bin".into();
    own.edit().path = "/OWN".into();
    session.commit().await?;
    let rows = setup.rows("SELECT path, parent_path FROM folders ORDER BY lower(path)").await;
    assert_eq!(rows, ["/OWN|/OWN", "/USR|-", "/USR/bin|/USR", "/usr/bin/x|/USR/bin", "/usr/lib|/USR"]);
    assert_eq!((lib.parent_path.as_deref(), bin.parent_path.as_deref()), (Some("/USR"), Some("/USR")));
    assert_eq!(bin.folders().get()?[0].parent_path.as_deref(), Some("/USR/bin"));
    assert_eq!((usr.folders().get()?, own.parent().get()?.as_ref()), (vec![bin, lib], Some(&own)));
    assert!(session.plan()?.is_empty());
    Ok(())
}

/// Many rows in one statement, each with what refers to it.
#[tokio::test]
async fn many_keys_change_at_once() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let country = |n: usize| {
        let cities = [0, 1].map(|city| City::builder().name(format!("n{n}-{city}")));
        Country::builder().code(format!("c{n}")).cities(cities)
    };
    let countries = session.add_all((0..3_000).map(country));
    session.commit().await?;
    setup.shapes();
    countries.iter().for_each(|country| {
        let code = format!("new-{}", country.code);
        country.edit().code = code;
    });
    session.commit().await?;
    assert_eq!(sent(&setup), ["UPDATE countries: code (batch)"]);
    for country in &countries {
        assert!(country.cities().get()?.iter().all(|city| city.country_code == country.code));
    }
    assert_eq!(setup.rows("SELECT count(*) FROM cities WHERE country_code LIKE 'new-c%'").await, ["6000"]);
    Ok(())
}

/// Scenario 92: there is no way to make a row's object new; a copy without its key is another row.
#[tokio::test]
async fn a_copy_without_the_key_is_a_new_row() -> Result {
    let setup = Setup::new(&nested::TABLES).await;
    let session = setup.db.session();
    let old = session.add(Crate::builder().name("old"));
    let item = session.add(Item::builder().number(1).parent(&old));
    session.commit().await?;
    let copy = session.add(Crate::builder().name(&*old.name));
    session.commit().await?;
    assert_eq!((item.parent().get()?, copy.items().get()?), (old.clone(), vec![]));
    assert_eq!((old.id, copy.id, Entity::state(&old)), (1, 2, EntityState::Persistent));
    Ok(())
}

/// A statement moves the keys of a whole tree: a child that comes before its parent is led to it all the same.
#[tokio::test]
async fn a_tree_moves_by_a_statement() -> Result {
    let setup = Setup::new(&models![Node]).await;
    setup.sql("INSERT INTO nodes (id, name, parent_id) VALUES (2, 'parent', NULL), (1, 'child', 2)").await;
    let session = setup.db.session();
    let child = session.get::<Node>(1).await?.expect("the node is there");
    let parent = child.parent().await?.expect("it has a parent");
    assert_eq!(parent.children().await?, std::slice::from_ref(&child));
    setup.flights();
    let ten = update::<Node>().set(Node::id, Node::id + 10).set(Node::parent_id, Node::parent_id + 10);
    assert_eq!(session.execute(ten).await?, 2);
    assert_eq!(setup.statements().len(), 2);
    assert_eq!((child.id, child.parent_id, parent.id), (11, Some(12), 12));
    assert_eq!(parent.children().get()?, std::slice::from_ref(&child));
    assert_eq!(child.parent().get()?.as_ref(), Some(&parent));
    session.rollback().await?;
    assert_eq!((child.id, parent.children().get()?.len()), (1, 1));
    Ok(())
}
