//! Rows that are read a few at a time over a cursor, and results taken apart.

use orm_core::prelude::*;
use orm_core::{EntityState, RowMapping};
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User, ann_and_bob};
use orm_tests::polled;

type Result = orm_core::Result<()>;

/// So many users, each with two posts.
async fn users(count: usize) -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(&format!(
            "INSERT INTO users (name, email) SELECT 'User ' || n, n || '@x.org' FROM generate_series(1, {count}) AS n;
             INSERT INTO posts (title, user_id) SELECT n || '.' || part, n
             FROM generate_series(1, {count}) AS n, generate_series(1, 2) AS part"
        ))
        .await;
    setup
}

fn all() -> orm_core::Select<User> {
    select::<User>().order_by(User::id)
}

/// How many cursors the session has open.
async fn cursors(session: &Session) -> orm_core::Result<i64> {
    let query = sql!("select count(*) from pg_cursors where name like 'orm_%'").rows::<i64>();
    session.execute(query).await?.one()
}

#[tokio::test]
async fn a_chunk_is_a_round_trip_and_the_session_can_be_used_between() -> Result {
    let setup = users(25).await;
    let session = setup.db.session();
    setup.flights();
    let query = sql!("select id, email from users where id <= {} order by id", 25).rows::<(i64, String)>();
    let mut rows = session.stream(query, 10).await?;
    assert!(rows.next().await?.is_some_and(|row| row == (1, "1@x.org".into())));
    let opened = setup.flights().into_iter().filter(|flight| !flight.is_empty()).collect::<Vec<_>>();
    let cursor = opened[0][1].split(' ').nth(1).expect("a name").to_owned();
    let declare = format!(
        "DECLARE {cursor} NO SCROLL CURSOR FOR select id, email from users where id <= $1::integer order by id"
    );
    let fetch = format!("FETCH FORWARD 10 FROM {cursor}");
    assert_eq!(opened, [vec!["BEGIN".to_owned(), declare], vec![fetch.clone()]]);
    let mut read = 1;
    while let Some((id, email)) = rows.next().await? {
        read += 1;
        assert_eq!(email, format!("{id}@x.org"));
        if id % 10 == 5 {
            let user = session.get::<User>(id).await?.expect("the user is there");
            user.edit().name = Some("seen".into());
            session.flush().await?;
        }
    }
    assert_eq!((read, cursors(&session).await?), (25, 0));
    let fetches = setup.statements().into_iter().filter(|statement| *statement == fetch).count();
    assert_eq!(fetches, 2);
    assert!(rows.next().await?.is_none());
    session.commit().await?;
    assert_eq!(setup.rows("select count(*) from users where name = 'seen'").await, ["3"]);
    Ok(())
}

#[tokio::test]
async fn entities_of_a_chunk_have_a_graph_of_their_own() -> Result {
    let setup = users(7).await;
    let session = setup.db.session();
    let mut stream = session.stream(all().options(selectinload(User::posts)), 3).await?;
    setup.flights();
    let mut ids = Vec::new();
    while let Some(chunk) = stream.next_chunk().await? {
        for user in &chunk {
            assert_eq!(Entity::state(user), EntityState::Detached);
            let titles: Vec<_> = user.posts().get()?.iter().map(|post| post.title.clone()).collect();
            assert_eq!(titles, [format!("{}.1", user.id), format!("{}.2", user.id)]);
            user.edit().name = Some("lost".into());
            ids.push(user.id);
        }
        assert!(chunk[0].profile().await.is_err_and(|error| error.is_detached()));
    }
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7]);
    // A fetch and a statement for the posts for each chunk.
    let shapes = setup.shapes();
    assert_eq!(shapes.iter().filter(|flight| flight[0].starts_with("FETCH")).count(), 3, "{shapes:?}");
    assert_eq!(shapes.iter().filter(|flight| flight[0] == "SELECT posts").count(), 3, "{shapes:?}");
    session.commit().await?;
    assert_eq!(setup.rows("select count(*) from users where name = 'lost'").await, ["0"]);
    Ok(())
}

