//! A unique value that one row gives up and another takes in the same flush.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};
use orm_tests::keys::trading::{self, Permit, Stall};
use orm_tests::models::club::{self, Captain, Team};
use orm_tests::models::world::{self, City, Country, Flag};

type Result = orm_core::Result<()>;

#[tokio::test]
async fn a_one_to_one_is_replaced_by_a_new_one() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("a@b.c").profile(Profile::builder().bio("old")));
    session.commit().await?;
    setup.shapes();
    let old = user.profile().get()?.expect("the profile came with the user");
    let new = session.add(Profile::builder().bio("new").user(&user));
    session.delete(&old);
    assert_eq!(user.profile().get()?.as_ref(), Some(&new));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE profiles", "INSERT profiles", "COMMIT"]]);
    assert_eq!((user.profile().get()?.as_ref(), new.user().get()?), (Some(&new), user.clone()));
    assert_eq!(setup.rows("SELECT bio, user_id FROM profiles").await, ["new|1"]);
    Ok(())
}

/// Scenario 337.
#[tokio::test]
async fn the_key_of_one_that_is_replaced_becomes_null_before_the_new_one_is_inserted() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let team = session.add(Team::builder().name("red").captain(Captain::builder().name("ann")));
    session.commit().await?;
    setup.shapes();
    let ann = team.captain().get()?.expect("ann came with the team");
    let bob = session.add(Captain::builder().name("bob").team(&team));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE captains: team_id", "INSERT captains", "COMMIT"]]);
    assert_eq!((ann.team().get()?, team.captain().get()?), (None, Some(bob)));
    assert_eq!(setup.rows("SELECT name, team_id FROM captains ORDER BY id").await, ["ann|-", "bob|1"]);
    Ok(())
}

#[tokio::test]
async fn a_row_with_a_given_key_is_switched_with_all_that_refers_to_it() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let country = |name: &str| Country::builder().code("fr").name(name.to_owned());
    let flag = Flag::builder().colours(vec!["blue".to_owned()]);
    let old = session.add(country("old").cities([City::builder().name("Paris")]).flag(flag));
    session.commit().await?;
    setup.shapes();
    session.delete(&old);
    session.delete(&old.cities().get()?[0]);
    session.delete(&old.flag().get()?.expect("the flag came with its country"));
    let new = session.add(country("new").cities([City::builder().name("Paris")]));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE countries: name", "DELETE flags", "COMMIT"]]);
    assert_eq!(session.get::<Country>("fr").await?.as_ref(), Some(&new));
    assert_eq!(new.cities().get()?[0].country().get()?, new);
    assert_eq!(
        setup.rows("SELECT country_code, c.name FROM cities JOIN countries c ON code = country_code").await,
        ["fr|new"]
    );
    Ok(())
}

#[tokio::test]
async fn the_place_of_a_deleted_one_is_taken_by_another() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    setup.sql("INSERT INTO teams (name) VALUES ('red')").await;
    setup.sql("INSERT INTO captains (name, team_id) VALUES ('ann', 1), ('bob', NULL)").await;
    let session = setup.db.session();
    let team = session.get::<Team>(1).await?.expect("the team is there");
    let ann = team.captain().await?.expect("ann is there");
    let bob = session.get::<Captain>(2).await?.expect("bob is there");
    session.delete(&ann);
    team.captain().set(&bob);
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE captains", "UPDATE captains: team_id", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT name, team_id FROM captains").await, ["bob|1"]);
    Ok(())
}

#[tokio::test]
async fn children_leave_a_parent_whose_place_is_taken() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let old = session.add(User::builder().email("a@b.c").posts([Post::builder().title("t")]));
    let other = session.add(User::builder().email("other"));
    session.commit().await?;
    setup.shapes();
    let post = old.posts().get()?.remove(0);
    post.user().set(&other);
    session.delete(&old);
    session.add(User::builder().email("a@b.c"));
    session.commit().await?;
    let sent = ["BEGIN", "UPDATE posts: user_id", "DELETE users", "INSERT users", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    assert_eq!(other.posts().get()?, [post]);
    assert_eq!(setup.rows("SELECT id, email FROM users ORDER BY id").await, ["2|other", "3|a@b.c"]);
    Ok(())
}

