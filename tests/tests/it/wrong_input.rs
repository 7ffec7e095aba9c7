//! Wrong input: each a typed error that names the thing, after which nothing is half-saved and the session goes on.

use orm_core::prelude::*;
use orm_core::{ColumnEnum, Error};
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};

type Result = orm_core::Result<()>;

async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com')").await;
    setup
}

/// The session says what it failed with until it is rolled back, has saved nothing, and works again then.
async fn assert_recovers(setup: &Setup, session: &Session, cause: &Error) -> Result {
    let error = session.flush().await.expect_err("the transaction has failed");
    assert!(error.is_rollback_needed(), "{error}");
    let text = error.to_string();
    let cause = cause.to_string();
    assert_eq!(
        text,
        format!("the session's transaction has failed, roll it back first; the cause was: {cause}")
    );
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT email FROM users").await, ["ann@example.com"]);
    let user = session.add(User::builder().email("works@example.com"));
    session.commit().await?;
    assert_eq!(session.get::<User>(user.id).await?, Some(user.clone()));
    session.delete(&user);
    session.commit().await
}

/// A read that fails before its transaction began leaves nothing to roll back.
async fn assert_goes_on(session: &Session) -> Result {
    session.flush().await?;
    assert_eq!(session.get::<User>(1).await?.map(|user| user.id), Some(1));
    session.commit().await
}

#[tokio::test]
async fn a_bad_url_is_told_without_its_password() {
    for url in ["postgres://me:s3cret@host:port/name", "me:s3cret@host", "host=a password=s3cret nonsense=1"]
    {
        let error = Database::connect(url).await.expect_err("the URL is wrong");
        assert!(error.is_configuration() && !error.is_connection(), "{error}");
        let text = format!("{error} {error:?}");
        assert!(error.to_string().starts_with("the database URL cannot be read: "), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn a_url_that_requires_tls_is_refused_before_anything_is_sent() {
    let setup = Setup::new(&TABLES).await;
    setup.proxy.refuse();
    let url = setup.proxy.url();
    let url = format!("{url}{}sslmode=require", if url.contains('?') { '&' } else { '?' });
    let error = Database::connect(&url).await.expect_err("there is no TLS");
    assert!(error.is_configuration() && error.to_string().contains("TLS is not supported yet"), "{error}");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_a_connection_error() {
    let setup = Setup::new(&TABLES).await;
    setup.proxy.refuse();
    let error = Database::connect(setup.proxy.url()).await.expect_err("the proxy turns it away");
    assert!(error.is_connection() && !error.is_configuration());
    assert!(error.to_string().starts_with("the server cannot be reached: "), "{error}");
}

#[tokio::test]
async fn a_wrong_database_or_user_is_a_configuration_error_that_names_it() {
    let setup = Setup::new(&TABLES).await;
    let name = setup.database.name();
    let url = setup.proxy.url().replace(name, "no_such_database");
    let error = Database::connect(&url).await.expect_err("there is no such database");
    assert!(error.is_configuration(), "{error}");
    assert_eq!(error.sqlstate(), Some("3D000"));
    assert_eq!(
        error.to_string(),
        "the server refused the connection: database \"no_such_database\" does not exist"
    );

    let role = format!("sleeper_{name}");
    setup.sql(&format!("CREATE ROLE \"{role}\" NOLOGIN")).await;
    let config: tokio_postgres::Config = setup.proxy.url().parse().expect("the proxy has a URL");
    let user = config.get_user().expect("the URL names a user").to_owned();
    let url = setup.proxy.url().replace(&format!("//{user}"), &format!("//{role}"));
    let error = Database::connect(&url).await.expect_err("the role may not log in");
    setup.sql(&format!("DROP ROLE \"{role}\"")).await;
    assert!(error.is_configuration(), "{error}");
    assert_eq!(error.sqlstate(), Some("28000"));
    assert!(error.to_string().contains(&role), "{error}");
}

/// Our servers trust everybody, so that the refusal is spoken by a listener that knows this one sentence.
#[tokio::test]
async fn a_wrong_password_is_a_configuration_error_that_does_not_show_it() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("the listener has an address").port();
    let server = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("somebody connects");
        let length = client.read_u32().await.expect("the client begins") as usize;
        client.read_exact(&mut vec![0; length - 4]).await.expect("the client says who it is");
        let fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"me\"\0\0";
        let length = u32::try_from(fields.len() + 4).expect("the answer is short").to_be_bytes();
        client.write_all(&[b"E".as_slice(), &length, fields].concat()).await.expect("the answer is sent");
    });
    let url = format!("postgres://me:s3cret@127.0.0.1:{port}/name?sslmode=disable");
    let error = Database::connect(&url).await.expect_err("the password is wrong");
    server.await.expect("the server has answered");
    assert!(error.is_configuration(), "{error}");
    assert_eq!(error.sqlstate(), Some("28P01"));
    let expected = "the server refused the connection: password authentication failed for user \"me\"";
    assert_eq!(error.to_string(), expected);
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_table_that_is_missing_is_named() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE posts RENAME TO gone").await;
    let session = setup.db.session();
    let error = session.execute(select::<Post>()).await.expect_err("the table is gone");
    assert!(error.is_undefined_table());
    assert_eq!((error.model(), error.sqlstate()), (Some("Post"), Some("42P01")));
    assert!(error.to_string().contains("relation \"posts\" does not exist"), "{error}");
    assert_goes_on(&session).await?;

    session.add(Post::builder().title("lost").user_id(1));
    let error = session.commit().await.expect_err("the table is gone");
    assert!(error.is_undefined_table());
    assert_eq!(error.model(), Some("Post"));
    assert_recovers(&setup, &session, &error).await
}

#[tokio::test]
async fn a_column_that_is_missing_is_named() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE users RENAME COLUMN name TO nick").await;
    let session = setup.db.session();
    let error = session.execute(select::<User>()).await.expect_err("the column is gone");
    assert!(error.is_undefined_column());
    assert_eq!((error.model(), error.sqlstate()), (Some("User"), Some("42703")));
    assert!(error.to_string().contains("column users.name does not exist"), "{error}");
    setup.sql("ALTER TABLE users RENAME COLUMN nick TO name").await;
    assert_goes_on(&session).await
}

