//! SQL of the application's own: what stands in braces, what comes back, and that no value is ever text.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm_core::prelude::*;
use orm_core::types::ColumnType;
use orm_core::{identifier, sql_unchecked};
use orm_tests::Setup;
use orm_tests::blog::{Post, User, ann_and_bob};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

type Result = orm_core::Result<()>;

/// Texts that would be something else if they were ever a part of the statement.
const EVIL: [&str; 10] = [
    "'; drop table users; --",
    "\"",
    "\\",
    "\\'",
    "{}",
    "{id}",
    "$1",
    "$$",
    "E'\\''",
    "ü\u{202e}\n\t%_/* */",
];

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
#[orm(type = "mood")]
enum Mood {
    Happy,
    #[orm(rename = "it's {}")]
    Its,
}

#[derive(Debug, PartialEq, FromRow)]
struct Named {
    id: i64,
    name: Option<String>,
}

#[tokio::test]
async fn braces_are_parameters_and_columns_are_their_sql() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (id, names, user) = (1_i64, ["Ann", "Bob"], Named { id: 2, name: None });
    setup.flights();
    let query = sql!(
        "select id, name from users where {User::id} = {id} or ({User::name} = any({names}) and id = {user.id})"
    );
    let text = "select id, name from users where users.id = $1::bigint or (users.name = any($2) and id = $3::bigint)";
    assert_eq!((query.to_string(), query.to_sql().parameters.len()), (text.to_owned(), 3));
    let rows = session.execute(query.rows::<Named>()).await?.all();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(setup.statements(), ["BEGIN", text]);
    let limit = Some(1);
    let query = sql!("select {} + {more}, '{{}}' from users order by id limit {limit}", id, more = id * 2);
    assert_eq!(
        query.to_string(),
        "select $1::bigint + $2::bigint, '{}' from users order by id limit $3::integer"
    );
    assert_eq!(session.execute(query.rows::<(i64, String)>()).await?.one()?, (3, "{}".to_owned()));
    Ok(())
}

#[tokio::test]
async fn pieces_are_put_together_with_their_parameters() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let (name, column) = ("Ann", identifier("email"));
    let named = sql!("name = {name}");
    let condition = User::id.lt(5);
    let query = sql!("select {column} from users where {named} and {condition} or {}", false);
    assert_eq!(
        query.to_string(),
        "select email from users where name = $1 and (users.id < $2) or $3::boolean"
    );
    assert_eq!(session.scalar(query.rows::<String>()).await?.as_deref(), Some("ann@x.org"));
    let quoted = sql!("select 1 as {}", identifier("a\" b"));
    assert_eq!(quoted.to_string(), "select 1 as \"a\"\" b\"");
    assert_eq!(session.execute(quoted.rows::<i32>()).await?.one()?, 1);
    Ok(())
}

#[tokio::test]
async fn a_text_is_what_its_place_wants() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup
        .sql("create type mood as enum ('happy', 'it''s {}'); create table moods (mood mood, day date)")
        .await;
    let session = setup.db.session();
    let (mood, day, moods) = ("it's {}", String::from("2024-02-29"), vec!["happy", "it's {}"]);
    let inserted =
        session.execute(sql!("insert into moods values ({mood}, {day}), ({Mood::Happy}, null)")).await?;
    assert_eq!(inserted, 2);
    let query = sql!(
        "select mood, day from moods where mood = any({moods}) and day = {day} and {day}::date is not null"
    );
    let row = session.execute(query.rows::<(Mood, NaiveDate)>()).await?.one()?;
    assert_eq!(row, (Mood::Its, NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap day")));
    let (address, none) = ("10.1.2.3", None::<&str>);
    let query = sql!("select host({address}::inet + {}), {none}::text is null", 1);
    assert_eq!(session.execute(query.rows::<(String, bool)>()).await?.one()?, ("10.1.2.4".to_owned(), true));
    Ok(())
}

/// Sends the value in the midst of a statement, alone and in a list, and gets the same back, beside what stands around it.
async fn is_never_text<T: ColumnType + PartialEq>(session: &Session, cast: &str, values: Vec<T>) -> Result {
    for value in values {
        let cast = sql_unchecked(cast);
        let query = sql!("select 'before {{}}', {value}{cast}, 'after $$', {}{cast}", &value);
        assert!(query.to_string().starts_with("select 'before {}', $1"), "{query}");
        let row = session.execute(query.rows::<(String, T, String, T)>()).await?.one()?;
        assert_eq!(row, ("before {}".to_owned(), value.clone(), "after $$".to_owned(), value));
    }
    Ok(())
}

#[tokio::test]
async fn a_value_of_any_type_is_never_text() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup.sql("create type mood as enum ('happy', 'it''s {}')").await;
    let session = setup.db.session();
    let texts = || EVIL.iter().map(ToString::to_string);
    is_never_text(&session, "::text", texts().collect::<Vec<_>>()).await?;
    is_never_text(&session, "::text", texts().map(Some).chain([None]).collect()).await?;
    is_never_text(&session, "::text[]", vec![texts().collect::<Vec<_>>(), Vec::new()]).await?;
    is_never_text(&session, "", EVIL.iter().map(|text| text.as_bytes().to_vec()).collect()).await?;
    is_never_text(&session, "", EVIL.iter().map(|text| json!({ *text: [text, null] })).collect()).await?;
    is_never_text(&session, "", vec![Mood::Happy, Mood::Its]).await?;
    is_never_text(&session, "", vec![Some(vec![Mood::Its, Mood::Happy]), None]).await?;
    is_never_text(&session, "", vec![i64::MIN, -1, i64::MAX]).await?;
    is_never_text(&session, "", vec![i32::MIN, -1, i32::MAX]).await?;
    is_never_text(&session, "", vec![i16::MIN, -1, i16::MAX]).await?;
    is_never_text(&session, "", vec![-0.5_f32, f32::INFINITY]).await?;
    is_never_text(&session, "", vec![-0.5_f64, f64::NEG_INFINITY]).await?;
    is_never_text(&session, "", vec![true, false]).await?;
    is_never_text(&session, "", vec![Uuid::nil(), Uuid::max()]).await?;
    is_never_text(&session, "", vec![Decimal::new(-150, 2)]).await?;
    let date = NaiveDate::from_ymd_opt(-4, 2, 29).expect("a leap day");
    is_never_text(&session, "", vec![date]).await?;
    is_never_text(&session, "", vec![NaiveDateTime::new(date, NaiveTime::MIN)]).await?;
    is_never_text(&session, "", vec![NaiveDateTime::new(date, NaiveTime::MIN).and_utc()]).await?;
    is_never_text(&session, "", vec![vec![1_i64, 2], Vec::new()]).await?;
    assert_eq!(setup.rows("select count(*) from users").await, ["2"]);
    Ok(())
}

