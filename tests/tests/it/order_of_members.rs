//! The members of a to-many stand in the order of their keys, whatever the order of the rows.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::keys::ruled::{self, Publisher};
use orm_tests::library::{Author, LIBRARY, Review, filled};
use orm_tests::links::plain::{self, Item, Keyword};
use orm_tests::links::tenants::{self, Doc};

type Result = orm_core::Result<()>;

/// Sorts nobody's rows: the last statement that was sent says no order.
fn assert_unsorted(setup: &Setup) {
    let statements = setup.statements();
    assert!(statements.last().is_some_and(|last| !last.contains("ORDER BY")), "{statements:?}");
}

fn ids(members: &[Entity<orm_tests::library::Book>]) -> Vec<i64> {
    members.iter().map(|book| book.id).collect()
}

#[tokio::test]
async fn members_come_in_the_order_of_their_keys() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    let backwards = "INSERT INTO authors (name) SELECT 'author ' || n FROM generate_series(1, 50) n;
        INSERT INTO books (id, title, author_id) SELECT n, 'book', (n + 1) / 2 FROM generate_series(100, 1, -1) n";
    setup.sql(backwards).await;
    let stored = setup.rows("SELECT id FROM books WHERE author_id = 7").await;
    assert_eq!(stored, ["14", "13"]);

    let all = || select::<Author>().order_by(Author::id);
    let by_keys = all().options(selectinload(Author::books));
    for select in [by_keys, all().options(subqueryload(Author::books))] {
        let session = setup.db.session();
        let authors = session.scalars(select).await?.all();
        assert_unsorted(&setup);
        for (place, author) in (1..).zip(&authors) {
            assert_eq!(ids(&author.books().get()?), [2 * place - 1, 2 * place]);
        }
    }
    let session = setup.db.session();
    let author = session.get::<Author>(7).await?.expect("it is there");
    assert_eq!(ids(&author.books().await?), [13, 14]);
    assert_unsorted(&setup);

    // Many of one parent, in no order; what is added later stands behind them.
    setup.sql("INSERT INTO books (id, title, author_id) SELECT 10000 + n * 7919 % 1000, 'more', 7 FROM generate_series(1, 999) n").await;
    session.refresh(&author).attribute(Author::books).await?;
    let books = author.books().get()?;
    assert_eq!((books.len(), books.is_sorted_by_key(|book| book.id)), (1001, true));
    Ok(())
}

#[tokio::test]
async fn links_and_keys_of_several_columns_come_in_their_order() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    setup
        .sql(
            "INSERT INTO items (name) VALUES ('ball'), ('coin'), ('lamp');
             INSERT INTO keywords (name) SELECT 'k' || n FROM generate_series(1, 100) n;
             INSERT INTO item_keywords SELECT i, 1 + (k * 37 + i) % 100 FROM generate_series(0, 99) k, generate_series(1, 2) i",
        )
        .await;
    let all = || select::<Item>().order_by(Item::id);
    let by_keys = all().options(selectinload(Item::keywords));
    for select in [by_keys, all().options(subqueryload(Item::keywords))] {
        let session = setup.db.session();
        let items = session.scalars(select).await?.all();
        assert_unsorted(&setup);
        let of = |item: &Entity<Item>| {
            item.keywords().get().map(|all| all.iter().map(|one| one.id).collect::<Vec<_>>())
        };
        let all: Vec<i64> = (1..=100).collect();
        assert_eq!((of(&items[0])?, of(&items[1])?, of(&items[2])?), (all.clone(), all, vec![]));
        let last = session.get::<Keyword>(100).await?.expect("it is there");
        assert_eq!(last.items().await?, items[..2]);
        assert_unsorted(&setup);
    }

    let setup = Setup::new(&ruled::TABLES).await;
    setup.sql("INSERT INTO publishers VALUES ('a', NULL), ('B', NULL); INSERT INTO books VALUES ('B', 2), ('a', 3), ('B', -1), ('a', 1)").await;
    let session = setup.db.session();
    let publishers =
        select::<Publisher>().options(selectinload(Publisher::books)).order_by(Publisher::code.desc());
    let publishers = session.scalars(publishers).await?.all();
    assert_unsorted(&setup);
    let mut numbers: Vec<Vec<i32>> = Vec::new();
    for publisher in &publishers {
        numbers.push(publisher.books().get()?.iter().map(|book| book.number).collect());
    }
    numbers.sort();
    assert_eq!(numbers, [[-1, 2], [1, 3]]);
    Ok(())
}

/// Texts are compared by the server, which knows the collation, and so is what a query orders by itself.
#[tokio::test]
async fn what_only_the_server_can_compare_it_sorts() -> Result {
    let setup = Setup::new(&tenants::TABLES).await;
    let session = setup.db.session();
    let docs = select::<Doc>().options(selectinload(Doc::labellings));
    let docs = session.scalars(docs).await?.all();
    assert!(docs.is_empty());
    let doc = session.add(Doc::builder().tenant(1).id(1).slug("doc"));
    session.commit().await?;
    session.refresh(&doc).attribute(Doc::labellings).await?;
    let statements = setup.statements();
    assert!(
        statements
            .iter()
            .any(|sent| sent
                .ends_with(" ORDER BY labellings.tenant, labellings.doc_id, labellings.label_name")),
        "{statements:?}"
    );

    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(3)).await;
    let session = setup.db.session();
    let by_stars = selectinload(Author::books)
        .selectinload(orm_tests::library::Book::reviews)
        .order_by(Review::stars.desc());
    session.scalars(select::<Author>().options(by_stars)).await?;
    let statements = setup.statements();
    assert!(
        statements.iter().any(|sent| sent.ends_with(" ORDER BY reviews.stars DESC, reviews.id")),
        "{statements:?}"
    );
    Ok(())
}
