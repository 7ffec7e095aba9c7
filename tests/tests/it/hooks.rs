//! What sessions tell of, and what hooks may do. Scenarios of section T.

use std::sync::{Arc, Mutex};

use orm_core::prelude::*;
use orm_core::{EntityState, UnitOfWork};
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};

type Result = orm_core::Result<()>;

/// What was told, in order.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().expect("no hook panicked").push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no hook panicked"))
    }

    fn session(&self, what: &'static str) -> impl Fn(&UnitOfWork<'_>) + Send + Sync + 'static {
        let told = self.clone();
        move |_| told.note(what)
    }

    fn user(&self, what: &'static str) -> impl Fn(&Entity<User>) + Send + Sync + 'static {
        let told = self.clone();
        move |user| told.note(format!("{what} {} {:?}", user.email, Entity::state(user)))
    }

    /// Hooks for everything that happens to users.
    fn of_users(&self) -> Events {
        Events::new()
            .before_flush(self.session("before flush"))
            .after_flush(self.session("after flush"))
            .after_commit(self.session("after commit"))
            .after_rollback(self.session("after rollback"))
            .before_insert(self.user("before insert"))
            .after_insert(self.user("after insert"))
            .before_update(self.user("before update"))
            .after_update(self.user("after update"))
            .before_delete(self.user("before delete"))
            .after_delete(self.user("after delete"))
            .on_load(self.user("load"))
    }
}

fn user(email: &str) -> impl orm_core::Add<Model = User> {
    User::builder().email(email)
}

/// Scenarios 33 and 326: rows are told of in the order in which they were added, all of them before and all of them
/// after the statements; around them the flush, and then the commit.
#[tokio::test]
async fn a_flush_tells_of_itself_and_of_its_rows() -> Result {
    let setup = Setup::new(&TABLES).await;
    let told = Told::default();
    let session = setup.db.with_events(told.of_users()).session();
    session.add_all([user("b"), user("a")]);
    session.commit().await?;
    assert_eq!(
        told.take(),
        [
            "before flush",
            "before insert b Pending",
            "before insert a Pending",
            "after insert b Persistent",
            "after insert a Persistent",
            "after flush",
            "after commit",
        ]
    );
    assert_eq!(setup.shapes(), [&["BEGIN", "INSERT users (batch)"][..], &["COMMIT"]]);
    session.flush().await?;
    assert!(told.take().is_empty());
    Ok(())
}

/// Scenario 220, by the rows' events: an entity is in its new state when they come, and they come once.
#[tokio::test]
async fn an_entity_tells_of_each_of_its_steps_once() -> Result {
    let setup = Setup::new(&TABLES).await;
    let told = Told::default();
    let session = setup.db.with_events(told.of_users()).session();
    let one = session.add(user("one"));
    session.flush().await?;
    assert_eq!(told.take()[1..3], ["before insert one Pending", "after insert one Persistent"]);
    one.edit().name = Some("One".into());
    session.flush().await?;
    assert_eq!(told.take()[1..3], ["before update one Persistent", "after update one Persistent"]);
    session.delete(&one);
    session.flush().await?;
    assert_eq!(told.take()[1..3], ["before delete one Persistent", "after delete one Deleted"]);
    session.rollback().await?;
    assert_eq!(told.take(), ["after rollback"]);
    assert_eq!(Entity::state(&one), EntityState::Transient);
    Ok(())
}

#[tokio::test]
async fn a_row_tells_once_that_it_was_loaded() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (email) VALUES ('a'), ('b')").await;
    setup.sql("INSERT INTO posts (title, user_id) VALUES ('x', 1), ('y', 2)").await;
    let told = Told::default();
    let session = setup.db.with_events(told.of_users()).session();
    session.scalars(select::<Post>().options(joinedload(Post::user)).order_by(Post::id)).await?;
    assert_eq!(told.take(), ["load a Persistent", "load b Persistent"]);
    session.scalars(select::<User>()).await?;
    let user = session.get::<User>(1).await?.expect("the user is there");
    session.refresh(&user).await?;
    assert!(told.take().is_empty());
    session.clear();
    session.get::<User>(2).await?;
    assert_eq!(told.take(), ["load b Persistent"]);
    Ok(())
}

/// Scenario 327: what a hook adds, deletes and edits is written by the same flush, and told of.
#[tokio::test]
async fn what_is_done_before_a_flush_is_part_of_it() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO users (email) VALUES ('old')").await;
    let told = Told::default();
    let events = told.of_users().before_insert(|user: &Entity<User>| {
        let email = user.email.to_uppercase();
        user.edit().email = email;
    });
    let old: Arc<Mutex<Option<Entity<User>>>> = Arc::default();
    let doomed = Arc::clone(&old);
    let events = events.before_flush(move |unit| {
        if let Some(old) = doomed.lock().expect("nothing panicked").take() {
            unit.delete(&old);
            unit.add(user("added"));
        }
    });
    let session = setup.db.with_events(events).session();
    *old.lock().expect("nothing panicked") = session.get::<User>(1).await?;
    session.add(user("first"));
    setup.flights();
    session.flush().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT users (batch)", "DELETE users"]]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT email FROM users ORDER BY id").await, ["FIRST", "ADDED"]);
    let told = told.take();
    assert!(told.contains(&"before insert added Pending".to_owned()), "{told:?}");
    assert!(told.contains(&"after delete old Deleted".to_owned()), "{told:?}");
    Ok(())
}

