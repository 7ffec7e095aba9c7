//! A flush that the server refuses: memory stays as it was, and a rollback gives back what was before. Scenarios of
//! section I.

use std::slice;

use orm_core::EntityState::{Pending, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};

type Result = orm_core::Result<()>;

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com'), ('Bob', 'bob@example.com');
             INSERT INTO posts (title, user_id) VALUES ('one', 1)",
        )
        .await;
    setup
}

/// All that can be pending in a session whose flush fails.
struct Work {
    ann: Entity<User>,
    bob: Entity<User>,
    moved: Entity<Post>,
    twin: Entity<User>,
    new: Entity<Post>,
}

/// Moves post 1 from Ann to Bob, renames Ann, and adds a post of a user whose email is Ann's.
async fn work(session: &Session) -> orm_core::Result<Work> {
    let users =
        session.execute(select::<User>().options(selectinload(User::posts)).order_by(User::id)).await?.all();
    let (ann, bob) = (users[0].clone(), users[1].clone());
    let moved = ann.posts().get()?[0].clone();
    moved.user().set(&bob);
    ann.edit().name = Some("Anna".to_owned());
    let twin = session.add(User::builder().email("ann@example.com"));
    let new = session.add(Post::builder().title("new").user(&twin));
    Ok(Work { ann, bob, moved, twin, new })
}

impl Work {
    fn assert_is_pending(&self) -> Result {
        assert_eq!((Entity::state(&self.twin), Entity::state(&self.new)), (Pending, Pending));
        assert_eq!((self.twin.id, self.new.user_id, self.ann.name.as_deref()), (0, 0, Some("Anna")));
        assert_eq!((self.moved.user().get()?, self.moved.user_id), (self.bob.clone(), 2));
        assert_eq!(self.twin.posts().get()?, slice::from_ref(&self.new));
        assert_eq!(self.bob.posts().get()?, slice::from_ref(&self.moved));
        Ok(())
    }

    fn assert_is_undone(&self) -> Result {
        assert_eq!((Entity::state(&self.twin), Entity::state(&self.new)), (Transient, Transient));
        assert_eq!((Entity::state(&self.ann), Entity::state(&self.moved)), (Persistent, Persistent));
        assert_eq!((self.ann.name.as_deref(), self.moved.user_id), (Some("Ann"), 1));
        assert_eq!(self.moved.user().get()?, self.ann);
        assert_eq!((self.ann.posts().get()?, self.bob.posts().get()?), (vec![self.moved.clone()], vec![]));
        Ok(())
    }
}

/// Every operation says that the session must be rolled back first, and why.
async fn assert_refuses(session: &Session, user: &Entity<User>) {
    let refused = [
        session.flush().await.err(),
        session.commit().await.err(),
        session.execute(select::<User>()).await.err(),
        session.get::<Post>(99).await.err(),
        session.refresh(user).await.err(),
        user.profile().await.err(),
    ];
    for error in refused {
        let error = error.expect("the session must be rolled back first");
        assert!(error.is_rollback_needed());
        assert!(error.to_string().contains("violates unique constraint \"users_email_key\""), "{error}");
    }
}

#[tokio::test]
async fn a_failed_flush_leaves_memory_as_it_was_and_says_so_until_the_rollback() -> Result {
    let setup = blog().await;
    for commit in [false, true] {
        let session = setup.db.session();
        let work = work(&session).await?;
        let outcome = if commit { session.commit().await } else { session.flush().await };
        let cause = outcome.expect_err("the email is taken");
        assert!(cause.is_unique_violation());
        work.assert_is_pending()?;

        setup.flights();
        assert_refuses(&session, &work.ann).await;
        assert!(setup.statements().is_empty());
        work.assert_is_pending()?;

        session.rollback().await?;
        work.assert_is_undone()?;
        setup.flights();
        assert_eq!(session.get::<User>(1).await?, Some(work.ann.clone()));
        assert_eq!(session.get::<Post>(1).await?, Some(work.moved.clone()));
        session.commit().await?;
        assert!(setup.statements().is_empty());
        assert_eq!(
            setup.rows("SELECT * FROM users ORDER BY id").await,
            ["1|Ann|ann@example.com", "2|Bob|bob@example.com"]
        );
        assert_eq!(setup.rows("SELECT * FROM posts").await, ["1|one|1"]);
    }
    Ok(())
}

