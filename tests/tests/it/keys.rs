//! Keys of every kind: who makes them, and when two are the same.

use chrono::{DateTime, Utc};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{TABLES, User};

type Result = orm_core::Result<()>;

/// A key that the server stores less exactly than Rust does.
#[derive(Model, Debug, Clone)]
#[orm(table = "events")]
struct Event {
    #[orm(primary_key)]
    at: DateTime<Utc>,
    name: String,
}

/// A key that only the server may make.
#[derive(Model, Debug, Clone)]
#[orm(table = "always")]
struct Always {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

/// A key, and another column, of a type that the database derives from another one.
#[derive(Model, Debug, Clone)]
#[orm(table = "mails")]
struct Mail {
    #[orm(primary_key, type = "address")]
    sender: String,
    #[orm(type = "address")]
    recipient: Option<String>,
}

#[tokio::test]
async fn a_time_in_a_key_is_the_one_that_the_server_stores() -> Result {
    let setup = Setup::new(&models![Event]).await;
    let session = setup.db.session();
    let at = DateTime::from_timestamp(1_700_000_000, 123_456_789).expect("the time is in range");
    let event = session.add(Event::builder().at(at).name("x"));
    session.commit().await?;
    assert_eq!(session.execute(select::<Event>()).await?.scalar_one()?, event);
    assert_eq!(session.get::<Event>(at).await?, Some(event));
    Ok(())
}

#[tokio::test]
async fn a_trigger_that_changes_the_keys_of_new_rows_is_not_passed_over() -> Result {
    let setup = Setup::new(&TABLES).await;
    let function = "BEGIN NEW.id := 1000 + NEW.id; RETURN NEW; END";
    setup.sql(&format!("CREATE FUNCTION raise_key() RETURNS trigger LANGUAGE plpgsql AS '{function}'")).await;
    setup
        .sql("CREATE TRIGGER raise_key BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION raise_key()")
        .await;
    let session = setup.db.session();
    let one = session.add(User::builder().email("one"));
    session.commit().await?;
    assert_eq!(one.id, 1001);
    session.add_all(["two", "three"].map(|email| User::builder().email(email)));
    let error = session.commit().await.expect_err("the keys are not those that were drawn");
    assert!(error.is_stale() && error.to_string().contains("trigger"), "{error}");
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT email FROM users").await, ["one"]);
    Ok(())
}

/// Scenario 301, for rows that the server leaves out.
#[tokio::test]
async fn a_trigger_that_skips_new_rows_is_not_passed_over() -> Result {
    let setup = Setup::new(&TABLES).await;
    let function = "BEGIN RETURN CASE WHEN NEW.email <> ''skipped'' THEN NEW END; END";
    setup.sql(&format!("CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS '{function}'")).await;
    setup.sql("CREATE TRIGGER skip BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION skip()").await;
    for emails in [&["skipped"][..], &["kept", "skipped"]] {
        let session = setup.db.session();
        session.add_all(emails.iter().map(|&email| User::builder().email(email)));
        let error = session.flush().await.expect_err("a row is not there");
        assert!(error.is_stale() && error.model() == Some("User"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn keys_that_are_always_generated_come_back_for_any_number_of_rows() -> Result {
    let setup = Setup::new(&[]).await;
    let id = "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
    setup.sql(&format!("CREATE TABLE always ({id}, name text NOT NULL)")).await;
    let session = setup.db.session();
    session.add(Always::builder().name("a"));
    session.commit().await?;
    let more = session.add_all(["b", "c"].map(|name| Always::builder().name(name)));
    session.commit().await?;
    assert_eq!(more.iter().map(|row| row.id).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(setup.rows("SELECT * FROM always ORDER BY id").await, ["1|a", "2|b", "3|c"]);
    Ok(())
}

async fn mails() -> Setup {
    let setup = Setup::new(&[]).await;
    setup.sql("CREATE DOMAIN address AS text CHECK (VALUE <> '')").await;
    setup.sql("CREATE TABLE mails (sender address PRIMARY KEY, recipient address)").await;
    setup
}

#[tokio::test]
async fn columns_of_a_domain_are_written_in_any_number() -> Result {
    let setup = mails().await;
    let session = setup.db.session();
    let one = session.add(Mail::builder().sender("a").recipient("x"));
    session.commit().await?;
    let two = session.add_all(["b", "c"].map(|sender| Mail::builder().sender(sender)));
    session.commit().await?;
    one.edit().recipient = Some("y".into());
    session.commit().await?;
    two.iter().for_each(|mail| mail.edit().recipient = Some("z".into()));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT * FROM mails ORDER BY sender").await, ["a|y", "b|z", "c|z"]);
    session.add(Mail::builder().sender(""));
    assert!(session.commit().await.is_err_and(|error| error.is_check_violation()));
    Ok(())
}

#[tokio::test]
async fn columns_of_a_domain_are_compared() -> Result {
    let setup = mails().await;
    setup.sql("INSERT INTO mails VALUES ('a', 'y'), ('b', 'z'), ('c', 'z')").await;
    let session = setup.db.session();
    let found = |condition| {
        let rows = session.scalars(select::<Mail>().filter(condition).order_by(Mail::sender));
        async {
            Ok::<_, orm_core::Error>(
                rows.await?.all().iter().map(|mail| mail.sender.clone()).collect::<String>(),
            )
        }
    };
    assert_eq!(found(Mail::recipient.eq("z")).await?, "bc");
    assert_eq!(found(Mail::sender.in_(["a", "c"])).await?, "ac");
    assert_eq!(found(Mail::sender.between("b", "c") & Mail::recipient.like("z%")).await?, "bc");
    let mail = session.get::<Mail>("a").await?.expect("the row is there");
    session.refresh(&mail).await?;
    session.delete(&mail);
    session.commit().await?;
    for mail in session.scalars(select::<Mail>()).await? {
        session.delete(&mail);
    }
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM mails").await, ["0"]);
    Ok(())
}

#[derive(Model, Debug, Clone)]
#[orm(table = "tenants", has_many(lines: Line, back_populates = tenant))]
struct Tenant {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "orders", has_many(lines: Line, back_populates = order))]
struct Order {
    #[orm(primary_key)]
    tenant_id: i64,
    #[orm(primary_key)]
    number: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "lines")]
#[orm(belongs_to(order: Order, key = (tenant_id, number), back_populates = lines))]
struct Line {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(tenant: Tenant, back_populates = lines))]
    tenant_id: i64,
    number: i64,
}

#[tokio::test]
async fn a_column_of_two_keys_is_changed_for_both() -> Result {
    let s = Setup::new(&models![Tenant, Order, Line]).await;
    let session = s.db.session();
    let (one, two) = (session.add(Tenant::builder().id(1)), session.add(Tenant::builder().id(2)));
    let a = session.add(Order::builder().tenant_id(1).number(1));
    let b = session.add(Order::builder().tenant_id(2).number(1));
    session.commit().await?;
    let line = session.add(Line::builder().order(&a));
    session.commit().await?;
    assert_eq!(line.tenant().get()?, one);
    line.order().set(&b);
    assert_eq!(line.tenant_id, 2);
    assert_eq!(line.tenant().get()?, two);
    Ok(())
}
