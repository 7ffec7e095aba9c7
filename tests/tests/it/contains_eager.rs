//! Joins along relationships, and relationships that are taken from them.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, LIBRARY, Portrait, Reader, Review, filled};

type Result = orm_core::Result<()>;

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

fn ids<M: orm_core::Live>(entities: &[Entity<M>], id: fn(&M) -> i64) -> Vec<i64> {
    entities.iter().map(|entity| id(Entity::value(entity))).collect()
}

fn selects(setup: &Setup) -> Vec<String> {
    setup.statements().into_iter().filter(|sql| sql.starts_with("SELECT")).collect()
}

#[tokio::test]
async fn a_to_one_comes_from_the_join_that_filters_by_it() -> Result {
    let setup = library(4).await;
    let session = setup.db.session();
    setup.flights();
    let query = select::<Book>()
        .join(Book::author)
        .left_join(Author::portrait)
        .filter(Author::name.ne("author 2"))
        .order_by(Author::name.desc())
        .order_by(Book::id)
        .options(contains_eager(Book::author).contains_eager(Author::portrait));
    let books = session.scalars(query).await?.all();
    assert_eq!(
        setup.statements(),
        ["SELECT books.id, books.title, books.author_id, books.editor_id, authors.id, authors.name, \
          portraits.id, portraits.author_id FROM books JOIN authors ON books.author_id = authors.id \
          LEFT JOIN portraits ON portraits.author_id = authors.id WHERE authors.name <> $1 \
          ORDER BY authors.name DESC, books.id"]
    );
    assert_eq!(ids(&books, |book| book.id), [7, 8, 5, 6, 1, 2]);
    let first = books[4].author().get()?;
    assert_eq!((first.id, first.portrait().get()?.map(|portrait| portrait.id)), (1, Some(1)));
    assert_eq!(books[0].author().get()?.portrait().get()?, None);
    assert!(setup.statements().is_empty());
    Ok(())
}

/// What the condition left out is not there, and is not taken for gone.
#[tokio::test]
async fn a_to_many_is_the_part_that_the_select_let_through() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    setup.flights();
    let query = select::<Author>()
        .join(Author::books)
        .filter(Book::id.in_([1, 5, 6]))
        .order_by(Author::id)
        .order_by(Book::id.desc())
        .options(contains_eager(Author::books).selectinload(Book::reviews));
    let authors = session.scalars(query).await?.all();
    assert_eq!(selects(&setup).len(), 2);
    assert_eq!(ids(&authors, |author| author.id), [1, 3]);
    assert_eq!(ids(&authors[0].books().get()?, |book| book.id), [1]);
    assert_eq!(ids(&authors[1].books().get()?, |book| book.id), [6, 5]);
    assert!(authors[0].books().is_partial());
    assert_eq!(authors[1].books().get()?[0].reviews().get()?.len(), 3);
    session.refresh(&authors[0]).attribute(Author::books).await?;
    assert_eq!(ids(&authors[0].books().get()?, |book| book.id), [1, 2]);
    Ok(())
}

