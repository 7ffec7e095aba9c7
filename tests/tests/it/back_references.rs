//! Section E of the scenarios: one side of a relationship changes, loaded or not, and the other side follows at once.
//!
//! Met by construction: 133 and 135 as far as they assign whole lists (a collection is changed by `add` and `remove`,
//! and holds an entity once), 144's history (unchanged and added are told apart by the flush, not by the application).

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::models::club::{self, Captain, Player, Team};
use orm_tests::models::press::{self, Article, Writer};

type Result = orm_core::Result<()>;

/// Two teams, `red` with the players `ann` and `bob`, in the database only.
async fn two_teams() -> Setup {
    let setup = Setup::new(&club::TABLES).await;
    setup.sql("INSERT INTO teams (name) VALUES ('red'), ('blue')").await;
    setup.sql("INSERT INTO players (name, team_id) VALUES ('ann', 1), ('bob', 1)").await;
    setup
}

async fn teams(session: &Session) -> orm_core::Result<[Entity<Team>; 2]> {
    let [red, blue] = [session.get::<Team>(1).await?, session.get::<Team>(2).await?];
    Ok([red.expect("red is there"), blue.expect("blue is there")])
}

async fn player(session: &Session, id: i64) -> orm_core::Result<Entity<Player>> {
    Ok(session.get::<Player>(id).await?.expect("the player is there"))
}

/// Scenario 129.
#[tokio::test]
async fn a_child_leaves_a_loaded_collection_for_another() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let players = red.players().await?;
    assert_eq!(blue.players().await?, []);
    setup.shapes();
    blue.players().add(&players[0]);
    assert_eq!(players[0].team().get()?.as_ref(), Some(&blue));
    assert_eq!(players[0].team_id, Some(2));
    assert_eq!(
        (red.players().get()?, blue.players().get()?),
        (vec![players[1].clone()], vec![players[0].clone()])
    );
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE players: team_id", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT name, team_id FROM players ORDER BY id").await, ["ann|2", "bob|1"]);
    Ok(())
}

/// Scenario 130.
#[tokio::test]
async fn a_collection_that_is_loaded_after_a_move_is_without_the_child() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let ann = player(&session, 1).await?;
    blue.players().add(&ann);
    assert!(red.players().get().is_err_and(|error| error.is_not_loaded()));
    assert!(blue.players().get().is_err_and(|error| error.is_not_loaded()));
    // Without the flush that a load does first, the database still has the child in the old place.
    let (left, joined) = session.no_autoflush(async { (red.players().await, blue.players().await) }).await;
    assert_eq!(left?.iter().map(|player| &*player.name).collect::<Vec<_>>(), ["bob"]);
    assert_eq!(joined?, std::slice::from_ref(&ann));
    assert_eq!(setup.rows("SELECT name FROM players WHERE team_id = 1 ORDER BY id").await, ["ann", "bob"]);
    session.commit().await?;
    assert_eq!(blue.players().get()?, [ann]);
    assert_eq!(setup.rows("SELECT name FROM players WHERE team_id = 2").await, ["ann"]);
    Ok(())
}

/// Scenario 130, with the flush that a load does first.
#[tokio::test]
async fn a_load_flushes_the_move_first() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let ann = player(&session, 1).await?;
    blue.players().add(&ann);
    setup.shapes();
    assert_eq!(red.players().await?.len(), 1);
    assert_eq!(blue.players().await?, [ann]);
    assert_eq!(
        setup.shapes(),
        [vec!["BEGIN", "UPDATE players: team_id"], vec!["SELECT players"], vec!["SELECT players"]]
    );
    Ok(())
}

/// Scenario 132.
#[tokio::test]
async fn a_stale_child_leaves_its_parent_without_sql() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, _] = teams(&session).await?;
    let players = red.players().await?;
    session.commit().await?;
    setup.shapes();
    players[0].team().clear();
    assert_eq!((red.players().get()?, players[0].team().get()?), (vec![players[1].clone()], None));
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    session.commit().await?;
    assert_eq!(setup.rows("SELECT team_id FROM players ORDER BY id").await, ["-", "1"]);
    Ok(())
}

