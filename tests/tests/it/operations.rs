//! The operations of the README, each with its statements and flights, on a connection whose statements are prepared.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};

type Result = orm_core::Result<()>;

const ROWS: &str = "TRUNCATE users, profiles, posts RESTART IDENTITY;
    INSERT INTO users (name, email) VALUES ('Ada', 'a@x.org'), ('Grace', 'g@x.org'), ('Barbara', 'b@x.org');
    INSERT INTO profiles (bio, user_id) VALUES ('Engines', 1), ('Backend Engineer', 2);
    INSERT INTO posts (title, user_id) VALUES ('On engines', 1), ('On notes', 1), ('On bugs', 2)";

const USERS: &str = "SELECT users.id, users.name, users.email FROM users WHERE users.id";
const PROFILES: &str =
    "SELECT profiles.id, profiles.bio, profiles.user_id FROM profiles WHERE profiles.id = $1";
const POSTS: &str = "SELECT posts.id, posts.title, posts.user_id FROM posts";
const INSERT_PROFILE: &str = "INSERT INTO profiles (bio, user_id) VALUES ($1, $2) RETURNING id";
const INSERT_USER_NOTED: &str = "WITH orm_done AS (INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id), orm_noted AS MATERIALIZED \
     (SELECT set_config('orm.keys_0', CASE count(*) WHEN 0 THEN ('lost rows: ' || count(*))::bigint::text \
     ELSE (array_agg(id))[1]::text END, true) FROM orm_done) \
     SELECT orm_done.id FROM orm_noted LEFT JOIN orm_done ON true";
const INSERT_PROFILE_OF_NOTED: &str = "INSERT INTO profiles (bio, user_id) \
     VALUES ($1, split_part(current_setting('orm.keys_0'), ',', $2::bigint::integer)::bigint) RETURNING id";
const INSERT_POST: &str = "INSERT INTO posts (title, user_id) VALUES ($1, $2) RETURNING id";

/// `update("posts", "title = $1 WHERE id = $2")`, of one row.
fn update(table: &str, set: &str) -> String {
    let update = format!("UPDATE {table} SET {set} RETURNING 1");
    let check = "SELECT (CASE count(*) WHEN 0 THEN 'stale rows: 1' ELSE '0' END)::integer FROM orm_changed";
    format!("WITH orm_changed AS ({update}) {check}")
}

/// The profile of one user, the posts of one, or of several: ` = $1`, ` = ANY($1)`.
fn of_user(table: &str, column: &str, is: &str) -> String {
    let select = format!("SELECT {table}.id, {table}.{column}, {table}.user_id FROM {table}");
    format!("{select} WHERE {table}.user_id {is}")
}

/// What an operation sends, by flight, once its statements are prepared: it runs twice on one connection and the same
/// rows. What it needs in memory before, it loads, and asks for the flights, which are then not counted.
async fn sends<F>(operation: F, expected: &[&[&str]]) -> Result
where
    F: AsyncFn(&Session, &Setup) -> Result,
{
    let setup = Setup::new(&TABLES).await;
    for is_warm in [false, true] {
        setup.sql(ROWS).await;
        let session = setup.db.session();
        setup.flights();
        operation(&session, &setup).await?;
        if is_warm {
            assert_eq!(setup.proxy.counts().prepares, 0);
            assert_eq!(setup.flights(), expected);
        }
        session.close().await;
    }
    Ok(())
}

async fn user(session: &Session, id: i64) -> orm_core::Result<Entity<User>> {
    Ok(session.get::<User>(id).await?.expect("the user is there"))
}

async fn profile(session: &Session, id: i64) -> orm_core::Result<Entity<Profile>> {
    Ok(session.get::<Profile>(id).await?.expect("the profile is there"))
}

#[tokio::test]
async fn operation_1_selects_in_one_flight() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let user = session.execute(select::<User>().filter(User::id.eq(1))).await?.scalar_one_or_none()?;
        assert_eq!(user.expect("the user is there").email, "a@x.org");
        Ok(())
    };
    sends(operation, &[&[&format!("{USERS} = $1")]]).await
}

#[tokio::test]
async fn operation_2_adds_by_key_and_refreshes_in_two_flights() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let user = user(session, 3).await?;
        setup.flights();
        let profile = session.add(Profile::builder().bio("Backend Engineer").user_id(user.id));
        session.commit().await?;
        session.refresh(&profile).await?;
        assert_eq!((profile.id, profile.user_id, profile.user().get()?), (3, 3, user));
        Ok(())
    };
    sends(operation, &[&["BEGIN", INSERT_PROFILE, "COMMIT"], &[PROFILES]]).await
}

