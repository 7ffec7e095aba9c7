//! Entities leave the session and come back; deleted ones are added once more. Scenarios of section J.

use orm_core::EntityState::{Deleted, Detached, Pending, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, User, ann_and_bob, user};
use orm_tests::library::{Book, LIBRARY, Review, filled};

type Result = orm_core::Result<()>;

/// Its edits are not written, its row is another object, and those who refer to it find that one.
#[tokio::test]
async fn what_is_expunged_is_readable_and_nothing_more() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    ann.edit().name = Some("mine".into());
    session.expunge(&ann);
    assert_eq!(
        (Entity::state(&ann), Entity::key(&ann), ann.name.as_deref()),
        (Detached, Some(1), Some("mine"))
    );
    assert_eq!(ann.posts().get()?, posts);
    assert!(posts[0].user().get().is_err_and(|error| error.is_not_loaded()));
    ann.edit().email = "mine@a.b".into();
    assert!(session.dirty().is_empty());
    setup.flights();
    let again = posts[0].user().await?;
    assert_eq!(setup.shapes(), [["SELECT users"]]);
    assert_ne!(again, ann);
    assert_eq!((again.name.as_deref(), &*again.email), (Some("Ann"), "ann@a.b"));
    assert_eq!((posts[1].user().get()?, user(&session, 1).await), (again.clone(), again.clone()));
    assert_eq!(again.posts().await?, posts);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name, email FROM users WHERE id = 1").await, ["Ann|ann@a.b"]);
    Ok(())
}

/// A collection that had it is not known any more: it would lack a row, or hold two objects for one.
#[tokio::test]
async fn a_collection_is_loaded_again_when_a_member_was_expunged() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    let new = session.add(Post::builder().title("three").user(&ann));
    session.expunge(&posts[0]);
    assert!(ann.posts().get().is_err_and(|error| error.is_not_loaded()));
    posts[0].edit().user_id = 2;
    assert_eq!(posts[0].user_id, 2);
    let again = ann.posts().await?;
    assert_eq!(again.iter().map(|post| &*post.title).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert!(again[0] != posts[0] && again[1] == posts[1] && again[2] == new);
    assert!(posts[0].user().get().is_err_and(|error| error.is_not_loaded()));
    session.commit().await
}

/// Scenario 173.
#[tokio::test]
async fn nothing_is_loaded_for_what_is_expunged() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    session.expire_attribute(&ann, User::posts);
    session.expunge(&ann);
    setup.flights();
    let error = ann.posts().await.expect_err("the session has let it go");
    assert!(error.is_detached() && error.model() == Some("User"), "{error}");
    assert!(session.refresh(&ann).await.is_err_and(|error| error.is_not_persistent()));
    assert!(setup.flights().is_empty());
    Ok(())
}

/// Scenario 217.
#[tokio::test]
async fn a_rollback_does_not_bring_back_what_was_flushed_and_expunged() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@a.b"));
    session.flush().await?;
    session.expunge(&new);
    assert_eq!(Entity::state(&new), Detached);
    let ann = user(&session, 1).await;
    ann.edit().name = Some("flushed".into());
    session.flush().await?;
    session.expunge(&ann);
    session.rollback().await?;
    assert_eq!((Entity::state(&new), Entity::state(&ann)), (Transient, Detached));
    assert_eq!((new.id, Entity::key(&new)), (0, None));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["Ann", "Bob"]);
    assert_ne!(user(&session, 1).await, ann);
    session.add(&new);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT email FROM users WHERE id > 2").await, ["new@a.b"]);
    Ok(())
}

/// Scenarios 218 and 219: nothing brings back what was deleted and expunged.
#[tokio::test]
async fn a_rollback_does_not_bring_back_what_was_deleted_and_expunged() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let bob = user(&session, 2).await;
    session.delete(&bob);
    session.flush().await?;
    session.expunge(&bob);
    session.rollback().await?;
    assert_eq!((Entity::state(&bob), Entity::key(&bob)), (Detached, None));
    assert_ne!(user(&session, 2).await, bob);
    session.commit().await
}

/// Scenario 224: books go with their reviews, which the database would delete with them.
#[tokio::test]
async fn what_would_be_deleted_along_is_expunged_along() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(2)).await;
    let session = setup.db.session();
    let query = select::<Book>()
        .order_by(Book::id)
        .options(selectinload(Book::reviews))
        .options(joinedload(Book::author));
    let books = session.scalars(query).await?.all();
    let (author, reviews) = (books[0].author().get()?, books[0].reviews().get()?);
    let new = session.add(Review::builder().stars(5).book(&books[0]));
    session.expunge(&books[0]);
    assert!(reviews.iter().all(|review| Entity::state(review) == Detached));
    assert_eq!((Entity::state(&new), Entity::state(&author)), (Transient, Persistent));
    assert!(books[1].reviews().get()?.iter().all(|review| Entity::state(review) == Persistent));
    assert_eq!(reviews[0].book().get()?, books[0]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM reviews").await, ["12"]);
    Ok(())
}

/// Scenarios 158 and 221: a row that was let go is taken back, and deleted with what belongs to it.
#[tokio::test]
async fn an_expunged_row_is_deleted() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(1)).await;
    let session = setup.db.session();
    let book = session.get::<Book>(1).options(selectinload(Book::reviews)).await?.expect("the book is there");
    let reviews = book.reviews().get()?;
    session.expire(&reviews[0]);
    session.expunge(&book);
    session.delete(&book);
    assert_eq!((Entity::state(&book), Entity::state(&reviews[2])), (Persistent, Persistent));
    assert_eq!(session.deleted()[0], (&book).into());
    session.commit().await?;
    assert!([Entity::state(&book), Entity::state(&reviews[2])] == [Detached; 2]);
    assert_eq!(setup.rows("SELECT count(*) FROM reviews WHERE book_id = 1").await, ["0"]);
    Ok(())
}