#[tokio::test]
async fn a_column_of_another_type_is_named_with_both_types() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE users ALTER name TYPE bigint USING 1").await;
    let session = setup.db.session();
    let error = session.execute(select::<User>()).await.expect_err("a number is no text");
    assert!(error.is_decode());
    assert_eq!((error.model(), error.column()), (Some("User"), Some("name")));
    assert_eq!(error.to_string(), "`User::name` is declared as `text` and the database has `bigint` there");
    session.rollback().await?;
    setup.sql("ALTER TABLE users ALTER name TYPE text").await;
    assert_goes_on(&session).await
}

/// What comes back is looked at before the `COMMIT` is on its way.
#[tokio::test]
async fn a_key_of_another_type_is_found_before_anything_is_written() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE users ALTER id TYPE integer").await;
    let session = setup.db.session();
    session.add(User::builder().email("new@example.com"));
    let error = session.commit().await.expect_err("the key is an integer now");
    assert!(error.is_decode());
    assert_eq!((error.model(), error.column()), (Some("User"), Some("id")));
    assert_eq!(error.to_string(), "`User::id` is declared as `bigint` and the database has `integer` there");
    assert!(session.commit().await.is_err_and(|error| error.is_rollback_needed()));
    session.rollback().await?;
    setup.sql("ALTER TABLE users ALTER id TYPE bigint").await;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["1"]);
    assert_goes_on(&session).await
}

#[tokio::test]
async fn null_in_a_field_that_cannot_hold_it_is_named() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE users ALTER email DROP NOT NULL; INSERT INTO users (name) VALUES ('Bob')").await;
    let session = setup.db.session();
    let error = session.execute(select::<User>().order_by(User::id)).await.expect_err("Bob has no email");
    assert!(error.is_decode());
    assert_eq!((error.model(), error.column()), (Some("User"), Some("email")));
    assert_eq!(
        error.to_string(),
        "`User::email` is NULL in the database, which the field cannot hold: make it an `Option`"
    );
    assert_goes_on(&session).await
}

#[tokio::test]
async fn null_that_the_server_refuses_is_named() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE users ALTER name SET NOT NULL").await;
    let session = setup.db.session();
    session.add(User::builder().email("new@example.com"));
    let error = session.commit().await.expect_err("a name is required");
    assert!(error.is_not_null_violation());
    let names = (error.model(), error.table(), error.column(), error.constraint());
    assert_eq!(names, (Some("User"), Some("users"), Some("name"), None));
    setup.sql("ALTER TABLE users ALTER name DROP NOT NULL").await;
    assert_recovers(&setup, &session, &error).await
}

#[tokio::test]
async fn a_duplicate_is_named_and_its_value_is_not_told() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.add(User::builder().email("new@example.com"));
    session.add(User::builder().email("ann@example.com"));
    session.add(Profile::builder().user_id(1));
    let error = session.commit().await.expect_err("the email is taken");
    assert!(error.is_unique_violation());
    assert_eq!((error.model(), error.table()), (Some("User"), Some("users")));
    assert_eq!((error.constraint(), error.sqlstate()), (Some("users_email_key"), Some("23505")));
    let text = "the statement failed: duplicate key value violates unique constraint \"users_email_key\" \
                (table users, constraint users_email_key) (model User)";
    assert_eq!(error.to_string(), text);
    assert_eq!(setup.rows("SELECT count(*) FROM profiles").await, ["0"]);
    assert_recovers(&setup, &session, &error).await
}

