//! What statements that write return: values and entities.

use orm_core::EntityState::{Deleted, Persistent, Transient};
use orm_core::{entity, func, prelude::*};
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, User, ann_and_bob, user};
use orm_tests::models::shop::{self, Line};
use orm_tests::models::world::{self, Country, Flag};
use orm_tests::soft::{Book, library};
use orm_tests::versioned::{self, Account, Note, accounts};

type Result = orm_core::Result<()>;

#[tokio::test]
async fn an_update_returns_what_rows_are_now() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let rename =
        || update::<User>().set(User::name, func::upper(User::email)).filter(User::email.like("ann%"));
    let rows: Vec<(i64, Option<String>)> =
        session.execute(rename().returning((User::id, User::name))).await?.all();
    assert_eq!(rows, [(1, Some("ANN@X.ORG".to_owned()))]);
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(sent.ends_with("RETURNING users.id, users.name"), "{sent}");
    let ann = session.scalars(rename().returning(entity::<User>())).await?.one()?;
    assert_eq!((ann.id, Entity::state(&ann)), (1, Persistent));
    assert_eq!(user(&session, 1).await, ann);
    session.rollback().await?;
    session.refresh(&ann).await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    let bob = user(&session, 2).await;
    let again = update::<User>().set(User::name, "x").set(User::id, User::id + 10).filter(User::id.gt(1));
    let found = session.execute(again.returning((entity::<User>(), User::id + 1))).await?.all();
    assert_eq!(found, [(bob.clone(), 13)]);
    assert_eq!((bob.id, session.get::<User>(12).await?), (12, Some(bob.clone())));
    Ok(())
}

#[tokio::test]
async fn a_delete_returns_what_rows_were() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let posts = ann.posts().await?;
    let gone = session.scalars(delete::<Post>().returning(entity::<Post>())).await?.all();
    assert!(gone.iter().all(|post| Entity::state(post) == Deleted && posts.contains(post)));
    assert_eq!((gone.len(), ann.posts().get()?.len()), (2, 0));
    session.rollback().await?;
    assert_eq!(ann.posts().get()?, posts);
    session.clear();
    // They were not in memory, and come back as rows with a rollback.
    let gone = session.scalars(delete::<Post>().returning(entity::<Post>())).await?.all();
    assert_eq!(gone.iter().map(Entity::state).collect::<Vec<_>>(), [Deleted; 2]);
    session.rollback().await?;
    assert_eq!(gone.iter().map(Entity::state).collect::<Vec<_>>(), [Persistent; 2]);
    assert_eq!(session.get::<Post>(1).await?.as_ref(), gone.iter().find(|post| post.id == 1));
    let titles = session.scalars(delete::<Post>().returning(func::upper(Post::title))).await?.all();
    assert_eq!(titles, ["ONE", "TWO"]);
    Ok(())
}

#[tokio::test]
async fn a_soft_delete_returns_what_it_marked() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let marked = delete::<Book>().filter(Book::writer_id.eq(1)).returning((entity::<Book>(), Book::edits));
    let marked = session.execute(marked).await?.all();
    assert_eq!(marked.len(), 2);
    assert!(marked.iter().all(|(book, edits)| {
        Entity::state(book) == Deleted && book.removed_at.is_some() && (book.edits, *edits) == (1, 1)
    }));
    session.rollback().await?;
    assert_eq!(Entity::state(&marked[0].0), Persistent);
    Ok(())
}

