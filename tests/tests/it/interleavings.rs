//! What happens when calls on one session overlap: changes while a flush is under way, answers that come late, rollbacks.

use orm_core::EntityState;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};
use orm_tests::library::{Author, Book, LIBRARY};
use std::future::{Future, poll_fn};
use std::task::Poll;

type Result = orm_core::Result<()>;

async fn poll_once<F: Future + Unpin>(f: &mut F) -> Option<F::Output> {
    let mut first = true;
    poll_fn(|c| {
        if !first {
            return Poll::Ready(None);
        }
        first = false;
        match std::pin::Pin::new(&mut *f).poll(c) {
            Poll::Ready(o) => Poll::Ready(Some(o)),
            Poll::Pending => Poll::Ready(None),
        }
    })
    .await
}

/// Reading it fails on the server.
#[derive(Model, Debug, Clone)]
#[orm(table = "bad")]
struct Bad {
    #[orm(primary_key)]
    id: i64,
}

#[tokio::test]
async fn deleted_pending_added_again() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let u = session.add(User::builder().email("u"));
    let p = session.add(Post::builder().title("t").user(&u));
    let v = session.add(User::builder().id(42).email("v"));
    session.delete(&p);
    session.delete(&v);
    session.commit().await?;
    session.add(&v);
    session.commit().await?;
    session.add(&p);
    let r = session.commit().await;
    assert!(r.is_ok() && v.id == 42);
    Ok(())
}

#[tokio::test]
async fn rollback_after_loading() -> Result {
    let s = Setup::new(&TABLES).await;
    s.sql("INSERT INTO users(email) VALUES ('u'); INSERT INTO posts(title,user_id) VALUES ('a',1),('b',1)")
        .await;
    let session = s.db.session();
    let post = session.get::<Post>(1).await?.expect("the row is there");
    let user = post.user().await?;
    session.delete(&post);
    assert_eq!(user.posts().await?.len(), 1);
    session.rollback().await?;
    assert_eq!(Entity::state(&post), EntityState::Persistent);
    assert_eq!(user.posts().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn replace_one_to_one() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let u = session.add(User::builder().email("u"));
    let old = session.add(Profile::builder().bio("old").user(&u));
    session.commit().await?;
    session.delete(&old);
    session.add(Profile::builder().bio("new").user(&u));
    session.commit().await?;
    Ok(())
}

#[tokio::test]
async fn pending_parent_by_value() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let u = session.add(User::builder().id(42).email("u"));
    let p = session.add(Post::builder().title("t").user_id(42));
    session.commit().await?;
    assert_eq!(p.user().await?, u);
    assert_eq!(u.posts().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn rollback_of_move_to_new_parent() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let a = session.add(User::builder().email("a"));
    let p = session.add(Post::builder().title("t").user(&a));
    session.commit().await?;
    let b = session.add(User::builder().email("b"));
    p.user().set(&b);
    session.rollback().await?;
    assert_eq!(p.user().get()?, a);
    assert_eq!(b.posts().get()?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn plan_keeps_misuse() -> Result {
    let s = Setup::new(&TABLES).await;
    let one = s.db.session();
    let two = s.db.session();
    let u = one.add(User::builder().email("a"));
    two.add(Post::builder().title("t").user(&u));
    assert!(two.plan().is_err());
    assert!(two.commit().await.is_err());
    Ok(())
}

#[tokio::test]
async fn added_while_a_commit_is_under_way() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    session.add(User::builder().email("first"));
    let v = {
        let mut c = Box::pin(session.commit());
        assert!(poll_once(&mut c).await.is_none());
        let v = session.add(User::builder().id(42).email("v"));
        c.await?;
        v
    };
    session.commit().await?;
    assert_eq!(v.id, 42);
    Ok(())
}

#[tokio::test]
async fn edit_while_commit_then_rollback() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let u = session.add(User::builder().email("first"));
    let n = {
        let mut c = Box::pin(session.commit());
        assert!(poll_once(&mut c).await.is_none());
        let n = session.add(User::builder().email("second"));
        c.await?;
        n
    };
    let _ = u;
    session.rollback().await?;
    assert_eq!(Entity::state(&n), EntityState::Transient);
    Ok(())
}

#[tokio::test]
async fn child_added_while_the_parent_is_inserted() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let u = session.add(User::builder().email("first"));
    {
        let mut c = Box::pin(session.commit());
        assert!(poll_once(&mut c).await.is_none());
        session.add(Post::builder().title("t").user(&u));
        c.await?;
    }
    session.commit().await?;
    Ok(())
}

#[tokio::test]
async fn commit_behind_a_failing_read() -> Result {
    let s = Setup::new(&TABLES).await;
    s.sql("CREATE VIEW bad AS SELECT (1 / (SELECT count(*) FROM profiles))::bigint AS id").await;
    assert!(s.db.session().execute(select::<Bad>()).await.is_err());
    let session = s.db.session();
    session.add(User::builder().email("u"));
    session.flush().await?;
    let commit = {
        let read = session.execute(select::<Bad>());
        let commit = session.commit();
        let (mut read, mut commit) = (Box::pin(read), Box::pin(commit));
        assert!(poll_once(&mut read).await.is_none());
        let c = poll_once(&mut commit).await;
        let c = match c {
            Some(c) => c,
            None => commit.await,
        };
        assert!(read.await.is_err(), "the read fails");
        c
    };
    let rows = s.rows("SELECT email FROM users").await;
    assert!(commit.is_err() || rows.len() == 1, "commit said Ok and nothing is there");
    Ok(())
}

