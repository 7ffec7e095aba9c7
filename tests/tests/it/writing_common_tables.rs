//! Common tables that write: what is sent, what comes back, and what becomes of entities in memory.

use orm_core::EntityState::{Deleted, Persistent};
use orm_core::prelude::*;
use orm_tests::blog::{Post, Profile, User, ann_and_bob, user};
use orm_tests::{Setup, numbers_of_polls, polled, shape};

use orm_tests::soft::{Book, book, library};
use orm_tests::tenancy::{self, Firm, Person};
use orm_tests::versioned::{self, Account, Note, accounts};

type Result = orm_core::Result<()>;

#[derive(FromRow, Debug, PartialEq)]
pub(crate) struct Renamed {
    id: i64,
    name: Option<String>,
}

#[derive(FromRow, Debug, PartialEq)]
pub(crate) struct Gone {
    id: i64,
    title: String,
}

#[derive(FromRow, Debug, PartialEq)]
struct Made {
    id: i64,
}

pub(crate) fn renamed() -> orm_core::Cte<Renamed> {
    let rename = update::<User>().set(User::name, User::email).filter(User::email.like("ann%"));
    rename.returning(row!(Renamed { id: User::id, name: User::name })).cte()
}

pub(crate) fn gone() -> orm_core::Cte<Gone> {
    let gone = delete::<Post>().filter(Post::title.eq("one"));
    gone.returning(row!(Gone { id: Post::id, title: Post::title })).cte()
}

/// Nothing comes back for memory where nobody is in it.
#[tokio::test]
async fn rows_that_were_written_are_read() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let rows = session.execute(renamed().select()).await?.all();
    assert_eq!(rows, [Renamed { id: 1, name: Some("ann@x.org".into()) }]);
    let last = setup.flights().pop().unwrap_or_default();
    assert_eq!(
        last,
        [
            "BEGIN",
            "WITH renamed (id, name) AS (UPDATE users SET name = users.email WHERE users.email LIKE $1 \
             RETURNING users.id, users.name) SELECT renamed.id, renamed.name FROM renamed"
        ]
    );
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["Ann", "Bob"]);
    // A query for whose rows nothing is done reads what was there before.
    let query = select::<User>().with(renamed()).join(table::<Renamed>().on(Renamed::id.eq(User::id)));
    let names = query.columns((User::name, Renamed::name));
    assert_eq!(session.execute(names).await?.all(), [(Some("Ann".into()), Some("ann@x.org".into()))]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["ann@x.org", "Bob"]);
    Ok(())
}

#[tokio::test]
async fn entities_in_memory_follow_an_update() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    ann.edit().email = "ann@y.org".into();
    setup.flights();
    let query = select::<User>().with(renamed()).order_by(User::id.desc()).columns((User::id, User::name));
    let rows = session.execute(query).await?.all();
    assert_eq!(rows, [(2, Some("Bob".into())), (1, Some("Ann".into()))]);
    let flights = setup.flights();
    assert_eq!(flights.concat().len(), 3, "{flights:?}");
    assert_eq!(shape(&flights.concat()[1]), "UPDATE users: email");
    assert_eq!(
        flights.concat()[2],
        "WITH renamed (id, name) AS (UPDATE users SET name = users.email WHERE users.email LIKE $1 \
         RETURNING users.id, users.name, users.id AS orm_0, users.name AS orm_1) \
         (SELECT orm_rows.*, NULL::bigint, NULL::text, 0 FROM (SELECT users.id, users.name FROM users \
         ORDER BY users.id DESC) AS orm_rows) \
         UNION ALL (SELECT NULL, NULL, renamed.orm_0, renamed.orm_1, 1 FROM renamed)"
    );
    assert_eq!((ann.name.as_deref(), bob.name.as_deref()), (Some("ann@y.org"), Some("Bob")));
    assert!(session.plan()?.is_empty());
    session.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    // Entities that the query itself brings are as the statement left them.
    let query =
        select::<User>().with(renamed()).order_by(User::id).options(selectinload(User::posts)).limit(1);
    let users = session.scalars(query).await?.all();
    assert_eq!(users, std::slice::from_ref(&ann));
    assert_eq!((ann.name.as_deref(), ann.posts().get()?.len()), (Some("ann@x.org"), 2));
    // What is locked is locked.
    let locked = select::<User>().with(renamed()).filter(User::id.eq(2)).for_update();
    assert_eq!(session.scalars(locked).await?.all(), [bob]);
    assert!(setup.statements().pop().is_some_and(|sql| sql.contains("FOR UPDATE) AS orm_rows")));
    Ok(())
}

