//! Commit and rollback: values, states, both sides of relationships and the identity map are as they were. Scenarios of
//! sections H and J.

use orm_core::EntityState::{Deleted, Detached, Pending, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User, ann_and_bob};
use orm_tests::library::{Author, Book, LIBRARY, Review, filled};

type Result = orm_core::Result<()>;

async fn users(session: &Session) -> Vec<Entity<User>> {
    session.execute(select::<User>().order_by(User::id)).await.expect("users can be read").all()
}

/// Scenarios 184 and 204: also where no statement was sent at all.
#[tokio::test]
async fn an_edit_is_undone_without_a_statement() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    session.commit().await?;
    users[0].edit().name = Some("edited".to_owned());
    setup.flights();
    session.rollback().await?;
    assert_eq!(users[0].name.as_deref(), Some("Ann"));
    session.commit().await?;
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_flushed_edit_is_undone() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    users[0].edit().name = Some("first".to_owned());
    session.flush().await?;
    users[0].edit().name = Some("second".to_owned());
    setup.flights();
    session.rollback().await?;
    assert_eq!(users[0].name.as_deref(), Some("Ann"));
    assert_eq!(setup.statements(), ["ROLLBACK"]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users WHERE id = 1").await, ["Ann"]);
    Ok(())
}

#[tokio::test]
async fn an_edited_key_is_found_under_its_old_value_again() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (email) VALUES ('ann@example.com')").await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("user 1 is there");
    ann.edit().id = 10;
    session.flush().await?;
    assert_eq!(session.get::<User>(10).await?, Some(ann.clone()));
    session.rollback().await?;
    setup.flights();
    assert_eq!((session.get::<User>(1).await?, Entity::key(&ann)), (Some(ann.clone()), Some(1)));
    assert!(setup.statements().is_empty());
    assert_eq!(session.get::<User>(10).await?, None);
    Ok(())
}

/// Scenario 186.
#[tokio::test]
async fn what_was_flushed_is_transient_again_and_can_be_added_again() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let carl = session.add(User::builder().name("Carl").email("carl@example.com"));
    let post = session.add(Post::builder().title("three").user(&carl));
    let profile = session.add(Profile::builder().bio("new").user(&carl));
    assert_eq!(Entity::state(&carl), Pending);
    session.flush().await?;
    assert_eq!((Entity::state(&carl), carl.id, post.user_id), (Persistent, 3, 3));
    session.rollback().await?;
    assert_eq!((Entity::state(&carl), Entity::state(&post)), (Transient, Transient));
    assert_eq!((Entity::key(&carl), carl.id, post.user_id), (None, 0, 0));
    assert_eq!((carl.name.as_deref(), post.title.as_str()), (Some("Carl"), "three"));
    assert_eq!(session.get::<User>(3).await?, None);
    setup.flights();
    session.commit().await?;
    assert!(setup.statements().is_empty());

    session.add(&carl);
    assert_eq!((Entity::state(&carl), Entity::state(&post)), (Pending, Pending));
    session.commit().await?;
    assert_eq!((carl.id, post.user_id, profile.user_id), (4, 4, 4));
    assert_eq!((carl.posts().get()?, carl.profile().get()?), (vec![post.clone()], Some(profile.clone())));
    assert_eq!(post.user().get()?, carl);
    let rows = "SELECT name, title, bio FROM users JOIN posts ON user_id = users.id \
                JOIN profiles ON profiles.user_id = users.id";
    assert_eq!(setup.rows(rows).await, ["Carl|three|new"]);
    Ok(())
}

#[tokio::test]
async fn a_child_of_an_old_parent_that_was_rolled_back_can_be_added_again() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = users(&session).await.swap_remove(0);
    assert_eq!(ann.posts().await?.len(), 2);
    let post = session.add(Post::builder().title("three").user(&ann));
    session.flush().await?;
    session.rollback().await?;
    assert_eq!(ann.posts().get()?.len(), 2);
    session.add(&post);
    assert_eq!(ann.posts().get()?.len(), 3);
    session.commit().await?;
    assert_eq!((post.user_id, post.user().get()?), (1, ann));
    assert_eq!(
        setup.rows("SELECT title FROM posts WHERE user_id = 1 ORDER BY id").await,
        ["one", "two", "three"]
    );
    Ok(())
}

