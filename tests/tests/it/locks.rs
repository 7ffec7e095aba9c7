//! Row locks: on selects, on `get` and on `refresh`, until the transaction's end.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};

type Result = orm_core::Result<()>;

/// Three users with a post each, committed, and a second pool.
async fn users(setup: &Setup) -> orm_core::Result<Database> {
    let session = setup.db.session();
    for name in ["ann", "bob", "cid"] {
        let posts = [Post::builder().title(name)];
        session.add(User::builder().email(name).posts(posts).profile(Profile::builder()));
    }
    session.commit().await?;
    setup.flights();
    Database::connect(setup.database.url()).await
}

/// What was read is read again, although it is in the identity map, and stays locked until the commit.
#[tokio::test]
async fn a_locking_get_asks_the_database_and_locks() -> Result {
    let setup = Setup::new(&TABLES).await;
    let other = users(&setup).await?;
    let (session, others) = (setup.db.session(), other.session());
    let user = session.get::<User>(1).await?.expect("the user is there");
    setup.sql("UPDATE users SET name = 'Ann' WHERE id = 1").await;
    setup.flights();
    assert_eq!(session.get::<User>(1).for_update().await?.as_ref(), Some(&user));
    assert_eq!(
        setup.statements(),
        ["BEGIN", "SELECT users.id, users.name, users.email FROM users WHERE users.id = $1 FOR UPDATE"]
    );
    assert_eq!(user.name.as_deref(), Some("Ann"));
    let refused = others.get::<User>(1).for_no_key_update().nowait().await.expect_err("the row is locked");
    assert!(refused.is_lock_not_available(), "{refused}");
    assert!(others.get::<User>(2).await.is_err_and(|error| error.is_rollback_needed()));
    others.rollback().await?;
    assert_eq!(others.get::<User>(1).for_update().skip_locked().await?, None);
    let left = others.scalars(select::<User>().order_by(User::id).for_update().skip_locked()).await?.all();
    assert_eq!(left.iter().map(|user| user.id).collect::<Vec<_>>(), [2, 3]);
    session.commit().await?;
    assert!(others.get::<User>(1).for_update().nowait().await?.is_some());
    Ok(())
}

/// Two workers take different jobs.
#[tokio::test]
async fn a_queue_is_worked_off_by_several() -> Result {
    let setup = Setup::new(&TABLES).await;
    let other = users(&setup).await?;
    let (session, others) = (setup.db.session(), other.session());
    let next = || select::<Post>().order_by(Post::id).limit(1).for_update().skip_locked();
    let mine = session.scalars(next()).await?.one()?;
    let theirs = others.scalars(next()).await?.one()?;
    assert_eq!((mine.id, theirs.id), (1, 2));
    session.delete(&mine);
    session.commit().await?;
    assert_eq!(
        setup.shapes().last().map(Vec::as_slice),
        Some(&["DELETE posts", "COMMIT"].map(str::to_owned)[..])
    );
    Ok(())
}

/// `BEGIN` travels with the lock, and shared locks go together.
#[tokio::test]
async fn locks_are_shared_or_not() -> Result {
    let setup = Setup::new(&TABLES).await;
    let other = users(&setup).await?;
    let (session, others) = (setup.db.session(), other.session());
    session.get::<User>(1).for_share().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "SELECT users"]]);
    assert!(others.get::<User>(1).for_share().nowait().await?.is_some());
    assert!(others.get::<User>(1).for_key_share().nowait().await?.is_some());
    let refused = others.get::<User>(1).nowait().await.expect_err("without a strength, for update");
    assert!(refused.is_lock_not_available(), "{refused}");
    others.rollback().await?;
    session.rollback().await?;
    session.get::<User>(1).for_no_key_update().await?;
    assert!(others.get::<User>(1).for_key_share().nowait().await?.is_some());
    Ok(())
}

/// With a join only the selected rows are locked: PostgreSQL refuses to lock what an outer join may miss.
#[tokio::test]
async fn what_is_loaded_along_is_not_locked() -> Result {
    let setup = Setup::new(&TABLES).await;
    let other = users(&setup).await?;
    let (session, others) = (setup.db.session(), other.session());
    let users = select::<User>().options(joinedload(User::posts)).options(joinedload(User::profile));
    let read = users.clone().order_by(User::id).for_update().nowait();
    assert_eq!(session.scalars(read).await?.all().len(), 3);
    assert!(setup.statements()[1].ends_with("ORDER BY users.id FOR UPDATE OF users NOWAIT"));
    assert!(others.get::<Post>(1).for_update().nowait().await?.is_some());
    assert!(others.get::<User>(1).for_update().nowait().await.is_err());
    others.rollback().await?;
    session.rollback().await?;
    let first = users.filter(User::id.eq(2)).limit(1).for_update().of::<User>();
    assert_eq!(session.scalars(first).await?.one()?.posts().get()?[0].title, "bob");
    assert!(others.get::<User>(1).for_update().nowait().await?.is_some());
    assert!(others.get::<User>(2).for_update().nowait().await.is_err());
    let refused = session.scalar(select::<User>().for_update().count()).await.expect_err("no rows to lock");
    assert_eq!(refused.sqlstate(), Some("0A000"), "{refused}");
    Ok(())
}

/// Edits are flushed first, as before any query; where that is switched off, they stay on top of what was read.
#[tokio::test]
async fn a_locking_read_loses_no_edits() -> Result {
    let setup = Setup::new(&TABLES).await;
    users(&setup).await?;
    let session = setup.db.session();
    let user = session.get::<User>(1).await?.expect("the user is there");
    setup.sql("UPDATE users SET email = 'new' WHERE id = 1").await;
    setup.flights();
    user.edit().name = Some("Ann".into());
    session.no_autoflush(session.get::<User>(1).for_update()).await?;
    assert_eq!((user.name.as_deref(), &*user.email), (Some("Ann"), "new"));
    let query = select::<User>().filter(User::id.eq(1)).for_update();
    session.no_autoflush(session.scalars(query)).await?;
    assert_eq!(setup.shapes(), [vec!["BEGIN", "SELECT users"], vec!["SELECT users"]]);
    session.get::<User>(1).for_update().await?;
    assert_eq!(setup.shapes(), [["UPDATE users: name"], ["SELECT users"]]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name, email FROM users WHERE id = 1").await, ["Ann|new"]);
    Ok(())
}

#[tokio::test]
async fn a_refresh_locks() -> Result {
    let setup = Setup::new(&TABLES).await;
    let other = users(&setup).await?;
    let (session, others) = (setup.db.session(), other.session());
    let user = session.get::<User>(1).await?.expect("the user is there");
    session.commit().await?;
    let theirs = others.get::<User>(1).for_update().await?.expect("the user is there");
    let refused = session.refresh(&user).for_update().nowait().await.expect_err("the row is locked");
    assert!(refused.is_lock_not_available(), "{refused}");
    session.rollback().await?;
    let skipped = session.refresh(&user).for_update().skip_locked().await.expect_err("the row is left out");
    assert!(
        skipped.is_no_result() && skipped.to_string().ends_with("or locked by another transaction"),
        "{skipped}"
    );
    theirs.edit().name = Some("Ann".into());
    others.commit().await?;
    session.refresh(&user).for_update().attribute(User::posts).await?;
    assert_eq!((user.name.as_deref(), user.posts().get()?.len()), (Some("Ann"), 1));
    assert!(others.get::<User>(1).for_update().nowait().await.is_err());
    Ok(())
}