/// Rows are moved from one table into another.
#[tokio::test]
async fn what_a_delete_returns_is_inserted() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    let bob = user(&session, 2).await;
    assert!(bob.profile().await?.is_none());
    setup.flights();
    let moved = select_from::<Gone>().with(gone()).columns((Gone::title, Gone::id + 1));
    let moved = insert::<Profile>().from_select((Profile::bio, Profile::user_id), moved);
    assert_eq!(session.execute(moved).await?, 1);
    assert_eq!(setup.statements().len(), 2);
    assert_eq!((Entity::state(&posts[0]), Entity::state(&posts[1])), (Deleted, Persistent));
    assert_eq!(ann.posts().get()?, [posts[1].clone()]);
    assert_eq!(bob.profile().await?.and_then(|profile| profile.bio.clone()).as_deref(), Some("one"));
    session.rollback().await?;
    assert_eq!(ann.posts().get()?, posts);
    assert_eq!(Entity::state(&posts[0]), Persistent);
    assert_eq!(session.get::<Post>(1).await?.as_ref(), Some(&posts[0]));
    // With what it returns, and where nobody is in memory.
    session.clear();
    let moved = select_from::<Gone>().with(gone()).columns((Gone::title, Gone::id + 1));
    let moved = insert::<Profile>().from_select((Profile::bio, Profile::user_id), moved);
    let profiles = session.scalars(moved.returning(entity::<Profile>())).await?.all();
    assert_eq!((profiles[0].user_id, profiles[0].user().await?.id), (2, 2));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT title FROM posts").await, ["two"]);
    Ok(())
}

#[tokio::test]
async fn updates_and_deletes_begin_with_others() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (ann, bob) = (user(&session, 1).await, user(&session, 2).await);
    let posts = ann.posts().await?;
    setup.flights();
    // All see what was there before; each does its own.
    let named = update::<User>().with(gone()).from::<Gone>().set(User::name, Gone::title);
    let named = named.filter(Gone::id.eq(User::id)).returning((entity::<User>(), Gone::title));
    assert_eq!(session.execute(named).await?.all(), [(ann.clone(), "one".to_owned())]);
    assert_eq!(setup.statements().len(), 2);
    assert_eq!((ann.name.as_deref(), bob.name.as_deref()), (Some("one"), Some("Bob")));
    assert_eq!((Entity::state(&posts[0]), Entity::state(&posts[1])), (Deleted, Persistent));
    let without = delete::<Post>().with(renamed()).using::<Renamed>().filter(Renamed::id.eq(Post::user_id));
    assert_eq!(session.execute(without).await?, 1);
    assert_eq!((ann.name.as_deref(), Entity::state(&posts[1])), (Some("ann@x.org"), Deleted));
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT name, (SELECT count(*) FROM posts) FROM users ORDER BY id").await,
        ["ann@x.org|0", "Bob|0"]
    );
    // Of one that reads nothing is different.
    let silent = select::<User>().left_join(User::posts).filter(Post::id.is_null());
    let silent = silent.columns(row!(Made { id: User::id })).cte();
    setup.flights();
    let quiet =
        update::<User>().with(silent).from::<Made>().set(User::name, "-").filter(Made::id.eq(User::id));
    assert_eq!(session.execute(quiet).await?, 2);
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(sent.starts_with("WITH made (id) AS (SELECT users.id FROM users LEFT JOIN posts"), "{sent}");
    assert!(sent.ends_with("RETURNING users.id, users.name"), "{sent}");
    assert_eq!((ann.name.as_deref(), bob.name.as_deref()), (Some("-"), Some("-")));
    Ok(())
}

