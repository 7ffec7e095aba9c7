//! Several rows in one statement: each gets its own answer, and one that misses is not passed over.

use orm_core::EntityState;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{TABLES, User};
use orm_tests::models::shop::{self, Line, Order};
use uuid::Uuid;

use crate::events::Events;

type Result = orm_core::Result<()>;

/// The server makes the key, and a trigger another column.
#[derive(Model, Debug, Clone)]
#[orm(table = "tickets")]
struct Ticket {
    #[orm(primary_key, default = gen_random_uuid())]
    id: Uuid,
    #[orm(unique)]
    code: i64,
    #[orm(default = 0)]
    stamp: i64,
}

/// The key is given, and the server makes another column.
#[derive(Model, Debug, Clone)]
#[orm(table = "seats")]
struct Seat {
    #[orm(primary_key)]
    name: String,
    #[orm(identity)]
    number: i64,
}

/// The server makes the key, and another column if it is not given.
#[derive(Model, Debug, Clone)]
#[orm(table = "seatings")]
struct Seating {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[orm(default = 7)]
    row: i64,
}

/// Columns that `unnest` would flatten, and columns that may be NULL.
#[derive(Model, Debug, Clone)]
#[orm(table = "samples")]
struct Sample {
    #[orm(primary_key)]
    id: i64,
    tags: Vec<String>,
    scores: Option<Vec<i64>>,
    note: Option<String>,
    #[orm(default = "'made'")]
    made: Option<String>,
}

/// A database whose server gives answers in the order of the keys, whatever the order of the rows.
async fn answering_in_key_order(
    tables: &[&'static orm_core::model::Table],
) -> orm_core::Result<(Setup, Database)> {
    let setup = Setup::new(tables).await;
    for join in ["hashjoin", "nestloop"] {
        let set = format!("format('ALTER DATABASE %I SET enable_{join} = off', current_database())");
        setup.sql(&format!("DO $$ BEGIN EXECUTE {set}; END $$")).await;
    }
    let db = Database::connect(setup.database.url()).await?;
    Ok((setup, db))
}

#[tokio::test]
async fn each_of_many_rows_gets_the_key_and_the_values_that_were_made_for_it() -> Result {
    let (setup, db) = answering_in_key_order(&models![Ticket]).await?;
    setup.sql("CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.stamp = -NEW.code; RETURN NEW; END'").await;
    setup.sql("CREATE TRIGGER stamp BEFORE INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION stamp()").await;
    let session = db.session();
    let tickets = session.add_all((0..1000).map(|code| Ticket::builder().code(code)));
    session.commit().await?;
    assert!(!tickets.is_sorted_by_key(|ticket| ticket.id));
    let rows: Vec<_> =
        tickets.iter().map(|ticket| format!("{}|{}|{}", ticket.code, ticket.id, ticket.stamp)).collect();
    assert_eq!(setup.rows("SELECT code, id, -code FROM tickets ORDER BY code").await, rows);
    for ticket in &tickets {
        assert_eq!(session.get::<Ticket>(ticket.id).await?.as_ref(), Some(ticket));
    }
    Ok(())
}

#[tokio::test]
async fn rows_with_given_keys_get_what_the_server_made_for_them() -> Result {
    let (setup, db) = answering_in_key_order(&models![Seat]).await?;
    let session = db.session();
    // Backwards, so that the order of the keys is not that of the rows.
    let seats = session.add_all((0..1000).rev().map(|n| Seat::builder().name(format!("{n:04}"))));
    session.commit().await?;
    let rows: Vec<_> = seats.iter().rev().map(|seat| format!("{}|{}", seat.name, seat.number)).collect();
    assert_eq!(setup.rows("SELECT name, number FROM seats ORDER BY name").await, rows);
    Ok(())
}

/// Scenario 298: one statement, however many rows there are.
#[tokio::test]
async fn a_thousand_and_more_rows_are_one_statement() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let users = session.add_all((0..1274).map(|n| User::builder().email(format!("{n}"))));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT users (batch)", "COMMIT"]]);
    assert!(users.iter().zip(1..).all(|(user, id)| user.id == id));
    Ok(())
}

/// Scenario 303: rows of one shape go together, whatever stands between them, and each entity is the one that was added.
#[tokio::test]
async fn rows_of_different_shapes_are_a_statement_each_and_keep_their_places() -> Result {
    let setup = Setup::new(&models![Seating]).await;
    let session = setup.db.session();
    let given = |n: i64| n % 3 == 0;
    let seats: Vec<_> = (0..90)
        .map(|n| match given(n) {
            true => session.add(Seating::builder().name(format!("{n}")).row(n)),
            false => session.add(Seating::builder().name(format!("{n}"))),
        })
        .collect();
    session.commit().await?;
    let sent = ["BEGIN", "INSERT seatings (batch)", "INSERT seatings (batch)", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    for (n, seat) in (0..).zip(&seats) {
        assert_eq!((seat.name.as_str(), seat.row), (format!("{n}").as_str(), if given(n) { n } else { 7 }));
        let row = format!("SELECT name, row FROM seatings WHERE id = {}", seat.id);
        assert_eq!(setup.rows(&row).await, [format!("{}|{}", seat.name, seat.row)]);
    }
    Ok(())
}

/// Three users, loaded.
async fn three_users(setup: &Setup, session: &Session) -> orm_core::Result<Vec<Entity<User>>> {
    setup.sql("INSERT INTO users (email, name) SELECT n || '@a.b', 'old' FROM generate_series(1, 3) n").await;
    Ok(session.scalars(select::<User>().order_by(User::id)).await?.all())
}

#[tokio::test]
async fn a_batch_of_updates_that_misses_a_row_commits_nothing() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let users = three_users(&setup, &session).await?;
    session.commit().await?;
    setup.sql("DELETE FROM users WHERE id = 2").await;
    users.iter().for_each(|user| user.edit().name = Some("new".into()));
    let added = session.add(User::builder().email("added"));
    let error = session.commit().await.expect_err("a row is gone");
    assert!(error.is_stale() && error.model() == Some("User"), "{error}");
    let words = error.to_string();
    assert!(words.contains("id 2") && !words.contains("id 1") && !words.contains("id 3"), "{words}");
    assert!(session.commit().await.is_err_and(|error| error.is_rollback_needed()));
    assert_eq!(setup.rows("SELECT id, name FROM users ORDER BY id").await, ["1|old", "3|old"]);
    session.rollback().await?;
    assert_eq!(Entity::state(&added), EntityState::Transient);
    users[0].edit().name = Some("new".into());
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, name FROM users ORDER BY id").await, ["1|new", "3|old"]);
    Ok(())
}