#[tokio::test]
async fn what_was_added_is_mended_added_again_and_saved_with_its_relationships() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let work = work(&session).await?;
    assert!(session.commit().await.is_err());
    session.rollback().await?;
    work.twin.edit().email = "twin@example.com".to_owned();
    session.add(&work.twin);
    assert_eq!(Entity::state(&work.new), Pending);
    session.commit().await?;
    let rows = "SELECT email, title FROM users JOIN posts ON user_id = users.id ORDER BY posts.id";
    assert_eq!(setup.rows(rows).await, ["ann@example.com|one", "twin@example.com|new"]);
    assert_eq!((work.new.user_id, work.new.user().get()?), (work.twin.id, work.twin.clone()));
    assert_eq!(work.twin.posts().get()?, slice::from_ref(&work.new));
    assert_eq!(session.get::<User>(work.twin.id).await?, Some(work.twin));
    Ok(())
}

#[tokio::test]
async fn adding_the_child_again_brings_its_parent() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let work = work(&session).await?;
    assert!(session.flush().await.is_err());
    session.rollback().await?;
    session.add(&work.new);
    work.twin.edit().email = "twin@example.com".to_owned();
    session.commit().await?;
    assert_eq!(
        setup
            .rows("SELECT title FROM posts JOIN users ON users.id = user_id WHERE email = 'twin@example.com'")
            .await,
        ["new"]
    );
    Ok(())
}

/// Scenario 211: what is changed in the failed state is discarded by the rollback.
#[tokio::test]
async fn changes_made_in_the_failed_state_are_discarded() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let work = work(&session).await?;
    assert!(session.flush().await.is_err());
    work.bob.edit().name = Some("changed".to_owned());
    session.delete(&work.ann);
    let late = session.add(User::builder().email("late@example.com"));
    session.rollback().await?;
    work.assert_is_undone()?;
    assert_eq!((work.bob.name.as_deref(), Entity::state(&late)), (Some("Bob"), Transient));
    assert!(session.plan()?.is_empty());
    Ok(())
}

/// Scenario 213.
#[tokio::test]
async fn an_error_of_an_autoflush_says_that_it_came_from_there() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let work = work(&session).await?;
    let error = session.execute(select::<User>()).await.expect_err("the flush before it fails");
    assert!(error.is_unique_violation());
    assert!(error.to_string().starts_with("in the flush before a query"), "{error}");
    work.assert_is_pending()?;
    let again = session.execute(select::<User>()).await.expect_err("it was not rolled back");
    assert!(again.is_rollback_needed());
    session.rollback().await?;
    work.assert_is_undone()
}

#[tokio::test]
async fn a_second_flight_that_fails_takes_the_first_with_it() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE posts ADD CHECK (title <> 'bad')").await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("new@example.com"));
    let post = session.add(Post::builder().title("bad").user(&user));
    let error = session.commit().await.expect_err("the title is bad");
    assert!(error.is_check_violation());
    assert_eq!((Entity::state(&user), user.id, post.user_id), (Pending, 0, 0));
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["2"]);
    post.edit().title = "good".to_owned();
    session.add(&post);
    session.commit().await?;
    assert_eq!(
        setup
            .rows("SELECT title, email FROM posts JOIN users ON users.id = user_id WHERE email LIKE 'new%'")
            .await,
        ["good|new@example.com"]
    );
    Ok(())
}

/// A constraint that is checked at the end: `COMMIT` itself is refused.
#[tokio::test]
async fn a_commit_that_is_refused_keeps_nothing() -> Result {
    let setup = blog().await;
    setup
        .sql(
            "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey;
             ALTER TABLE posts ADD FOREIGN KEY (user_id) REFERENCES users DEFERRABLE INITIALLY DEFERRED",
        )
        .await;
    let session = setup.db.session();
    let post = session.add(Post::builder().title("lost").user_id(99));
    session.flush().await?;
    assert_eq!(post.id, 2);
    let error = session.commit().await.expect_err("user 99 is not there");
    assert!(error.is_foreign_key_violation());
    assert_eq!(error.constraint(), Some("posts_user_id_fkey"));
    assert!(session.commit().await.is_err_and(|error| error.is_rollback_needed()));
    session.rollback().await?;
    assert_eq!((Entity::state(&post), post.id), (Transient, 0));
    assert_eq!(setup.rows("SELECT count(*) FROM posts").await, ["1"]);
    Ok(())
}

#[tokio::test]
async fn a_plan_tells_of_a_wrong_use_and_the_flush_still_does() -> Result {
    let setup = blog().await;
    let (one, other) = (setup.db.session(), setup.db.session());
    let foreign = one.add(User::builder().email("new@example.com"));
    other.delete(&foreign);
    assert!(other.plan().is_err_and(|error| error.is_foreign_entity()));
    assert!(other.flush().await.is_err_and(|error| error.is_foreign_entity()));
    other.flush().await
}
