//! Random histories: whatever a session is asked to do, memory and database are what a simple reference says.

use std::env;

use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};

type Result = orm_core::Result<()>;

/// `HISTORIES=10000` runs so many, `HISTORIES=500..600` those with these seeds.
#[test]
fn whatever_is_done_the_session_and_the_reference_agree() {
    let wanted = env::var("HISTORIES").unwrap_or_else(|_| "300".to_owned());
    let (start, end) = wanted.split_once("..").unwrap_or(("0", &wanted));
    let number = |text: &str| text.parse::<u64>().expect("HISTORIES is a number, or two with `..` between");
    orm_tests::histories::histories(number(start)..number(end), 4);
}

#[tokio::test]
async fn what_is_added_again_has_the_key_that_its_parent_got_meanwhile() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("ann@example.org"));
    let post = session.add(Post::builder().title("Hello").user(&user));
    session.delete(&post);
    session.flush().await?;
    session.add(&post);
    assert_eq!(post.user_id, user.id);
    Ok(())
}

#[tokio::test]
async fn what_a_new_graph_loaded_from_a_transaction_is_unknown_after_its_rollback() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    session.add(User::builder().email("ann@example.org"));
    session.commit().await?;
    session.add(Post::builder().title("Hello").user_id(1));
    session.flush().await?;
    session.clear();
    let user = session.get::<User>(1).await?.expect("the row is there");
    assert_eq!(user.posts().await?.len(), 1);
    session.rollback().await?;
    assert_eq!(user.posts().await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_plan_leaves_the_collections_of_who_takes_over_a_row_as_they_are() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (email) VALUES ('ann@example.org')").await;
    let session = setup.db.session();
    let old = session.get::<User>(1).await?.expect("the row is there");
    session.delete(&old);
    let new = session.add(User::builder().id(1).email("bob@example.org"));
    assert_eq!(session.plan()?.to_string(), "update 1 of users: email\n");
    assert_eq!(new.posts().get()?.len(), 0);
    Ok(())
}