#[tokio::test]
async fn tracked_entities_are_the_sessions_own() -> Result {
    let setup = users(5).await;
    let session = setup.db.session();
    let third = session.get::<User>(3).await?.expect("the user is there");
    third.edit().name = Some("edited".into());
    let mut stream = session.stream(all(), 2).await?.tracked();
    third.edit().name = Some("edited again".into());
    while let Some(user) = stream.next().await? {
        assert_eq!(Entity::state(&user), EntityState::Persistent);
        if user.id == 3 {
            assert!(user == third && user.name.as_deref() == Some("edited again"));
        } else {
            user.edit().name = None;
        }
    }
    session.commit().await?;
    assert_eq!(setup.rows("select name from users order by id").await, ["-", "-", "edited again", "-", "-"]);
    Ok(())
}

#[tokio::test]
async fn structs_and_entities_of_raw_sql_are_streamed_and_joins_come_once() -> Result {
    #[derive(FromRow)]
    struct Title {
        title: String,
    }
    let setup = users(4).await;
    let session = setup.db.session();
    let mut titles = session.stream(sql!("select * from posts order by id").rows::<Title>(), 3).await?;
    let mut read = Vec::new();
    while let Some(post) = titles.next().await? {
        read.push(post.title);
    }
    assert_eq!((read.len(), &*read[7]), (8, "4.2"));
    let query = sql!("select users.* from users join posts on user_id = users.id order by users.id")
        .entities::<User>();
    let mut users = session.stream(query, 4).await?;
    let ids = |users: Vec<Entity<User>>| users.iter().map(|user| user.id).collect::<Vec<_>>();
    assert_eq!(users.next_chunk().await?.map(ids), Some(vec![1, 2]));
    assert_eq!(users.next_chunk().await?.map(ids), Some(vec![3, 4]));
    assert_eq!(users.next_chunk().await?.map(ids), None);
    let joined = session.stream(all().options(contains_eager(User::posts)), 4).await;
    assert!(joined.is_err_and(|error| error.to_string().contains("`selectinload`")));
    Ok(())
}

#[tokio::test]
async fn a_stream_that_is_dropped_closes_its_cursor() -> Result {
    let setup = users(30).await;
    let session = setup.db.session();
    let mut stream = session.stream(all(), 10).await?;
    stream.next().await?;
    assert_eq!(cursors(&session).await?, 1);
    drop(stream);
    assert_eq!(cursors(&session).await?, 0);
    session.get::<User>(1).await?.expect("the user is there").edit().name = Some("kept".into());
    session.commit().await?;
    assert_eq!(setup.rows("select name from users where id = 1").await, ["kept"]);
    Ok(())
}

#[tokio::test]
async fn a_stream_ends_with_its_transaction() -> Result {
    let setup = users(30).await;
    let session = setup.db.session();
    for commit in [true, false] {
        let mut stream = session.stream(all(), 10).await?;
        stream.next_chunk().await?;
        if commit {
            session.commit().await?
        } else {
            session.rollback().await?
        }
        assert!(stream.next().await.is_err_and(|error| error.is_stream_ended()));
        // Another transaction is none of its own.
        session.get::<User>(2).await?;
        assert!(stream.next().await.is_err_and(|error| error.is_stream_ended()));
        drop(stream);
        session.flush().await?;
        assert_eq!(cursors(&session).await?, 0);
    }
    let stream = session.stream(all(), 10).await?;
    session.close().await;
    drop(stream);
    Ok(())
}