#[tokio::test]
async fn a_zero_byte_is_refused_by_the_server() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let evil = "a\0b";
    for query in [sql!("select {evil}"), sql!("select {}::text[]", vec![evil]), sql!("select {}::inet", evil)]
    {
        let error = session.execute(query).await.expect_err("no text holds a zero byte");
        assert_eq!(error.sqlstate(), Some("22021"), "{error:?}");
        assert!(error.to_string().contains("0x00"), "{error}");
        session.rollback().await?;
    }
    Ok(())
}

#[tokio::test]
async fn everything_is_flushed_before_and_what_it_writes_is_counted() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let new = session.add(Post::builder().title("three").user_id(2));
    assert_eq!(session.execute(sql!("update posts set title = upper(title)")).await?, 3);
    assert_eq!(new.title, "three");
    session.refresh(&new).await?;
    assert_eq!(new.title, "THREE");
    assert_eq!(session.execute(sql!("select 1 union all select 2")).await?, 2);
    session.commit().await?;
    assert_eq!(setup.rows("select title from posts order by id").await, ["ONE", "TWO", "THREE"]);
    Ok(())
}

#[tokio::test]
async fn a_transaction_is_not_ended_behind_the_sessions_back() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    for text in
        ["commit", "Rollback", "  begin", "savepoint a", "release a", "end", "abort", "start transaction"]
    {
        let error = session.execute(sql_unchecked(text)).await.expect_err("that is the session's");
        assert!(error.is_transaction_command(), "{error:?}");
        let read = session.execute(sql_unchecked(text).rows::<i32>()).await;
        assert!(read.is_err_and(|error| error.is_transaction_command()));
    }
    let error =
        session.execute(sql_unchecked("select 1; drop table users")).await.expect_err("two statements");
    assert_eq!(error.sqlstate(), Some("42601"));
    assert_eq!(session.scalars(select::<User>()).await?.all().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_number_without_its_parameter_is_an_error() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let error = session.execute(sql_unchecked("select $1::int")).await.expect_err("there is no parameter");
    assert_eq!(error.to_string(), "the statement has 1 parameters, and 0 are given");
    assert_eq!(session.execute(sql!("select 1").rows::<i32>()).await?.one()?, 1);
    Ok(())
}

#[tokio::test]
async fn one_text_for_lists_of_any_length() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    setup.flights();
    for length in 0..100_i64 {
        let ids: Vec<i64> = (1..=length).collect();
        let found =
            session.execute(sql!("select id from users where id = any({ids})").rows::<i64>()).await?.all();
        assert_eq!(found.len(), usize::try_from(length.min(2)).expect("few"));
    }
    let texts: std::collections::BTreeSet<_> = setup.statements().into_iter().collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    Ok(())
}

