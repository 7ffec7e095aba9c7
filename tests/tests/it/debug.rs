//! What `{:?}` shows: enough to read, and never more than that.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User};
use orm_tests::models::tree::Node;

type Result = orm_core::Result<()>;

#[tokio::test]
async fn a_long_chain_is_shown_as_far_as_it_can_be_read() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let mut last = session.add(Node::builder().name("root"));
    for n in 0..20_000 {
        last = session.add(Node::builder().name(format!("n{n}")).parent(&last));
    }
    let shown = format!("{last:?}");
    assert_eq!(shown.matches("Node {").count(), 2, "{shown}");
    assert!(shown.contains("n19998") && !shown.contains("n19997") && shown.contains("Node(id 0)"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_long_collection_is_shown_as_far_as_it_can_be_read() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("a"));
    session.add_all((0..20).map(|n| Post::builder().title(format!("t{n}")).user(&user)));
    assert!(!format!("{user:?}").contains("more"), "{user:?}");
    session.add_all((20..25).map(|n| Post::builder().title(format!("t{n}")).user(&user)));
    let shown = format!("{user:?}");
    assert!(shown.contains("t19") && !shown.contains("t20") && shown.contains(", .. 5 more]"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn what_is_awaited_and_what_is_given_says_what_it_is() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let option = selectinload(User::posts).joinedload(Post::user);
    let words = "LoadOption(User::posts (SelectIn) [Post::user (Joined)])";
    assert_eq!(format!("{:?}", option.clone()), words);
    let get = format!("{:?}", session.get::<User>(7).options(option));
    assert!(get.starts_with(r#"Get { model: "User", key: 7, options: [User::posts"#), "{get}");
    let user = session.add(User::builder().email("secret"));
    let refresh = format!("{:?}", session.refresh(&user).attribute(User::posts));
    assert!(refresh.contains("User {") && refresh.contains("[User::posts (SelectIn)]"), "{refresh}");
    let new = format!("{:?}", orm_core::__private::IntoRow::into_row(User::builder().email("secret")));
    assert_eq!(new, r#"New { model: "User", given: ["email"], .. }"#);
    Ok(())
}
