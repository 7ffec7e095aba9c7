//! Section A of the scenarios: which statements a flush sends, in which order, and no more of them.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{self, Profile, User};
use orm_tests::models::club::{self, Captain, Fan, Player, Team};
use orm_tests::models::press::{self, Letter, Writer};
use orm_tests::models::tree::Node;
use orm_tests::models::world::{self, Country, Flag};

type Result = orm_core::Result<()>;

const TEAMS: &str = "SELECT id, name FROM teams ORDER BY id";
const PLAYERS: &str = "SELECT id, name, team_id FROM players ORDER BY id";

/// A club with a team of two players, committed.
async fn team_of_two(
    setup: &Setup,
    session: &Session,
) -> orm_core::Result<(Entity<Team>, Vec<Entity<Player>>)> {
    let team = session.add(Team::builder().name("red"));
    let players = session.add_all(["ann", "bob"].map(|name| Player::builder().name(name).team(&team)));
    session.commit().await?;
    setup.shapes();
    Ok((team, players))
}

/// Scenario 1.
#[tokio::test]
async fn a_new_parent_brings_its_new_children() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let players = ["ann", "bob"].map(|name| Player::builder().name(name));
    let team = session.add(Team::builder().name("red").players(players));
    session.flush().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT teams", "INSERT players (batch)"]]);
    let players = team.players().get()?;
    assert_eq!(
        players.iter().map(|player| (&*player.name, player.team_id)).collect::<Vec<_>>(),
        [("ann", Some(team.id)), ("bob", Some(team.id))]
    );
    assert_eq!(players[0].team().get()?.as_ref(), Some(&team));
    session.commit().await?;
    assert_eq!(setup.rows(PLAYERS).await, ["1|ann|1", "2|bob|1"]);
    Ok(())
}

/// Scenario 2. Here the parent is in the session as soon as it is made; it is inserted first whatever was added first.
#[tokio::test]
async fn a_parent_goes_in_before_children_that_were_added_before_it() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let players = session.add_all(["ann", "bob"].map(|name| Player::builder().name(name)));
    let team = session.add(Team::builder().name("red"));
    players.iter().for_each(|player| player.team().set(&team));
    assert_eq!(team.players().get()?, players);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT teams", "INSERT players (batch)", "COMMIT"]]);
    assert_eq!(players.iter().map(|player| player.team_id).collect::<Vec<_>>(), [Some(1), Some(1)]);
    assert_eq!(setup.rows(PLAYERS).await, ["1|ann|1", "2|bob|1"]);
    Ok(())
}

/// Scenario 4, and 22 as far as the children are in memory.
#[tokio::test]
async fn children_over_a_nullable_key_are_let_go_when_their_parent_is_deleted() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let (team, players) = team_of_two(&setup, &session).await?;
    session.delete(&team);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE players: team_id = NULL", "DELETE teams", "COMMIT"]]);
    for player in &players {
        assert_eq!((player.team_id, player.team().get()?), (None, None));
        assert_eq!(session.get::<Player>(player.id).await?.as_ref(), Some(player));
    }
    assert_eq!(session.get::<Team>(team.id).await?, None);
    assert_eq!(
        (setup.rows(TEAMS).await, setup.rows(PLAYERS).await.join(" ")),
        (vec![], "1|ann|- 2|bob|-".into())
    );
    Ok(())
}

/// Scenario 4, with nothing of the relationship in memory: the children came by another select.
#[tokio::test]
async fn children_that_were_loaded_on_their_own_are_let_go_in_memory_too() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    team_of_two(&setup, &setup.db.session()).await?;
    let session = setup.db.session();
    let players = session.scalars(select::<Player>().order_by(Player::id)).await?.all();
    let team = session.get::<Team>(1).await?.expect("the team is there");
    session.delete(&team);
    session.flush().await?;
    assert_eq!(players.iter().map(|player| player.team_id).collect::<Vec<_>>(), [None, None]);
    assert_eq!(players[0].team().get()?, None);
    session.commit().await?;
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), Vec::<Vec<String>>::new());
    assert_eq!(setup.rows(PLAYERS).await, ["1|ann|-", "2|bob|-"]);
    Ok(())
}

