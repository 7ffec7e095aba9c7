//! Rows read as values, tuples, structs and entities: what fits, what is the session's own, and what does not fit.

use orm_core::prelude::*;
use orm_core::{FromRow, sql_unchecked};
use orm_tests::Setup;
use orm_tests::archive::{FILLED, Folder, Letter};
use orm_tests::blog::{Post, User, ann_and_bob};

type Result = orm_core::Result<()>;

#[derive(Debug, PartialEq, FromRow)]
struct Author {
    email: String,
    #[orm(column = "number of posts")]
    posts: i64,
    name: Option<String>,
}

/// The rows of a text.
async fn read<R: FromRow>(session: &Session, text: &str) -> orm_core::Result<Vec<R>> {
    Ok(session.execute(sql_unchecked(text).rows::<R>()).await?.all())
}

/// The error of rows that do not fit, after which the session goes on.
async fn misfit<R: FromRow + std::fmt::Debug>(session: &Session, text: &str) -> String {
    let error = read::<R>(session, text).await.expect_err("the rows do not fit");
    assert!(error.is_decode(), "{error:?}");
    assert_eq!(read::<i32>(session, "select 1").await.expect("the session goes on"), [1]);
    error.to_string()
}

#[tokio::test]
async fn values_and_tuples_take_the_columns_one_after_the_other() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    assert_eq!(read::<i64>(&session, "select id from users order by id").await?, [1, 2]);
    assert_eq!(read::<Option<i64>>(&session, "select null::int8").await?, [None]);
    let rows =
        read::<(i64, Option<String>, bool)>(&session, "select id, null::text, id = 1 from users order by id");
    assert_eq!(rows.await?, [(1, None, true), (2, None, false)]);
    let nested = read::<((i32, String), (Vec<i32>,))>(&session, "select 1, 'one'::text, array[1, 2]").await?;
    assert_eq!(nested, [((1, "one".to_owned()), (vec![1, 2],))]);
    type Sixteen = (i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32);
    let sixteen =
        read::<Sixteen>(&session, "select 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16").await?;
    assert_eq!((sixteen[0].0, sixteen[0].15), (1, 16));
    Ok(())
}

#[tokio::test]
async fn a_struct_finds_its_columns_by_their_names() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let text = "select 'passed over' as other, count(posts.id) as \"number of posts\", users.name, email
        from users left join posts on user_id = users.id group by users.id order by users.id";
    let author =
        |email: &str, posts, name: &str| Author { email: email.into(), posts, name: Some(name.into()) };
    let authors = [author("ann@x.org", 2, "Ann"), author("bob@x.org", 0, "Bob")];
    assert_eq!(read::<Author>(&session, text).await?, authors);
    let in_a_tuple =
        "select users.id, 0::int8 as \"number of posts\", email, users.name, 7 from users where id = 1";
    let rows = read::<(i64, Author, i32)>(&session, in_a_tuple).await?;
    assert_eq!(rows, [(1, author("ann@x.org", 0, "Ann"), 7)]);
    assert_eq!(format!("{:?}", Author::posts), "Author::posts");
    assert_eq!(Author::posts.facts().name, "number of posts");
    Ok(())
}

#[tokio::test]
async fn an_entity_is_the_one_of_the_session() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    let text = "select users.*, posts.* from users left join posts on user_id = users.id order by users.id, posts.id";
    let rows = read::<(Entity<User>, Option<Entity<Post>>)>(&session, text).await?;
    assert_eq!(rows.len(), 3);
    assert!(rows[0].0 == ann && rows[1].0 == ann && rows[2].1.is_none());
    setup.flights();
    let titles: Vec<_> = rows.iter().filter_map(|row| row.1.as_ref().map(|post| &*post.title)).collect();
    assert_eq!(titles, ["one", "two"]);
    assert_eq!(rows[0].1.as_ref().expect("the first post").user().await?, ann);
    assert_eq!(setup.statements(), [""; 0]);
    rows[2].0.edit().name = Some("Robert".into());
    session.commit().await?;
    assert_eq!(setup.rows("select name from users where id = 2").await, ["Robert"]);
    Ok(())
}

#[tokio::test]
async fn entities_come_once_and_bring_what_the_options_say() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let query = sql_unchecked("select 1 as more, users.* from users join posts on user_id = users.id")
        .entities::<User>();
    let users = session.scalars(query.options(selectinload(User::posts))).await?.all();
    assert_eq!(users.len(), 1);
    setup.flights();
    assert_eq!(users[0].posts().get()?.len(), 2);
    let joined =
        sql_unchecked("select * from posts where id = 1").entities::<Post>().options(joinedload(Post::user));
    assert_eq!(session.execute(joined).await?.one()?.user().get()?, users[0]);
    Ok(())
}