/// Scenario 179: what is loaded again is loaded by itself, and brings what was joined below.
#[tokio::test]
async fn what_came_from_a_join_is_loaded_by_itself_again() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let query = || select::<Author>().join(Author::books).join(Book::reviews).order_by(Author::id);
    let joined = query().options(contains_eager(Author::books).joinedload(Book::editor));
    let authors = session.scalars(joined).await?.all();
    session.commit().await?;
    setup.flights();
    session.refresh(&authors[0]).await?;
    session.refresh(&authors[0]).attribute(Author::books).await?;
    let statements = selects(&setup);
    assert_eq!(statements.len(), 2);
    assert!(statements[1].contains("LEFT JOIN authors AS authors_1"), "{statements:?}");
    session.clear();

    let joined = query().options(contains_eager(Author::books).contains_eager(Book::reviews));
    let authors = session.scalars(joined).await?.all();
    session.commit().await?;
    setup.flights();
    session.refresh(&authors[0]).await?;
    session.refresh(&authors[0]).attribute(Author::books).await?;
    let books = authors[0].books().get()?;
    session.refresh(&books[0]).attribute(Book::reviews).await?;
    assert_eq!(selects(&setup).len(), 3);
    assert_eq!(books[0].reviews().get()?.len(), 3);
    // What is in memory already has no select to be taken from.
    session.clear();
    session.get::<Author>(1).await?;
    let option = contains_eager(Author::books).contains_eager(Book::reviews);
    let author = session.get::<Author>(1).options(option).await?.expect("author 1 is there");
    assert_eq!(author.books().get()?[1].reviews().get()?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn what_is_not_joined_is_an_error_that_says_so() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    setup.flights();
    let queries = [
        select::<Book>().options(contains_eager(Book::author)),
        select::<Book>().join(Book::editor).options(contains_eager(Book::author)).forget_joins(),
        select::<Book>()
            .join(Book::author)
            .options(selectinload(Book::author).options(contains_eager(Author::portrait)))
            .forget_joins(),
    ];
    let mut words = Vec::new();
    for query in queries {
        let error = session.scalars(query).await.expect_err("it is not joined");
        assert!(error.is_not_joined());
        words.push((error.model().map(str::to_owned), error.relationship().map(str::to_owned)));
    }
    let named = |model: &str, relationship: &str| (Some(model.to_owned()), Some(relationship.to_owned()));
    assert_eq!(words, [named("Book", "author"), named("Book", "author"), named("Author", "portrait")]);
    assert!(setup.statements().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_table_that_is_there_already_gets_an_alias() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let query = select::<Book>()
        .join(Book::author)
        .filter(Author::id.eq(2))
        .left_join(Book::editor)
        .order_by(Book::id)
        .options(contains_eager(Book::author))
        .options(contains_eager(Book::editor));
    let books = session.scalars(query).await?.all();
    assert_eq!(ids(&books, |book| book.id), [3, 4]);
    assert_eq!(books[1].editor().get()?.map(|editor| editor.id), Some(1));
    let readers =
        select::<Reader>().order_by(Reader::id).join(Reader::host).options(contains_eager(Reader::host));
    let readers = session.scalars(readers).await?.all();
    assert_eq!(readers[1].host().get()?, Some(readers[0].clone()));
    Ok(())
}

/// The limit counts the rows of the select, its own joins included; what is loaded along does not change it.
#[tokio::test]
async fn a_limit_with_a_join_leaves_collections_to_statements_of_their_own() -> Result {
    let setup = library(4).await;
    let session = setup.db.session();
    setup.flights();
    let query = select::<Book>()
        .join(Book::author)
        .order_by(Author::name.desc())
        .order_by(Book::id)
        .limit(3)
        .options(contains_eager(Book::author).joinedload(Author::edited))
        .options(joinedload(Book::reviews))
        .options(joinedload(Book::editor));
    let books = session.scalars(query).await?.all();
    let statements = selects(&setup);
    assert_eq!(statements.len(), 3);
    assert!(statements[0].ends_with("ORDER BY authors.name DESC, books.id LIMIT $1"), "{statements:?}");
    assert_eq!(ids(&books, |book| book.id), [7, 8, 5]);
    assert_eq!((books[2].reviews().get()?.len(), books[1].editor().get()?.is_some()), (3, true));
    assert_eq!(books[0].author().get()?.edited().get()?, []);
    Ok(())
}

#[tokio::test]
async fn a_subquery_repeats_the_selects_joins() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    let query = select::<Author>()
        .join(Author::books)
        .join(Book::reviews)
        .filter(Review::stars.eq(4))
        .options(contains_eager(Author::books).subqueryload(Book::reviews))
        .options(subqueryload(Author::portrait))
        .order_by(Author::id);
    let authors = session.scalars(query.clone()).await?.all();
    assert_eq!(ids(&authors, |author| author.id), [1, 2, 3]);
    let portrait: Option<Entity<Portrait>> = authors[0].portrait().get()?;
    assert!(portrait.is_some());
    assert_eq!(authors[0].books().get()?[0].reviews().get()?.len(), 3);
    assert_eq!(session.scalar(query.count()).await?, Some(3));
    Ok(())
}
