//! What hangs on rows that stay when they are deleted, and on rows that do not.

use orm_core::EntityState::{Deleted, Detached, Persistent};
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::soft::{
    Album, Book, Desk, Imprint, Letter, Publisher, Review, Shelf, TABLES, Writer, book, library, writer,
};

type Result = orm_core::Result<()>;

const BOOKS: &str = "SELECT id, removed_at IS NOT NULL FROM books ORDER BY id";

/// What hangs on a row that stays is marked, if it stays too, and else left alone.
#[tokio::test]
async fn a_cascade_marks_what_can_be_marked() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let ann = writer(&session, 1).await?;
    setup.flights();
    session.delete(&ann);
    session.commit().await?;
    let shapes = [
        &["BEGIN", "SELECT books", "SELECT desks"][..],
        &["SELECT reviews"],
        &[
            "UPDATE books: removed_at, edits (batch)",
            "UPDATE desks: sold_at",
            "UPDATE reviews: hidden (batch)",
            "UPDATE writers: gone_at, version",
            "COMMIT",
        ],
    ];
    let mut seen = setup.shapes();
    seen[0].sort();
    assert_eq!(seen, shapes);
    assert_eq!(setup.rows(BOOKS).await, ["1|t", "2|t", "3|t", "4|f"]);
    assert_eq!(setup.rows("SELECT removed_at FROM books WHERE id = 3").await, ["2001-01-01 00:00:00+00"]);
    assert_eq!(setup.rows("SELECT id, hidden FROM reviews ORDER BY id").await, ["1|t", "2|t", "3|-", "4|-"]);
    let kept = "SELECT (SELECT count(*) FROM letters), (SELECT count(sold_at) FROM desks)";
    assert_eq!(setup.rows(kept).await, ["2|1"]);
    Ok(())
}

/// Those that are marked already need not be known: what is loaded is not asked for again.
#[tokio::test]
async fn what_is_loaded_is_marked_without_a_look() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let with = selectinload(Writer::books).selectinload(Book::reviews);
    let query = select::<Writer>().options(with).options(selectinload(Writer::desk)).filter(Writer::id.eq(1));
    let ann = session.scalars(query).await?.all().remove(0);
    setup.flights();
    session.delete(&ann);
    session.commit().await?;
    assert_eq!(setup.shapes().len(), 1);
    assert_eq!(setup.rows(BOOKS).await, ["1|t", "2|t", "3|t", "4|f"]);
    Ok(())
}

/// What would refer to nothing goes for good, also what was marked long ago.
#[tokio::test]
async fn with_a_row_that_goes_for_good_its_children_do() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO publishers DEFAULT VALUES").await;
    setup.sql("INSERT INTO imprints (publisher_id, closed_at) VALUES (1, NULL), (1, now())").await;
    let session = setup.db.session();
    let query = select::<Publisher>().options(selectinload(Publisher::imprints));
    let publisher = session.scalars(query).await?.all().remove(0);
    let imprint: Entity<Imprint> = publisher.imprints().get()?.remove(0);
    setup.flights();
    session.delete(&publisher);
    session.delete(&imprint);
    session.commit().await?;
    assert_eq!(
        setup.shapes(),
        [&["BEGIN", "SELECT imprints"][..], &["DELETE imprints (batch)", "DELETE publishers", "COMMIT"]]
    );
    assert_eq!(setup.rows("SELECT count(*) FROM imprints").await, ["0"]);
    Ok(())
}

/// A row that is let go is so also if it is out of sight.
#[tokio::test]
async fn children_that_are_out_of_sight_are_let_go() -> Result {
    let setup = library().await;
    setup.sql("UPDATE books SET removed_at = now()").await;
    let session = setup.db.session();
    let query = select::<Shelf>().options(selectinload(Shelf::books));
    let shelf = session.scalars(query).await?.all().remove(0);
    assert!(shelf.books().get()?.is_empty());
    setup.flights();
    session.delete(&shelf);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE books: shelf_id = NULL", "DELETE shelves", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT count(shelf_id) FROM books").await, ["0"]);
    Ok(())
}

