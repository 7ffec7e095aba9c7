//! `subqueryload`: relationships in the flight of their parents. Scenarios of section M.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, Copy, LIBRARY, Reader, Review, SHELVES, Shelf, filled};

type Result = orm_core::Result<()>;

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

fn ids<M: orm_core::Live>(entities: &[Entity<M>], id: fn(&M) -> i64) -> Vec<i64> {
    entities.iter().map(|entity| id(Entity::value(entity))).collect()
}

/// The flights that carried statements, once everything is prepared.
async fn flights<T>(
    setup: &Setup,
    run: impl AsyncFn(&Session) -> orm_core::Result<T>,
) -> orm_core::Result<(T, Vec<Vec<String>>)> {
    for _ in 0..2 {
        let session = setup.db.session();
        run(&session).await?;
        session.commit().await?;
    }
    setup.flights();
    let result = run(&setup.db.session()).await?;
    Ok((result, setup.flights().into_iter().filter(|flight| !flight.is_empty()).collect()))
}

#[tokio::test]
async fn parents_and_children_are_one_flight() -> Result {
    let setup = library(3).await;
    setup.sql("INSERT INTO authors (name) VALUES ('without books')").await;
    let (authors, flights) = flights(&setup, async |session| {
        let query = select::<Author>()
            .options(subqueryload(Author::books))
            .options(subqueryload(Author::portrait))
            .filter(Author::id.gt(1))
            .order_by(Author::name);
        Ok(session.scalars(query).await?.all())
    })
    .await?;
    let parents = "(SELECT authors.id FROM authors WHERE authors.id > $1) AS anon_1";
    assert_eq!(
        flights,
        [vec![
            "SELECT authors.id, authors.name FROM authors WHERE authors.id > $1 ORDER BY authors.name"
                .to_owned(),
            format!(
                "SELECT anon_1.id, books.id, books.title, books.author_id, books.editor_id FROM {parents} \
                 LEFT JOIN books ON books.author_id = anon_1.id"
            ),
            format!(
                "SELECT anon_1.id, portraits.id, portraits.author_id FROM {parents} \
                 LEFT JOIN portraits ON portraits.author_id = anon_1.id"
            )
        ]]
    );
    assert_eq!(ids(&authors, |author| author.id), [2, 3, 4]);
    assert_eq!(ids(&authors[0].books().get()?, |book| book.id), [3, 4]);
    assert_eq!(authors[2].books().get()?, []);
    assert_eq!((authors[0].portrait().get()?, authors[2].portrait().get()?), (None, None));
    Ok(())
}

#[tokio::test]
async fn nested_ones_are_in_the_same_flight() -> Result {
    let setup = library(4).await;
    let (authors, flights) = flights(&setup, async |session| {
        let below = subqueryload(Author::books).subqueryload(Book::reviews).subqueryload(Review::reader);
        let query = select::<Author>().options(below).order_by(Author::id).limit(2);
        Ok(session.scalars(query).await?.all())
    })
    .await?;
    assert_eq!(flights.iter().map(Vec::len).collect::<Vec<_>>(), [4]);
    assert_eq!(
        flights[0][3],
        "SELECT readers.id, readers.name, readers.host_id FROM readers WHERE readers.id IN \
         (SELECT reviews.reader_id FROM (SELECT books.id FROM (SELECT authors.id FROM authors \
         ORDER BY authors.id LIMIT $1) AS anon_1 LEFT JOIN books ON books.author_id = anon_1.id) AS anon_1 \
         LEFT JOIN reviews ON reviews.book_id = anon_1.id)"
    );
    assert_eq!(ids(&authors, |author| author.id), [1, 2]);
    let mut readers = Vec::new();
    for author in &authors {
        for book in author.books().get()? {
            for review in book.reviews().get()? {
                readers.push(review.reader().get()?.map(|reader| reader.id));
            }
        }
    }
    assert_eq!((readers.len(), &readers[..4]), (12, &[Some(1), Some(2), None, Some(1)][..]));
    Ok(())
}

