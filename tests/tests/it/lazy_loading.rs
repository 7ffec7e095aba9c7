//! Awaiting a relationship: from memory if it is there, else one statement for all peers. Scenarios of section L.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};
use orm_tests::library::{Author, Book, Copy, LIBRARY, Review, SHELVES, Shelf, filled};

type Result = orm_core::Result<()>;

const SELECT_USERS: &str = "SELECT users.id, users.name, users.email FROM users";
const SELECT_POSTS: &str = "SELECT posts.id, posts.title, posts.user_id FROM posts";

/// Users 1 to `users` and posts 1 to `posts`, which belong to the users in turn, but never to the last one.
async fn blog(users: u32, posts: u32) -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(&format!(
            "INSERT INTO users (name, email) SELECT 'user ' || n, n || '@example.com' FROM generate_series(1, {users}) n;
             INSERT INTO posts (title, user_id)
                 SELECT 'post ' || n, (n - 1) % ({users} - 1) + 1 FROM generate_series(1, {posts}) n"
        ))
        .await;
    setup
}

async fn all_posts(session: &Session) -> orm_core::Result<Vec<Entity<Post>>> {
    Ok(session.execute(select::<Post>().order_by(Post::id)).await?.all())
}

async fn all_users(session: &Session) -> orm_core::Result<Vec<Entity<User>>> {
    Ok(session.execute(select::<User>().order_by(User::id)).await?.all())
}