#[tokio::test]
async fn a_foreign_key_that_leads_nowhere_is_named() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.add(Post::builder().title("lost").user_id(99));
    let error = session.commit().await.expect_err("there is no user 99");
    assert!(error.is_foreign_key_violation());
    assert_eq!((error.model(), error.table()), (Some("Post"), Some("posts")));
    assert_eq!(error.constraint(), Some("posts_user_id_fkey"));
    assert_recovers(&setup, &session, &error).await?;

    setup.sql("INSERT INTO posts (title, user_id) VALUES ('kept', 1)").await;
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    session.delete(&ann);
    let error = session.commit().await.expect_err("a post refers to Ann");
    assert!(error.is_foreign_key_violation());
    assert_eq!((error.model(), error.constraint()), (Some("User"), Some("posts_user_id_fkey")));
    assert_recovers(&setup, &session, &error).await?;
    assert_eq!(Entity::state(&ann), orm_core::EntityState::Persistent);
    Ok(())
}

#[tokio::test]
async fn a_check_that_fails_is_named() -> Result {
    let setup = blog().await;
    setup.sql("ALTER TABLE users ADD CONSTRAINT has_an_at CHECK (email LIKE '%@%')").await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("Ann is there");
    ann.edit().email = "nonsense".to_owned();
    let error = session.commit().await.expect_err("this is no address");
    assert!(error.is_check_violation());
    let names = (error.model(), error.table(), error.constraint());
    assert_eq!(names, (Some("User"), Some("users"), Some("has_an_at")));
    assert_recovers(&setup, &session, &error).await
}

#[tokio::test]
async fn a_nul_in_a_text_is_refused_by_the_server() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    session.add(User::builder().email("nul\0@example.com"));
    let error = session.commit().await.expect_err("PostgreSQL has no such text");
    assert_eq!((error.model(), error.sqlstate()), (Some("User"), Some("22021")));
    assert!(!error.to_string().contains("nul"), "{error}");
    assert_recovers(&setup, &session, &error).await?;

    session.add(User::builder().email("nul\0@example.com"));
    session.add(User::builder().email("other@example.com"));
    let error = session.commit().await.expect_err("PostgreSQL has no such text in an array either");
    assert_eq!((error.model(), error.sqlstate()), (Some("User"), Some("22021")));
    assert_recovers(&setup, &session, &error).await?;

    let read = session.execute(select::<User>().filter(User::email.eq("\0"))).await;
    let error = read.expect_err("PostgreSQL has no such text");
    assert_eq!((error.model(), error.sqlstate()), (Some("User"), Some("22021")));
    // No transaction has failed with it.
    session.commit().await
}

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
enum Mood {
    Happy,
}

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
#[orm(type = "weather")]
enum Weather {
    Fair,
    Foul,
}

#[derive(Model, Debug, Clone)]
struct Diary {
    #[orm(primary_key)]
    id: i64,
    mood: Mood,
    weather: Weather,
}

#[tokio::test]
async fn a_label_that_the_enum_does_not_have_is_named() -> Result {
    let setup = Setup::new(&orm_core::models![Diary]).await;
    setup.sql("INSERT INTO diary (mood, weather) VALUES ('happy', 'fair'), ('gloomy', 'fair')").await;
    let session = setup.db.session();
    let error = session.execute(select::<Diary>()).await.expect_err("nobody knows gloomy");
    assert!(error.is_decode());
    assert_eq!((error.model(), error.column()), (Some("Diary"), Some("mood")));
    let text = "`Diary::mood` cannot be read: enum `Mood` has no variant with the label `gloomy`";
    assert_eq!(error.to_string(), text);
    assert_eq!(session.get::<Diary>(1).await?.map(|page| page.mood.clone()), Some(Mood::Happy));

    setup.sql("ALTER TYPE weather RENAME VALUE 'foul' TO 'awful'").await;
    session.add(Diary::builder().mood(Mood::Happy).weather(Weather::Foul));
    let error = session.commit().await.expect_err("the server does not know foul");
    assert_eq!((error.model(), error.sqlstate()), (Some("Diary"), Some("22P02")));
    session.rollback().await?;
    session.add(Diary::builder().mood(Mood::Happy).weather(Weather::Fair));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM diary").await, ["3"]);
    Ok(())
}

#[tokio::test]
async fn a_pool_that_has_nothing_left_says_so_after_the_time_to_wait() -> Result {
    let setup = blog().await;
    let wait = std::time::Duration::from_millis(1);
    let db = Database::builder(setup.proxy.url()).pool_size(1).wait(wait).connect().await?;
    let first = db.session();
    first.begin().await?;
    assert_eq!(first.get::<User>(1).await?.map(|user| user.id), Some(1));
    let second = db.session();
    let error = second.get::<User>(1).await.expect_err("the first has the only connection");
    assert!(error.is_connection());
    assert!(error.to_string().starts_with("no connection could be had from the pool"), "{error}");
    first.commit().await?;
    assert_eq!(second.get::<User>(1).await?.map(|user| user.id), Some(1));
    Ok(())
}
