//! Rows that are marked as deleted are out of sight.

use orm_core::prelude::*;
use orm_tests::soft::{Book, Desk, Tag, Writer, book, library, writer};

type Result = orm_core::Result<()>;

fn ids(books: &[Entity<Book>]) -> Vec<i64> {
    books.iter().map(|book| book.id).collect()
}

/// In every way in which rows are read.
#[tokio::test]
async fn deleted_rows_are_out_of_sight() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let all = || select::<Book>().order_by(Book::id);
    assert_eq!(ids(&session.scalars(all()).await?.all()), [1, 2, 4]);
    assert_eq!(session.scalar(all().count()).await?, Some(3));
    assert_eq!(session.scalar(all().limit(9).count()).await?, Some(3));
    assert_eq!(session.scalar(all().filter(Book::id.eq(3)).exists()).await?, Some(false));
    assert_eq!(ids(&session.scalars(all().with_deleted()).await?.all()), [1, 2, 3, 4]);
    assert_eq!(session.scalar(all().with_deleted().count()).await?, Some(4));
    let ways = || {
        [
            select::<Writer>().options(selectinload(Writer::books)),
            select::<Writer>().options(joinedload(Writer::books)),
            select::<Writer>().options(joinedload(Writer::books)).limit(5),
            select::<Writer>().options(subqueryload(Writer::books)),
            select::<Writer>().options(selectinload(Writer::books).limit(5)),
            select::<Writer>().left_join(Writer::books).options(contains_eager(Writer::books)).forget_joins(),
        ]
    };
    for way in ways() {
        session.clear();
        let writers = session.scalars(way.clone().order_by(Writer::id)).await?.all();
        assert_eq!(ids(&writers[0].books().get()?), [1, 2], "{way}");
        session.clear();
        let writers = session.scalars(way.clone().order_by(Writer::id).with_deleted()).await?.all();
        assert_eq!(ids(&writers[0].books().get()?), [1, 2, 3], "{way}");
    }
    session.clear();
    let ann = writer(&session, 1).await?;
    assert_eq!(ids(&ann.books().await?), [1, 2]);
    assert_eq!(session.scalar(ann.books().query().count()).await?, Some(2));
    Ok(())
}

/// What a query said of deleted rows holds for what is loaded later, too.
#[tokio::test]
async fn what_is_loaded_later_is_as_the_query_said() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let writers = session.scalars(select::<Writer>().order_by(Writer::id).with_deleted()).await?.all();
    assert_eq!(ids(&writers[0].books().await?), [1, 2, 3]);
    session.close().await;
    let session = setup.db.with_deleted().session();
    assert_eq!(ids(&writer(&session, 1).await?.books().await?), [1, 2, 3]);
    Ok(())
}

/// Over a relationship to one row.
#[tokio::test]
async fn a_row_that_is_out_of_sight_is_none_or_an_error() -> Result {
    let setup = library().await;
    setup.sql("UPDATE writers SET gone_at = now() WHERE id = 1").await;
    let session = setup.db.session();
    let books = select::<Book>().order_by(Book::id);
    let joined = session.scalars(books.clone().options(joinedload(Book::writer))).await?.all();
    let error = joined[0].writer().get().expect_err("the writer is deleted");
    assert!(error.is_hidden() && !error.is_not_loaded() && error.relationship() == Some("writer"), "{error}");
    assert_eq!(joined[2].writer().get()?.name, "bob");
    setup.flights();
    assert!(joined[1].writer().await.is_err_and(|error| error.is_hidden()));
    assert!(setup.statements().is_empty());
    session.clear();
    let lazy = session.scalars(books).await?.all();
    assert!(lazy[0].writer().await.is_err_and(|error| error.is_hidden()));
    setup.flights();
    assert!(lazy[1].writer().get().is_err_and(|error| error.is_hidden()));
    assert!(setup.statements().is_empty());
    let desk = session.get::<Desk>(1).await?.expect("the desk is there");
    assert!(desk.writer().await?.is_none() && desk.writer().get()?.is_none());
    // What is seen again is found by asking again.
    setup.sql("UPDATE writers SET gone_at = NULL").await;
    session.refresh(&desk).attribute(Desk::writer).await?;
    assert_eq!(desk.writer().get()?.map(|writer| writer.id), Some(1));
    Ok(())
}

#[tokio::test]
async fn the_far_side_of_a_many_to_many_is_out_of_sight() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let names = |tags: Vec<Entity<Tag>>| Vec::from_iter(tags.iter().map(|tag| tag.name.clone()));
    for query in [
        select::<Book>().options(selectinload(Book::tags)),
        select::<Book>().options(joinedload(Book::tags)),
        select::<Book>().options(subqueryload(Book::tags)),
    ] {
        session.clear();
        let books = session.scalars(query.order_by(Book::id)).await?.all();
        assert_eq!(names(books[0].tags().get()?), ["fun"]);
    }
    session.clear();
    let one = book(&session, 1).await?;
    assert_eq!(names(one.tags().await?), ["fun", "old"]);
    session.clear();
    let one = session.get::<Book>(1).await?.expect("the book is there");
    let tags = one.tags().await?;
    assert_eq!(names(tags.clone()), ["fun"]);
    assert_eq!(ids(&tags[0].books().await?), [1, 2, 4]);
    session.delete(&tags[0]);
    session.commit().await?;
    assert!(one.tags().get()?.is_empty());
    assert_eq!(setup.rows("SELECT count(*) FROM book_tags").await, ["5"]);
    Ok(())
}

/// A row that belongs to one that is out of sight is seen, unless the query joins it.
#[tokio::test]
async fn an_inner_join_leaves_out_what_belongs_to_what_is_deleted() -> Result {
    let setup = library().await;
    setup.sql("UPDATE writers SET gone_at = now() WHERE id = 1").await;
    let session = setup.db.session();
    let books = || select::<Book>().order_by(Book::id);
    assert_eq!(ids(&session.scalars(books()).await?.all()), [1, 2, 4]);
    let joined = books().join(Book::writer).options(contains_eager(Book::writer));
    assert_eq!(ids(&session.scalars(joined.clone()).await?.all()), [4]);
    let left = books().left_join(Book::writer).filter(Writer::id.is_null());
    assert_eq!(ids(&session.scalars(left).await?.all()), [1, 2]);
    session.clear();
    assert_eq!(ids(&session.scalars(joined.with_deleted().for_update()).await?.all()), [1, 2, 3, 4]);
    Ok(())
}