#[tokio::test]
async fn a_savepoint_ends_only_the_streams_that_were_opened_in_it() -> Result {
    let setup = users(30).await;
    let session = setup.db.session();
    let mut outer = session.stream(all(), 10).await?;
    let savepoint = session.begin_nested().await?;
    let mut inner = session.stream(all(), 10).await?;
    inner.next_chunk().await?;
    let released = session.begin_nested().await?;
    let mut handed_on = session.stream(all(), 10).await?;
    released.commit().await?;
    assert_eq!(handed_on.next_chunk().await?.map(|chunk| chunk.len()), Some(10));
    savepoint.rollback().await?;
    assert!(inner.next().await.is_err_and(|error| error.is_stream_ended()));
    assert!(handed_on.next_chunk().await.is_err_and(|error| error.is_stream_ended()));
    assert_eq!(outer.next_chunk().await?.map(|chunk| chunk.len()), Some(10));
    drop((inner, handed_on));
    assert_eq!(outer.next_chunk().await?.map(|chunk| chunk.len()), Some(10));
    session.commit().await
}

#[tokio::test]
async fn a_fetch_that_is_dropped_ends_the_stream_and_nothing_else() -> Result {
    let setup = users(30).await;
    let session = setup.db.session();
    let mut stream = session.stream(all(), 10).await?;
    stream.next_chunk().await?;
    let user = session.get::<User>(1).await?.expect("the user is there");
    user.edit().name = Some("kept".into());
    assert!(polled(stream.next_chunk(), 1).await.is_none());
    assert!(stream.next_chunk().await.is_err_and(|error| error.is_stream_ended()));
    session.commit().await?;
    assert_eq!(setup.rows("select name from users where id = 1").await, ["kept"]);
    Ok(())
}

#[tokio::test]
async fn what_does_not_fit_or_is_refused_is_an_error() -> Result {
    let setup = users(3).await;
    let session = setup.db.session();
    let mut stream = session.stream(sql!("select id from users").rows::<(i32,)>(), 10).await?;
    assert!(stream.next().await.is_err_and(|error| error.is_decode()));
    drop(stream);
    let refused = session.stream(sql!("select nonsense from users").rows::<i32>(), 10).await;
    assert!(refused.is_err_and(|error| error.is_undefined_column()));
    session.rollback().await?;
    assert_eq!(session.scalars(all()).await?.all().len(), 3);
    Ok(())
}

#[tokio::test]
async fn rows_are_taken_apart_by_name_and_in_parts() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let query = sql!("select id, name, 1::numeric as n, id as twice, 2 as twice from users order by id");
    let rows = session.execute(query.rows::<RowMapping>()).await?.all();
    assert_eq!(
        (rows.len(), rows[1].get::<i64>("id")?, rows[1].get::<Option<String>>("name")?),
        (2, 2, Some("Bob".into()))
    );
    assert_eq!(rows[0].columns().collect::<Vec<_>>(), ["id", "name", "n", "twice", "twice"]);
    assert_eq!(format!("{:?}", rows[0]), r#"RowMapping["id", "name", "n", "twice", "twice"]"#);
    let error = |error: orm_core::Error| (error.is_decode(), error.to_string());
    let missing = "the rows have no column `nmae`: they have `id`, `name`, `n`, `twice`, `twice`";
    assert_eq!(rows[0].get::<i64>("nmae").map_err(error), Err((true, missing.into())));
    let ty = "column 3 (`n`) is `numeric`, and `i64` reads `bigint`: cast it in the statement, or read another type";
    assert_eq!(rows[0].get::<i64>("n").map_err(error), Err((true, ty.into())));
    assert!(
        rows[0].get::<i32>("twice").is_err_and(|error| error.to_string().contains("two columns `twice`"))
    );
    let query = sql!("select posts.*, users.email, 7 as seven from posts join users on users.id = user_id");
    let (post, rest) =
        session.execute(query.rows::<(Entity<Post>, RowMapping)>()).await?.first().expect("a row");
    assert_eq!((post.user_id, rest.get::<String>("email")?), (1, "ann@x.org".to_owned()));
    assert!(rest.get::<String>("title").is_err());
    let numbers = session.execute(sql!("select generate_series(1, 7)").rows::<i32>()).await?;
    let parts: Vec<_> = numbers.partitions(3).collect();
    assert_eq!(parts, [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);
    Ok(())
}
