//! Every data type's way to the server and back, and what stands in its way.

use std::collections::HashMap;
use std::fmt::Debug;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::types::{ArrayElement, DataType, Json};
use orm_core::{ColumnEnum, ColumnNewtype};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_postgres::Client;
use tokio_postgres::types::{FromSql, ToSql};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
enum Status {
    Open,
    InProgress,
}

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
#[orm(type = "mood")]
enum Mood {
    Happy,
    #[orm(rename = "it's")]
    Its,
}

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
#[orm(type = "app.\"Mood\"")]
enum QuotedMood {
    Happy,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, ColumnNewtype)]
struct UserId(i64);

#[derive(Debug, Clone, PartialEq, ColumnNewtype)]
struct Moods(Vec<Mood>);

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Address {
    city: String,
    lines: HashMap<String, i32>,
}

/// Sends the values one by one, cast as the library casts them, and reads them back.
async fn round_trip<T: DataType>(client: &Client, values: Vec<T>) {
    let sql = format!("SELECT $1::{}", T::SQL_TYPE);
    let statement = client.prepare(&sql).await.expect("the type exists");
    assert!(<T as FromSql<'_>>::accepts(statement.columns()[0].type_()), "{sql} cannot be read");
    for value in values {
        let row = client.query_one(&statement, &[&value]).await.expect("the value can be sent");
        let back: T = row.get(0);
        assert!(back.same(&value), "{sql}: {value:?} came back as {back:?}");
    }
}

/// The same, and then all together as one array, as lists and batches are sent.
async fn round_trips<T: ArrayElement>(client: &Client, values: Vec<T>) {
    round_trip(client, values.clone()).await;
    round_trip(client, vec![values.clone(), Vec::new()]).await;
    let sql = format!("SELECT v FROM unnest($1::{}[]) WITH ORDINALITY AS u (v, n) ORDER BY n", T::SQL_TYPE);
    let rows = client.query(&sql, &[&values]).await.expect("the values can be sent as an array");
    let back: Vec<T> = rows.iter().map(|row| row.get(0)).collect();
    assert!(back.same(&values), "{sql}: {values:?} came back as {back:?}");
}

async fn client(database: &orm_testing::TestDatabase) -> Client {
    database.client().await.expect("the test's database takes connections")
}

#[tokio::test]
async fn scalars() {
    let database = orm_testing::database().await;
    let client = client(&database).await;
    round_trips(&client, vec![true, false]).await;
    round_trips(&client, vec![i16::MIN, 0, i16::MAX]).await;
    round_trips(&client, vec![i32::MIN, 0, i32::MAX]).await;
    round_trips(&client, vec![i64::MIN, 0, i64::MAX]).await;
    round_trips(&client, vec![f32::MIN, -0.0, f32::NAN, f32::INFINITY]).await;
    round_trips(&client, vec![f64::MIN_POSITIVE, f64::NAN, f64::NEG_INFINITY]).await;
    round_trips(&client, vec![String::new(), "größe, 'x' {\"}\\".to_owned()]).await;
    round_trips(&client, vec![Vec::new(), vec![0_u8, 255, b'\\']]).await;
}

#[tokio::test]
async fn uuid_numeric_and_json() {
    let database = orm_testing::database().await;
    let client = client(&database).await;
    round_trips(&client, vec![Uuid::nil(), Uuid::max(), Uuid::new_v4()]).await;
    let decimals = ["0", "-1.50", "0.0000000000000000000000000001", "79228162514264337593543950335"];
    round_trips(&client, decimals.iter().map(|text| text.parse::<Decimal>().expect("a decimal")).collect())
        .await;
    round_trips(&client, vec![Value::Null, json!({"a": [1, "x", null]}), json!("text")]).await;
    let address = Address { city: "Köln".to_owned(), lines: [("a".to_owned(), 1)].into() };
    round_trips(&client, vec![Json(Address::default()), Json(address)]).await;
}

#[tokio::test]
async fn dates_and_times() {
    let database = orm_testing::database().await;
    let client = client(&database).await;
    let moment = DateTime::from_timestamp(-1_700_000_000, 123_456_789).expect("the time is in range");
    let recent = DateTime::from_timestamp(1_700_000_000, 999_999_999).expect("the time is in range");
    let offset = FixedOffset::east_opt(5 * 3600 + 1800).expect("an offset");
    round_trips::<DateTime<Utc>>(&client, vec![moment, recent, DateTime::UNIX_EPOCH]).await;
    round_trips(&client, vec![moment.with_timezone(&offset), recent.with_timezone(&offset)]).await;
    round_trips::<NaiveDateTime>(&client, vec![moment.naive_utc(), recent.naive_utc()]).await;
    round_trips::<NaiveDate>(&client, vec![moment.date_naive(), NaiveDate::default()]).await;
    round_trips::<NaiveTime>(&client, vec![NaiveTime::MIN, recent.time()]).await;
}

#[tokio::test]
async fn enums_and_newtypes() {
    let database = orm_testing::database().await;
    let client = client(&database).await;
    let types = "CREATE TYPE mood AS ENUM ('happy', 'it''s', 'sad'); CREATE SCHEMA app;
        CREATE TYPE app.\"Mood\" AS ENUM ('happy')";
    client.batch_execute(types).await.expect("the types are created");
    round_trips(&client, vec![Status::Open, Status::InProgress]).await;
    round_trips(&client, vec![Mood::Happy, Mood::Its]).await;
    round_trips(&client, vec![QuotedMood::Happy]).await;
    round_trips(&client, vec![UserId(7), UserId(-7)]).await;
    round_trip(&client, vec![Moods(vec![Mood::Its, Mood::Happy]), Moods(Vec::new())]).await;

    let row = client.query_one("SELECT 'sad'::mood", &[]).await.expect("the label exists");
    let error = row.try_get::<_, Mood>(0).expect_err("the enum lacks the label");
    assert!(error.to_string().contains("0"), "{error}");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("enum `Mood` has no variant with the label `sad`"));
}