/// Rows that hooks of rows add are told of too, also of other models.
#[tokio::test]
async fn a_hook_of_a_row_may_add_what_belongs_to_it() -> Result {
    let setup = Setup::new(&TABLES).await;
    let events = Events::new()
        .before_insert(|user: &Entity<User>| {
            if user.profile().get().is_ok_and(|profile| profile.is_none()) {
                user.edit().name = Some("greeted".into());
            }
        })
        .before_insert(|post: &Entity<Post>| {
            let title = format!("{}!", post.title);
            post.edit().title = title;
        });
    let session = setup.db.with_events(events).session();
    let user = session.add(User::builder().email("a").posts([Post::builder().title("Hello")]));
    session.add(User::builder().email("b").profile(Profile::builder().bio("x")));
    session.commit().await?;
    assert_eq!(user.posts().get()?[0].title, "Hello!");
    assert_eq!(setup.rows("SELECT email, name FROM users ORDER BY id").await, ["a|greeted", "b|-"]);
    Ok(())
}

/// A hook refuses: nothing is sent, the cause is told, and the session goes on.
#[tokio::test]
async fn a_hook_refuses_a_flush() -> Result {
    let setup = Setup::new(&TABLES).await;
    let events = Events::new().before_insert(|user: &Entity<User>| match user.email.contains('@') {
        true => Ok(()),
        false => Err(format!("{:?} is not an address", user.email)),
    });
    let session = setup.db.with_events(events).session();
    let user = session.add(user("ann"));
    let error = session.commit().await.expect_err("there is no @");
    assert!(error.is_refused() && error.model() == Some("User"), "{error}");
    assert_eq!(
        error.to_string(),
        "refused of a `User` by a hook, before an insert: \"ann\" is not an address"
    );
    assert!(setup.statements().is_empty());
    user.edit().email = "ann@example.org".into();
    session.commit().await?;
    assert_eq!(setup.rows("SELECT email FROM users").await, ["ann@example.org"]);
    Ok(())
}

/// Scenarios 46 and 328: what is added after a flush, by the hook of a row or of the flush, is written by the next, and
/// a commit leaves nothing unwritten; its own hook comes once.
#[tokio::test]
async fn a_commit_flushes_until_hooks_make_no_new_work() -> Result {
    let setup = Setup::new(&TABLES).await;
    let told = Told::default();
    let left = Arc::new(Mutex::new(2));
    let count = Arc::clone(&left);
    let events = Events::new()
        .after_insert(|user: &Entity<User>| {
            if user.name.is_none() {
                user.edit().name = Some(format!("number {}", user.id));
            }
        })
        .after_flush(move |unit| {
            let mut left = count.lock().expect("nothing panicked");
            if *left > 0 {
                *left -= 1;
                unit.add(user(&format!("again {left}")));
            }
        })
        .after_commit(told.session("committed"));
    let session = setup.db.with_events(events).session();
    let first = session.add(user("first"));
    session.flush().await?;
    assert_eq!(session.plan()?.to_string(), "update 1 of users: name\ninsert 1 into users\n");
    assert_eq!(first.name.as_deref(), Some("number 1"));
    session.commit().await?;
    let rows = setup.rows("SELECT email, name FROM users ORDER BY id").await;
    assert_eq!(rows, ["first|number 1", "again 1|number 2", "again 0|number 3"]);
    assert_eq!((told.take(), session.plan()?.is_empty()), (vec!["committed".to_owned()], true));
    Ok(())
}

/// Scenario 46, its end.
#[tokio::test]
async fn hooks_without_an_end_are_an_error() -> Result {
    let setup = Setup::new(&TABLES).await;
    let number = Mutex::new(0);
    let next = move |unit: &UnitOfWork<'_>| {
        let mut number = number.lock().expect("nothing panicked");
        *number += 1;
        unit.add(user(&number.to_string()));
    };
    let session = setup.db.with_events(Events::new().after_flush(next)).session();
    session.add(user("first"));
    let error = session.commit().await.expect_err("the hook does not come to an end");
    assert!(error.is_refused() && error.to_string().contains("come to an end"), "{error}");
    session.rollback().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM users").await, ["0"]);
    let endless = Events::new().before_insert(|_: &Entity<User>| {}).before_flush(|_| {});
    let session = setup.db.with_events(endless).session();
    session.add(user("first"));
    session.commit().await
}

/// Scenario 295: what a flush fills in is nobody's edit; no hook of an update comes, and nothing is left to write.
#[tokio::test]
async fn keys_that_the_server_makes_are_no_changes() -> Result {
    let setup = Setup::new(&TABLES).await;
    let told = Told::default();
    let session = setup.db.with_events(told.of_users()).session();
    session.add(User::builder().email("a").posts([Post::builder().title("x")]));
    session.commit().await?;
    assert!(!told.take().iter().any(|told| told.contains("update")));
    assert!(session.plan()?.is_empty());
    Ok(())
}
