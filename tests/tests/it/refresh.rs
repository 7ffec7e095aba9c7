//! What is in memory, what the database has, and when they meet. Scenarios of section G.

use orm_core::prelude::*;
use orm_tests::blog::{Post, User, ann_and_bob, user};

type Result = orm_core::Result<()>;

/// Scenarios 163 and 167.
#[tokio::test]
async fn refresh_gives_the_rows_values_and_edits_are_gone() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    setup.sql("UPDATE users SET email = 'new@example.com' WHERE id = 1").await;
    ann.edit().name = Some("edited".to_owned());
    setup.flights();
    session.refresh(&ann).await?;
    assert_eq!((ann.name.as_deref(), ann.email.as_str()), (Some("Ann"), "new@example.com"));
    session.commit().await?;
    let select = "SELECT users.id, users.name, users.email FROM users WHERE users.id = $1";
    assert_eq!(setup.statements(), [select]);
    Ok(())
}

/// Scenario 176: what was put into the collection and is not flushed is written first and stays in it.
#[tokio::test]
async fn refresh_of_a_collection_has_what_the_database_has() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    assert_eq!(ann.posts().await?.len(), 2);
    setup.sql("DELETE FROM posts WHERE id = 2; INSERT INTO posts (title, user_id) VALUES ('three', 1)").await;
    let four = session.add(Post::builder().title("four").user(&ann));
    session.refresh(&ann).attribute(User::posts).await?;
    let titles: Vec<_> = ann.posts().get()?.iter().map(|post| post.title.clone()).collect();
    assert_eq!(titles, ["one", "three", "four"]);
    assert_eq!(four.id, 4);
    Ok(())
}

#[tokio::test]
async fn refresh_gives_a_lost_parent_back() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    ann.posts().remove(&posts[0]);
    assert!(posts[0].user().get().is_err_and(|error| error.is_orphan()));
    session.refresh(&posts[0]).await?;
    assert_eq!(posts[0].user().get()?, ann);
    assert_eq!(ann.posts().get()?.len(), 2);
    session.commit().await
}

/// Scenario 180.
#[tokio::test]
async fn a_column_that_was_not_given_is_known_to_be_null() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@example.com"));
    session.commit().await?;
    setup.flights();
    assert_eq!(new.name, None);
    assert!(setup.statements().is_empty());
    assert_eq!(setup.rows("SELECT name FROM users WHERE id = 3").await, ["-"]);
    Ok(())
}

/// Scenario 183.
#[tokio::test]
async fn after_a_commit_values_stay_until_a_statement_brings_the_row() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    session.commit().await?;
    setup.sql("UPDATE users SET name = 'Anna' WHERE id = 1").await;
    setup.flights();
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    assert_eq!(user(&session, 1).await, ann);
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    assert!(setup.statements().is_empty());
    assert_eq!(session.execute(select::<User>().order_by(User::id)).await?.first(), Some(ann.clone()));
    assert_eq!(ann.name.as_deref(), Some("Anna"));
    setup.flights();
    session.commit().await?;
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn edits_that_are_not_flushed_stay_on_top_of_a_stale_row() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    session.commit().await?;
    setup.sql("UPDATE users SET name = 'Anna', email = 'anna@example.com' WHERE id = 1").await;
    ann.edit().email = "mine@example.com".to_owned();
    setup.flights();
    session.no_autoflush(session.execute(select::<User>())).await?;
    assert_eq!((ann.name.as_deref(), ann.email.as_str()), (Some("Anna"), "mine@example.com"));
    session.commit().await?;
    assert!(setup.statements()[2].contains("UPDATE users SET email = $1 WHERE"));
    assert_eq!(setup.rows("SELECT name, email FROM users WHERE id = 1").await, ["Anna|mine@example.com"]);
    Ok(())
}

#[tokio::test]
async fn within_a_transaction_what_was_read_stays() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    setup.sql("UPDATE users SET name = 'Anna' WHERE id = 1").await;
    session.execute(select::<User>()).await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    session.execute(select::<User>().populate_existing()).await?;
    assert_eq!(ann.name.as_deref(), Some("Anna"));
    Ok(())
}

#[tokio::test]
async fn populate_existing_drops_edits() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    ann.edit().name = Some("edited".to_owned());
    session.no_autoflush(session.execute(select::<User>().populate_existing())).await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    setup.flights();
    session.commit().await?;
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_stale_parent_moves_its_child_in_memory() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let users = session.execute(select::<User>().order_by(User::id)).await?.all();
    let posts = users[0].posts().await?;
    session.commit().await?;
    setup.sql("UPDATE posts SET user_id = 2 WHERE id = 1").await;
    session.execute(select::<Post>()).await?;
    assert_eq!(posts[0].user().get()?, users[1]);
    assert_eq!(users[0].posts().get()?, [posts[1].clone()]);
    assert_eq!(users[1].posts().get()?, [posts[0].clone()]);
    Ok(())
}

/// Scenario 172: what is not a row cannot be read again.
#[tokio::test]
async fn refresh_of_what_is_no_row_is_an_error_that_says_so() -> Result {
    let setup = ann_and_bob("example.com").await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@example.com"));
    let error = session.refresh(&new).await.expect_err("it is pending");
    assert!(error.is_not_persistent());
    assert_eq!(error.to_string(), "refresh: this `User` is not a row of the database");

    let bob = user(&session, 2).await;
    setup.sql("DELETE FROM users WHERE id = 2").await;
    let error = session.refresh(&bob).await.expect_err("the row was deleted");
    assert!(error.is_no_result());
    assert_eq!(
        (error.model(), error.to_string().as_str()),
        (Some("User"), "refresh: the row of `User` id 2 is not there any more")
    );
    assert_eq!(bob.name.as_deref(), Some("Bob"));

    let other = setup.db.session();
    let error = other.refresh(&bob).await.expect_err("it is another session's");
    assert!(error.is_foreign_entity());
    Ok(())
}