/// Scenario 133, with new entities.
#[tokio::test]
async fn a_new_child_leaves_the_collection_of_a_new_parent() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let red = session.add(Team::builder().name("red").players([Player::builder().name("ann")]));
    let blue = session.add(Team::builder().name("blue"));
    let ann = red.players().get()?.remove(0);
    blue.players().add(&ann);
    assert_eq!((red.players().get()?, blue.players().get()?), (vec![], vec![ann.clone()]));
    assert_eq!(ann.team().get()?.as_ref(), Some(&blue));
    blue.players().add(&ann);
    assert_eq!(blue.players().get()?.len(), 1);
    session.commit().await?;
    let rows = "SELECT p.name, t.name FROM players p JOIN teams t ON t.id = p.team_id";
    assert_eq!(setup.rows(rows).await, ["ann|blue"]);
    Ok(())
}

/// Scenario 135, as far as `remove` and `add` go.
#[tokio::test]
async fn what_is_removed_has_no_parent() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let players = red.players().await?;
    red.players().remove(&players[0]);
    blue.players().remove(&players[1]);
    assert_eq!((players[0].team().get()?, players[0].team_id), (None, None));
    assert_eq!(
        (players[1].team().get()?, red.players().get()?),
        (Some(red.clone()), vec![players[1].clone()])
    );
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE players: team_id", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT team_id FROM players ORDER BY id").await, ["-", "1"]);
    Ok(())
}

/// Scenario 136.
#[tokio::test]
async fn the_far_side_of_a_one_to_one_is_not_shown_where_it_was() -> Result {
    let setup = two_teams().await;
    setup.sql("INSERT INTO captains (name, team_id) VALUES ('ann', 1)").await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let ann = session.get::<Captain>(1).await?.expect("the captain is there");
    blue.captain().set(&ann);
    assert_eq!((ann.team().get()?, blue.captain().get()?), (Some(blue), Some(ann)));
    setup.shapes();
    assert_eq!(red.captain().await?, None);
    assert_eq!(setup.shapes(), [vec!["BEGIN", "UPDATE captains: team_id"], vec!["SELECT captains"]]);
    Ok(())
}

/// Scenario 137. Both sides agree at once: the captain that was replaced has no team from then on.
#[tokio::test]
async fn a_one_to_one_that_is_taken_leaves_its_old_partner_at_once() -> Result {
    let setup = two_teams().await;
    setup.sql("INSERT INTO captains (name, team_id) VALUES ('ann', NULL), ('bob', 1), ('cid', NULL)").await;
    let session = setup.db.session();
    let [red, _] = teams(&session).await?;
    let captains = session.scalars(select::<Captain>().order_by(Captain::id)).await?.all();
    assert_eq!(red.captain().await?.as_ref(), Some(&captains[1]));
    setup.shapes();
    // The one that takes the place stands before the one that leaves it, and then behind it.
    for (taken_by, left_by, rows) in [(0, 1, "ann|1 bob|- cid|-"), (2, 0, "ann|- bob|- cid|1")] {
        captains[taken_by].team().set(&red);
        assert_eq!(red.captain().get()?.as_ref(), Some(&captains[taken_by]));
        assert_eq!((captains[left_by].team().get()?, captains[left_by].team_id), (None, None));
        session.commit().await?;
        let mut sent = setup.shapes().concat();
        sent.retain(|shape| shape.starts_with("UPDATE"));
        assert_eq!(sent, ["UPDATE captains: team_id"; 2]);
        assert_eq!(setup.rows("SELECT name, team_id FROM captains ORDER BY id").await.join(" "), rows);
    }
    Ok(())
}

