//! `selectinload` and `joinedload`. Scenarios of section M.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, Copy, LIBRARY, Portrait, Reader, Review, SHELVES, Shelf, filled};

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
    let books = format!("{SELECT_BOOKS} WHERE books.author_id = ANY($1) ORDER BY books.id");
    assert_eq!(
        flights(&setup),
        [vec!["BEGIN".to_owned(), format!("{SELECT_AUTHORS} ORDER BY authors.id")], vec![books]]
    );
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
            assert_eq!(flights.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
        }
        assert_eq!(authors[0].edited().get()?.len(), 3);
        assert!(authors[0].portrait().get()?.is_some());
        assert_eq!(authors[1].portrait().get()?, None);
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
        statements[2..],
        [
            format!("{SELECT_BOOKS} WHERE books.author_id = ANY($1) ORDER BY books.id"),
            format!("{SELECT_REVIEWS} WHERE reviews.book_id = ANY($1) ORDER BY reviews.id"),
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
    assert_eq!(setup.statements()[2..], [format!("{SELECT_AUTHORS} WHERE authors.id = ANY($1)")]);
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
    assert_eq!(setup.statements()[2..], [format!("{SELECT_AUTHORS} WHERE authors.id = $1")]);
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
                     (SELECT * FROM unnest($1::integer[], $2::integer[])) ORDER BY copies.id";
    assert_eq!(setup.statements()[2..], [statement]);
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
    assert_eq!(setup.statements().len(), 4);
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

#[tokio::test]
async fn a_joined_to_one_comes_in_the_same_statement() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    setup.flights();
    let select = select::<Book>()
        .options(joinedload(Book::author))
        .options(joinedload(Book::editor))
        .order_by(Book::id);
    let books = session.execute(select).await?.all();
    let statement = "SELECT books.id, books.title, books.author_id, books.editor_id, authors_1.id, authors_1.name, \
                     authors_2.id, authors_2.name FROM books \
                     LEFT JOIN authors AS authors_1 ON books.author_id = authors_1.id \
                     LEFT JOIN authors AS authors_2 ON books.editor_id = authors_2.id ORDER BY books.id";
    assert_eq!(setup.statements(), ["BEGIN", statement]);
    assert_eq!(books[3].author().get()?.name, "author 2");
    assert_eq!(books[3].editor().get()?, Some(books[0].author().get()?));
    Ok(())
}

/// Scenario 274.
#[tokio::test]
async fn a_joined_to_one_that_is_null_is_known_to_be_none() -> Result {
    let setup = library(2).await;
    setup.sql("INSERT INTO portraits (author_id) VALUES (NULL)").await;
    let session = setup.db.session();
    let portraits = session
        .execute(select::<Portrait>().options(joinedload(Portrait::author)).order_by(Portrait::id))
        .await?
        .all();
    let authors = session
        .execute(select::<Author>().options(joinedload(Author::portrait)).order_by(Author::id))
        .await?
        .all();
    setup.flights();
    assert_eq!(portraits[1].author().await?, None);
    assert_eq!(authors[0].portrait().await?, Some(portraits[0].clone()));
    assert_eq!(authors[1].portrait().await?, None);
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 330: entities are each there once; nobody has to ask for it.
#[tokio::test]
async fn a_joined_collection_comes_in_the_same_statement_and_parents_once() -> Result {
    let setup = library(3).await;
    setup.sql("INSERT INTO authors (name) VALUES ('without books')").await;
    let session = setup.db.session();
    setup.flights();
    let select = select::<Author>().options(joinedload(Author::books)).order_by(Author::id.desc());
    let authors = session.execute(select).await?.all();
    let statement = "SELECT authors.id, authors.name, books_1.id, books_1.title, books_1.author_id, \
                     books_1.editor_id FROM authors \
                     LEFT JOIN books AS books_1 ON authors.id = books_1.author_id ORDER BY authors.id DESC";
    assert_eq!(setup.statements(), ["BEGIN", statement]);
    assert_eq!(ids(&authors, |author| author.id), [4, 3, 2, 1]);
    assert_eq!(authors[0].books().get()?, []);
    let mut books = ids(&authors[1].books().get()?, |book| book.id);
    books.sort_unstable();
    assert_eq!(books, [5, 6]);
    Ok(())
}

/// Scenario 273.
#[tokio::test]
async fn a_limit_counts_parents_also_with_a_joined_collection() -> Result {
    let setup = library(5).await;
    let session = setup.db.session();
    setup.flights();
    let select_authors = select::<Author>()
        .options(joinedload(Author::books).joinedload(Book::reviews))
        .order_by(Author::id)
        .limit(2)
        .offset(1);
    let authors = session.execute(select_authors).await?.all();
    assert_eq!(setup.statements().len(), 2);
    assert_eq!(ids(&authors, |author| author.id), [2, 3]);
    for author in &authors {
        let books = author.books().get()?;
        assert_eq!(books.len(), 2);
        for book in books {
            assert_eq!(book.reviews().get()?.len(), 3);
        }
    }
    Ok(())
}

/// A to-one makes no more rows, so that the limit stays where it is.
#[tokio::test]
async fn a_limit_with_a_joined_to_one_needs_no_subselect() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    setup.flights();
    let select = select::<Book>().options(joinedload(Book::author)).order_by(Book::id).limit(3);
    assert_eq!(session.execute(select).await?.all().len(), 3);
    let statements = setup.statements();
    assert!(statements[1].ends_with("ORDER BY books.id LIMIT $1"), "{statements:?}");
    Ok(())
}