/// Scenario 5.
#[tokio::test]
async fn children_go_before_their_parent() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let team = session.add(Team::builder().name("red"));
    let fans = session.add_all([Fan::builder().team(&team), Fan::builder().team(&team)]);
    session.commit().await?;
    setup.shapes();
    session.delete(&team);
    fans.iter().for_each(|fan| session.delete(fan));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE fans (batch)", "DELETE teams", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT count(*) FROM fans").await, ["0"]);
    Ok(())
}

/// Scenario 6.
#[tokio::test]
async fn keys_are_cleared_before_their_target_goes() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let team = session.add(Team::builder().name("red"));
    let fans = session.add_all([Fan::builder().team(&team), Fan::builder().team(&team)]);
    session.commit().await?;
    setup.shapes();
    fans.iter().for_each(|fan| fan.team().clear());
    session.delete(&team);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE fans: team_id (batch)", "DELETE teams", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT id, team_id FROM fans ORDER BY id").await, ["1|-", "2|-"]);
    Ok(())
}

/// Scenario 8: nothing is read again, neither the children nor the parent.
#[tokio::test]
async fn children_are_deleted_without_a_look_at_their_parent() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    team_of_two(&setup, &setup.db.session()).await?;
    let session = setup.db.session();
    let players = session.scalars(select::<Player>()).await?.all();
    session.commit().await?;
    setup.shapes();
    players.iter().for_each(|player| session.delete(player));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE players (batch)", "COMMIT"]]);
    assert_eq!((setup.rows(TEAMS).await.join(" "), setup.rows(PLAYERS).await), ("1|red".into(), vec![]));
    Ok(())
}

/// Scenario 10.
#[tokio::test]
async fn a_cleared_reference_is_one_update() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let (team, players) = team_of_two(&setup, &session).await?;
    players[0].team().clear();
    assert_eq!(team.players().get()?, [players[1].clone()]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE players: team_id", "COMMIT"]]);
    assert_eq!(setup.rows(PLAYERS).await, ["1|ann|-", "2|bob|1"]);
    Ok(())
}

/// Scenario 13.
#[tokio::test]
async fn rows_whose_keys_are_given_go_in_together_in_the_order_of_adding() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let node = |id: i64, parent: Option<i64>| Node::builder().id(id).name(format!("n{id}")).parent_id(parent);
    session.add_all([node(1, None), node(2, Some(1)), node(3, Some(2))]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT nodes (batch)", "COMMIT"]]);
    let rows = setup.rows("SELECT id, name, parent_id FROM nodes ORDER BY ctid").await;
    assert_eq!(rows, ["1|n1|-", "2|n2|1", "3|n3|2"]);
    Ok(())
}

/// Scenario 20.
#[tokio::test]
async fn rows_with_different_changes_are_updated_apart() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let teams = session.add_all((0..5).map(|n| Team::builder().name(format!("t{n}"))));
    let players = session.add_all(teams.iter().map(|team| Player::builder().name("p").team(team)));
    session.commit().await?;
    setup.shapes();
    players[1].edit().name = "renamed".into();
    let team = session.add(Team::builder().name("new"));
    players[3].team().set(&team);
    assert_eq!((teams[3].players().get()?, team.players().get()?), (vec![], vec![players[3].clone()]));
    session.commit().await?;
    let mut sent = setup.shapes().concat();
    sent.sort();
    assert_eq!(sent, ["BEGIN", "COMMIT", "INSERT teams", "UPDATE players: name", "UPDATE players: team_id"]);
    assert_eq!(players[3].team_id, Some(6));
    assert_eq!(setup.rows(PLAYERS).await, ["1|p|1", "2|renamed|2", "3|p|3", "4|p|6", "5|p|5"]);
    Ok(())
}

