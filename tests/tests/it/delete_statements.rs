//! DELETE over a condition: what it deletes, and what it does to entities in memory.

use orm_core::EntityState::{Deleted, Detached, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, User, ann_and_bob, user};
use orm_tests::cascades::forum::{self, Comment, Like, Topic, View};
use orm_tests::models::shop::{self, Line};
use orm_tests::soft::{Album, Book, Photo, Shelf, Writer, book, library, writer};
use orm_tests::versioned::{Account, TABLES, accounts};

type Result = orm_core::Result<()>;

#[tokio::test]
async fn entities_are_deleted_and_leave_those_that_led_to_them() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    setup.flights();
    assert_eq!(session.execute(delete::<Post>().filter(Post::title.eq("one"))).await?, 1);
    assert_eq!(setup.statements(), ["BEGIN", "DELETE FROM posts WHERE posts.title = $1 RETURNING posts.id"]);
    assert_eq!((Entity::state(&posts[0]), Entity::state(&posts[1])), (Deleted, Persistent));
    assert_eq!(ann.posts().get()?, [posts[1].clone()]);
    assert_eq!(&*posts[0].title, "one");
    assert_eq!(session.get::<Post>(1).await?, None);
    session.commit().await?;
    assert_eq!(Entity::state(&posts[0]), Detached);
    assert_eq!(setup.rows("SELECT title FROM posts").await, ["two"]);
    Ok(())
}

#[tokio::test]
async fn a_rollback_brings_them_back() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    session.execute(delete::<Post>().filter(Post::id.eq(1))).await?;
    let savepoint = session.begin_nested().await?;
    session.execute(delete::<Post>()).await?;
    assert_eq!((Entity::state(&posts[1]), ann.posts().get()?.len()), (Deleted, 0));
    savepoint.rollback().await?;
    assert_eq!(ann.posts().get()?, [posts[1].clone()]);
    session.rollback().await?;
    assert_eq!(ann.posts().get()?, posts);
    assert_eq!(Entity::state(&posts[0]), Persistent);
    setup.flights();
    assert_eq!(session.get::<Post>(1).await?.as_ref(), Some(&posts[0]));
    posts[0].edit().title = "again".into();
    session.commit().await?;
    assert_eq!(setup.rows("SELECT title FROM posts ORDER BY id").await, ["again", "two"]);
    Ok(())
}

/// Pending rows are written first, so they are found too; a deleted entity can be added again.
#[tokio::test]
async fn what_is_pending_goes_too() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let post = session.add(Post::builder().title("new").user_id(1));
    assert_eq!(session.execute(delete::<Post>()).await?, 3);
    assert_eq!(Entity::state(&post), Deleted);
    session.add(&post);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT title FROM posts").await, ["new"]);
    let other = session.add(Post::builder().title("other").user_id(1));
    session.execute(delete::<Post>()).await?;
    session.rollback().await?;
    assert_eq!((Entity::state(&other), Entity::state(&post)), (Transient, Persistent));
    Ok(())
}

/// What the database deletes with a row, or lets go, is known in memory, whether the row itself was or not.
#[tokio::test]
async fn the_database_takes_others_along() -> Result {
    let setup = Setup::new(&forum::TABLES).await;
    setup
        .sql(
            "INSERT INTO topics VALUES (1), (2), (3); INSERT INTO comments (topic_id) VALUES (1), (2), (3);
             INSERT INTO likes (topic_id) VALUES (1), (2), (3); INSERT INTO views (topic_id) VALUES (1), (2), (3)",
        )
        .await;
    let session = setup.db.session();
    let first = session.get::<Topic>(1).await?.expect("it is there");
    let likes = session.scalars(select::<Like>().order_by(Like::id)).await?.all();
    let views = session.scalars(select::<View>().order_by(View::id)).await?.all();
    let comments = first.comments().await?;
    setup.flights();
    assert_eq!(session.execute(delete::<Topic>().filter(Topic::id.lt(3))).await?, 2);
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE topics"]]);
    let states = |likes: &[Entity<Like>]| likes.iter().map(Entity::state).collect::<Vec<_>>();
    assert_eq!(states(&likes), [Deleted, Deleted, Persistent]);
    assert_eq!(views.iter().map(|view| view.topic_id).collect::<Vec<_>>(), [None, None, Some(3)]);
    assert_eq!((Entity::state(&first), Entity::state(&comments[0])), (Deleted, Deleted));
    assert_eq!(session.scalars(select::<Comment>()).await?.all().len(), 1);
    session.rollback().await?;
    assert_eq!(states(&likes), [Persistent; 3]);
    assert_eq!(views[1].topic_id, Some(2));
    assert_eq!(first.comments().get()?, comments);
    Ok(())
}