#[tokio::test]
async fn operation_3_adds_by_object_and_refreshes_in_two_flights() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let user = user(session, 3).await?;
        setup.flights();
        let profile = session.add(Profile::builder().bio("Backend Engineer").user(&user));
        session.commit().await?;
        session.refresh(&profile).await?;
        assert_eq!((profile.id, profile.user_id), (3, 3));
        assert_eq!(user.profile().get()?, Some(profile));
        Ok(())
    };
    sends(operation, &[&["BEGIN", INSERT_PROFILE, "COMMIT"], &[PROFILES]]).await
}

#[tokio::test]
async fn operation_3_adds_a_post_to_a_user_in_two_flights() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let user = user(session, 3).await?;
        setup.flights();
        let post = session.add(Post::builder().title("On nets").user(&user));
        session.commit().await?;
        session.refresh(&post).await?;
        assert_eq!((post.id, post.user_id), (4, 3));
        Ok(())
    };
    sends(operation, &[&["BEGIN", INSERT_POST, "COMMIT"], &[&format!("{POSTS} WHERE posts.id = $1")]]).await
}

#[tokio::test]
async fn operation_4_loads_lazily_in_a_second_flight() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let profile = session.execute(select::<Profile>().filter(Profile::id.eq(2))).await?.scalar_one()?;
        assert!(profile.user().get().is_err_and(|error| error.is_not_loaded()));
        assert_eq!(profile.user().await?.email, "g@x.org");
        assert_eq!(profile.user().get()?.email, "g@x.org");
        Ok(())
    };
    sends(operation, &[&[PROFILES], &[&format!("{USERS} = $1")]]).await
}

#[tokio::test]
async fn operation_4_takes_what_is_in_memory() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let user = user(session, 2).await?;
        setup.flights();
        let profile = session.execute(select::<Profile>().filter(Profile::id.eq(2))).await?.scalar_one()?;
        assert_eq!(profile.user().await?, user);
        Ok(())
    };
    sends(operation, &[&[PROFILES]]).await
}

#[tokio::test]
async fn operation_4_loads_the_users_of_all_posts_in_one_flight() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let posts = session.scalars(select::<Post>().order_by(Post::id)).await?.all();
        let mut emails = Vec::new();
        for post in &posts {
            emails.push(post.user().await?.email.clone());
        }
        assert_eq!(emails, ["a@x.org", "a@x.org", "g@x.org"]);
        Ok(())
    };
    let (posts, users) = (format!("{POSTS} ORDER BY posts.id"), format!("{USERS} = ANY($1)"));
    sends(operation, &[&[&posts], &[&users]]).await
}

#[tokio::test]
async fn operation_5_loads_along_in_a_second_flight() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let query = select::<Profile>().options(selectinload(Profile::user)).filter(Profile::id.eq(2));
        let profile = session.execute(query).await?.scalar_one_or_none()?.expect("the profile is there");
        assert_eq!(profile.user().get()?.email, "g@x.org");
        Ok(())
    };
    sends(operation, &[&[PROFILES], &[&format!("{USERS} = $1")]]).await
}

#[tokio::test]
async fn operation_6_updates_and_refreshes_in_two_flights() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let profile = profile(session, 2).await?;
        setup.flights();
        profile.edit().bio = Some("Senior Backend Engineer".into());
        session.commit().await?;
        session.refresh(&profile).await?;
        assert_eq!(profile.bio.as_deref(), Some("Senior Backend Engineer"));
        Ok(())
    };
    let update = update("profiles", "bio = $1 WHERE id = $2");
    sends(operation, &[&["BEGIN", &update, "COMMIT"], &[PROFILES]]).await
}

#[tokio::test]
async fn operation_7_deletes_in_one_flight() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let profile = profile(session, 2).await?;
        setup.flights();
        session.delete(&profile);
        session.commit().await?;
        assert_eq!(setup.rows("SELECT id FROM profiles").await, ["1"]);
        Ok(())
    };
    sends(operation, &[&["BEGIN", "DELETE FROM profiles WHERE id = $1", "COMMIT"]]).await
}

