//! `selectinload`. Scenarios of section M.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, Copy, LIBRARY, Reader, Review, SHELVES, Shelf, filled};

type Result = orm_core::Result<()>;

const SELECT_AUTHORS: &str = "SELECT authors.id, authors.name FROM authors";
const SELECT_BOOKS: &str = "SELECT books.id, books.title, books.author_id, books.editor_id FROM books";
const SELECT_REVIEWS: &str =
    "SELECT reviews.id, reviews.stars, reviews.book_id, reviews.reader_id FROM reviews";
const SELECT_READERS: &str = "SELECT readers.id, readers.name, readers.host_id FROM readers";

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

/// The flights that carried statements.
fn flights(setup: &Setup) -> Vec<Vec<String>> {
    setup.flights().into_iter().filter(|statements| !statements.is_empty()).collect()
}

fn ids<M: orm_core::Live>(entities: &[Entity<M>], id: fn(&M) -> i64) -> Vec<i64> {
    entities.iter().map(|entity| id(Entity::value(entity))).collect()
}

/// Scenario 255.
#[tokio::test]
async fn a_collection_of_many_parents_is_one_more_statement() -> Result {
    let setup = library(100).await;
    setup.sql("INSERT INTO authors (name) VALUES ('without books')").await;
    let session = setup.db.session();
    setup.flights();
    let select = select::<Author>().options(selectinload(Author::books)).order_by(Author::id);
    let authors = session.execute(select).await?.all();
    let books = format!("{SELECT_BOOKS} WHERE books.author_id = ANY($1)");
    assert_eq!(flights(&setup), [vec![format!("{SELECT_AUTHORS} ORDER BY authors.id")], vec![books]]);
    assert_eq!(ids(&authors[41].books().get()?, |book| book.id), [83, 84]);
    assert_eq!(authors[100].books().get()?, []);
    assert_eq!(authors[41].books().get()?[0].author().get()?, authors[41]);
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn siblings_are_one_flight() -> Result {
    let setup = library(3).await;
    for round in 0..2 {
        let session = setup.db.session();
        setup.flights();
        let select = select::<Author>()
            .options(selectinload(Author::books))
            .options(selectinload(Author::edited))
            .options(selectinload(Author::portrait));
        let authors = session.execute(select).await?.all();
        let flights = flights(&setup);
        if round > 0 {
            assert_eq!(flights.iter().map(Vec::len).collect::<Vec<_>>(), [1, 3]);
        }
        assert_eq!(authors[0].edited().get()?.len(), 3);
        assert!(authors[0].portrait().get()?.is_some());
        assert_eq!(authors[1].portrait().get()?, None);
        session.commit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn three_levels_deep_is_one_statement_a_level() -> Result {
    let setup = library(30).await;
    let session = setup.db.session();
    setup.flights();
    let below = selectinload(Author::books).selectinload(Book::reviews).selectinload(Review::reader);
    let authors = session.execute(select::<Author>().options(below).order_by(Author::id)).await?.all();
    let statements = setup.statements();
    assert_eq!(
        statements[1..],
        [
            format!("{SELECT_BOOKS} WHERE books.author_id = ANY($1)"),
            format!("{SELECT_REVIEWS} WHERE reviews.book_id = ANY($1)"),
            format!("{SELECT_READERS} WHERE readers.id = ANY($1)"),
        ]
    );
    let mut readers = Vec::new();
    for author in &authors {
        for book in author.books().get()? {
            for review in book.reviews().get()? {
                readers.push(review.reader().get()?.map(|reader| reader.id));
            }
        }
    }
    assert_eq!((readers.len(), &readers[..4]), (180, &[Some(1), Some(2), None, Some(1)][..]));
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 260: lists hold each parent once and are not cut into pieces.
#[tokio::test]
async fn a_to_one_of_many_children_is_one_more_statement() -> Result {
    let setup = library(250).await;
    let session = setup.db.session();
    setup.flights();
    let select = select::<Book>().options(selectinload(Book::author)).order_by(Book::id);
    let books = session.execute(select).await?.all();
    assert_eq!(setup.statements()[1..], [format!("{SELECT_AUTHORS} WHERE authors.id = ANY($1)")]);
    assert_eq!((books.len(), books[499].author().get()?.id), (500, 250));
    assert_eq!(books[498].author().get()?, books[499].author().get()?);
    Ok(())
}

/// One key is compared, several are a list: of two books by one author one key is asked for.
#[tokio::test]
async fn a_parent_of_several_is_asked_for_once_and_one_in_memory_is_not() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    setup.flights();
    let select = || select::<Book>().options(selectinload(Book::author));
    session.execute(select()).await?;
    assert_eq!(setup.statements()[1..], [format!("{SELECT_AUTHORS} WHERE authors.id = $1")]);
    session.execute(select()).await?;
    assert_eq!(setup.statements(), [SELECT_BOOKS]);
    Ok(())
}

/// Scenario 262.
#[tokio::test]
async fn keys_of_two_columns_are_compared_as_rows() -> Result {
    let setup = Setup::new(&SHELVES).await;
    setup
        .sql(
            "INSERT INTO shelves VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c');
             INSERT INTO copies (shelf_room, shelf_number) VALUES (1, 2), (2, 1), (2, 1), (NULL, 1)",
        )
        .await;
    let session = setup.db.session();
    setup.flights();
    let select_shelves = select::<Shelf>().options(selectinload(Shelf::copies)).order_by(Shelf::label);
    let shelves = session.execute(select_shelves).await?.all();
    let statement = "SELECT copies.id, copies.shelf_number, copies.shelf_room FROM copies \
                     WHERE (copies.shelf_number, copies.shelf_room) IN \
                     (SELECT * FROM unnest($1::integer[], $2::integer[]))";
    assert_eq!(setup.statements()[1..], [statement]);
    let copies: Vec<Vec<i64>> = shelves
        .iter()
        .map(|shelf| Ok(ids(&shelf.copies().get()?, |copy| copy.id)))
        .collect::<orm_core::Result<_>>()?;
    assert_eq!(copies, [vec![], vec![1], vec![2, 3]]);

    drop(session);
    let other = setup.db.session();
    let select_copies = select::<Copy>().options(selectinload(Copy::shelf)).order_by(Copy::id);
    let copies = other.execute(select_copies).await?.all();
    assert_eq!(copies[2].shelf().get()?.map(|shelf| shelf.label.clone()).as_deref(), Some("c"));
    assert_eq!(copies[3].shelf().get()?, None);
    Ok(())
}

/// Scenario 265.
#[tokio::test]
async fn a_tree_is_loaded_as_deep_as_the_option_goes() -> Result {
    let setup = library(0).await;
    let session = setup.db.session();
    setup.flights();
    let below = selectinload(Reader::guests).selectinload(Reader::guests);
    let select = select::<Reader>().options(below).filter(Reader::host_id.is_null());
    let root = session.execute(select).await?.scalar_one()?;
    assert_eq!(setup.statements().len(), 3);
    let third = root.guests().get()?[0].guests().get()?[0].clone();
    assert_eq!((third.id, third.host().get()?.and_then(|host| host.host_id)), (3, Some(1)));
    assert!(third.guests().get().is_err_and(|error| error.is_not_loaded()));
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 267.
#[tokio::test]
async fn a_later_query_fills_the_second_level_of_what_is_loaded() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let authors = session.execute(select::<Author>().options(selectinload(Author::books))).await?.all();
    let book = authors[0].books().get()?[0].clone();
    assert!(book.reviews().get().is_err_and(|error| error.is_not_loaded()));
    let below = selectinload(Author::books).selectinload(Book::reviews);
    session.execute(select::<Author>().options(below)).await?;
    assert_eq!(book.reviews().get()?.len(), 3);
    Ok(())
}

/// Scenario 268.
#[tokio::test]
async fn one_target_reached_by_two_paths_gets_what_both_load() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let select = select::<Book>()
        .options(selectinload(Book::author).selectinload(Author::portrait))
        .options(selectinload(Book::editor).selectinload(Author::edited))
        .order_by(Book::id);
    let books = session.execute(select).await?.all();
    let author = books[1].author().get()?;
    assert_eq!(books[1].editor().get()?, Some(author.clone()));
    assert!(author.portrait().get()?.is_some());
    assert_eq!(author.edited().get()?, [books[1].clone()]);
    Ok(())
}

/// Scenario 275: the inverse of a collection is known, so that nothing is joined for it.
#[tokio::test]
async fn the_inverse_of_a_loaded_collection_is_known() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("author 1 is there");
    setup.flights();
    let books = author.books().await?;
    assert_eq!(setup.statements(), [format!("{SELECT_BOOKS} WHERE books.author_id = $1")]);
    for book in books {
        assert_eq!(book.author().await?, author);
    }
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_an_option_reads_is_written_first() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("author 1 is there");
    let book = session.add(Book::builder().title("new").author(&author));
    session.execute(select::<Author>().options(selectinload(Author::books))).await?;
    assert_eq!((book.id, ids(&author.books().get()?, |book| book.id)), (3, vec![1, 2, 3]));
    Ok(())
}