#[tokio::test]
async fn deleted_while_it_is_inserted() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let u = session.add(User::builder().email("first"));
    {
        let mut c = Box::pin(session.commit());
        assert!(poll_once(&mut c).await.is_none());
        session.delete(&u);
        c.await?;
    }
    session.commit().await?;
    assert!(s.rows("SELECT * FROM users").await.is_empty());
    Ok(())
}

#[tokio::test]
async fn parent_key_edited_then_lazy() -> Result {
    let s = Setup::new(&TABLES).await;
    s.sql("INSERT INTO users(email) VALUES ('u'); INSERT INTO posts(title,user_id) VALUES ('a',1),('b',1)")
        .await;
    let session = s.db.session();
    let user = session.get::<User>(1).await?.expect("the row is there");
    user.edit().id = 99;
    assert_eq!(user.posts().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn refresh_sent_before_a_flush() -> Result {
    let s = Setup::new(&TABLES).await;
    s.sql("INSERT INTO users(email, name) VALUES ('u', 'old')").await;
    let session = s.db.session();
    let user = session.get::<User>(1).await?.expect("the row is there");
    session.refresh(&user).await?;
    user.edit().name = Some("warm".into());
    session.commit().await?;
    session.refresh(&user).await?;
    user.edit().name = Some("new".into());
    let (refreshed, flushed) = tokio::join!(session.refresh(&user), session.flush());
    refreshed?;
    flushed?;
    session.commit().await?;
    assert_eq!(s.rows("SELECT name FROM users").await, ["new"]);
    Ok(())
}

#[tokio::test]
async fn read_sent_before_rollback() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    session.execute(select::<User>()).await?;
    session.add(User::builder().email("u"));
    session.flush().await?;
    let found = {
        let mut r = Box::pin(session.execute(select::<User>()));
        assert!(poll_once(&mut r).await.is_none());
        session.rollback().await?;
        r.await?.all()
    };
    assert!(found.is_empty(), "the row was rolled back before it was asked for again");
    let got = session.get::<User>(1).await?;
    assert!(got.is_none(), "a row that does not exist is in the identity map");
    Ok(())
}

#[tokio::test]
async fn moved_to_a_second_new_parent_during_the_flush() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let a = session.add(User::builder().email("a"));
    let p = session.add(Post::builder().title("t").user(&a));
    session.commit().await?;
    let b = session.add(User::builder().email("b"));
    p.user().set(&b);
    {
        let mut f = Box::pin(session.flush());
        assert!(poll_once(&mut f).await.is_none());
        let c = session.add(User::builder().email("c"));
        p.user().set(&c);
        f.await?;
    }
    session.commit().await?;
    assert_eq!(s.rows("SELECT email FROM posts JOIN users ON users.id = user_id").await, ["c"]);
    Ok(())
}

#[tokio::test]
async fn orphaned_during_the_flush() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    let a = session.add(User::builder().email("a"));
    let p = session.add(Post::builder().title("t").user(&a));
    session.commit().await?;
    a.edit().name = Some("x".into());
    {
        let mut f = Box::pin(session.flush());
        assert!(poll_once(&mut f).await.is_none());
        a.posts().remove(&p);
        f.await?;
    }
    assert!(session.commit().await.is_err(), "an orphan is forgotten");
    Ok(())
}

#[tokio::test]
async fn cleared_in_a_transaction_then_rolled_back() -> Result {
    let s = Setup::new(&TABLES).await;
    let session = s.db.session();
    session.add(User::builder().email("a"));
    session.flush().await?;
    session.clear();
    let u = session.get::<User>(1).await?;
    assert!(u.is_some());
    session.rollback().await?;
    assert!(session.get::<User>(1).await?.is_none(), "no such row");
    Ok(())
}

#[tokio::test]
async fn what_was_first_read_after_a_write_that_was_rolled_back_is_asked_for_again() -> Result {
    let s = Setup::new(&LIBRARY).await;
    s.sql(
        "INSERT INTO authors (name) VALUES ('writer'), ('editor');
         INSERT INTO books (title, author_id, editor_id) VALUES ('a', 1, 2)",
    )
    .await;
    let session = s.db.session();
    let editor = session.get::<Author>(2).await?.expect("the row is there");
    session.delete(&editor);
    session.flush().await?;
    let book = session.get::<Book>(1).await?.expect("the row is there");
    assert_eq!(book.editor_id, None);
    session.rollback().await?;
    let again = session.get::<Book>(1).await?.expect("the row is there");
    assert_eq!((again == book, book.editor_id), (true, Some(2)));
    Ok(())
}

#[tokio::test]
async fn clear_while_a_commit_is_under_way() -> Result {
    let s = Setup::new(&TABLES).await;
    // Warm.
    {
        let w = s.db.session();
        w.add(User::builder().email("w"));
        w.commit().await?;
    }
    let session = s.db.session();
    session.add(User::builder().email("first"));
    {
        let mut c = Box::pin(session.commit());
        assert!(poll_once(&mut c).await.is_none());
        session.clear();
        session.add(User::builder().email("second"));
        let mut f = Box::pin(session.flush());
        assert!(poll_once(&mut f).await.is_none());
        c.await?;
        f.await?;
    }
    session.rollback().await?;
    assert_eq!(s.rows("SELECT email FROM users ORDER BY id").await, ["w", "first"]);
    Ok(())
}
