//! Graphs from other sessions come into a session. Scenarios of section K.

use orm_core::EntityState::Pending;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, User, ann_and_bob, elsewhere};
use orm_tests::library::{Author, LIBRARY, Review, filled};
use orm_tests::models::tree::Node;

type Result = orm_core::Result<()>;

/// Scenarios 230 and 236: a statement for the rows and one for each loaded relationship; then all is known, and nothing
/// is written.
#[tokio::test]
async fn an_unchanged_graph_is_read_and_not_written() -> Result {
    let setup = ann_and_bob("a.b").await;
    let source = elsewhere(&setup).await?;
    let session = setup.db.session();
    let ann = session.merge(&source).await?;
    assert_eq!(setup.shapes().concat(), ["SELECT users", "SELECT posts", "SELECT profiles"]);
    assert_ne!(ann, source);
    let posts = ann.posts().get()?;
    assert_eq!(posts.iter().map(|post| &*post.title).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!((ann.profile().get()?, posts[0].user().get()?), (None, ann.clone()));
    assert!(session.dirty().is_empty() && session.added().is_empty());
    assert_eq!(session.merge(&source).await?, ann);
    assert_eq!(session.merge(&ann).await?, ann);
    session.commit().await?;
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 236, where the row is in memory already: only the collection is read.
#[tokio::test]
async fn what_is_in_memory_is_not_read_again() -> Result {
    let setup = ann_and_bob("a.b").await;
    let source = elsewhere(&setup).await?;
    let session = setup.db.session();
    let ann = session.get::<User>(1).options(selectinload(User::profile)).await?.expect("the user is there");
    setup.flights();
    assert_eq!(session.merge(&source).await?, ann);
    assert_eq!(setup.shapes(), [["SELECT posts"]]);
    Ok(())
}

/// Values, links, additions and removals of a graph that was changed elsewhere; what others added meanwhile stays.
#[tokio::test]
async fn a_changed_graph_brings_its_changes() -> Result {
    let setup = ann_and_bob("a.b").await;
    let other = setup.db.session();
    let query = select::<User>()
        .order_by(User::id)
        .options(selectinload(User::posts))
        .options(selectinload(User::profile));
    let users = other.scalars(query).await?.all();
    let posts = users[0].posts().get()?;
    users[0].edit().name = Some("Anna".into());
    posts[0].user().set(&users[1]);
    other.add(Post::builder().title("three").user(&users[0]));
    other.add(Profile::builder().bio("mine").user(&users[0]));
    other.clear();
    drop(other);
    setup.sql("INSERT INTO posts (title, user_id) VALUES ('meanwhile', 1)").await;

    let session = setup.db.session();
    let ann = session.merge(&users[0]).await?;
    let titles = |posts: &[Entity<Post>]| posts.iter().map(|post| post.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&ann.posts().get()?), ["two", "meanwhile", "three"]);
    let bob = session.get::<User>(2).await?.expect("he came along");
    assert_eq!(titles(&bob.posts().get()?), ["one"]);
    assert_eq!(ann.profile().get()?.map(|profile| profile.bio.clone()), Some(Some("mine".into())));
    assert_eq!(posts[0].user().get()?, users[1], "what was given is as it was");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM users ORDER BY id").await, ["Anna", "Bob"]);
    assert_eq!(
        setup.rows("SELECT title, user_id FROM posts ORDER BY title").await,
        ["meanwhile|1", "one|2", "three|1", "two|1"]
    );
    Ok(())
}

/// Scenario 237.
#[tokio::test]
async fn nothing_is_flushed_while_a_graph_comes_in() -> Result {
    let setup = ann_and_bob("a.b").await;
    let source = elsewhere(&setup).await?;
    let session = setup.db.session();
    let new = session.add(Post::builder().title("mine").user_id(2));
    let ann = session.merge(&source).await?;
    assert!(setup.statements().iter().all(|statement| !statement.starts_with("INSERT")));
    assert_eq!((Entity::state(&new), ann.posts().get()?.len()), (Pending, 2));
    Ok(())
}

/// An entity that was expunged is laid onto the one that stands for its row now.
#[tokio::test]
async fn an_expunged_entity_is_merged_into_its_successor() -> Result {
    let setup = ann_and_bob("a.b").await;
    let session = setup.db.session();
    let ann = session.get::<User>(1).await?.expect("the user is there");
    let posts = ann.posts().await?;
    session.expunge(&ann);
    ann.edit().name = Some("edited outside".into());
    let again = posts[0].user().await?;
    assert_eq!(session.merge(&ann).await?, again);
    assert_eq!((again.name.as_deref(), again.posts().get()?), (Some("edited outside"), posts));
    setup.flights();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE users: name", "COMMIT"]]);
    Ok(())
}

/// Circles and trees come in once, a statement a level.
#[tokio::test]
async fn a_tree_comes_in_level_by_level() -> Result {
    let setup = Setup::new(&orm_core::models![Node]).await;
    setup
        .sql(
            "INSERT INTO nodes (name, parent_id) VALUES ('root', NULL);
             INSERT INTO nodes (name, parent_id) SELECT 'child ' || n, 1 FROM generate_series(1, 3) n;
             INSERT INTO nodes (name, parent_id) SELECT 'leaf ' || n, 2 + n % 3 FROM generate_series(1, 6) n",
        )
        .await;
    let other = setup.db.session();
    let query = select::<Node>().filter(Node::id.eq(1));
    let query =
        query.options(selectinload(Node::children).selectinload(Node::children).selectinload(Node::children));
    let root = other.scalars(query).await?.one()?;
    root.children().get()?[2].edit().name = "renamed".into();
    other.clear();
    drop(other);
    setup.flights();
    let session = setup.db.session();
    let merged = session.merge(&root).await?;
    let selects = setup.shapes().concat().into_iter().filter(|statement| statement.starts_with("SELECT"));
    assert_eq!(selects.collect::<Vec<_>>(), ["SELECT nodes"; 4]);
    let children = merged.children().get()?;
    assert_eq!(
        children
            .iter()
            .map(|child| child.children().get().map(|it| it.len()))
            .collect::<orm_core::Result<Vec<_>>>()?,
        [2; 3]
    );
    assert_eq!(session.dirty(), [(&children[2]).into()]);
    Ok(())
}

/// A whole library at once: as many statements as there are relationships, whatever the number of rows.
#[tokio::test]
async fn a_large_graph_takes_a_statement_a_relationship() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(2_000)).await;
    let other = setup.db.session();
    let books = selectinload(Author::books)
        .selectinload(orm_tests::library::Book::reviews)
        .selectinload(Review::reader);
    let authors = other.scalars(select::<Author>().options(books)).await?.all();
    let reviews = authors[1].books().get()?[0].reviews().get()?;
    // All hang together by their readers, who know their reviews.
    let reader = reviews[0].reader().get()?.expect("the review has a reader");
    reader.reviews().await?;
    other.clear();
    drop(other);
    setup.flights();
    let session = setup.db.session();
    session.merge(&reader).await?;
    let sent = setup.shapes().concat();
    assert!(sent.len() < 16, "{sent:?}");
    assert!(session.dirty().is_empty() && session.added().is_empty());
    Ok(())
}

/// A future that is dropped has changed nothing.
#[tokio::test]
async fn a_dropped_merge_has_changed_nothing() -> Result {
    let setup = ann_and_bob("a.b").await;
    let source = elsewhere(&setup).await?;
    source.edit().name = Some("Anna".into());
    let session = setup.db.session();
    for polls in 1..40 {
        match orm_tests::polled(session.merge(&source), polls).await {
            Some(merged) => {
                assert_eq!(merged?.name.as_deref(), Some("Anna"));
                assert_eq!(session.dirty().len(), 1);
                return Ok(());
            }
            None => assert!(session.dirty().is_empty() && session.added().is_empty()),
        }
    }
    panic!("the merge is never done");
}
