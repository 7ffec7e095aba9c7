//! Criteria and queries that are parts of others: what a query says of all rows that it reads goes with it, and what is
//! said of the statement around it reaches each of its parts, wherever it stands.

use orm_core::prelude::*;
use orm_core::query::{Window, window};
use orm_core::{Query, Select, func, nth_column};
use orm_tests::Setup;
use orm_tests::soft::{Book, Review, Writer, library};

type Result = orm_core::Result<()>;

#[derive(FromRow, Debug, PartialEq)]
struct Titled {
    id: i64,
    title: String,
}

fn titled(books: Select<Book>) -> Query<Titled> {
    books.columns(row!(Titled { id: Book::id, title: Book::title })).forget_joins()
}

/// What a query of titles yields.
async fn ids(session: &Session, query: Query<Titled>) -> orm_core::Result<Vec<i64>> {
    let mut ids: Vec<i64> = session.execute(query).await?.all().iter().map(|row| row.id).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// Each of two queries that are put together shows what it says itself.
#[tokio::test]
async fn set_operations_keep_what_their_queries_say() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let (all, alive) = (|| titled(select::<Book>().with_deleted()), || titled(select::<Book>()));
    let third = || titled(select::<Book>().filter(Book::id.eq(3)));
    assert_eq!(ids(&session, all().union(alive()).forget_joins()).await?, [1, 2, 3, 4]);
    assert_eq!(ids(&session, alive().union_all(third()).forget_joins()).await?, [1, 2, 4]);
    assert_eq!(ids(&session, all().except(alive()).forget_joins()).await?, [3]);
    assert_eq!(ids(&session, alive().intersect(all()).forget_joins()).await?, [1, 2, 4]);
    // What is said of both together holds for both.
    assert_eq!(
        ids(&session, alive().union_all(third()).with_deleted().forget_joins()).await?,
        [1, 2, 3, 3, 4]
    );
    let narrow = titled(select::<Book>().options(with_loader_criteria(Book::id.le(2))));
    assert_eq!(ids(&session, narrow.union(third()).forget_joins()).await?, [1, 2]);
    Ok(())
}

/// A query that is a source of another, by any name.
#[tokio::test]
async fn sources_keep_what_their_queries_say() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let all = || titled(select::<Book>().with_deleted());
    assert_eq!(ids(&session, all().subquery().select().forget_joins()).await?, [1, 2, 3, 4]);
    assert_eq!(ids(&session, all().cte().select().forget_joins()).await?, [1, 2, 3, 4]);
    assert_eq!(ids(&session, titled(select::<Book>()).cte().select().forget_joins()).await?, [1, 2, 4]);
    // The statement around it goes by its own.
    let beside = select::<Book>().with(all().cte()).left_join(table::<Titled>().on(Titled::id.gt(Book::id)));
    let beside =
        beside.filter(Book::id.gt(1)).order_by((Book::id, Titled::id)).columns((Book::id, Titled::id));
    assert_eq!(session.execute(beside).await?.all(), [(2, Some(3)), (2, Some(4)), (4, None)]);
    let start = titled(select::<Book>().with_deleted().filter(Book::id.eq(3)));
    let next = select_from::<Titled>().join(table::<Book>().on(Book::id.eq(Titled::id - 1)));
    let next = next.columns(row!(Titled { id: Book::id, title: Book::title }));
    assert_eq!(ids(&session, start.cte().recursive(next).select().forget_joins()).await?, [1, 2, 3]);
    let newest = select::<Book>().with_deleted().correlate::<Writer>().filter(Book::writer_id.eq(Writer::id));
    let newest = newest.order_by(Book::id.desc()).limit(1);
    let newest = newest.columns(row!(Titled { id: Book::id, title: Book::title })).subquery().lateral();
    let query =
        select::<Writer>().join(newest.on_true()).order_by(Writer::id).columns((Writer::id, Titled::id));
    assert_eq!(session.execute(query).await?.all(), [(1, 3), (2, 4)]);
    Ok(())
}

/// A query within an expression or a condition.
#[tokio::test]
async fn expressions_keep_what_their_queries_say() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let written = || select::<Book>().correlate::<Writer>().filter(Book::writer_id.eq(Writer::id));
    let counts = (
        written().columns(func::count_all()).scalar_subquery(),
        written().with_deleted().columns(func::count_all()).scalar_subquery(),
        written().with_deleted().order_by(Book::id).columns(Book::id).array_subquery(),
    );
    let query = select::<Writer>().order_by(Writer::id).columns(counts);
    let expected = [(Some(2), Some(3), vec![1, 2, 3]), (Some(1), Some(1), vec![4])];
    assert_eq!(session.execute(query).await?.all(), expected);
    let third = || select::<Book>().filter(Book::id.eq(3));
    let of_third = |books: Select<Book>| Writer::id.in_(books.columns(Book::writer_id));
    let conditions = [
        (of_third(third()), 0),
        (of_third(third().with_deleted()), 1),
        (Writer::id.eq(func::any_of(third().with_deleted().columns(Book::writer_id))).about::<Writer>(), 1),
        (
            func::row((Writer::id, 3))
                .in_(third().with_deleted().columns((Book::writer_id, Book::id)))
                .about(),
            1,
        ),
        (func::exists(third()).about::<Writer>(), 0),
        (func::exists(third().with_deleted()).about::<Writer>(), 2),
    ];
    for (condition, expected) in conditions {
        let query = select::<Writer>().filter(condition);
        let sql = query.to_string();
        assert_eq!(session.scalars(query).await?.all().len(), expected, "{sql}");
    }
    Ok(())
}