#[tokio::test]
async fn joins_nest_to_any_depth_in_one_statement() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    setup.flights();
    let below = joinedload(Author::books)
        .options(joinedload(Book::editor))
        .joinedload(Book::reviews)
        .joinedload(Review::reader);
    let authors = session.execute(select::<Author>().options(below).order_by(Author::id)).await?.all();
    assert_eq!(setup.statements().len(), 2);
    let mut readers = Vec::new();
    for author in &authors {
        for book in author.books().get()? {
            assert_eq!(book.editor().get()?.is_some(), book.editor_id.is_some());
            for review in book.reviews().get()? {
                readers.push((review.id, review.reader().get()?.map(|reader| reader.id)));
            }
        }
    }
    readers.sort_unstable();
    let expected: Vec<_> = (1..=12).map(|id| (id, Some(id % 3).filter(|&reader| reader > 0))).collect();
    assert_eq!(readers, expected);
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_select_goes_on_below_a_join_and_a_join_below_a_select() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    setup.flights();
    let books = joinedload(Author::books).selectinload(Book::reviews).joinedload(Review::reader);
    let authors = session.execute(select::<Author>().options(books).order_by(Author::id)).await?.all();
    assert_eq!(setup.statements().len(), 3);
    let reviews = authors[1].books().get()?[0].reviews().get()?;
    assert_eq!(reviews[1].reader().get()?.map(|reader| reader.id), Some(2));
    assert!(setup.statements().is_empty());
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
    assert_eq!(setup.statements(), [format!("{SELECT_BOOKS} WHERE books.author_id = $1 ORDER BY books.id")]);
    for book in books {
        assert_eq!(book.author().await?, author);
    }
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Scenario 277.
#[tokio::test]
async fn populate_existing_reverts_joined_entities_and_lists() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let select = || {
        select::<Author>().options(joinedload(Author::books).joinedload(Book::editor)).order_by(Author::id)
    };
    let authors = session.execute(select()).await?.all();
    let books = authors[0].books().get()?;
    session
        .no_autoflush(async {
            authors[0].edit().name = "edited".to_owned();
            books[0].edit().title = "edited".to_owned();
            authors[0].books().remove(&books[0]);
            authors[1].books().add(&books[1]);
            books[1].editor().clear();
            session.execute(select().populate_existing()).await
        })
        .await?;
    assert_eq!((authors[0].name.as_str(), books[0].title.as_str()), ("author 1", "book 1"));
    let mut back = ids(&authors[0].books().get()?, |book| book.id);
    back.sort_unstable();
    assert_eq!((back, authors[1].books().get()?.len()), (vec![1, 2], 2));
    assert_eq!(books[0].author().get()?, authors[0]);
    assert_eq!(books[1].editor().get()?, Some(authors[0].clone()));
    setup.flights();
    session.commit().await?;
    assert_eq!(setup.statements(), ["COMMIT"]);
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
