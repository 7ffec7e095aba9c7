//! Savepoints: what they send, and what their rollback brings back. Scenarios of section H, inside savepoints.

use orm_core::EntityState::{Deleted, Persistent, Transient};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, User, ann_and_bob};
use orm_tests::library::{Author, Book, LIBRARY, Review, filled};

type Result = orm_core::Result<()>;

async fn users(session: &Session) -> Vec<Entity<User>> {
    session.execute(select::<User>().order_by(User::id)).await.expect("users can be read").all()
}

const NAMES: &str = "SELECT name FROM users ORDER BY id";

#[tokio::test]
async fn each_call_is_one_flight() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let savepoint = session.begin_nested().await?;
    assert_eq!(setup.flights(), [["BEGIN", "SAVEPOINT orm_savepoint_1"]]);
    savepoint.commit().await?;
    assert_eq!(setup.flights(), [["RELEASE SAVEPOINT orm_savepoint_1"]]);
    session.commit().await?;

    let users = users(&session).await;
    let outer = session.begin_nested().await?;
    users[0].edit().name = Some("first".into());
    setup.flights();
    let inner = session.begin_nested().await?;
    assert_eq!(setup.shapes(), [["UPDATE users: name", "SAVEPOINT orm_savepoint_2"]]);
    users[1].edit().name = Some("second".into());
    inner.commit().await?;
    assert_eq!(setup.shapes(), [["UPDATE users: name", "RELEASE SAVEPOINT orm_savepoint_2"]]);
    outer.rollback().await?;
    let back = ["ROLLBACK TO SAVEPOINT orm_savepoint_1", "RELEASE SAVEPOINT orm_savepoint_1"];
    assert_eq!(setup.flights(), [back]);
    session.commit().await?;
    assert_eq!(setup.flights(), [["COMMIT"]]);

    session.add(User::builder().email("new@example.com"));
    drop(session.begin_nested().await?);
    assert_eq!(setup.shapes()[0], ["BEGIN", "INSERT users", "SAVEPOINT orm_savepoint_1"]);
    Ok(())
}

/// The savepoint goes with the flush before it.
#[tokio::test]
async fn a_savepoint_travels_with_the_last_flight_of_its_flush() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("new@example.com"));
    session.add(Post::builder().title("new").user(&user));
    let savepoint = session.begin_nested().await?;
    let flight = ["BEGIN", "INSERT users", "INSERT posts", "SAVEPOINT orm_savepoint_1"];
    assert_eq!(setup.shapes(), [flight]);
    savepoint.rollback().await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM posts").await, ["3"]);
    Ok(())
}

/// Scenario 204, inside a savepoint: also where no statement was sent in it.
#[tokio::test]
async fn values_are_those_from_before_the_savepoint() -> Result {
    let setup = ann_and_bob("example.com").await;
    for flush in [false, true] {
        let session = setup.db.session();
        let users = users(&session).await;
        users[0].edit().name = Some("before".into());
        let savepoint = session.begin_nested().await?;
        users[0].edit().name = Some("within".into());
        users[1].edit().name = None;
        if flush {
            session.flush().await?;
        }
        users[0].edit().email = "within@example.com".into();
        savepoint.rollback().await?;
        let shown: Vec<_> = users.iter().map(|user| (user.name.as_deref(), &*user.email)).collect();
        assert_eq!(shown, [(Some("before"), "ann@example.com"), (Some("Bob"), "bob@example.com")]);
        assert!(session.plan()?.is_empty());
        session.commit().await?;
        assert_eq!(setup.rows(NAMES).await, ["before", "Bob"]);
        setup.sql("UPDATE users SET name = 'Ann' WHERE id = 1").await;
    }
    Ok(())
}

#[tokio::test]
async fn what_was_added_leaves_and_what_was_deleted_comes_back() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(1)).await;
    for flush in [false, true] {
        let session = setup.db.session();
        let all = selectinload(Author::books).selectinload(Book::reviews);
        let author = session.get::<Author>(1).options(all).await?.expect("author 1 is there");
        let kept = session.add(Book::builder().title("kept").author(&author));
        let books = author.books().get()?;
        let reviews = books[0].reviews().get()?;
        let savepoint = session.begin_nested().await?;
        session.delete(&books[0]);
        session.delete(&kept);
        let new = session.add(Book::builder().title("new").author(&author));
        if flush {
            session.flush().await?;
            assert_eq!((Entity::state(&books[0]), Entity::state(&kept)), (Deleted, Deleted));
            assert_eq!(author.books().get()?, [books[1].clone(), new.clone()]);
            assert_eq!(session.get::<Review>(1).await?, None);
        }
        savepoint.rollback().await?;
        assert_eq!((Entity::state(&books[0]), Entity::state(&kept)), (Persistent, Persistent));
        assert_eq!((Entity::state(&new), Entity::key(&new), new.id), (Transient, None, 0));
        assert_eq!((author.books().get()?, books[0].reviews().get()?), (books.clone(), reviews.clone()));
        setup.flights();
        assert_eq!(session.get::<Book>(1).await?, Some(books[0].clone()));
        assert_eq!(session.get::<Review>(1).await?, Some(reviews[0].clone()));
        assert_eq!(session.get::<Book>(kept.id).await?, Some(kept.clone()));
        assert!(setup.statements().is_empty());
        session.add(&new);
        session.commit().await?;
        assert_eq!(author.books().get()?.last(), Some(&new));
        let titles = "SELECT title FROM books WHERE author_id = 1 ORDER BY id OFFSET 2";
        assert_eq!(setup.rows(titles).await, ["kept", "new"]);
        setup.sql("DELETE FROM books WHERE id > 2").await;
    }
    Ok(())
}

