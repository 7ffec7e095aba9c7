//! What a session holds that is not as the database has it, and how it differs.

use orm_core::prelude::*;
use orm_core::{AnyEntity, EntityState};
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, User, ann_and_bob};
use orm_tests::models::club::{self, Captain, Player, Team};

type Result = orm_core::Result<()>;

async fn two_users(session: &Session) -> orm_core::Result<[Entity<User>; 2]> {
    let users = session.scalars(select::<User>().order_by(User::id)).await?.all();
    Ok(users.try_into().expect("there are two users"))
}

fn lines(entities: &[AnyEntity]) -> Vec<String> {
    let line = |entity: &AnyEntity| format!("{} {:?} {:?}", entity.model(), entity.key(), entity.changes());
    entities.iter().map(line).collect()
}

/// What an audit writes down: every model, in words, before the flush.
#[tokio::test]
async fn what_the_next_flush_writes_is_listed_for_all_models() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let [ann, bob] = two_users(&session).await?;
    let posts = ann.posts().await?;
    setup.flights();
    assert!(session.added().is_empty() && session.dirty().is_empty() && session.deleted().is_empty());
    ann.edit().name = None;
    posts[0].user().set(&bob);
    session.delete(&posts[1]);
    let new = session.add(User::builder().email("new@a.b"));
    session.add(Profile::builder().bio("mine").user(&new));
    assert_eq!(
        lines(&session.added()),
        [r#"User None [email: -> "new@a.b"]"#, r#"Profile None [bio: -> Some("mine")]"#]
    );
    assert_eq!(
        lines(&session.dirty()),
        [r#"User Some("id 1") [name: Some("Ann") -> None]"#, r#"Post Some("id 1") [user_id: 1 -> 2]"#]
    );
    assert_eq!(lines(&session.deleted()), [r#"Post Some("id 2") [id: 2, title: "two", user_id: 1]"#]);
    assert!(setup.statements().is_empty());
    session.flush().await?;
    assert!(session.added().is_empty() && session.dirty().is_empty() && session.deleted().is_empty());
    Ok(())
}

/// The same inside of a hook: an audit trail of all models, written with the changes that it tells of.
#[tokio::test]
async fn a_hook_writes_down_what_a_flush_writes() -> Result {
    let setup = ann_and_bob("a.b").await;
    let events = Events::new().before_flush(|unit| {
        for entity in unit.dirty().into_iter().chain(unit.deleted()) {
            let changes = entity.changes().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let title = format!("{} {}: {changes}", entity.model(), entity.key().unwrap_or_default());
            unit.add(Post::builder().title(title).user_id(1));
        }
        assert!(unit.added().iter().all(|entity| entity.downcast::<Post>().is_some()));
    });
    let db = Database::builder(setup.database.url()).connect().await?.with_events(events);
    let session = db.session();
    let [ann, bob] = two_users(&session).await?;
    ann.edit().name = Some("Anna".into());
    session.delete(&bob);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT title FROM posts WHERE id > 2 ORDER BY id").await,
        [
            r#"User id 1: name: Some("Ann") -> Some("Anna")"#,
            r#"User id 2: id: 2, name: Some("Bob"), email: "bob@a.b""#
        ]
    );
    Ok(())
}

/// The list is of entities: their values are read with their types.
#[tokio::test]
async fn a_listed_entity_is_the_entity_itself() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let [ann, bob] = two_users(&session).await?;
    let post = session.add(Post::builder().title("three").user(&ann));
    bob.edit().name = Some("Rob".into());
    let added = session.added();
    assert_eq!(added, [AnyEntity::from(&post)]);
    assert_eq!((added[0].state(), added[0].table().name), (EntityState::Pending, "posts"));
    assert_eq!((added[0].downcast::<Post>(), added[0].downcast::<User>()), (Some(post), None));
    let dirty: Vec<Entity<User>> = session.dirty().iter().filter_map(AnyEntity::downcast).collect();
    assert_eq!(dirty, [bob]);
    assert!(format!("{:?}", added[0]).starts_with("Post { id: 0"));
    session.clear();
    assert_eq!((added[0].state(), session.added()), (EntityState::Detached, vec![]));
    Ok(())
}

/// The key of a row that has none yet is not known, on either side of the change.
#[tokio::test]
async fn a_key_that_the_flush_makes_is_left_out() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let [ann, _] = two_users(&session).await?;
    let post = ann.posts().await?.swap_remove(0);
    let new = session.add(User::builder().email("new@a.b"));
    post.user().set(&new);
    assert_eq!(lines(&session.dirty()), [r#"Post Some("id 1") [user_id: 1]"#]);
    let history = Entity::history(&post, Post::user_id);
    assert_eq!((history.added.len(), history.unchanged.len(), history.deleted), (0, 0, vec![&1]));
    session.flush().await?;
    assert_eq!(Entity::history(&post, Post::user_id).unchanged, [&3]);
    Ok(())
}

/// Scenarios 47 and 223: an equal value changes nothing, and a collection that is not loaded is not loaded for the
/// question.
#[tokio::test]
async fn whether_an_entity_is_modified_is_known_without_a_statement() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let [ann, bob] = two_users(&session).await?;
    setup.flights();
    ann.edit().name = Some("Ann".into());
    assert!(!session.is_modified(&ann) && session.dirty().is_empty());
    ann.edit().name = Some("Anna".into());
    assert!(session.is_modified(&ann) && !session.is_modified(&bob));
    ann.edit().name = Some("Ann".into());
    assert!(!session.is_modified(&ann), "the change was taken back");
    let new = session.add(Post::builder().title("three").user(&ann));
    assert!(session.is_modified(&new) && !session.is_modified(&ann), "the post holds the key");
    session.delete(&bob);
    assert!(!session.is_modified(&bob));
    assert!(!setup.db.session().is_modified(&new), "another session does not write it");
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_columns_history_is_what_it_was_and_what_it_is() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let [ann, _] = two_users(&session).await?;
    let name = || Entity::history(&ann, User::name);
    let (old, new) = (Some("Ann".to_owned()), None);
    assert_eq!((name().unchanged, name().has_changes()), (vec![&old], false));
    ann.edit().name = None;
    let history = name();
    assert!(history.has_changes() && history.unchanged.is_empty());
    assert_eq!((history.added, history.deleted), (vec![&new], vec![&old]));
    assert_eq!(Entity::history(&ann, User::email).unchanged, ["ann@a.b"]);
    session.flush().await?;
    assert_eq!(name().unchanged, [&new]);
    session.rollback().await?;
    assert_eq!(name().unchanged, [&old]);
    let new = session.add(User::builder().email("new@a.b"));
    assert_eq!(Entity::history(&new, User::email).added, ["new@a.b"]);
    assert_eq!(Entity::history(&new, User::name), Entity::history(&new, User::name));
    assert!(
        !Entity::history(&new, User::name).has_changes() && !Entity::history(&new, User::id).has_changes()
    );
    Ok(())
}

async fn teams() -> Setup {
    let setup = Setup::new(&club::TABLES).await;
    setup
        .sql(
            "INSERT INTO teams (name) VALUES ('red'), ('blue');
             INSERT INTO players (name, team_id) VALUES ('ann', 1), ('bob', 1), ('cid', 1), ('dan', 2);
             INSERT INTO captains (name, team_id) VALUES ('eve', 1), ('fay', 2)",
        )
        .await;
    setup
}

/// Scenario 144.
#[tokio::test]
async fn the_history_of_a_collection_that_is_not_loaded_is_one_statement() -> Result {
    let setup = teams().await;
    let session = setup.db.session();
    let red = session.get::<Team>(1).await?.expect("the team is there");
    let dan = session.get::<Player>(4).await?.expect("the player is there");
    let new = session.add(Player::builder().name("new").team(&red));
    dan.team().set(&red);
    assert!(red.players().history().is_err_and(|error| error.is_not_loaded()));
    setup.flights();
    let history = red.players().load_history().await?;
    assert_eq!(setup.shapes(), [["SELECT players"]]);
    assert_eq!(history.added, [new.clone(), dan.clone()]);
    assert_eq!(
        history.unchanged.iter().map(|player| &*player.name).collect::<Vec<_>>(),
        ["ann", "bob", "cid"]
    );
    assert_eq!(history.deleted, []);

    red.players().remove(&history.unchanged[1]);
    let again = red.players().history()?;
    assert_eq!((again.unchanged.len(), again.deleted), (2, vec![history.unchanged[1].clone()]));
    assert_eq!(red.players().load_history().await?.added, [new, dan]);
    assert!(setup.flights().is_empty());
    session.flush().await?;
    let history = red.players().history()?;
    assert_eq!((history.unchanged.len(), history.has_changes()), (4, false));
    Ok(())
}

#[tokio::test]
async fn the_history_of_a_to_one_relationship_names_both_ends() -> Result {
    let setup = teams().await;
    let session = setup.db.session();
    let teams = session.scalars(select::<Team>().order_by(Team::id)).await?.all();
    let [red, blue] = [&teams[0], &teams[1]];
    let ann = session.get::<Player>(1).await?.expect("the player is there");
    assert_eq!(ann.team().history()?.unchanged, std::slice::from_ref(red));
    ann.team().set(blue);
    let history = ann.team().history()?;
    assert_eq!(
        (history.added, history.unchanged, history.deleted),
        (vec![blue.clone()], vec![], vec![red.clone()])
    );
    ann.team().clear();
    assert_eq!(ann.team().history()?.deleted, std::slice::from_ref(red));

    let eve = red.captain().await?.expect("red has a captain");
    let fay = blue.captain().await?.expect("blue has a captain");
    fay.team().set(red);
    let history = red.captain().history()?;
    assert_eq!((history.added, history.deleted), (vec![fay.clone()], vec![eve]));
    assert_eq!(blue.captain().history()?.deleted, [fay]);
    let new = session.add(Captain::builder().name("new"));
    assert!(!new.team().history()?.has_changes());
    new.team().set(blue);
    assert_eq!(new.team().history()?.added, std::slice::from_ref(blue));
    Ok(())
}