#[tokio::test]
async fn a_piece_is_a_part_of_a_typed_query_and_a_typed_query_of_a_piece() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let evil = "'; drop table users; --";
    let local = sql!("split_part({User::email}, {}, 1)", "@").expr::<String>();
    let query =
        select::<User>().filter(local.clone().ne(evil).and(sql!("{User::id} = 1 or false").condition()));
    let text = "WHERE (split_part(users.email, $1, 1)) <> $2 AND (users.id = 1 or false)";
    assert!(query.to_string().ends_with(text), "{query}");
    assert_eq!(session.scalars(query.clone()).await?.one()?.id, 1);
    let rows = select::<User>().order_by(User::id).columns((User::id, local.clone())).limit(5);
    let expected = [(1, "ann".to_owned()), (2, "bob".to_owned())];
    assert_eq!(session.execute(rows.clone()).await?.all(), expected);
    let mut stream = session.stream(rows, 1).await?;
    assert_eq!(stream.next().await?, Some(expected[0].clone()));
    assert!(!session.explain(&query).await?.is_empty());
    let ids = select::<User>().filter(User::name.eq("Bob")).columns(User::id);
    let piece = sql!("select {local} from users where id in {ids} and {}", User::id.gt(1));
    let text = "select (split_part(users.email, $1, 1)) from users where id in \
                (SELECT users.id FROM users WHERE users.name = $2) and (users.id > $3)";
    assert_eq!(piece.to_string(), text);
    assert_eq!(session.scalar(piece.rows::<String>()).await?.as_deref(), Some("bob"));
    let wrong = select::<User>().columns(sql!("{User::id}").expr::<String>());
    assert!(session.execute(wrong).await.is_err_and(|error| error.is_decode()));
    Ok(())
}

#[tokio::test]
async fn what_is_read_behind_a_raw_write_is_in_doubt_after_a_rollback() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    for is_savepoint in [false, true] {
        session.rollback().await?;
        let savepoint = if is_savepoint { Some(session.begin_nested().await?) } else { None };
        session.execute(sql!("update users set name = 'raw' where id = 1")).await?;
        let ann = session.scalars(select::<User>().filter(User::id.eq(1))).await?.one()?;
        assert_eq!(ann.name.as_deref(), Some("raw"));
        let insert = sql!("insert into users (email) values ('new@x.org') returning *").entities::<User>();
        let new = session.execute(insert).await?.one()?;
        match savepoint {
            Some(savepoint) => savepoint.rollback().await?,
            None => session.rollback().await?,
        }
        assert!(session.get::<User>(new.id).await?.is_none());
        assert_eq!(session.get::<User>(1).await?.expect("Ann is there").name.as_deref(), Some("Ann"));
    }
    Ok(())
}

/// A database with a function and a procedure that write.
async fn with_routines() -> Setup {
    let setup = ann_and_bob("x.org").await;
    setup
        .sql(
            "create function make_user(text) returns users language sql as
                 'insert into users (email) values ($1) returning *';
             create procedure rename(bigint, text) language sql as 'update users set name = $2 where id = $1'",
        )
        .await;
    setup
}

const NAMES: &str = "select string_agg(coalesce(name, email), ',' order by id) from users";

/// What writes is told by the words outside of comments and quotes, or says so.
#[tokio::test]
async fn what_writes_is_sent_once_and_taken_back() -> Result {
    let setup = with_routines().await;
    let session = setup.db.session();
    for statement in [
        sql!("/* select */ update users set name = 'x' where id = 1"),
        sql!("with gone as (delete from posts returning user_id) select 1 from gone"),
        sql!("call rename({}, 'y')", 2_i64),
        sql!("do $$ begin update users set name = 'z'; end $$"),
        sql!("select (make_user({})).id", "new").writes(),
    ] {
        setup.flights();
        session.execute(statement.clone()).await?;
        assert_eq!(setup.statements().iter().filter(|sql| *sql != "BEGIN").count(), 1, "{statement}");
        // What is read behind it may be undone.
        let ann = session.get::<User>(1).await?.expect("she is there");
        session.rollback().await?;
        setup.flights();
        assert_eq!(session.get::<User>(1).await?.as_ref(), Some(&ann));
        assert_eq!(setup.shapes().concat(), ["SELECT users"], "{statement}");
        assert_eq!(ann.name.as_deref(), Some("Ann"));
        session.rollback().await?;
        session.clear();
    }
    assert_eq!(setup.rows(NAMES).await, ["Ann,Bob"]);
    Ok(())
}

#[tokio::test]
async fn functions_that_write_are_committed() -> Result {
    let setup = with_routines().await;
    let session = setup.db.session();
    let made = sql!("select * from make_user({})", "made").writes().entities::<User>();
    let made = session.execute(made).await?.one()?;
    session.commit().await?;
    assert_eq!((made.email.as_str(), setup.rows(NAMES).await), ("made", vec!["Ann,Bob,made".to_owned()]));
    session.execute(sql!("select (make_user({})).id", "unsaid").rows::<i64>()).await?;
    session.commit().await?;
    assert_eq!(setup.rows(NAMES).await, ["Ann,Bob,made,unsaid"]);
    Ok(())
}

#[tokio::test]
async fn what_hides_in_comments_is_found() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    for text in ["/* select */ commit", "-- select\nrollback", "( commit )"] {
        let refused = session.execute(sql_unchecked(text)).await;
        assert!(refused.is_err_and(|error| error.is_transaction_command()), "{text}");
    }
    let looked = session.explain_analyze(&sql!("/* explain */ delete from posts")).await?;
    assert!(looked[0].starts_with("Delete on posts"));
    session.execute(sql!("explain analyze delete from posts")).await?;
    session.rollback().await?;
    assert_eq!(setup.rows("select count(*) from posts").await, ["2"]);
    Ok(())
}
