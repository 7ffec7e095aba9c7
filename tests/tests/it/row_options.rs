//! Loader options for each entity of a row that holds several things.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::archive::{FILLED, Folder, Letter};
use orm_tests::library::{Author, Book, LIBRARY, Portrait, Review, filled};

type Result = orm_core::Result<()>;

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

fn sorted(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids
}

fn reviews(book: &Entity<Book>) -> orm_core::Result<Vec<i64>> {
    Ok(sorted(book.reviews().get()?.iter().map(|review| review.id).collect()))
}

/// Scenario 276.
#[tokio::test]
async fn joined_lists_of_two_entities_come_complete_in_one_statement() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    session.execute(sql!("select 1").rows::<i32>()).await?;
    setup.flights();
    let query = select::<Author>().join(Author::books).order_by(Book::id.desc()).columns((
        entity::<Author>().options(joinedload(Author::books)),
        entity::<Book>().options(joinedload(Book::reviews)),
    ));
    let rows = session.execute(query).await?.all();
    let statement = "SELECT anon_1.c1, anon_1.c2, anon_1.c3, anon_1.c4, anon_1.c5, anon_1.c6, anon_1.c7, \
                     books_1.id, books_1.title, books_1.author_id, books_1.editor_id, \
                     reviews_1.id, reviews_1.stars, reviews_1.book_id, reviews_1.reader_id \
                     FROM (SELECT *, row_number() OVER () FROM (SELECT authors.id, authors.name, books.id, books.title, \
                     books.author_id, books.editor_id FROM authors JOIN books ON books.author_id = authors.id \
                     ORDER BY books.id DESC) AS anon_1) AS anon_1 (c1, c2, c3, c4, c5, c6, c7) \
                     LEFT JOIN books AS books_1 ON books_1.author_id = anon_1.c1 \
                     LEFT JOIN reviews AS reviews_1 ON reviews_1.book_id = anon_1.c3 ORDER BY anon_1.c7";
    assert_eq!(setup.statements(), [statement]);
    let ids: Vec<_> = rows.iter().map(|(author, book)| (author.id, book.id)).collect();
    assert_eq!(ids, [(2, 4), (2, 3), (1, 2), (1, 1)]);
    for (author, book) in &rows {
        let books = sorted(author.books().get()?.iter().map(|book| book.id).collect());
        assert_eq!(books, [author.id * 2 - 1, author.id * 2]);
        assert_eq!(reviews(book)?, [book.id * 3 - 2, book.id * 3 - 1, book.id * 3]);
        assert!(author.books().get()?.contains(book));
    }
    assert_eq!(setup.statements(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn what_is_loaded_along_for_all_entities_of_a_row_travels_together() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    session.execute(sql!("select 1").rows::<i32>()).await?;
    setup.flights();
    let query = select::<Book>().join(Book::author).order_by(Book::id).limit(4).columns((
        Book::title,
        entity::<Book>().options(selectinload(Book::reviews).joinedload(Review::reader)),
        entity::<Author>().options(subqueryload(Author::portrait)).options(raiseload(Author::edited)),
    ));
    let rows = session.execute(query).await?.all();
    assert_eq!(setup.shapes(), [vec!["SELECT books"], vec!["SELECT reviews", "SELECT portraits"]]);
    assert_eq!(rows.len(), 4);
    for (title, book, author) in &rows {
        assert_eq!(*title, book.title);
        assert_eq!(reviews(book)?.len(), 3);
        assert_eq!(
            book.reviews().get()?[0].reader().get()?.is_some(),
            book.reviews().get()?[0].reader_id.is_some()
        );
        assert_eq!(author.portrait().get()?.is_some(), author.id == 1);
        assert!(author.edited().await.is_err_and(|error| error.is_raise_load()));
    }
    assert_eq!(setup.statements(), [""; 0]);
    Ok(())
}

/// Rows that are equal are not taken for what a join repeats; groups and limits do not see the joins.
#[tokio::test]
async fn joins_neither_add_nor_take_rows() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let twice = select::<Author>().join(Author::books).order_by(Author::id.desc()).limit(3);
    let twice = twice.columns((
        entity::<Author>().options(joinedload(Author::books).joinedload(Book::reviews)),
        Author::name,
    ));
    let rows = session.execute(twice).await?.all();
    assert_eq!(rows.iter().map(|(author, _)| author.id).collect::<Vec<_>>(), [2, 2, 1]);
    let all: Vec<_> = rows[0].0.books().get()?.iter().map(reviews).collect::<orm_core::Result<_>>()?;
    assert_eq!(sorted(all.concat()), [7, 8, 9, 10, 11, 12]);
    session.clear();
    setup.statements();
    let counts = select::<Author>().join(Author::books).group_by(Author::id).order_by(Author::id);
    let counts =
        counts.columns((entity::<Author>().options(joinedload(Author::books)), func::count(Book::id)));
    let rows = session.execute(counts).await?.all();
    assert_eq!(setup.statements().len(), 1);
    assert_eq!(rows.iter().map(|(author, books)| (author.id, *books)).collect::<Vec<_>>(), [(1, 2), (2, 2)]);
    assert_eq!(rows[1].0.books().get()?.len(), 2);
    session.clear();
    let distinct = select::<Book>().join(Book::author).distinct().order_by(Author::id);
    let distinct = distinct.columns(entity::<Author>().options(joinedload(Author::edited)));
    let authors = session.scalars(distinct).await?.all();
    let edited: Vec<_> =
        authors.iter().map(|author| author.edited().get().map(|books| books.len())).collect();
    assert_eq!(edited.into_iter().collect::<orm_core::Result<Vec<_>>>()?, [2, 0]);
    Ok(())
}