/// What only the session deletes along stays, and the database says no.
#[tokio::test]
async fn what_others_refer_to_is_refused() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let error = session.execute(delete::<User>()).await.expect_err("posts refer to Ann");
    assert!(error.is_foreign_key_violation() && error.model() == Some("User"), "{error}");
    session.rollback().await?;
    assert_eq!(Entity::state(&ann), Persistent);
    assert_eq!(session.execute(delete::<User>().filter(User::id.eq(2))).await?, 1);
    Ok(())
}

#[tokio::test]
async fn composite_keys_and_versions() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    setup
        .sql("INSERT INTO orders VALUES (1, 1, 'c'); INSERT INTO lines VALUES (1, 1, 1, 'a'), (1, 1, 2, 'b')")
        .await;
    let session = setup.db.session();
    let lines = session.scalars(select::<Line>().order_by(Line::number)).await?.all();
    assert_eq!(session.execute(delete::<Line>().filter(Line::product.eq("b"))).await?, 1);
    assert_eq!((Entity::state(&lines[0]), Entity::state(&lines[1])), (Persistent, Deleted));

    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["ann", "bob"]).await?;
    setup.sql("UPDATE accounts SET version = 7").await;
    assert_eq!(session.execute(delete::<Account>().filter(Account::owner.eq("ann"))).await?, 1);
    assert_eq!(Entity::state(&accounts[0]), Deleted);
    Ok(())
}

/// Rows that stay are marked, those that are marked already stay as they are, and nothing goes with them.
#[tokio::test]
async fn rows_are_marked() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let (ann, shelf) = (writer(&session, 1).await?, session.get::<Shelf>(1).await?.expect("it is there"));
    let (books, on_shelf) = (ann.books().await?, shelf.books().await?);
    setup.flights();
    assert_eq!(session.execute(delete::<Book>().filter(Book::title.ne("d"))).await?, 2);
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE books: removed_at, edits"]]);
    assert!(
        books
            .iter()
            .all(|book| Entity::state(book) == Deleted && book.removed_at.is_some() && book.edits == 1)
    );
    assert_eq!((ann.books().get()?.len(), shelf.books().get()?.len(), on_shelf.len()), (0, 1, 2));
    assert_eq!(session.get::<Book>(1).await?, None);
    session.rollback().await?;
    assert_eq!((ann.books().get()?.len(), Entity::state(&books[0])), (2, Persistent));
    assert!(books[0].removed_at.is_none());
    session.execute(delete::<Writer>()).await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT version FROM writers WHERE gone_at IS NOT NULL").await, ["2", "2"]);
    assert_eq!(setup.rows("SELECT count(*) FROM books WHERE removed_at IS NULL").await, ["3"]);
    Ok(())
}

/// For good: rows that are marked already only if it is said.
#[tokio::test]
async fn rows_go_for_good() -> Result {
    let setup = library().await;
    setup.sql("DELETE FROM reviews; DELETE FROM book_tags").await;
    let session = setup.db.session();
    let (c, d) = (book(&session, 3).await?, book(&session, 4).await?);
    assert_eq!(session.execute(delete_hard::<Book>().filter(Book::writer_id.eq(1))).await?, 2);
    assert_eq!(Entity::state(&c), Persistent);
    assert_eq!(session.execute(delete_hard::<Book>().with_deleted()).await?, 2);
    assert_eq!((Entity::state(&c), Entity::state(&d)), (Deleted, Deleted));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM books").await, ["0"]);

    setup.sql("INSERT INTO albums DEFAULT VALUES; INSERT INTO photos (album_id) VALUES (1)").await;
    let photo = session.get::<Photo>(1).await?.expect("it is there");
    session.execute(delete::<Album>()).await?;
    assert_eq!((Entity::state(&photo), photo.album().await.is_err()), (Persistent, true));
    session.execute(delete_hard::<Album>().with_deleted()).await?;
    assert_eq!(Entity::state(&photo), Deleted);
    Ok(())
}

#[tokio::test]
async fn criteria_restrict() -> Result {
    let setup = library().await;
    let db = setup.db.with_criteria(Book::writer_id.eq(2));
    let session = db.session();
    assert_eq!(session.execute(delete::<Book>()).await?, 1);
    let statements = setup.statements();
    let sent = statements.last().map(String::as_str).unwrap_or_default();
    assert!(sent.ends_with("WHERE books.removed_at IS NULL AND books.writer_id = $1"), "{sent}");
    assert_eq!(session.execute(delete::<Book>().without_criteria()).await?, 2);
    Ok(())
}