/// Two one-to-ones change places: their keys are unique, so one statement alone cannot write both.
#[tokio::test]
async fn two_one_to_ones_change_places() -> Result {
    let setup = two_teams().await;
    setup.sql("INSERT INTO captains (name, team_id) VALUES ('ann', 1), ('bob', 2)").await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let (ann, bob) =
        (red.captain().await?.expect("ann is there"), blue.captain().await?.expect("bob is there"));
    setup.shapes();
    red.captain().set(&bob);
    assert_eq!((red.captain().get()?, blue.captain().get()?), (Some(bob.clone()), None));
    blue.captain().set(&ann);
    assert_eq!((ann.team().get()?, bob.team().get()?), (Some(blue), Some(red)));
    session.commit().await?;
    assert_eq!(
        setup.shapes(),
        [["BEGIN", "UPDATE captains: team_id (batch)", "UPDATE captains: team_id (batch)", "COMMIT"]]
    );
    assert_eq!((ann.team_id, bob.team_id), (Some(2), Some(1)));
    assert_eq!(setup.rows("SELECT name, team_id FROM captains ORDER BY id").await, ["ann|2", "bob|1"]);
    Ok(())
}

/// Scenario 144.
#[tokio::test]
async fn what_is_added_without_a_load_stands_behind_what_is_loaded_later() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, _] = teams(&session).await?;
    let cid = session.add(Player::builder().name("cid").team(&red));
    let dan = session.add(Player::builder().name("dan"));
    red.players().add(&dan);
    assert!(red.players().get().is_err_and(|error| error.is_not_loaded()));
    setup.shapes();
    let players = session.no_autoflush(async { red.players().await }).await?;
    assert_eq!(setup.shapes(), [["SELECT players"]]);
    assert_eq!(players.iter().map(|player| &*player.name).collect::<Vec<_>>(), ["ann", "bob", "cid", "dan"]);
    assert_eq!(players[2..], [cid, dan]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT players (batch)", "COMMIT"]]);
    assert_eq!(red.players().get()?, players);
    assert_eq!(setup.rows("SELECT count(*) FROM players WHERE team_id = 1").await, ["4"]);
    Ok(())
}

/// Scenario 146. A parent that a child has left cannot take it from another: nothing happens, and nothing is stale.
#[tokio::test]
async fn a_child_is_not_removed_from_a_parent_that_it_has_left() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let players = red.players().await?;
    blue.players().add(&players[0]);
    red.players().remove(&players[0]);
    assert_eq!(players[0].team().get()?.as_ref(), Some(&blue));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT team_id FROM players ORDER BY id").await, ["2", "1"]);
    Ok(())
}

/// A key set by value moves the entity as well.
#[tokio::test]
async fn a_key_set_by_value_moves_the_child_on_both_sides() -> Result {
    let setup = two_teams().await;
    let session = setup.db.session();
    let [red, blue] = teams(&session).await?;
    let players = red.players().await?;
    assert_eq!(blue.players().await?, []);
    players[0].edit().team_id = Some(2);
    assert_eq!(
        (red.players().get()?, blue.players().get()?),
        (vec![players[1].clone()], vec![players[0].clone()])
    );
    players[0].edit().team_id = None;
    assert_eq!((blue.players().get()?, players[0].team().get()?), (vec![], None));
    let new = session.add(Player::builder().name("new").team_id(2));
    assert_eq!((blue.players().get()?, new.team().get()?), (vec![new.clone()], Some(blue.clone())));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT team_id FROM players ORDER BY id").await, ["-", "1", "2"]);
    Ok(())
}

/// Two relationships between the same two models stay apart.
#[tokio::test]
async fn each_of_two_relationships_has_its_own_inverse() -> Result {
    let setup = Setup::new(&press::TABLES).await;
    let session = setup.db.session();
    let [ann, bob] = ["ann", "bob"].map(|email| session.add(Writer::builder().email(email)));
    let article = session.add(Article::builder().title("t").author(&ann).editor(&bob));
    assert_eq!((ann.written().get()?, ann.edited().get()?), (vec![article.clone()], vec![]));
    assert_eq!((bob.written().get()?, bob.edited().get()?), (vec![], vec![article.clone()]));
    session.commit().await?;
    article.author().set(&bob);
    article.editor().clear();
    assert_eq!((ann.written().get()?, bob.written().get()?), (vec![], vec![article.clone()]));
    assert_eq!((bob.edited().get()?, article.editor().get()?), (vec![], None));
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE articles: author_id, editor_id", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT author_id, editor_id FROM articles").await, ["2|-"]);
    Ok(())
}
