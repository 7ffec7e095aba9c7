//! Options that speak of later: `raiseload`, `lazyload`, `noload`, and what a query says below what is loaded again.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, LIBRARY, Review, filled};
use orm_tests::models::club::{Player, TABLES, Team};

type Result = orm_core::Result<()>;

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

fn selects(setup: &Setup) -> Vec<String> {
    setup.statements().into_iter().filter(|sql| sql.starts_with("SELECT")).collect()
}

#[tokio::test]
async fn what_is_refused_is_an_error_without_sql() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("author 1 is there");
    let query = select::<Book>()
        .options(raiseload(Book::author))
        .options(raiseload(Book::editor).sql_only())
        .options(raiseload(Book::reviews))
        .order_by(Book::id);
    let books = session.scalars(query).await?.all();
    setup.flights();
    // Also where memory knows, and where the key is NULL: it does not depend on the data.
    assert!(books[0].author().get().is_err_and(|error| error.is_raise_load()));
    assert!(books[0].author().await.is_err_and(|error| error.is_raise_load()));
    assert!(books[0].reviews().await.is_err_and(|error| error.is_raise_load()));
    // Only if it needs SQL.
    assert_eq!((books[0].editor().await?, books[1].editor().await?), (None, Some(author)));
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn it_holds_until_another_query_brings_the_entity() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let all = || select::<Author>().order_by(Author::id);
    let authors = session.scalars(all().options(raiseload(Author::books))).await?.all();
    session.refresh(&authors[0]).await?;
    session.commit().await?;
    assert!(authors[0].books().await.is_err_and(|error| error.is_raise_load()));
    // One by itself, and then several.
    session.scalars(all().filter(Author::id.eq(1))).await?;
    assert_eq!(authors[0].books().await?.len(), 2);
    assert!(authors[1].books().await.is_err_and(|error| error.is_raise_load()));
    session.scalars(all().filter(Author::id.eq(1)).options(raiseload(Author::edited))).await?;
    assert!(authors[0].edited().await.is_err_and(|error| error.is_raise_load()));
    session.scalars(all()).await?;
    assert_eq!((authors[0].edited().await?.len(), authors[1].books().await?.len()), (2, 2));

    let known =
        session.get::<Author>(1).options(raiseload(Author::portrait)).await?.expect("author 1 is there");
    assert!(known.portrait().await.is_err_and(|error| error.is_raise_load()));
    session.get::<Author>(1).await?;
    assert!(known.portrait().await.is_err_and(|error| error.is_raise_load()));
    Ok(())
}

/// What is said of an entity itself counts more than what is said where it comes once more below.
#[tokio::test]
async fn an_entity_that_comes_in_several_ways_is_as_said_above() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    for below in [selectinload(Book::editor).options(lazyload_all()), selectinload(Book::editor)] {
        for joined in [false, true] {
            let books = match joined {
                true => joinedload(Author::books).options(below.clone()).options(joinedload(Book::editor)),
                false => subqueryload(Author::books).options(below.clone()),
            };
            let query =
                select::<Author>().options(raiseload(Author::portrait)).options(books).order_by(Author::id);
            let authors = session.scalars(query).await?.all();
            assert_eq!(authors[0].books().get()?[1].editor().get()?, Some(authors[0].clone()));
            for author in &authors {
                assert!(author.portrait().await.is_err_and(|error| error.is_raise_load()));
            }
            session.clear();
        }
    }
    Ok(())
}

