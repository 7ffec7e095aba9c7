//! What a result gives: all, the first, exactly one, at most one. Scenarios of section T.

use orm_core::prelude::*;
use orm_core::{Select, func, nth_column};
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

#[tokio::test]
async fn rows_come_in_parts() -> Result {
    let setup = users().await;
    let session = setup.db.session();
    let users = session.scalars(select::<User>()).await?;
    assert_eq!(users.partitions(2).map(|part| part.len()).collect::<Vec<_>>(), [2, 1]);
    let names = session.execute(select::<User>().columns(User::name)).await?;
    assert_eq!(names.partitions(0).count(), 3);
    Ok(())
}

/// `count` and `exists` are about the rows that a query yields, whatever makes them few.
#[tokio::test]
async fn rows_are_counted_as_they_are_yielded() -> Result {
    let setup = users().await;
    let session = setup.db.session();
    let ties = || select::<User>().order_by(User::name.desc()).limit(1).with_ties();
    assert_eq!(session.scalars(ties()).await?.all().len(), 2);
    assert_eq!(session.scalar(ties().count()).await?, Some(2));
    assert_eq!(session.scalar(ties().exists()).await?, Some(true));
    assert_eq!(session.scalar(ties().columns(User::name).order_by(nth_column(1)).count()).await?, Some(2));
    // All rows are one, even if there are none.
    let total = || select::<User>().filter(User::id.gt(9)).columns(func::count_all());
    assert_eq!(session.scalars(total()).await?.all(), [0]);
    assert_eq!(session.scalar(total().count()).await?, Some(1));
    assert_eq!(session.scalar(total().exists()).await?, Some(true));
    assert_eq!(session.scalars(select::<User>().filter(func::exists(total()))).await?.all().len(), 3);
    let grouped = || select::<User>().group_by(User::name).columns((User::name, func::count_all()));
    assert_eq!(session.scalar(grouped().count()).await?, Some(2));
    assert_eq!(session.scalar(grouped().filter(User::id.gt(9)).exists()).await?, Some(false));
    // There is no second name among those that are called two.
    let second = || called("two").columns(User::name).distinct().offset(1);
    assert!(session.scalars(second()).await?.all().is_empty());
    assert_eq!(session.scalar(second().exists()).await?, Some(false));
    assert_eq!(session.scalar(second().count()).await?, Some(0));
    Ok(())
}