#[tokio::test]
async fn operations_6_and_7_on_posts_share_one_flight() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let posts = session.scalars(select::<Post>().order_by(Post::id)).await?.all();
        let grace = user(session, 2).await?;
        setup.flights();
        posts[0].edit().title = "On engines and looms".into();
        session.delete(&posts[1]);
        grace.posts().add(&posts[0]);
        session.commit().await?;
        let rows = setup.rows("SELECT * FROM posts ORDER BY id").await;
        assert_eq!(rows, ["1|On engines and looms|2", "3|On bugs|2"]);
        Ok(())
    };
    let update = update("posts", "title = $1, user_id = $2 WHERE id = $3");
    sends(operation, &[&["BEGIN", &update, "DELETE FROM posts WHERE id = $1", "COMMIT"]]).await
}

#[tokio::test]
async fn operation_8_saves_a_graph_and_refreshes_in_one_flight_each() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let user = session.add(User::builder().name("Nouman042").email("nouman042@gmail.com"));
        let profile = session.add(Profile::builder().bio("Full Stack Developer").user(&user));
        assert_eq!((user.id, profile.user_id), (0, 0));
        session.commit().await?;
        assert_eq!((user.id, profile.id, profile.user_id), (4, 3, 4));
        session.refresh(&user).await?;
        session.refresh(&profile).await?;
        assert_eq!(profile.user().get()?, user);
        Ok(())
    };
    let commit = ["BEGIN", INSERT_USER_NOTED, INSERT_PROFILE_OF_NOTED, "COMMIT"];
    let users = format!("{USERS} = $1");
    sends(operation, &[&commit, &[&users], &[PROFILES]]).await
}

#[tokio::test]
async fn operation_8_saves_a_user_with_posts_in_one_flight() -> Result {
    let operation = async |session: &Session, setup: &Setup| {
        let posts = ["On nets", "On knots"].map(|title| Post::builder().title(title));
        let user = session.add(User::builder().email("nouman042@gmail.com").posts(posts));
        session.commit().await?;
        let shapes = setup.shapes();
        assert_eq!(shapes, [["BEGIN", "INSERT users", "INSERT posts (batch)", "COMMIT"]]);
        assert_eq!(user.posts().get()?.iter().map(|post| post.user_id).collect::<Vec<_>>(), [4, 4]);
        Ok(())
    };
    sends(operation, &[]).await
}

#[tokio::test]
async fn operation_9_loads_the_other_side_along() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let query = select::<User>().options(selectinload(User::profile)).filter(User::id.eq(2));
        let user = session.execute(query).await?.scalar_one()?;
        let profile = user.profile().get()?.expect("the user has a profile");
        assert_eq!(profile.bio.as_deref(), Some("Backend Engineer"));
        Ok(())
    };
    let (users, profiles) = (format!("{USERS} = $1"), of_user("profiles", "bio", "= $1"));
    sends(operation, &[&[&users], &[&profiles]]).await
}

#[tokio::test]
async fn operation_9_loads_the_posts_of_all_users_along() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let query = select::<User>().options(selectinload(User::posts)).filter(User::id.in_([1, 2, 3]));
        let users = session.scalars(query).await?.all();
        let posts: Vec<_> = users.iter().map(|user| user.posts().get().map(|posts| posts.len())).collect();
        assert!(matches!(posts[..], [Ok(2), Ok(1), Ok(0)]), "{posts:?}");
        Ok(())
    };
    let (users, posts) = (format!("{USERS} = ANY($1)"), of_user("posts", "title", "= ANY($1)"));
    sends(operation, &[&[&users], &[&posts]]).await
}

/// Scenario 348.
#[tokio::test]
async fn operation_10_gets_refreshes_a_relationship_and_walks_back_in_two_flights() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let user = user(session, 1).await?;
        session.refresh(&user).attribute(User::profile).await?;
        let profile = user.profile().get()?.expect("the user has a profile");
        assert_eq!((profile.bio.as_deref(), profile.user().get()?), (Some("Engines"), user));
        Ok(())
    };
    let (users, profiles) = (format!("{USERS} = $1"), of_user("profiles", "bio", "= $1"));
    sends(operation, &[&[&users], &[&profiles]]).await
}

#[tokio::test]
async fn operation_10_refreshes_a_collection_and_walks_back_in_two_flights() -> Result {
    let operation = async |session: &Session, _: &Setup| {
        let user = user(session, 1).await?;
        session.refresh(&user).attribute(User::posts).await?;
        let posts = user.posts().get()?;
        assert_eq!(posts.len(), 2);
        assert_eq!((posts[0].user().get()?, posts[1].user().get()?), (user.clone(), user));
        Ok(())
    };
    let (users, posts) = (format!("{USERS} = $1"), of_user("posts", "title", "= $1"));
    sends(operation, &[&[&users], &[&posts]]).await
}