#[tokio::test]
async fn a_to_one_of_a_thousand_entities_is_one_statement() -> Result {
    let setup = blog(51, 1_000).await;
    let session = setup.db.session();
    let posts = all_posts(&session).await?;
    setup.flights();
    let user = posts[500].user().await?;
    assert_eq!(user.id, 1);
    assert_eq!(setup.statements(), [format!("{SELECT_USERS} WHERE users.id = ANY($1)")]);
    for post in &posts {
        assert_eq!(post.user().get()?.id, post.user_id);
        assert_eq!(post.user().await?.id, post.user_id);
    }
    assert_eq!(posts[0].user().get()?, user);
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_to_many_of_a_thousand_entities_is_one_statement() -> Result {
    let setup = blog(1_000, 2_997).await;
    let session = setup.db.session();
    let users = all_users(&session).await?;
    setup.flights();
    let posts = users[10].posts().await?;
    assert_eq!(posts.iter().map(|post| post.id).collect::<Vec<_>>(), [11, 1_010, 2_009]);
    let statement = format!("{SELECT_POSTS} WHERE posts.user_id = ANY($1)");
    assert_eq!(setup.statements(), [statement]);
    for user in &users {
        let posts = user.posts().get()?;
        assert_eq!(posts.len(), if user.id == 1_000 { 0 } else { 3 });
        assert!(posts.iter().all(|post| post.user().get().is_ok_and(|other| other == *user)));
    }
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn the_far_side_of_a_one_to_one_is_loaded_for_all_peers() -> Result {
    let setup = blog(3, 0).await;
    setup.sql("INSERT INTO profiles (bio, user_id) VALUES ('two', 2), ('one', 1)").await;
    let session = setup.db.session();
    let users = all_users(&session).await?;
    setup.flights();
    assert_eq!(users[2].profile().await?, None);
    let statement = "SELECT profiles.id, profiles.bio, profiles.user_id FROM profiles \
                     WHERE profiles.user_id = ANY($1)";
    assert_eq!(setup.statements(), [statement]);
    let bios: Vec<Option<String>> = users
        .iter()
        .map(|user| Ok(user.profile().get()?.and_then(|profile| profile.bio.clone())))
        .collect::<orm_core::Result<_>>()?;
    assert_eq!(bios, [Some("one".to_owned()), Some("two".to_owned()), None]);
    assert_eq!(users[2].profile().await?, None);
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn peers_that_are_known_are_not_asked_for_again() -> Result {
    let setup = blog(3, 2).await;
    let session = setup.db.session();
    let first = session.get::<User>(1).await?.expect("user 1 is there");
    let users = all_users(&session).await?;
    session.refresh(&first).attribute(User::posts).await?;
    setup.sql("INSERT INTO posts (title, user_id) VALUES ('late', 1), ('late', 2), ('late', 3)").await;
    assert_eq!(users[1].posts().await?.len(), 2);
    assert_eq!(first.posts().get()?.len(), 1);
    assert_eq!(users[2].posts().get()?.len(), 1);

    drop(session);
    let other = setup.db.session();
    other.get::<User>(2).await?;
    let posts = all_posts(&other).await?;
    assert_eq!(posts.len(), 5);
    let fourth = other.get::<User>(3).await?.expect("user 3 is there");
    setup.flights();
    assert_eq!(posts[0].user().await?.id, 1);
    assert_eq!(posts[4].user().get()?, fourth);
    assert_eq!(setup.statements(), [format!("{SELECT_USERS} WHERE users.id = $1")]);
    Ok(())
}

#[tokio::test]
async fn a_loop_over_nested_collections_is_one_statement_a_level() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(20)).await;
    let session = setup.db.session();
    setup.flights();
    let (mut stars, mut named) = (0, 0);
    for author in session.execute(select::<Author>()).await?.all() {
        for book in author.books().await? {
            for review in book.reviews().await? {
                stars += review.stars;
                named += i32::from(review.reader().await?.is_some());
            }
        }
    }
    assert_eq!((stars, named), (240, 80));
    let tables: Vec<String> = setup
        .statements()
        .iter()
        .filter_map(|sql| Some(sql.split_once(" FROM ")?.1.split(' ').next()?.to_owned()))
        .collect();
    assert_eq!(tables, ["authors", "books", "reviews", "readers"]);
    Ok(())
}

#[tokio::test]
async fn get_never_asks_and_is_never_empty_for_what_is_not_known() -> Result {
    let setup = blog(2, 1).await;
    let session = setup.db.session();
    let (user, post) = (session.get::<User>(1).await?, session.get::<Post>(1).await?);
    let (user, post) = (user.expect("user 1 is there"), post.expect("post 1 is there"));
    setup.flights();
    let error = user.posts().get().expect_err("nobody has loaded them");
    assert!(error.is_not_loaded());
    assert_eq!((error.model(), error.relationship()), (Some("User"), Some("posts")));
    assert_eq!(error.to_string(), "`User::posts` is not loaded: await it, or load it with an option");
    assert!(user.profile().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!(post.user().get()?, user);

    drop(session);
    let other = setup.db.session();
    let post = other.get::<Post>(1).await?.expect("post 1 is there");
    setup.flights();
    assert!(post.user().get().is_err_and(|error| error.is_not_loaded()));
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 242.
#[tokio::test]
async fn a_key_that_is_null_leads_nowhere_without_asking() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(1)).await;
    let session = setup.db.session();
    let book = session.get::<Book>(1).await?.expect("book 1 is there");
    setup.flights();
    assert_eq!(book.editor().get()?, None);
    assert_eq!(book.editor().await?, None);
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 243: a key of which a part is NULL leads nowhere, as to the server (MATCH SIMPLE).
#[tokio::test]
async fn a_key_of_which_a_part_is_null_leads_nowhere_without_asking() -> Result {
    let setup = Setup::new(&SHELVES).await;
    setup.sql("INSERT INTO copies (shelf_number, shelf_room) VALUES (1, NULL), (NULL, 1)").await;
    let session = setup.db.session();
    let copies = session.execute(select::<Copy>()).await?.all();
    setup.flights();
    assert_eq!((copies[0].shelf().await?, copies[1].shelf().await?), (None, None));
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 245.
#[tokio::test]
async fn a_key_declared_in_another_order_is_found_in_memory() -> Result {
    let setup = Setup::new(&SHELVES).await;
    setup
        .sql(
            "INSERT INTO shelves VALUES (1, 2, 'a'), (2, 1, 'b');
             INSERT INTO copies (shelf_room, shelf_number) VALUES (1, 2), (2, 1), (2, 1)",
        )
        .await;
    let session = setup.db.session();
    let shelves = session.execute(select::<Shelf>().order_by(Shelf::label)).await?.all();
    let copies = session.execute(select::<Copy>().order_by(Copy::id)).await?.all();
    setup.flights();
    assert_eq!(copies[0].shelf().await?, Some(shelves[0].clone()));
    assert_eq!(copies[1].shelf().await?, Some(shelves[1].clone()));
    assert!(setup.statements().is_empty());

    assert_eq!(shelves[1].copies().await?, [copies[1].clone(), copies[2].clone()]);
    assert_eq!(shelves[0].copies().get()?, [copies[0].clone()]);
    let statement = "SELECT copies.id, copies.shelf_number, copies.shelf_room FROM copies \
                     WHERE (copies.shelf_number, copies.shelf_room) IN \
                     (SELECT * FROM unnest($1::integer[], $2::integer[]))";
    assert_eq!(setup.statements(), [statement]);
    Ok(())
}

/// Scenario 246.
#[tokio::test]
async fn without_its_session_a_relationship_is_what_was_loaded() -> Result {
    let setup = blog(2, 1).await;
    let session = setup.db.session();
    let user = session.get::<User>(1).await?.expect("user 1 is there");
    assert_eq!(user.posts().await?.len(), 1);
    drop(session);
    setup.flights();
    let post = &user.posts().await?[0];
    assert_eq!((post.title.as_str(), post.user().get()?), ("post 1", user.clone()));
    let error = user.profile().await.expect_err("the session is gone");
    assert!(error.is_detached());
    assert_eq!(error.model(), Some("User"));
    assert!(user.profile().get().is_err_and(|error| error.is_not_loaded()));
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 251: what is pending loads too, where SQLAlchemy says `None`.
#[tokio::test]
async fn a_pending_row_finds_the_parent_of_a_key_given_by_hand() -> Result {
    let setup = blog(2, 0).await;
    let session = setup.db.session();
    let post = session.add(Post::builder().title("new").user_id(1));
    setup.flights();
    assert!(post.user().get().is_err_and(|error| error.is_not_loaded()));
    let user = post.user().await?;
    assert_eq!((user.id, setup.statements().len()), (1, 1));
    assert_eq!(session.get::<User>(1).await?, Some(user));
    Ok(())
}

#[tokio::test]
async fn a_key_that_no_row_has_leads_nowhere_or_is_an_error() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(1)).await;
    setup
        .sql(
            "ALTER TABLE books DROP CONSTRAINT books_author_id_fkey, DROP CONSTRAINT books_editor_id_fkey;
             UPDATE books SET author_id = 77, editor_id = 78 WHERE id = 1",
        )
        .await;
    let session = setup.db.session();
    let book = session.get::<Book>(1).await?.expect("book 1 is there");
    assert_eq!(book.editor().await?, None);
    let error = book.author().await.expect_err("no author has the key");
    assert!(error.is_orphan());
    assert_eq!((error.model(), error.relationship()), (Some("Book"), Some("author")));
    Ok(())
}

#[tokio::test]
async fn what_was_deleted_does_not_show_unknown_collections_as_empty() -> Result {
    let setup = blog(2, 1).await;
    let session = setup.db.session();
    let user = session.get::<User>(2).await?.expect("user 2 is there");
    session.delete(&user);
    session.flush().await?;
    let error = user.posts().await.expect_err("they were not loaded, and now cannot be");
    assert!(error.is_not_persistent(), "{error}");
    assert_eq!((error.model(), error.relationship()), (Some("User"), Some("posts")));
    session.commit().await?;
    assert!(user.posts().await.is_err_and(|error| error.is_not_persistent()));
    assert!(user.profile().await.is_err_and(|error| error.is_not_persistent()));
    Ok(())
}

#[tokio::test]
async fn changes_that_are_not_flushed_stay_when_the_collection_is_loaded() -> Result {
    let setup = blog(3, 4).await;
    let session = setup.db.session();
    let users = all_users(&session).await?;
    let moved = session.get::<Post>(1).await?.expect("post 1 is there");
    session
        .no_autoflush(async {
            moved.user().set(&users[1]);
            let new = session.add(Post::builder().title("new").user(&users[2]));
            let ids = |posts: Vec<Entity<Post>>| posts.iter().map(|post| post.id).collect::<Vec<_>>();
            assert_eq!(ids(users[0].posts().await?), [3]);
            assert_eq!(ids(users[1].posts().get()?), [1, 2, 4]);
            assert_eq!(users[2].posts().get()?, [new]);
            Ok(())
        })
        .await
}

#[tokio::test]
async fn profiles_and_users_find_each_other_in_memory() -> Result {
    let setup = blog(2, 0).await;
    setup.sql("INSERT INTO profiles (user_id) VALUES (1)").await;
    let session = setup.db.session();
    let user = session.get::<User>(1).await?.expect("user 1 is there");
    session.refresh(&user).attribute(User::profile).await?;
    setup.flights();
    let profile: Entity<Profile> = user.profile().get()?.expect("user 1 has a profile");
    assert_eq!(profile.user().await?, user);
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn loads_that_are_awaited_together_are_one_flight() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(2)).await;
    for round in 0..2 {
        let session = setup.db.session();
        let authors = session.execute(select::<Author>().order_by(Author::id)).await?.all();
        let review = session.get::<Review>(1).await?.expect("review 1 is there");
        setup.flights();
        let (books, edited, portrait, reader) =
            tokio::join!(authors[0].books(), authors[0].edited(), authors[1].portrait(), review.reader());
        assert_eq!(
            (books?.len(), edited?.len(), portrait?, reader?.map(|reader| reader.id)),
            (2, 2, None, Some(1))
        );
        let flights = setup.flights();
        if round > 0 {
            assert_eq!(flights.iter().map(Vec::len).collect::<Vec<_>>(), [4]);
        }
    }
    Ok(())
}