#[tokio::test]
async fn beneath_a_join_and_beneath_keys_they_travel_along() -> Result {
    let setup = library(3).await;
    let (authors, flights) = flights(&setup, async |session| {
        let edited = selectinload(Author::edited).subqueryload(Book::reviews);
        let query = select::<Author>()
            .options(joinedload(Author::books).subqueryload(Book::reviews))
            .options(edited)
            .order_by(Author::id);
        Ok(session.scalars(query).await?.all())
    })
    .await?;
    assert_eq!(flights.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    for author in &authors {
        for book in author.books().get()?.iter().chain(&author.edited().get()?) {
            assert_eq!(book.reviews().get()?.len(), 3);
        }
    }
    assert_eq!(authors[0].edited().get()?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn keys_of_two_columns() -> Result {
    let setup = Setup::new(&SHELVES).await;
    setup
        .sql(
            "INSERT INTO shelves VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c');
             INSERT INTO copies (shelf_room, shelf_number) VALUES (1, 2), (2, 1), (2, 1), (NULL, 1)",
        )
        .await;
    let session = setup.db.session();
    let query = select::<Shelf>().options(subqueryload(Shelf::copies)).order_by(Shelf::label);
    let shelves = session.scalars(query).await?.all();
    let copies = shelves.iter().map(|shelf| shelf.copies().get().map(|copies| ids(&copies, |copy| copy.id)));
    assert_eq!(copies.collect::<orm_core::Result<Vec<_>>>()?, [vec![], vec![1], vec![2, 3]]);

    drop(session);
    let other = setup.db.session();
    let query = select::<Copy>().options(subqueryload(Copy::shelf)).order_by(Copy::id);
    setup.flights();
    let copies = other.scalars(query).await?.all();
    assert_eq!(
        setup.statements().pop().expect("two statements were sent"),
        "SELECT shelves.room, shelves.number, shelves.label FROM shelves WHERE (shelves.number, shelves.room) IN \
         (SELECT copies.shelf_number, copies.shelf_room FROM copies)"
    );
    assert_eq!(copies[1].shelf().get()?.map(|shelf| shelf.label.clone()).as_deref(), Some("c"));
    assert_eq!(copies[3].shelf().get()?, None);
    Ok(())
}

/// The statement beside took other rows than the first: those parents are not shown as being without children.
#[tokio::test]
async fn a_parent_that_the_second_statement_did_not_see_stays_unloaded() -> Result {
    let setup = library(3).await;
    setup
        .sql(
            "CREATE FUNCTION flip() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
                 RETURN CASE WHEN nextval('calls') % 2 = 1 THEN 1 ELSE 2 END; END $$;
             CREATE SEQUENCE calls;
             ALTER TABLE authors RENAME TO all_authors;
             CREATE VIEW authors AS SELECT a.* FROM all_authors a, (SELECT flip() AS id OFFSET 0) one
                 WHERE a.id = one.id",
        )
        .await;
    let session = setup.db.session();
    let author = session.scalars(select::<Author>().options(subqueryload(Author::books))).await?.all();
    assert_eq!(ids(&author, |author| author.id), [1]);
    assert!(author[0].books().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!(author[0].books().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_table_that_refers_to_itself() -> Result {
    let setup = library(0).await;
    let session = setup.db.session();
    setup.flights();
    let query = select::<Reader>()
        .options(subqueryload(Reader::guests).subqueryload(Reader::guests))
        .filter(Reader::host_id.is_null());
    let root = session.execute(query).await?.scalar_one()?;
    assert_eq!(setup.statements().len(), 3);
    let third = root.guests().get()?[0].guests().get()?[0].clone();
    assert_eq!(third.id, 3);
    assert!(third.guests().get().is_err_and(|error| error.is_not_loaded()));
    Ok(())
}

/// What is written while the flight is under way makes all of it be asked for again.
#[tokio::test]
async fn edits_are_flushed_first_and_seen() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("author 1 is there");
    let new = session.add(Book::builder().title("new").author(&author));
    let query = select::<Author>().options(subqueryload(Author::books).subqueryload(Book::reviews));
    session.execute(query).await?;
    assert_eq!(ids(&author.books().get()?, |book| book.id), [1, 2, 3]);
    assert_eq!(new.reviews().get()?, []);
    Ok(())
}