#[tokio::test]
async fn an_update_of_one_row_that_is_gone_names_it() -> Result {
    let setup = Setup::new(&shop::TABLES).await;
    let session = setup.db.session();
    let lines = [1, 2].map(|number| Line::builder().number(number).product("tea"));
    let order = session.add(Order::builder().tenant_id(7).customer("ann").lines(lines));
    session.commit().await?;
    setup.sql("DELETE FROM lines").await;
    let lines = order.lines().get()?;
    lines[1].edit().product = "coffee".into();
    let error = session.flush().await.expect_err("the row is gone");
    assert!(error.is_stale() && error.model() == Some("Line"), "{error}");
    assert!(error.to_string().contains("tenant_id 7, order_id 1, number 2"), "{error}");
    session.rollback().await?;
    lines.iter().for_each(|line| line.edit().product = "coffee".into());
    let words = session.flush().await.expect_err("the rows are gone").to_string();
    assert!(words.contains("number 1; tenant_id 7, order_id 1, number 2"), "{words}");
    Ok(())
}

#[tokio::test]
async fn an_update_in_which_a_trigger_divides_by_zero_is_not_called_stale() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let users = three_users(&setup, &session).await?;
    session.commit().await?;
    setup.sql("ALTER TABLE users ADD part bigint GENERATED ALWAYS AS (1 / length(name)) STORED").await;
    users[0].edit().name = Some(String::new());
    let error = session.flush().await.expect_err("nothing can be divided by zero");
    assert!(!error.is_stale() && error.sqlstate() == Some("22012"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_delete_that_misses_rows_only_warns() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let users = three_users(&setup, &session).await?;
    session.commit().await?;
    setup.sql("DELETE FROM users WHERE id = 2").await;
    users.iter().for_each(|user| session.delete(user));
    let events = Events::default();
    let guard = tracing::subscriber::set_default(events.clone());
    session.commit().await?;
    drop(guard);
    let warnings =
        events.lines().into_iter().filter(|line| line.contains("were not there")).collect::<Vec<_>>();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("table=\"users\" expected=3 found=2"), "{warnings:?}");
    assert_eq!(Entity::state(&users[1]), EntityState::Detached);
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["0"]);
    Ok(())
}

#[tokio::test]
async fn arrays_and_nulls_travel_in_any_number() -> Result {
    let setup = Setup::new(&models![Sample]).await;
    let session = setup.db.session();
    let sample = |n: usize| {
        let tags = vec!["a,\"b\"".to_owned(); n];
        let scores = (n != 1).then(|| (0..).take(n).collect());
        Sample::builder().tags(tags).scores(scores).note((n == 1).then(|| "NULL".to_owned()))
    };
    let samples = session.add_all((0..3).map(sample));
    session.commit().await?;
    let expected = [
        "1|{}|{}|-|made",
        "2|{\"a,\\\"b\\\"\"}|-|NULL|made",
        "3|{\"a,\\\"b\\\"\",\"a,\\\"b\\\"\"}|{0,1}|-|made",
    ];
    assert_eq!(setup.rows("SELECT * FROM samples ORDER BY id").await, expected);
    assert_eq!(samples[2].made.as_deref(), Some("made"));
    for sample in &samples {
        let mut edit = sample.edit();
        (edit.note, edit.made) = (None, sample.scores.as_ref().map(|scores| format!("{scores:?}")));
    }
    setup.shapes();
    session.commit().await?;
    let sent = ["BEGIN", "UPDATE samples: made (batch)", "UPDATE samples: note, made", "COMMIT"];
    let mut shapes = setup.shapes();
    assert_eq!(shapes.len(), 1);
    shapes[0][1..3].sort();
    assert_eq!(shapes, [sent]);
    samples.iter().for_each(|sample| sample.edit().scores = Some(vec![sample.id]));
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT note, made, scores FROM samples ORDER BY id").await,
        ["-|[]|{1}", "-|-|{2}", "-|[0, 1]|{3}"]
    );
    session.clear();
    let samples = session.scalars(select::<Sample>().order_by(Sample::id)).await?.all();
    assert_eq!(samples.iter().map(|sample| sample.tags.len()).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((&samples[1].scores, &samples[1].made), (&Some(vec![2]), &None));
    Ok(())
}