#[tokio::test]
async fn rows_are_inserted_and_used_at_once() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let users = ["cid", "dan"].map(|name| User::builder().email(format!("{name}@x.org")));
    let made = insert::<User>().values(users).returning(row!(Made { id: User::id })).cte();
    let posts = select_from::<Made>().with(made).columns((orm_core::func::value("Hello"), Made::id));
    let posts = insert::<Post>().from_select((Post::title, Post::user_id), posts).returning(Post::user_id);
    setup.flights();
    assert_eq!(session.scalars(posts).await?.all(), [3, 4]);
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(
        sent.starts_with(
            "WITH made (id) AS (INSERT INTO users (name, email) SELECT * FROM unnest($1::text[], $2::text[]) \
             RETURNING users.id), orm_main AS (INSERT INTO posts (title, user_id) SELECT"
        ),
        "{sent}"
    );
    // One that is there is changed, in memory too.
    let ann = user(&session, 1).await;
    let again = insert::<User>().value(User::builder().email("ann@x.org").name("again"));
    let again = again.on_conflict(User::email).do_update().set_all().returning(row!(Made { id: User::id }));
    assert_eq!(session.execute(again.cte().select()).await?.all(), [Made { id: 1 }]);
    assert_eq!(ann.name.as_deref(), Some("again"));
    // Rows that are not one statement are refused before anything is sent.
    setup.flights();
    let of_ann = insert::<Post>().value(Post::builder().title("x").user(&ann));
    let of_ann = of_ann.returning(row!(Made { id: Post::id })).cte().select();
    assert!(session.execute(of_ann).await.is_err_and(|error| error.is_unlinkable()));
    assert!(setup.flights().is_empty());
    Ok(())
}

/// Versions are counted, and what is marked as deleted is.
#[tokio::test]
async fn versions_and_soft_deletes_are_known_afterwards() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let accounts = accounts(&setup, &session, &["ann", "bob"]).await?;
    let paid = update::<Account>().set(Account::balance, Account::balance - 30).filter(Account::id.eq(1));
    let paid = paid.returning(row!(Made { id: Account::id })).cte();
    let other =
        update::<Account>().with(paid).set(Account::balance, Account::balance + 30).filter(Account::id.eq(2));
    assert_eq!(session.execute(other).await?, 1);
    let known: Vec<_> = accounts.iter().map(|account| (account.balance, account.version)).collect();
    assert_eq!(known, [(70, 2), (130, 2)]);
    accounts[0].edit().balance = 0;
    accounts[1].edit().balance = 0;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT balance, version FROM accounts ORDER BY id").await, ["0|3", "0|3"]);

    let setup = library().await;
    let session = setup.db.session();
    let first = book(&session, 1).await?;
    let marked = delete::<Book>().filter(Book::id.lt(3)).returning(row!(Made { id: Book::id })).cte();
    let mut ids: Vec<i64> = session.scalars(marked.select().columns(Made::id)).await?.all();
    ids.sort_unstable();
    assert_eq!((ids, Entity::state(&first)), (vec![1, 2], Deleted));
    session.rollback().await?;
    assert_eq!((Entity::state(&first), first.removed_at), (Persistent, None));
    Ok(())
}

/// A savepoint takes back what was written, and keys that changed.
#[tokio::test]
async fn keys_change_and_come_back() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let bob = user(&session, 2).await;
    let savepoint = session.begin_nested().await?;
    let rekey = update::<User>().set(User::id, User::id + 10).filter(User::id.eq(2));
    let rekey = rekey.returning(row!(Renamed { id: User::id, name: User::name })).cte();
    assert_eq!(session.scalars(rekey.select().columns(Renamed::id)).await?.all(), [12]);
    assert_eq!((bob.id, session.get::<User>(12).await?), (12, Some(bob.clone())));
    savepoint.rollback().await?;
    assert_eq!((bob.id, session.get::<User>(2).await?), (2, Some(bob)));
    Ok(())
}