/// In the order of the rows, whatever groups they form; entities are those of the session, and go with a rollback.
#[tokio::test]
async fn an_insert_returns_rows_in_their_order() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    let note = |n: i64| Note::builder().text(n.to_string());
    let colour = |n: i64| if n % 3 == 0 { note(n).colour("red") } else { note(n) };
    let notes = insert::<Note>().values((0..50).map(colour)).returning((Note::text, Note::colour, Note::id));
    let rows = session.execute(notes).await?.all();
    assert_eq!(
        setup.shapes().pop().unwrap_or_default(),
        ["BEGIN", "INSERT notes (batch)", "INSERT notes (batch)"]
    );
    for (n, (text, colour, _)) in rows.iter().enumerate() {
        let expected = if n % 3 == 0 { "red" } else { "white" };
        assert_eq!((text.parse::<usize>().ok(), colour.as_deref()), (Some(n), Some(expected)));
    }
    let notes = insert::<Note>().values((0..3).map(note)).returning(entity::<Note>());
    let notes = session.scalars(notes).await?.all();
    assert_eq!(notes.iter().map(|note| &*note.text).collect::<Vec<_>>(), ["0", "1", "2"]);
    assert!(
        notes.iter().all(|note| note.colour.as_deref() == Some("white") && Entity::state(note) == Persistent)
    );
    setup.flights();
    assert_eq!(session.get::<Note>(notes[1].id).await?.as_ref(), Some(&notes[1]));
    assert!(setup.flights().is_empty());
    notes[0].edit().text = "edited".into();
    session.rollback().await?;
    assert_eq!(Entity::state(&notes[0]), Transient);
    assert_eq!(session.get::<Note>(notes[1].id).await?, None);
    session.add(&notes[0]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text FROM notes").await, ["0"]);
    let single = insert::<Note>().value(note(7)).returning(Note::id);
    assert!(session.scalars(single).await?.one()? > 50);
    Ok(())
}

#[tokio::test]
async fn both_sides_know_what_was_inserted() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let bob = user(&session, 2).await;
    let cid = session.add(User::builder().email("cid"));
    let posts = [&bob, &cid].map(|user| Post::builder().title("x").user(user));
    let posts = session.scalars(insert::<Post>().values(posts).returning(entity::<Post>())).await?.all();
    assert_eq!((posts[0].user().get()?, posts[1].user().get()?), (bob.clone(), cid.clone()));
    assert_eq!((bob.posts().await?, cid.posts().await?), (vec![posts[0].clone()], vec![posts[1].clone()]));

    let setup = Setup::new(&world::TABLES).await;
    let session = setup.db.session();
    session.insert_many(["a", "b"].map(|code| Country::builder().code(code))).await?;
    let flags = ["b", "a"].map(|code| Flag::builder().country_code(code).colours(vec![code.to_owned()]));
    let colours = session.scalars(insert::<Flag>().values(flags).returning(Flag::colours)).await?.all();
    assert_eq!(colours, [["b"], ["a"]]);
    Ok(())
}

/// What is left out is left out of the rows; what was changed comes in its place.
#[tokio::test]
async fn conflicts_return_what_was_written() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let users = || {
        ["z@x.org", "ann@x.org", "a@x.org", "bob@x.org"].map(|email| User::builder().email(email).name(email))
    };
    let new = insert::<User>().values(users()).on_conflict(User::email).do_nothing();
    let emails = session.scalars(new.returning(User::email)).await?.all();
    assert_eq!(emails, ["z@x.org", "a@x.org"]);
    let all = insert::<User>().values(users()).on_conflict(User::email).do_update().set_all();
    let rows = session.execute(all.returning((User::email, entity::<User>()))).await?.all();
    assert_eq!(
        rows.iter().map(|(email, _)| &**email).collect::<Vec<_>>(),
        ["z@x.org", "ann@x.org", "a@x.org", "bob@x.org"]
    );
    assert_eq!((&rows[1].1, ann.name.as_deref()), (&ann, Some("ann@x.org")));
    session.rollback().await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    let twice = [1, 1, 2].map(|id| User::builder().id(90 + id).email(format!("{id}")));
    let ids = insert::<User>().values(twice).on_conflict_do_nothing().returning(User::id);
    assert_eq!(session.scalars(ids).await?.all(), [91, 92]);
    Ok(())
}

