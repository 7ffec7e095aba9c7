//! What changed is written before a query that could see it, and not before others. Scenarios of section Q.

use orm_core::prelude::*;
use orm_tests::blog::{Post, Profile, TABLES, User};
use orm_tests::library::{Author, Book, LIBRARY, Review, filled};
use orm_tests::{Setup, polled};

type Result = orm_core::Result<()>;

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com')").await;
    setup
}

#[tokio::test]
async fn a_query_of_a_changed_table_is_preceded_by_a_flush_and_no_other() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    ann.edit().name = Some("Anna".to_owned());
    setup.flights();
    assert_eq!(session.execute(select::<Profile>()).await?.all(), []);
    assert_eq!(setup.statements().len(), 1);
    let found = session.execute(select::<User>().filter(User::name.eq("Anna"))).await?.scalar_one()?;
    assert_eq!(found, ann);
    let statements = setup.statements();
    assert_eq!(statements.len(), 3);
    assert!(statements[1].contains("UPDATE users SET name = $1"), "{statements:?}");
    session.execute(select::<User>()).await?;
    assert_eq!(setup.statements().len(), 1);
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT name FROM users").await, ["Ann"]);
    Ok(())
}

/// Scenario 308.
#[tokio::test]
async fn without_autoflush_a_query_does_not_see_what_is_pending() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@example.com"));
    let count = || select::<User>().count();
    assert_eq!(session.no_autoflush(session.scalar(count())).await?, Some(1));
    assert_eq!(Entity::key(&new), None);
    let failing =
        session.no_autoflush(async { session.execute(select::<User>().limit(0)).await?.scalar_one() });
    assert!(failing.await.is_err_and(|error| error.is_no_result()));
    assert!(polled(session.no_autoflush(session.scalar(count())), 1).await.is_none());
    assert_eq!(Entity::key(&new), None);
    assert_eq!(session.scalar(count()).await?, Some(2));
    assert_eq!(Entity::key(&new), Some(2));
    Ok(())
}

#[tokio::test]
async fn count_and_exists_see_what_is_pending() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let select_new = || select::<User>().filter(User::email.eq("new@example.com"));
    assert_eq!(session.scalar(select_new().exists()).await?, Some(false));
    session.add(User::builder().email("new@example.com"));
    setup.flights();
    assert_eq!(session.scalar(select_new().exists()).await?, Some(true));
    let exists = "SELECT EXISTS (SELECT 1 FROM users WHERE users.email = $1)";
    assert_eq!(
        setup.statements(),
        ["BEGIN", "INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id", exists]
    );
    assert_eq!(session.scalar(select_new().count()).await?, Some(1));
    assert_eq!(session.execute(select::<User>().limit(1).count()).await?.scalar_one()?, 1);
    assert_eq!(
        setup.statements(),
        [
            "SELECT count(*) FROM users WHERE users.email = $1",
            "SELECT count(*) FROM (SELECT 1 FROM users LIMIT $1) AS anon_1"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_lazy_load_is_preceded_by_a_flush_of_its_table() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    let post = session.add(Post::builder().title("new").user_id(1));
    assert_eq!(ann.posts().await?, std::slice::from_ref(&post));
    assert_eq!(post.id, 1);
    Ok(())
}

#[tokio::test]
async fn what_a_delete_does_to_other_tables_is_seen_there() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(2)).await;
    let session = setup.db.session();
    let editor = session.get::<Author>(1).await?.expect("author 1 is there");
    let book = session.get::<Book>(1).await?.expect("book 1 is there");
    assert_eq!(session.scalar(select::<Review>().count()).await?, Some(12));
    session.delete(&book);
    assert_eq!(session.scalar(select::<Review>().count()).await?, Some(9));
    session.commit().await?;

    let fourth = session.get::<Book>(4).await?.expect("book 4 is there");
    assert_eq!(fourth.editor_id, Some(1));
    let second = session.get::<Book>(2).await?.expect("book 2 is there");
    session.delete(&second);
    session.delete(&editor);
    let free = select::<Book>().filter(Book::editor_id.is_null()).order_by(Book::id);
    let free: Vec<_> = session.execute(free).await?.into_iter().map(|book| book.id).collect();
    assert_eq!((free, fourth.editor_id), (vec![3, 4], None));
    Ok(())
}

#[tokio::test]
async fn get_finds_what_is_pending_under_a_key_that_was_given() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let new = session.add(User::builder().id(77).email("new@example.com"));
    assert_eq!(session.get::<User>(77).await?, Some(new));
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    ann.edit().id = 10;
    assert_eq!(session.get::<User>(10).await?, Some(ann));
    Ok(())
}
