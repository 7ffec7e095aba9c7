//! Keys that the server makes in one statement of a flight and a later one takes there.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::voyages::{self, Port, Sailor, VOYAGES, Voyage};

type Result = orm_core::Result<()>;

fn sailor(session: &Session, name: &str) -> Entity<Sailor> {
    session.add(Sailor::builder().name(name))
}

fn port(session: &Session, name: &str) -> Entity<Port> {
    session.add(Port::builder().name(name))
}

#[tokio::test]
async fn one_row_takes_keys_of_any_type() -> Result {
    let setup = Setup::new(&voyages::TABLES).await;
    let session = setup.db.session();
    let (ann, quay) = (sailor(&session, "ann"), port(&session, "quay"));
    let voyage = session.add(Voyage::builder().name("north").captain(&ann).port(&quay));
    session.commit().await?;
    assert_eq!(setup.shapes().len(), 1);
    assert_eq!((voyage.captain_id, voyage.port_id), (ann.id, Some(quay.id)));
    assert_eq!((voyage.mate_id, ann.id.is_nil()), (None, false));
    assert_eq!(setup.rows(VOYAGES).await, ["north|ann|-|quay"]);
    Ok(())
}

/// In one column stand keys of new rows from two statements, keys that are known, and NULL.
#[tokio::test]
async fn new_rows_known_rows_and_none_mix_in_a_column() -> Result {
    let setup = Setup::new(&voyages::TABLES).await;
    let session = setup.db.session();
    let (old, home) = (sailor(&session, "old"), port(&session, "home"));
    session.commit().await?;
    let (ann, bob) = (sailor(&session, "ann"), sailor(&session, "bob"));
    let rough = session.add(Port::builder().name("cape").weather("rough"));
    let (bay, quay) = (port(&session, "bay"), port(&session, "quay"));
    setup.shapes();
    let voyage = |name: &str, captain: &Entity<Sailor>| Voyage::builder().name(name).captain(captain);
    let voyages = session.add_all([
        voyage("a", &bob).mate(&old).port(&quay),
        voyage("b", &ann).port(&home),
        voyage("c", &old).mate(&ann),
        voyage("d", &ann).mate(&bob).port(&rough),
        voyage("e", &bob).mate(&ann).port(&bay),
        voyage("f", &old).port(&rough),
    ]);
    session.commit().await?;
    let sent = setup.shapes();
    assert_eq!(sent.len(), 1, "{sent:?}");
    let expected =
        ["a|bob|old|quay", "b|ann|-|home", "c|old|ann|-", "d|ann|bob|cape", "e|bob|ann|bay", "f|old|-|cape"];
    assert_eq!(setup.rows(VOYAGES).await, expected);
    assert_eq!(voyages[0].captain().get()?, bob);
    assert_eq!((voyages[3].mate_id, voyages[3].port_id), (Some(bob.id), Some(rough.id)));
    session.commit().await?;
    assert!(setup.shapes().is_empty(), "nothing is left to write");
    Ok(())
}

/// What an earlier flush of the transaction noted is not taken by a later one.
#[tokio::test]
async fn each_flush_has_notes_of_its_own() -> Result {
    let setup = Setup::new(&voyages::TABLES).await;
    let session = setup.db.session();
    for n in 0..3 {
        let captains = [0, 1].map(|m| sailor(&session, &format!("sailor {n}{m}")));
        for (m, captain) in captains.iter().enumerate() {
            session.add(Voyage::builder().name(format!("{n}{m}")).captain(captain));
        }
        session.flush().await?;
        let savepoint = session.begin_nested().await?;
        session.add(Voyage::builder().name("undone").captain(&sailor(&session, "undone")));
        session.flush().await?;
        savepoint.rollback().await?;
    }
    session.commit().await?;
    let pairs: Vec<_> = ["00", "01", "10", "11", "20", "21"].map(|n| format!("{n}|sailor {n}|-|-")).into();
    assert_eq!(setup.rows(VOYAGES).await, pairs);
    Ok(())
}

#[tokio::test]
async fn what_fails_behind_a_note_keeps_nothing() -> Result {
    let setup = Setup::new(&voyages::TABLES).await;
    setup.sql("ALTER TABLE voyages ADD CHECK (name <> 'west')").await;
    let session = setup.db.session();
    let captains = ["ann", "bob"].map(|name| sailor(&session, name));
    let voyages =
        captains.each_ref().map(|captain| session.add(Voyage::builder().name("west").captain(captain)));
    let error = session.commit().await.expect_err("the check refuses");
    assert!(error.is_check_violation() && error.to_string().contains("Voyage"), "{error}");
    assert_eq!(setup.rows("SELECT count(*) FROM sailors").await, ["0"]);
    session.rollback().await?;
    assert!(captains.iter().all(|captain| captain.id.is_nil()));
    for (captain, voyage) in captains.iter().zip(&voyages) {
        session.add(captain);
        session.add(voyage);
        voyage.edit().name = captain.name.clone();
    }
    session.commit().await?;
    assert_eq!(setup.rows(VOYAGES).await, ["ann|ann|-|-", "bob|bob|-|-"]);
    Ok(())
}

const REFUSE_BOB: &str = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
     'BEGIN IF NEW.name = ''bob'' THEN RETURN NULL; END IF; RETURN NEW; END'; \
     CREATE TRIGGER refuse BEFORE INSERT ON sailors FOR EACH ROW EXECUTE FUNCTION refuse()";

/// A trigger that leaves a parent out is noticed before anything is kept.
#[tokio::test]
async fn a_parent_that_does_not_go_in_has_no_children() -> Result {
    let setup = Setup::new(&voyages::TABLES).await;
    setup.sql(REFUSE_BOB).await;
    let session = setup.db.session();
    for name in ["ann", "bob", "cid"] {
        session.add(Voyage::builder().name(name).captain(&sailor(&session, name)));
    }
    let error = session.commit().await.expect_err("bob is not there");
    assert!(error.to_string().contains("Sailor"), "{error}");
    assert_eq!(setup.rows("SELECT count(*) FROM sailors").await, ["0"]);
    Ok(())
}

/// The child of the only parent does not become that of the parent whose key an earlier flush has noted.
#[tokio::test]
async fn a_child_takes_no_key_of_an_earlier_flush() -> Result {
    let setup = Setup::new(&voyages::TABLES).await;
    setup.sql(REFUSE_BOB).await;
    let session = setup.db.session();
    session.add(Voyage::builder().name("north").captain(&sailor(&session, "ann")));
    session.flush().await?;
    session.add(Voyage::builder().name("south").captain(&sailor(&session, "bob")));
    let error = session.commit().await.expect_err("bob is not there");
    assert!(error.to_string().contains("Sailor"), "{error}");
    assert_eq!(setup.rows("SELECT count(*) FROM voyages").await, ["0"]);
    Ok(())
}