/// What a session says reaches subqueries in every clause of a statement.
#[tokio::test]
async fn all_clauses_are_restricted() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let reviews = || {
        let reviews = select::<Review>().correlate::<Book>().filter(Review::book_id.eq(Book::id));
        reviews.columns(func::count_all()).scalar_subquery()
    };
    setup.sql("UPDATE reviews SET hidden = TRUE WHERE book_id = 1").await;
    let ordered = select::<Book>().order_by((reviews(), Book::id)).columns(Book::id);
    assert_eq!(session.execute(ordered).await?.all(), [1, 2, 4]);
    let grouped = select::<Book>().group_by(reviews()).order_by(nth_column(1));
    let grouped = grouped.columns((reviews(), func::count_all()));
    assert_eq!(session.execute(grouped).await?.all(), [(Some(0), 1), (Some(1), 2)]);
    let distinct = select::<Book>().distinct_on(reviews()).order_by((reviews(), Book::id)).columns(Book::id);
    assert_eq!(session.execute(distinct).await?.all(), [1, 2]);
    let ranked = func::rank().over(window().order_by(reviews()));
    let ranked = select::<Book>().order_by(Book::id).columns((Book::id, ranked));
    assert_eq!(session.execute(ranked).await?.all(), [(1, 1), (2, 2), (4, 2)]);
    let named = select::<Book>().window("w", window().order_by(reviews())).order_by(Book::id);
    let named = named.columns((Book::id, func::rank().over(Window::named("w"))));
    assert_eq!(session.execute(named).await?.all(), [(1, 1), (2, 2), (4, 2)]);
    Ok(())
}

/// Rows that are inserted by a query are those that it shows.
#[tokio::test]
async fn inserted_rows_are_those_of_the_query() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let books = || select::<Book>().filter(Book::id.eq(3)).columns(Book::id);
    let insert_of = |query| insert::<Review>().from_select(Review::book_id, query);
    assert_eq!(session.execute(insert_of(books())).await?, 0);
    assert_eq!(session.execute(insert_of(books().with_deleted())).await?, 1);
    let returned = insert_of(books().with_deleted()).returning(Review::book_id);
    assert_eq!(session.execute(returned).await?.all(), [3]);
    Ok(())
}

/// A typed query within SQL shows what it would show by itself.
#[tokio::test]
async fn queries_within_sql_are_restricted() -> Result {
    let setup = library().await;
    let session = setup.db.with_criteria(Book::id.ge(2)).session();
    let books = || select::<Book>().columns(Book::id);
    let (seen, all, said) = (books(), books().without_criteria(), books().with_deleted());
    let counts = sql!(
        "select (select count(*) from {seen} as s), (select count(*) from {all} as a), (select count(*) from {said} as d)"
    );
    assert_eq!(session.execute(counts.rows::<(i64, i64, i64)>()).await?.all(), [(2, 4, 3)]);
    let (seen, all) = (books(), books().without_criteria());
    let writers = sql!("select * from writers where id in (select writer_id from books where id in {seen})");
    assert_eq!(session.scalars(writers.entities::<Writer>()).await?.all().len(), 2);
    let gone = sql!("delete from reviews where book_id not in {all} or book_id in {seen}");
    assert!(session.explain(&gone).await?.concat().contains("removed_at"));
    assert_eq!(session.execute(gone).await?, 2);
    Ok(())
}

/// What is unflushed is written before, if the query's own criteria read it.
#[tokio::test]
async fn tables_that_criteria_of_parts_read_are_flushed() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let praised = with_loader_criteria(Book::reviews.any(Review::hidden.is_null()));
    let books = titled(select::<Book>().filter(Book::id.eq(1)).options(praised));
    let review = session.get::<Review>(1).await?.expect("the review is there");
    review.edit().hidden = Some(true);
    assert_eq!(ids(&session, books.cte().select().forget_joins()).await?, [] as [i64; 0]);
    let setup: &Setup = &setup;
    assert!(setup.statements().iter().any(|sql| sql.contains("UPDATE reviews")));
    Ok(())
}