#[tokio::test]
async fn a_key_that_was_given_is_kept_for_the_next_try() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let user = session.add(User::builder().id(77).email("given@example.com"));
    session.flush().await?;
    session.rollback().await?;
    session.add(&user);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id FROM users WHERE email = 'given@example.com'").await, ["77"]);
    Ok(())
}

#[tokio::test]
async fn both_sides_of_a_moved_child_are_as_before() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    let posts = users[0].posts().await?;
    for flush in [false, true] {
        posts[0].user().set(&users[1]);
        assert_eq!((users[0].posts().get()?.len(), users[1].posts().get()?.len()), (1, 1));
        if flush {
            session.flush().await?;
        }
        session.rollback().await?;
        assert_eq!(posts[0].user().get()?, users[0]);
        assert_eq!((posts[0].user_id, users[0].posts().get()?), (1, posts.clone()));
        assert_eq!(users[1].posts().get()?, []);
    }
    Ok(())
}

/// A collection that is loaded after the change does not have what left it; after the rollback it must.
#[tokio::test]
async fn a_collection_loaded_after_a_change_is_right_after_the_rollback() -> Result {
    let setup = ann_and_bob("example.com").await;
    for flush in [false, true] {
        let session = setup.db.session();
        let users = users(&session).await;
        let post = session.get::<Post>(1).await?.expect("post 1 is there");
        post.user().set(&users[1]);
        if flush {
            session.flush().await?;
        }
        let left = session.no_autoflush(async { users[0].posts().await }).await?;
        assert_eq!(left.len(), 1);
        assert_eq!(users[1].posts().get()?, std::slice::from_ref(&post));
        session.rollback().await?;
        assert_eq!(post.user().get()?, users[0]);
        let ids: Vec<_> = users[0].posts().await?.iter().map(|post| post.id).collect();
        assert_eq!((ids, users[1].posts().await?.len()), (vec![1, 2], 0), "flush: {flush}");
    }
    Ok(())
}

#[tokio::test]
async fn a_one_to_one_loaded_after_a_change_is_right_after_the_rollback() -> Result {
    let setup = ann_and_bob("example.com").await;
    setup.sql("INSERT INTO profiles (bio, user_id) VALUES ('ann', 1)").await;
    for flush in [false, true] {
        let session = setup.db.session();
        let users = users(&session).await;
        let profile = session.get::<Profile>(1).await?.expect("profile 1 is there");
        profile.user().set(&users[1]);
        if flush {
            session.flush().await?;
        }
        assert_eq!(session.no_autoflush(async { users[0].profile().await }).await?, None);
        session.rollback().await?;
        assert_eq!(profile.user().get()?, users[0]);
        assert_eq!(users[0].profile().await?, Some(profile.clone()), "flush: {flush}");
        assert_eq!(users[1].profile().await?, None);
    }
    Ok(())
}

/// Scenario 187.
#[tokio::test]
async fn what_was_deleted_comes_back_with_its_children() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(1)).await;
    for flush in [false, true] {
        let session = setup.db.session();
        let author = session
            .get::<Author>(1)
            .options(selectinload(Author::books).selectinload(Book::reviews))
            .await?
            .expect("author 1 is there");
        let book = author.books().get()?[0].clone();
        let reviews = book.reviews().get()?;
        session.delete(&book);
        if flush {
            session.flush().await?;
            assert_eq!((Entity::state(&book), Entity::state(&reviews[0])), (Deleted, Deleted));
            assert_eq!(author.books().get()?.len(), 1);
            assert_eq!(session.get::<Review>(1).await?, None);
        }
        session.rollback().await?;
        assert_eq!((Entity::state(&book), Entity::state(&reviews[0])), (Persistent, Persistent));
        assert_eq!((author.books().get()?.len(), book.reviews().get()?), (2, reviews.clone()));
        setup.flights();
        assert_eq!(session.get::<Book>(1).await?, Some(book.clone()));
        assert_eq!(session.get::<Review>(1).await?, Some(reviews[0].clone()));
        session.commit().await?;
        assert!(setup.statements().is_empty());
    }
    assert_eq!(setup.rows("SELECT count(*) FROM books").await, ["2"]);
    Ok(())
}

/// Scenario 189.
#[tokio::test]
async fn what_was_deleted_and_committed_stays_out() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let bob = users(&session).await.swap_remove(1);
    session.delete(&bob);
    session.commit().await?;
    assert_eq!(Entity::state(&bob), Detached);
    session.rollback().await?;
    assert_eq!((Entity::state(&bob), bob.name.as_deref()), (Detached, Some("Bob")));
    assert_eq!(session.get::<User>(2).await?, None);
    Ok(())
}