/// Scenario 254.
#[tokio::test]
async fn all_that_is_not_named_can_be_refused_beneath_a_join() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let query = select::<Author>().options(joinedload(Author::books).raiseload_all()).order_by(Author::id);
    let authors = session.scalars(query).await?.all();
    let books = authors[1].books().get()?;
    assert_eq!(books[0].author().get()?, authors[1]);
    assert!(books[0].reviews().await.is_err_and(|error| error.is_raise_load()));
    assert_eq!(authors[0].edited().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn all_that_is_not_named_is_refused_at_every_depth() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let query = select::<Author>()
        .options(raiseload_all())
        .options(selectinload(Author::books).selectinload(Book::reviews).lazyload(Review::reader))
        .order_by(Author::id);
    let authors = session.scalars(query).await?.all();
    setup.flights();
    assert!(authors[0].edited().await.is_err_and(|error| error.is_raise_load()));
    let books = authors[0].books().get()?;
    assert!(books[0].editor().await.is_err_and(|error| error.is_raise_load()));
    assert!(setup.statements().is_empty());
    let reader = books[0].reviews().get()?[0].reader().await?.expect("review 1 is by a reader");
    assert_eq!(selects(&setup).len(), 1);
    assert!(reader.reviews().await.is_err_and(|error| error.is_raise_load()));

    let new = session.add(Book::builder().title("new").author(&authors[0]));
    assert_eq!(new.reviews().await?, []);
    session.clear();

    let books = select::<Book>().options(raiseload_all().sql_only()).order_by(Book::id);
    let books = session.scalars(books).await?.all();
    assert!(books[0].author().await.is_err_and(|error| error.is_raise_load()));
    let author = session.get::<Author>(1).await?;
    assert_eq!(Some(books[0].author().await?), author);
    assert!(books[2].reviews().await.is_err_and(|error| error.is_raise_load()));
    Ok(())
}

/// Scenario 178: what is said below a lazy load holds when it comes, also after a refresh.
#[tokio::test]
async fn a_lazy_load_loads_what_its_query_said_below() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let query =
        select::<Author>().options(lazyload(Author::books).joinedload(Book::editor)).order_by(Author::id);
    let authors = session.scalars(query).await?.all();
    setup.flights();
    session.refresh(&authors[1]).await?;
    assert_eq!(selects(&setup), ["SELECT authors.id, authors.name FROM authors WHERE authors.id = $1"]);
    let books = authors[1].books().await?;
    assert_eq!(
        selects(&setup),
        [
            "SELECT books.id, books.title, books.author_id, books.editor_id, authors_1.id, authors_1.name FROM books \
          LEFT JOIN authors AS authors_1 ON books.editor_id = authors_1.id WHERE books.author_id = ANY($1)"
        ]
    );
    assert_eq!((books[0].editor().get()?, books[1].editor().get()?), (None, Some(authors[0].clone())));
    Ok(())
}

async fn club() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO teams (name) VALUES ('red'), ('blue');
             INSERT INTO captains (name, team_id) VALUES ('c', 1);
             INSERT INTO players (name, team_id) SELECT 'player ' || n, 1 FROM generate_series(1, 3) n",
        )
        .await;
    setup
}

#[tokio::test]
async fn what_is_not_to_be_loaded_reads_as_empty_and_is_not_taken_for_it() -> Result {
    let setup = club().await;
    let session = setup.db.session();
    let query =
        select::<Team>().options(noload(Team::players)).options(noload(Team::captain)).order_by(Team::id);
    let teams = session.scalars(query).await?.all();
    setup.flights();
    assert_eq!((teams[0].players().await?, teams[0].captain().await?), (vec![], None));
    let new = session.add(Player::builder().name("new").team(&teams[0]));
    assert_eq!(teams[0].players().get()?, vec![new]);
    assert!(setup.statements().is_empty());
    session.delete(&teams[0]);
    session.rollback().await?;
    session.delete(&teams[0]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*), count(team_id) FROM players").await, ["3|0"]);
    assert_eq!(setup.rows("SELECT count(*), count(team_id) FROM captains").await, ["1|0"]);
    Ok(())
}

#[tokio::test]
async fn what_was_not_to_be_loaded_can_be_asked_for() -> Result {
    let setup = club().await;
    let session = setup.db.session();
    let red = session.get::<Team>(1).options(noload(Team::players)).await?.expect("team 1 is there");
    assert_eq!(red.players().get()?, []);
    session.refresh(&red).attribute(Team::players).await?;
    assert_eq!(red.players().get()?.len(), 3);
    session.clear();
    let players =
        select::<Player>().options(joinedload(Player::team).noload(Team::players)).order_by(Player::id);
    let players = session.scalars(players).await?.all();
    let red = players[0].team().get()?.expect("player 1 has a team");
    assert_eq!(red.players().get()?, []);
    session.scalars(select::<Team>()).await?;
    assert_eq!(red.players().await?.len(), 3);
    Ok(())
}
