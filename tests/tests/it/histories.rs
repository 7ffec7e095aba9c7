//! Random histories: whatever a session is asked to do, memory and database are what a simple reference says.

use std::env;

use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};

type Result = orm_core::Result<()>;

/// `HISTORIES=10000` runs so many, `HISTORY=17` that one.
#[test]
fn whatever_is_done_the_session_and_the_reference_agree() {
    let number = |name: &str| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    match number("HISTORY") {
        Some(seed) => orm_tests::histories::histories(seed..seed + 1, 1),
        None => orm_tests::histories::histories(0..number("HISTORIES").unwrap_or(300), 2),
    }
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