/// Scenario 22, one-to-one.
#[tokio::test]
async fn the_other_half_of_a_one_to_one_is_let_go() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let team = session.add(Team::builder().name("red").captain(Captain::builder().name("ann")));
    let captain = team.captain().get()?.expect("the captain came with the team");
    session.commit().await?;
    setup.shapes();
    session.delete(&team);
    session.commit().await?;
    let sent = ["BEGIN", "UPDATE captains: team_id = NULL", "DELETE teams", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    assert_eq!((captain.team_id, captain.team().get()?), (None, None));
    assert_eq!(session.get::<Captain>(captain.id).await?, Some(captain));
    assert_eq!(setup.rows("SELECT id, team_id FROM captains").await, ["1|-"]);
    Ok(())
}

/// A new child of a deleted parent has no parent.
#[tokio::test]
async fn a_child_that_is_new_is_let_go_as_well() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let team = session.add(Team::builder().name("red"));
    session.commit().await?;
    let player = session.add(Player::builder().name("ann").team(&team));
    session.delete(&team);
    session.commit().await?;
    assert_eq!((player.team_id, player.team().get()?), (None, None));
    assert_eq!(setup.rows(PLAYERS).await, ["1|ann|-"]);
    Ok(())
}

/// Scenario 39.
#[tokio::test]
async fn a_row_cannot_lose_the_parent_that_is_its_key() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let country = session.add(Country::builder().code("fr").flag(Flag::builder().colours(Vec::new())));
    session.commit().await?;
    setup.shapes();
    let flag = country.flag().get()?.expect("the flag came with its country");
    country.flag().clear();
    assert_eq!(country.flag().get()?, None);
    assert!(flag.country().get().is_err_and(|error| error.is_orphan()));
    let error = session.commit().await.expect_err("the flag needs a country");
    assert!(error.is_orphan() && error.model() == Some("Flag"), "{error}");
    assert!(error.to_string().contains("fr"), "{error}");
    assert_eq!(setup.shapes(), Vec::<Vec<String>>::new());
    session.rollback().await?;
    assert_eq!((country.flag().get()?, flag.country().get()?), (Some(flag), country));
    Ok(())
}

/// Scenario 40, both deleted by hand.
#[tokio::test]
async fn rows_that_share_a_key_are_deleted_together() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let country = session.add(Country::builder().code("fr").flag(Flag::builder().colours(Vec::new())));
    session.commit().await?;
    let sent = ["BEGIN", "INSERT countries", "INSERT flags", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    session.delete(&country);
    session.delete(&country.flag().get()?.expect("the flag came with its country"));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE flags", "DELETE countries", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT * FROM flags").await, Vec::<String>::new());
    Ok(())
}

/// Scenario 41.
#[tokio::test]
async fn children_move_away_before_their_old_parent_goes() -> Result {
    let setup = Setup::new(&press::TABLES).await;
    let session = setup.db.session();
    let [old, new] = ["old@a.b", "new@a.b"].map(|email| session.add(Writer::builder().email(email)));
    let letters = session.add_all([1, 2].map(|byte| Letter::builder().body(vec![byte]).recipient(&old)));
    session.commit().await?;
    setup.shapes();
    letters.iter().for_each(|letter| letter.recipient().set(&new));
    session.delete(&old);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE letters: email (batch)", "DELETE writers", "COMMIT"]]);
    assert_eq!(new.letters().get()?, letters);
    assert_eq!(setup.rows("SELECT email FROM letters").await, ["new@a.b", "new@a.b"]);
    Ok(())
}

/// Scenario 44.
#[tokio::test]
async fn a_key_set_by_hand_outlives_a_parent_that_was_loaded_as_absent() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    setup.sql("INSERT INTO teams (name) VALUES ('red'); INSERT INTO players (name) VALUES ('ann')").await;
    let session = setup.db.session();
    let player = session.execute(select::<Player>().options(joinedload(Player::team))).await?.one()?;
    assert_eq!(player.team().get()?, None);
    player.edit().team_id = Some(1);
    assert!(player.team().get().is_err_and(|error| error.is_not_loaded()));
    session.commit().await?;
    assert_eq!(player.team().await?.map(|team| team.name.clone()), Some("red".into()));
    assert_eq!(setup.rows(PLAYERS).await, ["1|ann|1"]);
    Ok(())
}

