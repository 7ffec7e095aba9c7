//! `get_or_create`: one row, whoever comes first.

use futures_util::future::{join_all, try_join_all};
use orm_core::EntityState::{Persistent, Transient};
use orm_core::{Isolation, prelude::*};
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, User, ann_and_bob, user};
use orm_tests::models::shop::{self, Line};
use orm_tests::soft::{Desk, library};

type Result = orm_core::Result<()>;

async fn create(session: &Session, name: &str) -> orm_core::Result<(Entity<User>, bool)> {
    session.get_or_create(User::email, User::builder().email("cid@x.org").name(name)).await
}

#[tokio::test]
async fn a_row_is_found_or_made() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (cid, is_new) = create(&session, "Cid").await?;
    let flights: Vec<_> = setup.shapes().into_iter().collect();
    assert_eq!(flights.concat(), ["SELECT users", "BEGIN", "INSERT users (batch)"]);
    assert!(is_new && Entity::state(&cid) == Persistent && cid.id > 2);
    assert_eq!(cid.posts().get()?.len(), 0);
    let (again, is_new) = create(&session, "other").await?;
    assert_eq!(setup.shapes().concat(), ["SELECT users"]);
    assert!(!is_new && again == cid && cid.name.as_deref() == Some("Cid"));
    let (ann, is_new) = session.get_or_create(User::email, User::builder().email("ann@x.org")).await?;
    assert!(!is_new && ann.id == 1 && session.plan()?.is_empty());
    session.rollback().await?;
    assert_eq!((Entity::state(&cid), Entity::state(&ann)), (Transient, Persistent));
    assert_eq!(session.get::<User>(cid.id).await?, None);
    session.add(&cid);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["Ann", "Bob", "Cid"]);
    Ok(())
}

/// What waits for the one who was first: it commits, and its row is found.
#[tokio::test]
async fn who_comes_second_waits_and_finds_it() -> Result {
    let setup = ann_and_bob("x.org").await;
    let db = Database::builder(setup.database.url()).connect().await?;
    for commits in [true, false] {
        let (first, second) = (db.session(), db.session());
        assert!(create(&first, "first").await?.1);
        let end = async {
            // The second has looked, and waits in its insert.
            while setup.rows("SELECT FROM pg_locks WHERE NOT granted").await.is_empty() {}
            if commits { first.commit().await } else { first.rollback().await }
        };
        let (found, ended) = tokio::join!(create(&second, "second"), end);
        ended?;
        let (cid, is_new) = found?;
        let expected = if commits { ("first", false) } else { ("second", true) };
        assert_eq!((cid.name.as_deref().unwrap_or_default(), is_new), expected);
        second.commit().await?;
        assert_eq!(setup.rows("SELECT name FROM users WHERE email = 'cid@x.org'").await, [expected.0]);
        setup.sql("DELETE FROM users WHERE email = 'cid@x.org'").await;
    }
    Ok(())
}

/// Tasks of one session get one entity, sessions that race one row.
#[tokio::test]
async fn many_at_once() -> Result {
    let setup = ann_and_bob("x.org").await;
    let db = Database::builder(setup.database.url()).pool_size(4).connect().await?;
    let session = db.session();
    let found = try_join_all((0..8).map(|n| create(&session, if n % 2 == 0 { "a" } else { "b" }))).await?;
    assert_eq!(found.iter().filter(|(_, is_new)| *is_new).count(), 1);
    assert!(found.iter().all(|(cid, _)| *cid == found[0].0));
    session.rollback().await?;
    let one = async |n: usize| {
        let session = db.session();
        let (cid, is_new) = create(&session, &n.to_string()).await?;
        session.commit().await?;
        orm_core::Result::Ok((cid.id, is_new))
    };
    let ids = join_all((0..12).map(one)).await.into_iter().collect::<orm_core::Result<Vec<_>>>()?;
    assert_eq!(ids.iter().filter(|(_, is_new)| *is_new).count(), 1);
    assert!(ids.iter().all(|(id, _)| *id == ids[0].0));
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["3"]);
    Ok(())
}

/// A parent that is only added goes in first; both sides know the row that was made.
#[tokio::test]
async fn rows_of_others_and_composite_keys() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let dan = session.add(User::builder().email("dan"));
    let (profile, is_new) =
        session.get_or_create(Profile::user_id, Profile::builder().bio("x").user(&dan)).await?;
    assert!(is_new && profile.user().get()? == dan && dan.profile().get()?.as_ref() == Some(&profile));
    let bob = user(&session, 2).await;
    assert_eq!(bob.posts().await?.len(), 0);
    let (post, _) = session.get_or_create(Post::id, Post::builder().id(70).title("x").user(&bob)).await?;
    assert_eq!(bob.posts().get()?, [post]);

    let setup = Setup::new(&shop::TABLES).await;
    setup.sql("INSERT INTO orders VALUES (1, 1, 'c')").await;
    let session = setup.db.session();
    let line = |product: &str| Line::builder().tenant_id(1).order_id(1).number(1).product(product.to_owned());
    let key = (Line::tenant_id, Line::order_id, Line::number);
    let (one, is_new) = session.get_or_create(key, line("a")).await?;
    let (other, is_new_too) = session.get_or_create(key, line("b")).await?;
    assert!(is_new && !is_new_too && one == other && other.product == "a");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_found_is_refused() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let unnamed = session.get_or_create(User::name, User::builder().email("x")).await;
    assert!(unnamed.is_err_and(|error| error.is_incomplete() && error.column() == Some("name")));
    assert!(setup.flights().is_empty());

    let setup = library().await;
    setup.sql("UPDATE desks SET sold_at = now()").await;
    let session = setup.db.session();
    let sold = session.get_or_create(Desk::writer_id, Desk::builder().writer_id(1)).await;
    assert!(sold.is_err_and(|error| error.is_hidden()));
    assert!(session.get_or_create(Desk::writer_id, Desk::builder().writer_id(2)).await?.1);
    Ok(())
}

/// A trigger leaves the row out: it will never be there.
#[tokio::test]
async fn a_row_that_does_not_go_in_is_an_error() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup
        .sql(
            "CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER leave_out BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION leave_out()",
        )
        .await;
    let session = setup.db.session();
    let error = create(&session, "cid").await.expect_err("the row does not go in");
    assert!(error.is_stale() && error.to_string().contains("neither found nor inserted"), "{error}");
    assert!(!session.get_or_create(User::email, User::builder().email("ann@x.org")).await?.1);
    Ok(())
}

/// A transaction that sees nothing newer has lost a race, and may be tried again.
#[tokio::test]
async fn a_strict_transaction_loses_the_race() -> Result {
    let setup = ann_and_bob("x.org").await;
    let db = Database::builder(setup.database.url()).connect().await?;
    let (strict, other) = (db.session(), db.session());
    strict.begin().isolation(Isolation::RepeatableRead).await?;
    user(&strict, 1).await;
    create(&other, "other").await?;
    other.commit().await?;
    let error = create(&strict, "strict").await.expect_err("it cannot see the row");
    assert!(error.is_retryable(), "{error}");
    strict.rollback().await?;
    assert!(!create(&strict, "strict").await?.1);
    Ok(())
}
