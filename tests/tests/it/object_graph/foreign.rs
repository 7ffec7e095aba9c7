//! An entity of another graph is a typed error in every call that takes one, and nothing else is lost.

use orm_core::prelude::*;
use orm_core::{EntityState, Error};
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};

use super::Result;

/// A session with a user and their post, and a user and a post that are not this session's.
struct Strangers {
    setup: Setup,
    session: Session,
    own: (Entity<User>, Entity<Post>),
    foreign: (Entity<User>, Entity<Post>),
}

#[derive(Clone, Copy)]
enum Origin {
    AnotherSession,
    BeforeClear,
}

const BOTH: [Origin; 2] = [Origin::AnotherSession, Origin::BeforeClear];

impl Strangers {
    async fn new(from: Origin) -> orm_core::Result<Self> {
        let setup = Setup::new(&TABLES).await;
        let (first, second) = (setup.db.session(), setup.db.session());
        let own = Self::pair(&first, "own").await?;
        let (session, own, foreign) = match from {
            Origin::AnotherSession => (first, own, Self::pair(&second, "foreign").await?),
            Origin::BeforeClear => {
                first.clear();
                let user = first.get::<User>(1).await?.expect("the user is there");
                let post = first.get::<Post>(1).await?.expect("the post is there");
                user.posts().await?;
                (first, (user, post), own)
            }
        };
        Ok(Self { setup, session, own, foreign })
    }

    async fn pair(session: &Session, name: &str) -> orm_core::Result<(Entity<User>, Entity<Post>)> {
        let user = session.add(User::builder().email(format!("{name}@example.org")));
        let post = session.add(Post::builder().title(name).user(&user));
        session.commit().await?;
        Ok((user, post))
    }

    /// The next commit says what was done; what else there was to write is written by the one after it.
    async fn is_reported(&self, one: &str, other: &str) -> Result {
        self.own.0.edit().name = Some("kept".into());
        let error = self.session.commit().await.expect_err("the misuse is reported");
        names_both(&error, one, other);
        assert!(self.setup.rows("SELECT id FROM users WHERE name IS NOT NULL").await.is_empty());
        self.session.commit().await?;
        assert_eq!(self.setup.rows("SELECT id FROM users WHERE name = 'kept'").await, ["1"]);
        let post = "SELECT user_id FROM posts WHERE id = 1";
        assert_eq!(self.setup.rows(post).await, ["1"], "the post is where it was");
        Ok(())
    }
}

fn names_both(error: &Error, one: &str, other: &str) {
    assert!(error.is_foreign_entity(), "{error}");
    let message = error.to_string();
    assert!(message.contains(one) && message.contains(other), "{message}");
}

#[tokio::test]
async fn in_a_builder() -> Result {
    for from in BOTH {
        let strangers = Strangers::new(from).await?;
        let new = strangers.session.add(Profile::builder().bio("whose?").user(&strangers.foreign.0));
        strangers.is_reported("`User`", "`Profile`").await?;
        assert!(strangers.setup.rows("SELECT * FROM profiles").await.is_empty());
        assert_eq!(Entity::state(&new), EntityState::Transient);
        assert!(strangers.foreign.0.profile().get().is_ok_and(|profile| profile.is_none()));
    }
    Ok(())
}

#[tokio::test]
async fn in_a_builder_that_brings_children() -> Result {
    let strangers = Strangers::new(Origin::AnotherSession).await?;
    let user = User::builder().email("new@example.org");
    let user =
        strangers.session.add(user.posts([Post::builder().title("one"), Post::builder().title("two")]));
    strangers.session.add(Post::builder().title("three").user(&strangers.foreign.0));
    strangers.is_reported("`User`", "`Post`").await?;
    assert_eq!(user.posts().get()?.len(), 2);
    let titles = strangers.setup.rows("SELECT title FROM posts ORDER BY id").await;
    assert_eq!(titles, ["own", "foreign", "one", "two"]);
    Ok(())
}

#[tokio::test]
async fn in_set() -> Result {
    for from in BOTH {
        let strangers = Strangers::new(from).await?;
        strangers.own.1.user().set(&strangers.foreign.0);
        assert_eq!(strangers.own.1.user().await?, strangers.own.0);
        strangers.is_reported("`User`", "`Post`").await?;
    }
    Ok(())
}

#[tokio::test]
async fn in_add_and_remove() -> Result {
    for from in BOTH {
        let strangers = Strangers::new(from).await?;
        let posts = strangers.own.0.posts().await?;
        strangers.own.0.posts().add(&strangers.foreign.1);
        assert_eq!(strangers.own.0.posts().get()?, posts);
        strangers.is_reported("`Post`", "`User`").await?;

        strangers.own.0.posts().remove(&strangers.foreign.1);
        assert_eq!(strangers.own.0.posts().get()?, posts);
        names_both(&strangers.session.flush().await.expect_err("it is reported"), "`Post`", "`User`");
    }
    Ok(())
}

#[tokio::test]
async fn in_the_sessions_add() -> Result {
    for from in BOTH {
        let strangers = Strangers::new(from).await?;
        let added = strangers.session.add(&strangers.foreign.0);
        assert_eq!(added, strangers.foreign.0);
        strangers.is_reported("`User`", "from before `clear`").await?;
    }
    Ok(())
}

#[tokio::test]
async fn in_delete() -> Result {
    for from in BOTH {
        let strangers = Strangers::new(from).await?;
        strangers.session.delete(&strangers.foreign.1);
        strangers.is_reported("`Post`", "from before `clear`").await?;
        let id = strangers.foreign.1.id;
        let row = format!("SELECT id FROM posts WHERE id = {id}");
        assert_eq!(strangers.setup.rows(&row).await, [id.to_string()]);
    }
    Ok(())
}

#[tokio::test]
async fn in_refresh() -> Result {
    for from in BOTH {
        let strangers = Strangers::new(from).await?;
        strangers.setup.flights();
        let (columns, attribute) = {
            let user = &strangers.foreign.0;
            let refreshed = strangers.session.refresh(user).await;
            (refreshed, strangers.session.refresh(user).attribute(User::posts).await)
        };
        for refreshed in [columns, attribute] {
            names_both(&refreshed.expect_err("it is refused"), "`User`", "from before `clear`");
        }
        assert!(strangers.setup.flights().is_empty());
        strangers.session.commit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn positions_of_two_graphs_are_never_taken_for_each_other() -> Result {
    // Both sessions have one user and one post, so all positions are the same.
    let strangers = Strangers::new(Origin::AnotherSession).await?;
    strangers.own.1.user().set(&strangers.foreign.0);
    strangers.own.0.posts().add(&strangers.foreign.1);
    strangers.session.delete(&strangers.foreign.0);
    assert!(strangers.session.commit().await.is_err());
    strangers.session.commit().await?;
    let posts = strangers.setup.rows("SELECT id, user_id FROM posts ORDER BY id").await;
    assert_eq!(posts, ["1|1", "2|2"]);
    Ok(())
}
