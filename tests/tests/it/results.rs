//! What a result gives: all, the first, exactly one, at most one. Scenarios of section T.

use orm_core::Select;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{TABLES, User};

type Result = orm_core::Result<()>;

/// Users called `one`, `two`, `two`.
async fn users() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (email, name) VALUES ('a', 'one'), ('b', 'two'), ('c', 'two')").await;
    setup
}

fn called(name: &str) -> Select<User> {
    select::<User>().filter(User::name.eq(name))
}

/// Scenario 329.
#[tokio::test]
async fn one_and_one_or_none_tell_how_many_there_are() -> Result {
    let setup = users().await;
    let session = setup.db.session();
    let none = session.scalars(called("none")).await?.one().expect_err("there is nobody");
    assert!(none.is_no_result() && none.to_string().contains("User"), "{none}");
    let several = session.scalars(called("two")).await?.one().expect_err("there are two");
    assert!(several.is_multiple_results() && several.to_string().contains("User"), "{several}");
    assert_eq!(session.scalars(called("one")).await?.one()?.email, "a");
    assert!(session.scalars(called("none")).await?.one_or_none()?.is_none());
    assert!(session.scalars(called("two")).await?.one_or_none().is_err_and(|it| it.is_multiple_results()));
    assert!(session.execute(called("none")).await?.scalar_one_or_none()?.is_none());
    let several = session.execute(called("two")).await?.scalar_one_or_none();
    assert!(several.is_err_and(|error| error.is_multiple_results()));
    assert_eq!(session.execute(called("one")).await?.scalar_one_or_none()?.map(|user| user.id), Some(1));
    Ok(())
}
