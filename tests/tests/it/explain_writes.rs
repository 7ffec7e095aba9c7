//! Plans of all that writes: nothing is different afterwards.

use orm_core::EntityState::Persistent;
use orm_core::{Explained, prelude::*};
use orm_tests::Setup;
use orm_tests::blog::{Post, User, ann_and_bob, user};

use crate::writing_common_tables::{gone, renamed};

type Result = orm_core::Result<()>;

/// A plan is asked for, and the statement is executed to be looked at; nothing is different afterwards.
async fn is_explained<E: Explained>(setup: &Setup, session: &Session, statement: E, word: &str) -> Result {
    setup.flights();
    let plan = session.explain(&statement).await?;
    assert!(plan.iter().any(|line| line.contains(word)), "{plan:?}");
    assert_eq!(setup.statements().len(), 1);
    let plan = session.explain_analyze(&statement).await?;
    assert!(plan.iter().any(|line| line.contains(word)) && plan[0].contains("actual"), "{plan:?}");
    let ann = user(session, 1).await;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    assert!(session.plan()?.is_empty());
    Ok(())
}

#[tokio::test]
async fn plans_of_all_that_writes_change_nothing() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let posts = user(&session, 1).await.posts().await?;
    let (ann, new) = (|| User::builder().email("ann@x.org").name("Anna"), || User::builder().email("new"));
    let both = || insert::<User>().values([ann(), new().name("New")]);
    let upsert = || both().on_conflict(User::email).do_update().set_all();
    let emails = || select::<User>().columns((User::email, User::id));
    macro_rules! explained {
        ($($statement:expr => $word:literal),+ $(,)?) => {
            $(is_explained(&setup, &session, $statement, $word).await?;)+
        };
    }
    explained! {
        update::<User>().set(User::name, "x") => "Update on users",
        update::<User>().set(User::name, "x").returning(entity::<User>()) => "Update on users",
        update::<User>().with(gone()).set(User::name, "x").returning(User::id) => "Delete on posts",
        delete::<Post>() => "Delete on posts",
        delete::<Post>().returning((Post::id, Post::title)) => "Delete on posts",
        insert::<User>().value(new()) => "Insert on users",
        insert::<User>().values([new(), User::builder().email("newer")]) => "Insert on users",
        insert::<User>().values([new(), User::builder().email("newer")]).returning(User::id) => "Insert on users",
        both().on_conflict(User::email).do_nothing() => "Conflict Resolution: NOTHING",
        upsert() => "Conflict Resolution: UPDATE",
        upsert().returning(User::id) => "Conflict Resolution: UPDATE",
        insert::<Post>().from_select((Post::title, Post::user_id), emails()) => "Insert on posts",
        renamed().select() => "Update on users",
        select::<User>().with(gone()) => "Delete on posts",
    }
    session.commit().await?;
    assert!(posts.iter().all(|post| Entity::state(post) == Persistent));
    let counts = "SELECT (SELECT string_agg(name, ',' ORDER BY id) FROM users), (SELECT count(*) FROM posts)";
    assert_eq!(setup.rows(counts).await, ["Ann,Bob|2"]);
    Ok(())
}