#[tokio::test]
async fn a_row_can_go_for_good() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let ann = writer(&session, 1).await?;
    ann.books().await?;
    setup.flights();
    session.delete_hard(&ann);
    session.commit().await?;
    // The reviews of the book that is out of sight are asked for when it is known.
    let mut shapes = setup.shapes();
    shapes.iter_mut().for_each(|flight| flight.sort());
    assert_eq!(
        shapes,
        [
            &["BEGIN", "SELECT books", "SELECT desks", "SELECT letters", "SELECT reviews"][..],
            &["SELECT reviews"],
            &[
                "COMMIT",
                "DELETE book_tags (batch)",
                "DELETE books (batch)",
                "DELETE desks",
                "DELETE letters (batch)",
                "DELETE reviews (batch)",
                "DELETE writers",
            ]
        ]
    );
    assert_eq!(setup.rows(BOOKS).await, ["4|f"]);
    assert_eq!(setup.rows("SELECT count(*) FROM letters").await, ["0"]);
    Ok(())
}

/// What was marked, by this session or another, can still go for good.
#[tokio::test]
async fn what_is_marked_can_go_for_good() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let (c, d) = (book(&session, 3).await?, book(&session, 4).await?);
    session.delete(&d);
    session.flush().await?;
    assert_eq!(Entity::state(&d), Deleted);
    session.delete_hard(&d);
    session.delete_hard(&c);
    setup.flights();
    session.commit().await?;
    assert_eq!(setup.rows(BOOKS).await, ["1|f", "2|f"]);
    assert_eq!([Entity::state(&c), Entity::state(&d)], [Detached, Detached]);
    Ok(())
}

/// What loses the one that it belongs to alone is marked, and keeps no key.
#[tokio::test]
async fn an_orphan_is_marked() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let desk = session.get::<Desk>(1).await?.expect("the desk is there");
    desk.writer().clear();
    session.commit().await?;
    assert_eq!(Entity::state(&desk), Detached);
    assert_eq!(setup.rows("SELECT writer_id, sold_at IS NOT NULL FROM desks").await, ["-|t"]);
    Ok(())
}

/// As a new review's book, a row that is out of sight is taken by its key; a pending one that hangs on what is deleted
/// leaves the session, if it would be deleted along.
#[tokio::test]
async fn what_is_pending_goes_or_stays_by_the_cascade() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let bob = writer(&session, 2).await?;
    let new = session.add(Book::builder().title("e").writer(&bob));
    let letter = session.add(Letter::builder().writer(&bob));
    session.delete(&bob);
    session.add(Review::builder().book_id(3));
    session.commit().await?;
    assert_eq!(Entity::key(&new), None);
    assert_eq!((letter.writer_id, Entity::state(&letter)), (2, Persistent));
    assert_eq!(setup.rows("SELECT count(*) FROM reviews WHERE book_id = 3").await, ["2"]);
    assert_eq!(setup.rows(BOOKS).await, ["1|f", "2|f", "3|t", "4|t"]);
    Ok(())
}

/// What the database would delete along stays with a row that stays.
#[tokio::test]
async fn a_rule_of_the_database_is_not_carried_out_by_an_update() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup.sql("INSERT INTO albums DEFAULT VALUES; INSERT INTO photos (album_id) VALUES (1), (1)").await;
    let session = setup.db.session();
    let album = session.get::<Album>(1).await?.expect("the album is there");
    let photos = album.photos().await?;
    setup.flights();
    session.delete(&album);
    session.flush().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE albums: deleted_at"]]);
    assert_eq!(Entity::state(&photos[0]), Persistent);
    session.delete_hard(&album);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["DELETE albums", "COMMIT"]]);
    assert_eq!(Entity::state(&photos[0]), Detached);
    assert_eq!(setup.rows("SELECT count(*) FROM photos").await, ["0"]);
    Ok(())
}