/// Over a column that cannot be NULL, the one that gives a value up is written before the one that takes it.
#[tokio::test]
async fn values_move_along_a_chain() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let users = session.add_all(["a", "b", "c"].map(|email| User::builder().email(email)));
    session.commit().await?;
    for moved in [["b", "c", "d"], ["a", "b", "c"]] {
        users.iter().zip(moved).for_each(|(user, email)| user.edit().email = email.into());
        users[2].edit().name = Some(moved[2].into());
        setup.shapes();
        session.commit().await?;
        let mut sent = setup.shapes().concat();
        sent.retain(|shape| shape.starts_with("UPDATE"));
        sent.sort();
        assert_eq!(sent, ["UPDATE users: email", "UPDATE users: email", "UPDATE users: name, email"]);
        assert_eq!(setup.rows("SELECT email FROM users ORDER BY id").await, moved);
    }
    let [one, other] = [&users[0], &users[1]].map(|user| user.email.clone());
    users[0].edit().email = other;
    users[1].edit().email = one;
    setup.shapes();
    let error = session.commit().await.expect_err("in a circle nobody is first");
    assert!(error.is_unsolvable() && error.model() == Some("User"), "{error}");
    assert!(error.to_string().contains("`User` id 1; id 2 trade values of `email` in a circle"), "{error}");
    assert!(error.to_string().contains("unique = deferrable"), "{error}");
    assert_eq!(setup.shapes(), Vec::<Vec<String>>::new());
    session.rollback().await?;
    assert_eq!(users[0].email, "a");
    Ok(())
}

/// Given by value, and its entity comes into being with the same flush.
#[tokio::test]
async fn a_key_given_by_value_leads_to_a_new_row_after_the_flush() -> Result {
    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    let paris = session.add(City::builder().name("Paris").country_code("fr"));
    let france = session.add(Country::builder().code("fr"));
    let lyon = session.add(City::builder().name("Lyon").country_code("fr"));
    session.flush().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT countries", "INSERT cities (batch)"]]);
    assert_eq!((paris.country().get()?, lyon.country().get()?), (france.clone(), france.clone()));
    assert_eq!(france.cities().get()?, [paris.clone(), lyon.clone()]);
    let spain = session.add(Country::builder().code("es"));
    lyon.edit().country_code = "es".into();
    assert_eq!(france.cities().get()?, std::slice::from_ref(&paris));
    session.commit().await?;
    assert_eq!((lyon.country().get()?, spain.cities().get()?), (spain.clone(), vec![lyon]));
    assert_eq!(
        setup.rows("SELECT name, country_code FROM cities ORDER BY name").await,
        ["Lyon|es", "Paris|fr"]
    );
    Ok(())
}

const STALLS: &str = "SELECT market, place, phone, sells FROM stalls ORDER BY id";

/// Three stalls, each with a permit, and what was sent forgotten.
async fn stalls(setup: &Setup, session: &Session) -> orm_core::Result<Vec<Entity<Stall>>> {
    let stall = |place: i32| Stall::builder().market("m").place(place).phone(format!("p{place}"));
    let stalls = session.add_all([1, 2, 3].map(|place| stall(place).permit(Permit::builder())));
    session.commit().await?;
    setup.shapes();
    Ok(stalls)
}

