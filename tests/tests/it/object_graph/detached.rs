//! Handles outlive their session: what is in memory stays readable, and what is not is a typed error.

use orm_core::EntityState;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};

use super::{Result, ada};

async fn post_with_user(setup: &Setup) -> orm_core::Result<(Session, Entity<Post>)> {
    let writer = setup.db.session();
    let user = ada(&writer).await?;
    writer.add(Post::builder().title("On engines").user(&user));
    writer.commit().await?;
    let session = setup.db.session();
    let query = select::<Post>().options(selectinload(Post::user));
    let post = session.execute(query).await?.scalar_one()?;
    Ok((session, post))
}

async fn is_readable_and_detached(setup: &Setup, post: &Entity<Post>) -> Result {
    setup.flights();
    let user = post.user().get()?;
    assert_eq!((&*post.title, &*user.email), ("On engines", "ada@example.org"));
    assert_eq!(post.user().await?, user, "what is loaded can be awaited");
    assert!(user.profile().get().is_err_and(|error| error.is_not_loaded()));
    let error = user.profile().await.expect_err("nothing can be loaded");
    assert!(error.is_detached() && error.model() == Some("User"), "{error}");
    assert!(user.posts().await.is_err_and(|error| error.is_detached()));
    assert_eq!(Entity::state(post), EntityState::Detached);
    assert_eq!(Entity::key(post), Some(1));
    post.edit().title = "Edited alone".into();
    assert_eq!(post.title, "Edited alone");
    let sent = setup.statements();
    assert!(sent.iter().all(|statement| statement == "ROLLBACK"), "{sent:?}");
    Ok(())
}

#[tokio::test]
async fn after_the_session_was_closed() -> Result {
    let setup = Setup::new(&TABLES).await;
    let (session, post) = post_with_user(&setup).await?;
    session.close().await;
    is_readable_and_detached(&setup, &post).await
}

#[tokio::test]
async fn after_the_session_was_dropped() -> Result {
    let setup = Setup::new(&TABLES).await;
    let (session, post) = post_with_user(&setup).await?;
    drop(session);
    is_readable_and_detached(&setup, &post).await
}

#[tokio::test]
async fn after_the_session_was_cleared() -> Result {
    let setup = Setup::new(&TABLES).await;
    let (session, post) = post_with_user(&setup).await?;
    session.clear();
    is_readable_and_detached(&setup, &post).await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT title FROM posts").await, ["On engines"]);
    let again = session.get::<Post>(1).await?.expect("the post is there");
    assert_ne!(again, post);
    assert_eq!(again.user().await?.id, 1, "the session goes on with an empty graph");
    Ok(())
}

#[tokio::test]
async fn clearing_forgets_what_was_not_flushed() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    user.edit().name = Some("forgotten".into());
    session.add(User::builder().email("forgotten@example.org"));
    session.clear();
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users").await, ["Ada"]);
    Ok(())
}

#[tokio::test]
async fn in_another_thread_after_everything_else_is_gone() -> Result {
    let setup = Setup::new(&TABLES).await;
    let (session, post) = post_with_user(&setup).await?;
    drop(session);
    drop(setup);
    let read = std::thread::spawn(move || {
        let user = post.user().get()?;
        drop(post);
        Ok::<_, orm_core::Error>(user.email.clone())
    });
    assert_eq!(read.join().expect("the thread ends")?, "ada@example.org");
    Ok(())
}