#[tokio::test]
async fn what_changed_is_flushed_before_and_edits_stay_on_top() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let new = session.add(User::builder().email("new@x.org"));
    let found = read::<Entity<User>>(&session, "select * from users where email like 'new%'").await?;
    assert_eq!(found, [new]);
    found[0].edit().name = Some("edited".into());
    let text = "select id, 'else' as name, email from users where email like 'new%'";
    let again = session.no_autoflush(read::<Entity<User>>(&session, text)).await?;
    assert_eq!(again[0].name.as_deref(), Some("edited"));
    Ok(())
}

#[tokio::test]
async fn what_a_write_returns_is_newer_than_what_is_in_memory() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    let text = "update users set name = 'Anna' where id = 1 returning *";
    let updated = session.execute(sql_unchecked(text).entities::<User>()).await?.one()?;
    assert!(updated == ann && ann.name.as_deref() == Some("Anna"));
    assert_eq!(session.execute(sql_unchecked("delete from posts")).await?, 2);
    session.rollback().await?;
    assert_eq!(
        setup.rows("select name, (select count(*) from posts) from users where id = 1").await,
        ["Ann|2"]
    );
    Ok(())
}

#[tokio::test]
async fn a_deferred_column_may_be_there_or_not() -> Result {
    let setup = Setup::new(&models![Folder, Letter]).await;
    setup.sql(FILLED).await;
    let session = setup.db.session();
    let without = "select id, title, folder_id from letters where id = 1";
    let one = session.execute(sql_unchecked(without).entities::<Letter>()).await?.one()?;
    assert!(one.text.is_not_loaded());
    assert_eq!(one.text().await?, "text 1");
    let with = "select * from letters where id = 2";
    let other = session.execute(sql_unchecked(with).entities::<Letter>()).await?.one()?;
    assert_eq!(other.text.get()?, "text 2");
    Ok(())
}

#[tokio::test]
async fn what_does_not_fit_is_one_error_before_any_row_is_read() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let width = "the rows have 2 columns (`a`, `b`), and 1 are read";
    assert_eq!(misfit::<i32>(&session, "select 1 as a, 2 as b").await, width);
    let width = "the rows have 1 columns (`a`), and 3 are read";
    assert_eq!(misfit::<(i32, i32, i32)>(&session, "select 1 as a").await, width);
    let ty = "column 2 (`b`) is `numeric`, and `Option<i64>` reads `bigint`: cast it in the statement, or read another type";
    assert_eq!(misfit::<(i32, Option<i64>)>(&session, "select 1, 2::numeric as b where false").await, ty);
    let missing = "`Author::posts`: the rows have no column `number of posts`, which the struct needs";
    assert_eq!(misfit::<Author>(&session, "select name, email from users").await, missing);
    let ty = "`Author::posts` is declared as `bigint` and the database has `integer` there";
    assert_eq!(
        misfit::<Author>(&session, "select name, email, 1 as \"number of posts\" from users").await,
        ty
    );
    let twice = "`Author`: the rows have two columns `email`: give one of them another name";
    assert_eq!(misfit::<Author>(&session, "select email, email from users").await, twice);
    let missing = "`User::email`: the rows have no column `email`, which an entity needs";
    assert_eq!(misfit::<Entity<User>>(&session, "select id, name from users").await, missing);
    Ok(())
}

#[tokio::test]
async fn null_where_nothing_holds_it_is_an_error_that_says_what_to_read() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let null = "column 2 (`b`) is NULL, which `String` cannot hold: read an `Option<String>`";
    assert_eq!(misfit::<(i32, String)>(&session, "select 1, null::text as b").await, null);
    let null = "`Author::email` is NULL in the database, which the field cannot hold: make it an `Option`";
    let text = "select null::text as email, null::text as name, 1::int8 as \"number of posts\"";
    assert_eq!(misfit::<Author>(&session, text).await, null);
    let null = "a row has no `Post`, its key is NULL: read an `Option<Entity<Post>>`";
    let text = "select posts.* from users left join posts on user_id = users.id where users.id = 2";
    assert_eq!(misfit::<Entity<Post>>(&session, text).await, null);
    Ok(())
}
