//! Edit guards: open at once, across awaits, in several threads, and under references.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{TABLES, User};

use super::{Result, ada};

#[derive(Model, Debug, Clone)]
#[orm(table = "counters")]
struct Counter {
    #[orm(primary_key)]
    id: i64,
    north: i64,
    east: i64,
    south: i64,
    west: i64,
}

#[tokio::test]
async fn two_open_guards_lose_nothing_of_each_other() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    let (mut one, mut two) = (user.edit(), user.edit());
    one.name = Some("Augusta".into());
    two.email = "augusta@example.org".into();
    assert_eq!(user.name.as_deref(), Some("Ada"), "nothing is changed while the guard is open");
    drop(one);
    drop(two);
    assert_eq!((user.name.as_deref(), &*user.email), (Some("Augusta"), "augusta@example.org"));

    // The same where the guards start from an edit that nobody has read yet.
    user.edit().name = Some("A.".into());
    let (mut one, mut two) = (user.edit(), user.edit());
    one.email = "a@example.org".into();
    two.name = None;
    drop((two, one));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name, email FROM users").await, ["-|a@example.org"]);
    Ok(())
}

#[tokio::test]
async fn of_two_guards_that_change_one_column_the_last_to_be_dropped_wins() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    let (mut one, mut two) = (user.edit(), user.edit());
    one.name = Some("first opened".into());
    two.name = Some("last opened".into());
    drop(two);
    drop(one);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users").await, ["first opened"]);
    Ok(())
}

#[tokio::test]
async fn a_guard_that_changes_nothing_is_no_change() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    setup.flights();
    drop(user.edit());
    user.edit().name = Some("Ada".into());
    user.edit().email = "elsewhere@example.org".into();
    user.edit().email = "ada@example.org".into();
    assert!(session.plan()?.is_empty());
    session.commit().await?;
    assert!(setup.flights().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_guard_stays_open_across_an_await() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    let handle = user.clone();
    let task = tokio::spawn(async move {
        let mut guard = handle.edit();
        guard.name = Some("Augusta".into());
        session.refresh(&handle).await?;
        handle.edit().email = "augusta@example.org".into();
        session.flush().await?;
        drop(guard);
        session.commit().await
    });
    task.await.expect("the task ends")?;
    assert_eq!((user.name.as_deref(), &*user.email), (Some("Augusta"), "augusta@example.org"));
    assert_eq!(setup.rows("SELECT name, email FROM users").await, ["Augusta|augusta@example.org"]);
    Ok(())
}

#[tokio::test]
async fn four_threads_edit_one_entity() -> Result {
    const ROUNDS: i64 = 2_000;
    let setup = Setup::new(orm_core::models![Counter].as_slice()).await;
    let session = setup.db.session();
    let counter = session.add(Counter::builder().north(0).east(0).south(0).west(0));
    session.commit().await?;
    let columns: [fn(&mut Counter) -> &mut i64; 4] =
        [|row| &mut row.north, |row| &mut row.east, |row| &mut row.south, |row| &mut row.west];
    std::thread::scope(|threads| {
        for (thread, column) in columns.into_iter().enumerate() {
            let counter = &counter;
            threads.spawn(move || {
                for round in 0..ROUNDS {
                    *column(&mut counter.edit()) += 1;
                    if thread % 2 == 0 {
                        let mut now = Entity::value(counter).clone();
                        assert_eq!(*column(&mut now), round + 1, "a thread reads what it wrote");
                    }
                }
            });
        }
    });
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT * FROM counters").await,
        [format!("1|{ROUNDS}|{ROUNDS}|{ROUNDS}|{ROUNDS}")]
    );
    Ok(())
}

#[tokio::test]
async fn edits_go_on_while_another_task_flushes() -> Result {
    const ROUNDS: i64 = 200;
    let setup = Setup::new(orm_core::models![Counter].as_slice()).await;
    let session = setup.db.session();
    let counter = session.add(Counter::builder().north(0).east(0).south(0).west(0));
    session.commit().await?;
    let thread = std::thread::spawn({
        let counter = counter.clone();
        move || (0..ROUNDS).for_each(|_| counter.edit().north += 1)
    });
    for _ in 0..ROUNDS {
        counter.edit().south += 1;
        session.flush().await?;
    }
    thread.join().expect("the thread ends");
    session.commit().await?;
    assert_eq!((counter.north, counter.south), (ROUNDS, ROUNDS));
    assert_eq!(setup.rows("SELECT north, south FROM counters").await, [format!("{ROUNDS}|{ROUNDS}")]);
    Ok(())
}

#[tokio::test]
async fn a_borrowed_column_stays_as_it_was_while_the_row_is_edited() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = ada(&session).await?;
    let email: &str = &user.email;
    std::thread::scope(|threads| {
        let other = user.clone();
        threads.spawn(move || {
            for round in 0..1_000 {
                other.edit().email = format!("{round}@example.org");
                assert_eq!(other.email, format!("{round}@example.org"));
            }
        });
        (0..1_000).for_each(|_| assert_eq!(email, "ada@example.org"));
    });
    session.commit().await?;
    session.refresh(&user).await?;
    assert_eq!((email, &*user.email), ("ada@example.org", "999@example.org"));
    Ok(())
}

#[tokio::test]
async fn an_edit_of_a_pending_entity_is_inserted_with_it() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().email("ada@example.org"));
    user.edit().name = Some("Ada".into());
    user.edit().id = 7;
    setup.flights();
    session.commit().await?;
    assert_eq!((user.id, user.name.as_deref()), (7, Some("Ada")));
    assert_eq!(setup.rows("SELECT * FROM users").await, ["7|Ada|ada@example.org"]);
    Ok(())
}