/// Text in columns whose type is another: how it is read, and that a parameter cast to `text` can be stored.
async fn stores_text(client: &Client, sql_type: &str, value: &str, expected: &str) {
    client.batch_execute(&format!("CREATE TEMP TABLE t (v {sql_type})")).await.expect("the type exists");
    let insert = "INSERT INTO t SELECT * FROM unnest($1::text[]) RETURNING v";
    let statement = client.prepare(insert).await.expect("text can be assigned");
    assert!(<String as FromSql<'_>>::accepts(statement.columns()[0].type_()), "{sql_type} cannot be read");
    let row = client.query_one(&statement, &[&vec![value]]).await.expect("the value is stored");
    assert_eq!(row.get::<_, String>(0), expected, "{sql_type}");
    client.batch_execute("DROP TABLE t").await.expect("the table is dropped");
}

#[tokio::test]
async fn text_is_read_from_and_assigned_to_the_other_character_types() {
    let database = orm_testing::database().await;
    let client = client(&database).await;
    client.batch_execute("CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%')").await.expect("a domain");
    stores_text(&client, "varchar(5)", "abc", "abc").await;
    stores_text(&client, "char(4)", "ab", "ab  ").await;
    stores_text(&client, "name", "abc", "abc").await;
    stores_text(&client, "email", "a@b", "a@b").await;
}

/// What an uncast parameter that is compared with or assigned to such a column must be.
async fn parameter_type(client: &Client, sql: &str) -> String {
    client.prepare(sql).await.expect("the statement is sound").params()[0].name().to_owned()
}

#[tokio::test]
async fn a_domain_is_its_base_type_to_the_reader_but_not_to_the_writer() {
    let database = orm_testing::database().await;
    let client = client(&database).await;
    let tables = "CREATE DOMAIN email AS text; CREATE TABLE t (v email, vs email[])";
    client.batch_execute(tables).await.expect("the table is created");
    let statement = client.prepare("SELECT v, vs FROM t").await.expect("the statement is sound");
    assert_eq!(statement.columns()[0].type_().name(), "text");
    assert_eq!(statement.columns()[1].type_().name(), "_email");
    assert_eq!(parameter_type(&client, "INSERT INTO t (v) VALUES ($1)").await, "email");
    assert_eq!(parameter_type(&client, "INSERT INTO t (v) VALUES ($1::text)").await, "text");
    let insert = client.prepare("INSERT INTO t (v) VALUES ($1)").await.expect("the statement is sound");
    assert!(!<String as ToSql>::accepts(&insert.params()[0]));
}

/// Whether a comparison finds the value that was just read.
async fn finds(client: &Client, condition: &str, value: &str) -> bool {
    let sql = format!("SELECT 1 FROM t WHERE {condition}");
    !client.query(&sql, &[&value]).await.expect("the statement is sound").is_empty()
}

#[tokio::test]
async fn a_cast_to_text_changes_what_char_compares() {
    let database = orm_testing::database().await;
    let client = client(&database).await;
    let tables = "CREATE TABLE t (v char(4)); INSERT INTO t VALUES ('ab')";
    client.batch_execute(tables).await.expect("the table is created");
    assert!(!finds(&client, "v = $1::text", "ab  ").await, "text compares the blanks that were read");
    assert!(finds(&client, "v = $1::text", "ab").await);
    let own = format!("v = $1::{}", String::SQL_TYPE.declared_as("char(4)"));
    assert!(finds(&client, &own, "ab  ").await && finds(&client, &own, "ab").await);
}

#[tokio::test]
async fn a_column_of_another_type_is_not_accepted() {
    fn accepts<T: DataType>(ty: &tokio_postgres::types::Type) -> bool {
        <T as FromSql<'_>>::accepts(ty)
    }
    let database = orm_testing::database().await;
    let client = client(&database).await;
    let sql = "SELECT 1::int4, 'a'::\"char\", '{}'::json, now()::timestamp, '1 day'::interval, 1::money";
    let statement = client.prepare(sql).await.expect("the statement is sound");
    let types: Vec<_> = statement.columns().iter().map(tokio_postgres::Column::type_).collect();
    assert!(!accepts::<i64>(types[0]) && accepts::<i32>(types[0]) && !accepts::<UserId>(types[0]));
    assert!(!accepts::<String>(types[1]) && !accepts::<Status>(types[1]));
    assert!(accepts::<Value>(types[2]));
    assert!(!accepts::<DateTime<Utc>>(types[3]) && accepts::<NaiveDateTime>(types[3]));
    assert!(!accepts::<NaiveTime>(types[4]) && !accepts::<Decimal>(types[5]));
}

#[tokio::test]
async fn what_the_rust_type_cannot_hold_is_an_error() {
    async fn error<T: for<'a> FromSql<'a> + Debug>(client: &Client, sql: &str) -> String {
        let row = client.query_one(&format!("SELECT {sql}"), &[]).await.expect("the value exists");
        row.try_get::<_, T>(0).expect_err("the type cannot hold it").to_string()
    }
    let database = orm_testing::database().await;
    let client = client(&database).await;
    for sql in ["'NaN'::numeric", "'Infinity'::numeric", "1e40::numeric"] {
        error::<Decimal>(&client, sql).await;
    }
    error::<DateTime<Utc>>(&client, "'infinity'::timestamptz").await;
    error::<NaiveDate>(&client, "'infinity'::date").await;
    error::<Vec<i32>>(&client, "ARRAY[1, NULL]").await;
    error::<Vec<i32>>(&client, "ARRAY[[1], [2]]").await;
    error::<Json<Address>>(&client, "'{\"city\": 1}'::jsonb").await;
    error::<i64>(&client, "NULL::int8").await;
}