/// Each has its own criteria, within the session's.
#[tokio::test]
async fn criteria_hold_for_each() -> Result {
    let setup = Setup::new(&tenancy::TABLES).await;
    setup
        .sql(
            "INSERT INTO firms (tenant, name) VALUES (1, 'one'), (2, 'two');
             INSERT INTO people (tenant, name, firm_id) VALUES (1, 'ann', 1), (2, 'bob', 1)",
        )
        .await;
    let db = setup.db.with_criteria(Person::tenant.eq(1)).with_criteria(Firm::tenant.eq(1));
    let session = db.session();
    let gone = || delete::<Person>().returning(row!(Made { id: Person::id }));
    let query = select::<Firm>().with(gone().cte()).columns(Firm::name);
    assert_eq!(session.scalars(query).await?.all(), ["one"]);
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(sent.contains("DELETE FROM people WHERE people.tenant = $1 RETURNING"), "{sent}");
    session.rollback().await?;
    let all = delete::<Person>().without_criteria().returning(row!(Made { id: Person::id })).cte();
    let query = select::<Firm>().with(all).columns(Firm::name);
    assert_eq!(session.scalars(query).await?.all(), ["one"]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM people").await, ["0"]);
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_one_fails_all() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    setup.flights();
    let nothing = update::<User>().returning(row!(Made { id: User::id })).cte().select();
    assert!(session.execute(nothing).await.is_err_and(|error| error.is_incomplete()));
    assert!(setup.flights().is_empty());
    let ann = user(&session, 1).await;
    let refused = delete::<User>().returning(row!(Made { id: User::id })).cte().select();
    assert!(session.execute(refused).await.is_err_and(|error| error.is_foreign_key_violation()));
    session.rollback().await?;
    assert_eq!(Entity::state(&ann), Persistent);
    // Only the outermost statement may write so: that is the server's rule.
    let inside = select::<User>().filter(User::id.in_(renamed().select().columns(Renamed::id)));
    assert_eq!(session.execute(inside).await.expect_err("it is within").sqlstate(), Some("0A000"));
    Ok(())
}

#[tokio::test]
async fn many_rows_travel_in_one_statement() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let notes = |from: i64| (from..from + 3_000).map(|n| Note::builder().text(n.to_string()));
    let made = insert::<Note>().values(notes(0)).returning(row!(Made { id: Note::id })).cte();
    let ids: Vec<i64> = session.scalars(made.select().columns(Made::id)).await?.all();
    assert_eq!(ids.len(), 3_000);
    let notes = session.scalars(select::<Note>()).await?.all();
    setup.flights();
    let shout = update::<Note>().set(Note::colour, "red").returning(row!(Made { id: Note::id })).cte();
    assert_eq!(session.execute(shout.select()).await?.all().len(), 3_000);
    assert_eq!(setup.statements().len(), 1);
    assert!(notes.iter().all(|note| note.colour.as_deref() == Some("red")));
    Ok(())
}

/// Dropped after any number of polls, it was not sent, or the session says that it does not know.
#[tokio::test]
async fn a_statement_that_is_dropped_half_way_is_noticed() -> Result {
    let setup = ann_and_bob("x.org").await;
    let mut interrupted = 0;
    for polls in numbers_of_polls() {
        let db = Database::builder(setup.database.url()).pool_size(1).connect().await?;
        let session = db.session();
        let ann = user(&session, 1).await;
        let done = polled(session.execute(renamed().select()), polls).await;
        let expected = if done.is_some() { "ann@x.org" } else { "Ann" };
        assert_eq!(ann.name.as_deref(), Some(expected));
        if let Err(error) = session.flush().await {
            assert!(error.is_interrupted(), "{error}");
            interrupted += 1;
        }
        session.rollback().await?;
        assert_eq!((ann.name.as_deref(), session.plan()?.is_empty()), (Some("Ann"), true));
        if done.is_some() && interrupted > 0 {
            return Ok(());
        }
    }
    panic!("a statement that is sent awaits its answer")
}

/// Reads that overlap with it show the rows before it or behind it, and memory ends as the database is.
#[tokio::test]
async fn overlapping_reads_do_not_bring_the_past_back() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let query = || select::<User>().order_by(User::id).populate_existing();
    let (before, written, behind) =
        tokio::join!(session.scalars(query()), session.execute(renamed().select()), session.scalars(query()));
    assert_eq!((before?.all().len(), written?.all().len(), behind?.all().len()), (2, 1, 2));
    assert_eq!(ann.name.as_deref(), Some("ann@x.org"));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["ann@x.org", "Bob"]);
    Ok(())
}