/// Where the constraint's columns may be NULL, the rows come in the server's order.
#[tokio::test]
async fn conflicts_over_other_keys() -> Result {
    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    accounts(&setup, &session, &["ann"]).await?;
    let new = ["bob", "ann"].map(|owner| Account::builder().owner(owner).balance(7));
    let upsert = insert::<Account>().values(new).on_conflict(Account::owner).do_update();
    let upsert =
        upsert.set(Account::balance, Account::balance + func::coalesce(excluded(Account::balance), 0));
    let mut rows = session.execute(upsert.returning((Account::balance, Account::version))).await?.all();
    rows.sort_unstable();
    assert_eq!(rows, [(7, 1), (107, 2)]);

    let setup = Setup::new(&shop::TABLES).await;
    setup.sql("INSERT INTO orders VALUES (1, 1, 'c'); INSERT INTO lines VALUES (1, 1, 3, 'a')").await;
    let session = setup.db.session();
    let lines = (1..6).rev().map(|n| Line::builder().tenant_id(1).order_id(1).number(n).product("new"));
    let key = (Line::tenant_id, Line::order_id, Line::number);
    let upsert = insert::<Line>().values(lines).on_conflict(key).do_update().set_all();
    assert_eq!(session.scalars(upsert.returning(Line::number)).await?.all(), [5, 4, 3, 2, 1]);
    Ok(())
}

/// Other tables may be read: by values, by conditions, and by what is returned.
#[tokio::test]
async fn others_are_read_along() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup.sql("INSERT INTO profiles (bio, user_id) VALUES ('bio of ann', 1)").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    let named = update::<User>()
        .from::<Profile>()
        .set(User::name, Profile::bio)
        .filter(Profile::user_id.eq(User::id));
    let rows = session.execute(named.returning((User::id, Profile::bio, entity::<Profile>()))).await?.all();
    assert_eq!((rows.len(), rows[0].0, rows[0].1.as_deref()), (1, 1, Some("bio of ann")));
    assert_eq!(ann.name.as_deref(), Some("bio of ann"));
    assert_eq!(ann.profile().await?.as_ref(), Some(&rows[0].2));
    let of_ann = delete::<Post>().using::<User>().filter(Post::user_id.eq(User::id));
    let of_ann = of_ann.filter(User::email.eq("ann@x.org"));
    assert_eq!(session.execute(of_ann).await?, 2);
    session.rollback().await?;
    // A subquery does it too.
    let authors = select::<Post>().columns(Post::user_id);
    let idle = delete::<User>().filter(!User::id.in_(authors));
    assert_eq!(session.execute(idle).await?, 1);
    Ok(())
}

#[tokio::test]
async fn rows_of_a_query_are_inserted() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = user(&session, 1).await;
    assert_eq!(ann.posts().await?.len(), 2);
    let welcome = select::<User>().filter(User::id.lt(2)).columns((func::lower(User::email), User::id));
    let welcome = insert::<Post>().from_select((Post::title, Post::user_id), welcome);
    assert_eq!(session.execute(welcome).await?, 1);
    assert_eq!(ann.posts().await?.len(), 3);
    let again = select::<User>().columns((func::upper(User::email), User::email));
    let again = insert::<User>()
        .from_select((User::name, User::email), again)
        .on_conflict(User::email)
        .do_update()
        .set_all();
    let mut rows = session.execute(again.returning((User::id, User::name))).await?.all();
    rows.sort_unstable();
    assert_eq!(rows, [(1, Some("ANN@X.ORG".to_owned())), (2, Some("BOB@X.ORG".to_owned()))]);
    assert_eq!(ann.name.as_deref(), Some("ANN@X.ORG"));

    let setup = Setup::new(&versioned::TABLES).await;
    let session = setup.db.session();
    session.insert_many([Note::builder().text("x")]).await?;
    let accounts = insert::<Account>().from_select(Account::balance, select::<Note>().columns(Note::id));
    assert_eq!(session.scalars(accounts.returning(Account::version)).await?.all(), [1]);
    Ok(())
}