/// It comes back with its edits, under its old identity; a second object for one row is refused.
#[tokio::test]
async fn an_expunged_row_is_added_back() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let posts = ann.posts().await?;
    session.expunge(&ann);
    ann.edit().name = Some("edited outside".into());
    session.add(&ann);
    assert_eq!(Entity::state(&ann), Persistent);
    assert_eq!((posts[0].user().get()?, ann.posts().get()?), (ann.clone(), posts.clone()));
    setup.flights();
    assert_eq!(session.no_autoflush(async { session.get::<User>(1).await }).await?, Some(ann.clone()));
    session.commit().await?;
    assert_eq!(setup.shapes(), [vec!["SELECT users"], vec!["BEGIN", "UPDATE users: name", "COMMIT"]]);

    session.expunge(&bob);
    let other = user(&session, 2).await;
    session.add(&bob);
    let error = session.flush().await.expect_err("there is another object");
    assert!(error.is_already_present() && error.to_string().contains("`User` id 2"), "{error}");
    assert_eq!((Entity::state(&bob), Entity::state(&other)), (Detached, Persistent));
    session.rollback().await?;
    session.expunge(&other);
    posts[0].user().set(&bob);
    assert_eq!((Entity::state(&bob), posts[0].user().get()?), (Persistent, bob));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT user_id FROM posts ORDER BY id").await, ["2", "1"]);
    Ok(())
}

#[tokio::test]
async fn a_pending_entity_just_leaves() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    assert_eq!(ann.posts().await?.len(), 2);
    let post = session.add(Post::builder().title("three").user(&ann));
    session.expunge(&post);
    session.expunge(&post);
    assert_eq!((Entity::state(&post), ann.posts().get()?.len()), (Transient, 2));
    session.commit().await?;
    session.add(&post);
    assert_eq!((Entity::state(&post), ann.posts().get()?.len()), (Pending, 3));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM posts WHERE user_id = 1").await, ["3"]);
    Ok(())
}

/// While a flush is under way, what it writes is written, and stays out.
#[tokio::test]
async fn what_is_expunged_during_a_flush_stays_out() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    ann.edit().name = Some("Anna".into());
    let new = session.add(User::builder().email("new@a.b"));
    {
        let mut commit = std::pin::pin!(session.commit());
        let mut is_pending =
            |context: &mut std::task::Context<'_>| commit.as_mut().poll(context).is_pending();
        assert!(std::future::poll_fn(|context| std::task::Poll::Ready(is_pending(context))).await);
        session.expunge(&ann);
        session.expunge(&new);
        commit.await?;
    }
    assert_eq!((Entity::state(&ann), Entity::state(&new), new.id), (Detached, Detached, 3));
    assert_ne!(user(&session, 1).await, ann);
    assert_ne!(user(&session, 3).await, new);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT name, email FROM users ORDER BY id").await,
        ["Anna|ann@a.b", "Bob|bob@a.b", "-|new@a.b"]
    );
    Ok(())
}

/// What a flush has deleted is inserted once more: in the same transaction, after it, and not if that is rolled back.
#[tokio::test]
async fn a_deleted_row_is_added_once_more() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let post = ann.posts().await?.swap_remove(0);
    for committed in [false, true] {
        session.delete(&bob);
        session.delete(&post);
        session.flush().await?;
        assert_eq!((Entity::state(&post), ann.posts().get()?.len()), (Deleted, 1));
        if committed {
            session.commit().await?;
        }
        bob.edit().name = Some("again".into());
        session.add(&bob);
        session.add(&post);
        assert_eq!((Entity::state(&bob), Entity::key(&bob), ann.posts().get()?.len()), (Pending, None, 2));
        session.flush().await?;
        assert_eq!((Entity::key(&bob), user(&session, 2).await), (Some(2), bob.clone()));
        session.rollback().await?;
        let (state, posts) = if committed { (Detached, 1) } else { (Persistent, 2) };
        assert_eq!(
            (Entity::state(&bob), Entity::state(&post), ann.posts().get()?.len()),
            (state, state, posts)
        );
    }
    session.add(&bob);
    session.add(&post);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, name FROM users ORDER BY id").await, ["1|Ann", "2|Bob"]);
    assert_eq!(setup.rows("SELECT id, user_id FROM posts ORDER BY id").await, ["1|1", "2|1"]);
    Ok(())
}

/// Many leave without a look at all the others.
#[tokio::test]
async fn a_large_session_is_expunged_row_by_row() -> Result {
    let setup = ann_and_bob("a.b").await;
    setup.sql("INSERT INTO posts (title, user_id) SELECT 'n', 1 FROM generate_series(1, 50000)").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    posts.iter().for_each(|post| session.expunge(post));
    assert!(posts.iter().all(|post| Entity::state(post) == Detached));
    assert_eq!(ann.posts().await?.len(), 50_002);
    session.rollback().await
}

/// A savepoint's rollback leaves out what was expunged behind it, and gives the rest back.
#[tokio::test]
async fn a_savepoint_does_not_bring_back_what_was_expunged() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let posts = ann.posts().await?;
    let savepoint = session.begin_nested().await?;
    ann.edit().name = Some("flushed".into());
    bob.edit().name = Some("flushed".into());
    session.flush().await?;
    session.expunge(&ann);
    session.expire(&bob);
    savepoint.rollback().await?;
    assert_eq!((Entity::state(&ann), bob.name.as_deref()), (Detached, Some("Bob")));
    let again = posts[0].user().await?;
    assert_eq!((again == ann, again.name.as_deref()), (false, Some("Ann")));
    session.commit().await
}