/// Scenario 216: the second delete says nothing, since the session knows that the row is deleted.
#[tokio::test]
async fn a_delete_that_was_flushed_is_not_sent_twice() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let bob = users(&session).await.swap_remove(1);
    session.delete(&bob);
    session.flush().await?;
    session.delete(&bob);
    setup.flights();
    session.commit().await?;
    assert_eq!(setup.statements(), ["COMMIT"]);
    assert_eq!(setup.rows("SELECT name FROM users").await, ["Ann"]);
    Ok(())
}

#[tokio::test]
async fn a_delete_that_was_not_flushed_is_taken_back_by_add() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let bob = users(&session).await.swap_remove(1);
    session.delete(&bob);
    session.add(&bob);
    setup.flights();
    session.commit().await?;
    assert!(setup.statements().is_empty());
    assert_eq!(Entity::state(&bob), Persistent);
    Ok(())
}

/// The states of an entity, in the order in which it has them (scenario 220, without events).
#[tokio::test]
async fn an_entity_goes_through_its_states() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("new@example.com"));
    assert_eq!((Entity::state(&user), Entity::key(&user)), (Pending, None));
    session.flush().await?;
    assert_eq!((Entity::state(&user), Entity::key(&user)), (Persistent, Some(3)));
    session.commit().await?;
    session.delete(&user);
    assert_eq!(Entity::state(&user), Persistent);
    session.flush().await?;
    assert_eq!((Entity::state(&user), Entity::key(&user)), (Deleted, None));
    session.rollback().await?;
    assert_eq!((Entity::state(&user), Entity::key(&user)), (Persistent, Some(3)));
    session.delete(&user);
    session.commit().await?;
    assert_eq!(Entity::state(&user), Detached);
    Ok(())
}

/// Scenario 223.
#[tokio::test]
async fn whether_something_is_to_be_written_is_known_without_a_statement() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    setup.flights();
    assert!(session.plan()?.is_empty());
    users[0].edit().name = None;
    assert_eq!(session.plan()?.to_string(), "update 1 of users: name\n");
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 198.
#[tokio::test]
async fn a_session_that_is_closed_or_dropped_is_rolled_back() -> Result {
    let setup = ann_and_bob("example.com").await;
    for close in [true, false] {
        let session = setup.db.session();
        let user = session.add(User::builder().email("new@example.com"));
        session.flush().await?;
        if close {
            session.close().await;
        } else {
            drop(session);
        }
        assert_eq!((Entity::state(&user), user.email.as_str()), (Detached, "new@example.com"));
        let other = setup.db.session();
        assert_eq!(other.scalar(select::<User>().count()).await?, Some(2));
    }
    Ok(())
}

#[tokio::test]
async fn what_was_loaded_in_a_rolled_back_transaction_is_kept() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    assert_eq!(users[0].posts().await?.len(), 2);
    session.rollback().await?;
    setup.flights();
    assert_eq!(session.get::<User>(1).await?, Some(users[0].clone()));
    assert_eq!(users[0].posts().get()?.len(), 2);
    assert!(setup.statements().is_empty());
    Ok(())
}

/// A flush that is under way sees what was there when it began; what comes later is of the next.
#[tokio::test]
async fn what_is_changed_while_a_commit_is_under_way_belongs_to_the_next_transaction() -> Result {
    let setup = ann_and_bob("example.com").await;
    for rolled_back in [true, false] {
        let session = setup.db.session();
        let users = users(&session).await;
        let name = users[1].name.clone();
        users[0].edit().name = Some(format!("first {rolled_back}"));
        let mut commit = std::pin::pin!(session.commit());
        assert!(
            std::future::poll_fn(|context| std::task::Poll::Ready(
                commit.as_mut().poll(context).is_pending()
            ))
            .await
        );
        let new = session.add(User::builder().id(77).email("late@example.com"));
        users[1].edit().name = Some("late".to_owned());
        commit.await?;
        assert_eq!((Entity::state(&new), users[1].name.as_deref()), (Pending, Some("late")));
        if rolled_back {
            session.rollback().await?;
            assert_eq!((Entity::state(&new), users[1].name.clone()), (Transient, name));
        } else {
            session.commit().await?;
            assert_eq!(
                setup.rows("SELECT id, name FROM users WHERE id > 1 ORDER BY id").await,
                ["2|late", "77|-"]
            );
        }
    }
    Ok(())
}
