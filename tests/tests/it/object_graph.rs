//! The object graph as an application sees it: entities are live, shared between handles and threads, and of one session.

mod detached;
mod edits;
mod foreign;
mod identity;
mod memory;

use std::collections::HashSet;

use orm_core::prelude::*;
use orm_core::{Edit, Related};
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};

type Result = orm_core::Result<()>;

/// A tree, each part of which belongs to a whole.
#[derive(Model, Debug, Clone)]
#[orm(table = "places")]
#[orm(has_many(parts: Place, back_populates = whole))]
struct Place {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[orm(index, belongs_to(whole: Place, back_populates = parts))]
    whole_id: Option<i64>,
}

/// A user with the key 1, in the database.
async fn ada(session: &Session) -> orm_core::Result<Entity<User>> {
    let user = session.add(User::builder().name("Ada").email("ada@example.org"));
    session.commit().await?;
    Ok(user)
}

#[tokio::test]
async fn two_handles_are_equal_if_they_are_one_object() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    let same = session.execute(select::<User>()).await?.scalar_one()?;
    let found = session.get::<User>(1).await?.expect("the user is there");
    let twin = session.add(User::builder().name("Ada").email("ada2@example.org"));
    twin.edit().email.clone_from(&user.email);
    assert_eq!(user, same);
    assert_eq!([&user, &same, &found].into_iter().collect::<HashSet<_>>().len(), 1);
    assert_ne!(user, twin, "equal columns are not the same object");
    session.rollback().await?;

    let elsewhere = setup.db.session().get::<User>(1).await?.expect("the user is there");
    assert_eq!(elsewhere.email, user.email);
    assert_ne!(elsewhere, user, "the same row of another session is another object");
    assert_eq!([&user, &elsewhere].into_iter().collect::<HashSet<_>>().len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_entity_shows_its_columns_and_what_is_loaded_each_entity_once() -> Result {
    let setup = Setup::new(&TABLES).await;
    let writer = setup.db.session();
    let user = writer.add(User::builder().email("ada@example.org"));
    writer.add(Post::builder().title("On engines").user(&user));
    let shown = format!("{user:?}");
    assert!(shown.contains(r#"posts: [Post { id: 0, title: "On engines""#), "{shown}");
    writer.commit().await?;

    let session = setup.db.session();
    let post = session.get::<Post>(1).await?.expect("the post is there");
    assert_eq!(format!("{post:?}"), r#"Post { id: 1, title: "On engines", user_id: 1, user: <not loaded> }"#);
    let user = post.user().await?;
    user.posts().await?;
    user.profile().await?;
    assert_eq!(
        format!("{post:?}"),
        r#"Post { id: 1, title: "On engines", user_id: 1, user: User { id: 1, name: None, email: "ada@example.org", posts: [Post(id 1)], profile: None } }"#
    );
    Ok(())
}

#[tokio::test]
async fn what_lies_beyond_an_entitys_relationships_is_shown_by_its_key() -> Result {
    let setup = Setup::new(orm_core::models![Place].as_slice()).await;
    let session = setup.db.session();
    let places = session.add_all((0..20_000).map(|n| Place::builder().name(format!("place {n}"))));
    places.windows(2).for_each(|pair| pair[0].whole().set(&pair[1]));
    let shown = format!("{:?}", places[0]);
    assert_eq!(shown.matches("name: ").count(), 2, "{shown}");
    assert!(shown.contains("whole: Place(id 0)"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_circle_of_rows_is_shown() -> Result {
    let setup = Setup::new(orm_core::models![Place].as_slice()).await;
    let session = setup.db.session();
    let (here, there) =
        (session.add(Place::builder().name("here")), session.add(Place::builder().name("there")));
    session.commit().await?;
    here.whole().set(&there);
    there.whole().set(&here);
    let shown = format!("{here:?}");
    assert_eq!(shown.matches("name: \"here\"").count(), 1, "{shown}");
    assert_eq!(shown.matches("name: \"there\"").count(), 1, "{shown}");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, whole_id FROM places ORDER BY id").await, ["1|2", "2|1"]);
    Ok(())
}

#[test]
fn what_an_application_holds_can_be_sent_and_shared() {
    fn is_send_and_sync<T: Send + Sync>() {}
    fn is_send<T: Send>(_: &T) {}
    is_send_and_sync::<Entity<User>>();
    is_send_and_sync::<Edit<User>>();
    is_send_and_sync::<Session>();
    is_send_and_sync::<Database>();
    is_send_and_sync::<orm_core::Error>();

    // Never called: that it compiles is the test.
    let _futures = |session: &Session, user: &Entity<User>, post: &Entity<Post>| {
        is_send(&session.execute(select::<User>().options(selectinload(User::posts))));
        is_send(&session.scalar(select::<User>().count()));
        is_send(&session.get::<User>(1));
        is_send(&session.flush());
        is_send(&session.commit());
        is_send(&session.rollback());
        is_send(&session.refresh(user).attribute(User::posts).into_future());
        let (one, many): (Related<'_, _>, Related<'_, _>) = (post.user(), user.posts());
        is_send(&one);
        is_send(&many);
    };
}