/// The constraint is checked at the end of the statement that changes both rows.
#[tokio::test]
async fn values_of_a_deferrable_constraint_are_traded() -> Result {
    let setup = Setup::new(&trading::TABLES).await;
    let session = setup.db.session();
    let stalls = stalls(&setup, &session).await?;
    for (stall, phone) in stalls.iter().zip(["p2", "p3", "p1"]) {
        stall.edit().phone = phone.into();
    }
    stalls[0].edit().sells = Some("tea".into());
    session.commit().await?;
    let sent = ["BEGIN", "UPDATE stalls: phone (batch)", "UPDATE stalls: sells", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    assert_eq!(setup.rows(STALLS).await, ["m|1|p2|tea", "m|2|p3|-", "m|3|p1|-"]);
    // Of several columns.
    (stalls[0].edit().place, stalls[1].edit().place) = (2, 1);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE stalls: place (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(STALLS).await, ["m|2|p2|tea", "m|1|p3|-", "m|3|p1|-"]);
    assert_eq!((&*stalls[0].phone, stalls[0].place, stalls[0].sells.as_deref()), ("p2", 2, Some("tea")));
    assert!(session.plan()?.is_empty());
    Ok(())
}

/// Over keys that are not nullable, in memory and in the database.
#[tokio::test]
async fn one_to_ones_are_swapped() -> Result {
    let setup = Setup::new(&trading::TABLES).await;
    let session = setup.db.session();
    let stalls = stalls(&setup, &session).await?;
    let permits: Vec<_> = stalls.iter().map(|stall| stall.permit().get()).collect::<orm_core::Result<_>>()?;
    let [one, two] = [&permits[0], &permits[1]].map(|permit| permit.clone().expect("each has one"));
    one.stall().set(&stalls[1]);
    two.stall().set(&stalls[0]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE permits: stall_id (batch)", "COMMIT"]]);
    assert_eq!(stalls[0].permit().get()?.as_ref(), Some(&two));
    assert_eq!(setup.rows("SELECT id, stall_id FROM permits ORDER BY id").await, ["1|2", "2|1", "3|3"]);
    Ok(())
}

/// The profile goes to a new user, whose key is not known when the flush begins, and a new profile takes its place.
#[tokio::test]
async fn who_takes_a_place_waits_until_it_is_left_for_a_new_row() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("a").profile(Profile::builder().bio("old")));
    session.commit().await?;
    let old = user.profile().get()?.expect("the profile came with the user");
    setup.shapes();
    let heir = session.add(User::builder().email("b"));
    old.user().set(&heir);
    let new = session.add(Profile::builder().bio("new").user(&user));
    session.commit().await?;
    let sent = ["INSERT users", "UPDATE profiles: user_id", "INSERT profiles"];
    assert_eq!(setup.shapes().concat()[1..4], sent);
    assert_eq!((user.profile().get()?.as_ref(), heir.profile().get()?.as_ref()), (Some(&new), Some(&old)));
    assert_eq!(setup.rows("SELECT bio, user_id FROM profiles ORDER BY id").await, ["old|2", "new|1"]);
    Ok(())
}

#[tokio::test]
async fn a_place_that_an_unknown_row_has_is_named() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (email) VALUES ('a'); INSERT INTO profiles (user_id) VALUES (1)").await;
    let session = setup.db.session();
    let user = session.get::<User>(1).await?.expect("the user is there");
    session.add(Profile::builder().user(&user));
    let error = session.commit().await.expect_err("the user has a profile already");
    assert!(error.is_unique_violation() && error.relationship() == Some("user"), "{error}");
    assert!(error.to_string().contains("load it, and delete it"), "{error}");
    session.rollback().await?;
    let old = user.profile().await?.expect("the profile is there");
    session.delete(&old);
    session.add(Profile::builder().bio("new").user(&user));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, bio FROM profiles").await, ["3|new"]);
    Ok(())
}

/// Scenario 337.
#[tokio::test]
async fn a_nullable_place_is_left_before_it_is_taken() -> Result {
    let setup = Setup::new(&club::TABLES).await;
    let session = setup.db.session();
    let team = session.add(Team::builder().name("red").captain(Captain::builder().name("ann")));
    session.commit().await?;
    let ann = team.captain().get()?.expect("ann came with the team");
    setup.shapes();
    let bob = session.add(Captain::builder().name("bob").team(&team));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE captains: team_id", "INSERT captains", "COMMIT"]]);
    assert_eq!((ann.team_id, team.captain().get()?), (None, Some(bob)));
    assert_eq!(setup.rows("SELECT name, team_id FROM captains ORDER BY id").await, ["ann|-", "bob|1"]);
    Ok(())
}