/// Scenario 192: a list that was changed and flushed before the savepoint is kept.
#[tokio::test]
async fn a_collection_changed_before_the_savepoint_stays_changed() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    assert_eq!(users[0].posts().await?.len(), 2);
    let third = session.add(Post::builder().title("three").user(&users[0]));
    let savepoint = session.begin_nested().await?;
    users[1].posts().add(&third);
    users[0].edit().name = Some("within".into());
    session.add(Post::builder().title("four").user(&users[0]));
    session.flush().await?;
    savepoint.rollback().await?;
    assert_eq!(users[0].posts().get()?.last(), Some(&third));
    assert_eq!((users[0].posts().get()?.len(), third.user().get()?), (3, users[0].clone()));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT title FROM posts WHERE user_id = 1 ORDER BY id").await.len(), 3);
    Ok(())
}

/// What was loaded under the savepoint's changes showed them, so that it is unknown again.
#[tokio::test]
async fn a_collection_loaded_within_a_savepoint_is_right_after_its_rollback() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = users(&session).await;
    let savepoint = session.begin_nested().await?;
    let post = session.get::<Post>(1).await?.expect("post 1 is there");
    post.user().set(&users[1]);
    let profile = session.add(Profile::builder().user(&users[0]));
    session.flush().await?;
    assert_eq!((users[0].posts().await?.len(), users[1].posts().await?.len()), (1, 1));
    assert_eq!(users[0].profile().await?, Some(profile.clone()));
    savepoint.rollback().await?;
    assert!(users[0].posts().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!((users[0].posts().await?.len(), users[1].posts().await?.len()), (2, 0));
    assert_eq!((users[0].profile().await?, Entity::state(&profile)), (None, Transient));
    Ok(())
}

/// Scenario 194.
#[tokio::test]
async fn what_a_released_savepoint_did_is_undone_with_the_transaction() -> Result {
    let setup = ann_and_bob("example.com").await;
    for nested in [false, true] {
        let session = setup.db.session();
        let users = users(&session).await;
        let outer = if nested { Some(session.begin_nested().await?) } else { None };
        let savepoint = session.begin_nested().await?;
        let new = session.add(User::builder().email("new@example.com"));
        session.delete(&users[1]);
        users[0].edit().name = None;
        savepoint.commit().await?;
        assert_eq!((Entity::state(&new), Entity::state(&users[1])), (Persistent, Deleted));
        match outer {
            Some(outer) => outer.rollback().await?,
            None => session.rollback().await?,
        }
        assert_eq!((Entity::state(&new), Entity::state(&users[1])), (Transient, Persistent));
        assert_eq!(users[0].name.as_deref(), Some("Ann"));
        assert_eq!(session.get::<User>(2).await?, Some(users[1].clone()));
        session.commit().await?;
        assert_eq!(setup.rows(NAMES).await, ["Ann", "Bob"]);
    }
    Ok(())
}

/// What was read before the savepoint wrote is known; what was read after is asked for again.
#[tokio::test]
async fn what_was_read_after_a_write_that_is_undone_is_asked_for_again() -> Result {
    let setup = ann_and_bob("example.com").await;
    setup
        .sql(
            "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN UPDATE posts SET title = upper(title) WHERE user_id = NEW.id; RETURN NULL; END';
             CREATE TRIGGER shout AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION shout()",
        )
        .await;
    let session = setup.db.session();
    let users = users(&session).await;
    users[1].edit().name = Some("before".into());
    let savepoint = session.begin_nested().await?;
    let one = session.get::<Post>(1).await?.expect("post 1 is there");
    users[0].edit().name = Some("within".into());
    session.flush().await?;
    let two = session.get::<Post>(2).await?.expect("post 2 is there");
    assert_eq!((&*one.title, &*two.title), ("one", "TWO"));
    savepoint.rollback().await?;
    setup.flights();
    assert_eq!(session.get::<Post>(1).await?, Some(one));
    assert!(setup.statements().is_empty());
    assert_eq!(session.get::<Post>(2).await?, Some(two.clone()));
    assert_eq!((setup.statements().len(), &*two.title), (1, "two"));
    Ok(())
}

#[tokio::test]
async fn after_clear_a_savepoint_still_undoes_what_came_since() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let outer = session.begin_nested().await?;
    session.add(User::builder().name("new").email("new@example.com"));
    let savepoint = session.begin_nested().await?;
    session.clear();
    let ann = users(&session).await.swap_remove(0);
    ann.edit().name = Some("within".into());
    let inner = session.begin_nested().await?;
    ann.edit().name = Some("inner".into());
    session.flush().await?;
    inner.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("within"));
    savepoint.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    outer.commit().await?;
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["Ann", "Bob", "new"]);
    Ok(())
}

/// Which columns of a new row were given is undone too: the server makes the key again.
#[tokio::test]
async fn a_key_that_was_given_within_the_savepoint_is_not_given_any_more() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("new@example.com"));
    session.rollback().await?;
    let savepoint = session.begin_nested().await?;
    user.edit().id = 77;
    savepoint.rollback().await?;
    session.add(&user);
    session.commit().await?;
    assert_eq!((user.id, setup.rows("SELECT id FROM users WHERE id > 2").await), (3, vec!["3".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn a_wrong_use_within_the_savepoint_is_forgotten_with_it() -> Result {
    let setup = ann_and_bob("example.com").await;
    let (one, other) = (setup.db.session(), Database::connect(setup.database.url()).await?.session());
    let foreign = one.add(User::builder().email("new@example.com"));
    let savepoint = other.begin_nested().await?;
    other.delete(&foreign);
    assert!(other.plan().is_err_and(|error| error.is_foreign_entity()));
    savepoint.rollback().await?;
    other.commit().await
}