#[tokio::test]
async fn an_alias_and_an_entity_that_may_be_missing_have_options_too() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    alias!(Editor = Author);
    let query = select::<Book>().left_join(Book::editor.to::<Editor>()).order_by(Book::id).columns((
        entity::<Book>().options(joinedload(Book::author)),
        entity_as::<Editor>().options(joinedload(Author::edited)).options(joinedload(Author::portrait)),
    ));
    let rows = session.execute(query).await?.all();
    let editors: Vec<_> = rows.iter().map(|(_, editor)| editor.as_ref().map(|editor| editor.id)).collect();
    assert_eq!(editors, [None, Some(1), None, Some(1)]);
    setup.flights();
    let editor = rows[1].1.as_ref().expect("the second book has an editor");
    assert_eq!(sorted(editor.edited().get()?.iter().map(|book| book.id).collect()), [2, 4]);
    assert!(editor.portrait().get()?.is_some());
    assert_eq!(rows[3].0.author().get()?.id, 2);
    assert_eq!(setup.statements(), [""; 0]);
    Ok(())
}

/// What is said before the columns holds for the entities of the select's own model.
#[tokio::test]
async fn what_is_said_before_the_columns_is_kept() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let query =
        select::<Author>().options(selectinload(Author::books)).join(Author::books).order_by(Book::id);
    let rows = session.execute(query.clone().columns((entity::<Book>(), entity::<Author>()))).await?.all();
    setup.flights();
    assert_eq!(rows[3].1.books().get()?.len(), 2);
    assert!(rows[3].0.reviews().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!(session.scalar(query.columns(Book::id)).await?, Some(1));
    assert_eq!(setup.statements().len(), 1);
    let ann = select::<Author>().filter(Author::id.eq(1));
    let author = session.scalars(ann.clone()).await?.one()?;
    setup.sql("UPDATE authors SET name = 'elsewhere' WHERE id = 1").await;
    session.execute(ann.clone().columns(entity::<Author>())).await?;
    assert_eq!(author.name, "author 1");
    session.execute(ann.populate_existing().columns((entity::<Author>(), Author::id))).await?;
    assert_eq!(author.name, "elsewhere");
    Ok(())
}

#[tokio::test]
async fn criteria_hold_for_what_is_joined_to_rows() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let even = with_loader_criteria::<Author, _>((Book::id % 2).eq(0));
    let query = select::<Author>().order_by(Author::id);
    let query = query.columns((Author::name, entity::<Author>().options(even.joinedload(Author::books))));
    let rows = session.execute(query).await?.all();
    let books: Vec<_> =
        rows.iter().map(|(_, author)| author.books().get().map(|books| books[0].id)).collect();
    assert_eq!(books.into_iter().collect::<orm_core::Result<Vec<_>>>()?, [2, 4]);
    Ok(())
}

#[tokio::test]
async fn what_changed_and_is_loaded_along_is_flushed_before() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("the author is there");
    author.books().add(&session.add(Book::builder().title("new").author(&author)));
    let query =
        select::<Author>().columns((Author::id, entity::<Author>().options(joinedload(Author::books))));
    let (_, again) = session.execute(query).await?.one()?;
    assert_eq!(again.books().get()?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn deferred_columns_come_with_the_entities_that_want_them() -> Result {
    let setup = Setup::new(&models![Folder, Letter]).await;
    setup.sql(FILLED).await;
    let session = setup.db.session();
    let query = select::<Letter>().join(Letter::folder).order_by(Letter::id).columns((
        entity::<Folder>().options(undefer(Folder::remarks)),
        entity::<Letter>().options(undefer(Letter::text)),
    ));
    let (folder, letter) = session.execute(query).await?.first().expect("there are letters");
    assert_eq!(folder.remarks.get()?.as_deref(), Some("old"));
    assert_eq!(letter.text.get()?, "text 1");
    assert!(letter.summary.is_not_loaded());
    Ok(())
}

#[tokio::test]
async fn streams_and_writes_carry_the_options_out() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    let query = select::<Author>().join(Author::books).order_by(Book::id).columns((
        entity::<Author>().options(joinedload(Author::books)),
        entity::<Book>().options(selectinload(Book::reviews)),
    ));
    let mut rows = session.stream(query, 4).await?;
    let mut seen = 0;
    while let Some((author, book)) = rows.next().await? {
        assert_eq!((author.books().get()?.len(), reviews(&book)?.len()), (2, 3));
        seen += 1;
    }
    assert_eq!(seen, 6);
    let update = update::<Book>().set(Book::title, "again").filter(Book::id.eq(1));
    let book = entity::<Book>().options(joinedload(Book::reviews));
    let (title, book) = session.execute(update.returning((Book::title, book))).await?.one()?;
    assert_eq!((title, reviews(&book)?), ("again".to_owned(), vec![1, 2, 3]));
    Ok(())
}

#[tokio::test]
async fn the_selects_own_joins_are_yielded_and_not_taken_from() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let query = select::<Author>().join(Author::books);
    let query = query.columns((entity::<Author>().options(contains_eager(Author::books)), Book::id));
    let error = session.execute(query).await.expect_err("nothing is taken from joins");
    assert!(error.is_not_joined(), "{error:?}");
    assert!(error.to_string().contains("yield the joined entity beside"), "{error}");
    Ok(())
}

/// Rows with nothing to load, and none at all.
#[tokio::test]
async fn no_rows_are_no_rows() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let query = select::<Portrait>().filter(Portrait::id.gt(9));
    let query = query.columns((entity::<Portrait>().options(joinedload(Portrait::author)), Portrait::id));
    assert!(session.execute(query).await?.all().is_empty());
    Ok(())
}