/// Scenario 45.
#[tokio::test]
async fn without_changes_nothing_is_sent() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    session.flush().await?;
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    let (team, _) = team_of_two(&setup, &session).await?;
    session.flush().await?;
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    assert!(session.plan()?.is_empty());
    team.edit().name = "blue".into();
    assert_eq!(session.plan()?.to_string(), "update 1 of teams: name\n");
    Ok(())
}

/// Scenarios 47 and 48, and a change that is taken back.
#[tokio::test]
async fn an_equal_value_is_no_change() -> Result {
    let setup = Setup::new(&press::TABLES).await;
    let session = setup.db.session();
    let writer = session.add(Writer::builder().email("a@b.c"));
    let letter = session.add(Letter::builder().body(vec![0, 255]).recipient(&writer));
    session.commit().await?;
    setup.shapes();
    letter.edit().body = vec![0, 255];
    letter.recipient().set(&writer);
    writer.edit().email = "other".into();
    writer.edit().email = "a@b.c".into();
    session.commit().await?;
    assert_eq!(setup.flights(), Vec::<Vec<String>>::new());
    letter.edit().body = vec![0, 254];
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE letters: body", "COMMIT"]]);
    Ok(())
}

/// Neither tables nor levels of foreign keys make flights.
#[tokio::test]
async fn tables_share_a_flight_whether_they_need_each_other_or_not() -> Result {
    let setup = Setup::new(&[&blog::TABLES[..], &club::TABLES].concat()).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("a@b.c").profile(Profile::builder()));
    let team = session.add(Team::builder().name("red").players([Player::builder().name("ann")]));
    session.commit().await?;
    let inserts = ["INSERT teams", "INSERT players", "INSERT users", "INSERT profiles"];
    assert_eq!(setup.shapes(), [[&["BEGIN"], &inserts[..], &["COMMIT"]].concat()]);
    assert_eq!(user.profile().get()?.map(|profile| profile.user_id), Some(user.id));
    assert_eq!(team.players().get()?[0].team_id, Some(team.id));
    Ok(())
}

/// A thousand users with a profile and five posts each.
#[tokio::test]
async fn a_thousand_graphs_are_one_flight_and_five_statements() -> Result {
    let setup = Setup::new(&blog::TABLES).await;
    let session = setup.db.session();
    let users = session.add_all((0..1000).map(|n| {
        let posts = (0..5).map(move |post| blog::Post::builder().title(format!("{n}/{post}")));
        let profile = Profile::builder().bio(format!("bio {n}"));
        User::builder().email(format!("{n}@a.b")).profile(profile).posts(posts)
    }));
    session.commit().await?;
    let sent = setup.shapes();
    assert_eq!((sent.len(), sent.concat().len()), (1, 5), "{sent:?}");
    let wrong = "SELECT count(*), count(DISTINCT u.id), count(*) FILTER (WHERE u.email <> split_part(p.title, '/', 1) || '@a.b'
        OR r.bio <> 'bio ' || split_part(p.title, '/', 1))
        FROM posts p JOIN users u ON u.id = p.user_id JOIN profiles r ON r.user_id = u.id";
    assert_eq!(setup.rows(wrong).await, ["5000|1000|0"]);
    for (n, user) in users.iter().enumerate() {
        let profile = user.profile().get()?.expect("a user has a profile");
        assert_eq!((profile.user_id, &profile.bio), (user.id, &Some(format!("bio {n}"))));
        assert!(user.posts().get()?.iter().all(|post| post.user_id == user.id));
    }
    let ids = setup.rows("SELECT id FROM users ORDER BY split_part(email, '@', 1)::int").await;
    assert_eq!(ids, users.iter().map(|user| user.id.to_string()).collect::<Vec<_>>());
    Ok(())
}
