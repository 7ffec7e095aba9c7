//! `joinedload`: relationships in the statement of their parents. Scenarios of section M.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, LIBRARY, Portrait, Review, filled};

type Result = orm_core::Result<()>;

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

fn ids<M: orm_core::Live>(entities: &[Entity<M>], id: fn(&M) -> i64) -> Vec<i64> {
    entities.iter().map(|entity| id(Entity::value(entity))).collect()
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
    assert_eq!(setup.statements(), [statement]);
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
                     LEFT JOIN books AS books_1 ON books_1.author_id = authors.id ORDER BY authors.id DESC";
    assert_eq!(setup.statements(), [statement]);
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
    assert_eq!(setup.statements().len(), 1);
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
    assert!(statements[0].ends_with("ORDER BY books.id LIMIT $1"), "{statements:?}");
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
    assert_eq!(setup.statements().len(), 1);
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
    assert_eq!(setup.statements().len(), 2);
    let reviews = authors[1].books().get()?[0].reviews().get()?;
    assert_eq!(reviews[1].reader().get()?.map(|reader| reader.id), Some(2));
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
    assert!(setup.statements().is_empty());
    Ok(())
}

/// Entities that come again are decoded once while that pays: few that many lead to, NULL among them, and more than are
/// remembered, of which the first come again.
#[tokio::test]
async fn whoever_many_rows_lead_to_is_found_for_each() -> Result {
    let setup = library(1_500).await;
    let editors = "CASE WHEN id <= 1300 THEN id WHEN id % 2 = 0 THEN NULL ELSE id % 1300 + 1 END";
    setup.sql(&format!("UPDATE books SET editor_id = {editors}")).await;
    let session = setup.db.session();
    let options = joinedload(Book::author);
    let select = select::<Book>().options(options).options(joinedload(Book::editor)).order_by(Book::id);
    let books = session.execute(select).await?.all();
    assert!(books.len() > 2_600, "{}", books.len());
    setup.flights();
    for book in &books {
        assert_eq!(book.author().get()?.id, book.author_id);
        assert_eq!(book.editor().get()?.map(|editor| editor.id), book.editor_id);
    }
    let editor_of = |book: usize| books[book - 1].editor().get();
    assert_eq!(editor_of(1_301)?, editor_of(2)?);
    assert_eq!(editor_of(1_302)?, None);
    assert!(setup.statements().is_empty());
    Ok(())
}

/// A row that is new leads where it came joined to; one that was read in this transaction, and that somebody else has led
/// elsewhere meanwhile, leads where its key says.
#[tokio::test]
async fn a_known_row_leads_where_its_key_says_whatever_it_comes_joined_to() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    session.begin().await?;
    let first = session.get::<Book>(1).await?.expect("it is there");
    setup.sql("UPDATE books SET author_id = 3 WHERE id IN (1, 2)").await;
    let select = select::<Book>().options(joinedload(Book::author)).order_by(Book::id);
    let books = session.execute(select).await?.all();
    assert_eq!((books[0].clone(), first.author_id), (first.clone(), 1));
    let mut authors = Vec::new();
    for book in &books {
        authors.push(book.author().await?.id);
    }
    assert_eq!(authors, [1, 3, 2, 2, 3, 3]);
    Ok(())
}
