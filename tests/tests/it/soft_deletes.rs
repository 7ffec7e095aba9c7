//! Rows that stay when they are deleted: the delete is an update, and from then on they are out of sight.

use orm_core::EntityState::{Deleted, Detached, Persistent};
use orm_core::prelude::*;
use orm_tests::soft::{Book, Letter, Writer, book, library, writer};

type Result = orm_core::Result<()>;

const BOOKS: &str = "SELECT id, removed_at IS NOT NULL FROM books ORDER BY id";

fn ids(books: &[Entity<Book>]) -> Vec<i64> {
    books.iter().map(|book| book.id).collect()
}

#[tokio::test]
async fn a_delete_is_an_update() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let bob = writer(&session, 2).await?;
    let d = book(&session, 4).await?;
    setup.flights();
    session.delete(&d);
    assert_eq!(session.deleted().len(), 1);
    session.delete(&bob);
    let plan = session.plan()?.to_string();
    assert_eq!(plan, "update 1 of books: removed_at, edits\nupdate 1 of writers: gone_at, version\n");
    session.commit().await?;
    let last = setup.shapes().pop().expect("something was sent");
    assert_eq!(
        last,
        [
            "UPDATE books: removed_at, edits",
            "UPDATE reviews: hidden",
            "UPDATE writers: gone_at, version",
            "COMMIT"
        ]
    );
    assert!(d.removed_at.is_some() && bob.gone_at.is_some() && bob.version == 2 && d.edits == 1);
    assert_eq!([Entity::state(&d), Entity::state(&bob)], [Detached, Detached]);
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    assert!(session.get::<Writer>(2).await?.is_none());
    let statements = setup.statements();
    assert!(statements[0].ends_with("WHERE writers.id = $1 AND writers.gone_at IS NULL"), "{statements:?}");
    assert!(session.get::<Writer>(2).with_deleted().await?.is_some());
    Ok(())
}

/// Deleting what is deleted does nothing.
#[tokio::test]
async fn a_row_is_deleted_once() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let (c, d) = (book(&session, 3).await?, book(&session, 4).await?);
    session.delete(&c);
    session.delete(&d);
    session.commit().await?;
    assert_eq!((Entity::state(&c), Entity::state(&d)), (Persistent, Detached));
    setup.flights();
    session.delete(&c);
    session.delete(&d);
    session.commit().await?;
    assert!(setup.flights().is_empty());
    assert_eq!(setup.rows("SELECT removed_at FROM books WHERE id = 3").await, ["2001-01-01 00:00:00+00"]);
    Ok(())
}

/// By adding the entity again, or by its column.
#[tokio::test]
async fn a_row_comes_back() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let ann = writer(&session, 1).await?;
    let books = ann.books().await?;
    session.delete(&books[0]);
    session.flush().await?;
    assert_eq!((ids(&ann.books().get()?), Entity::state(&books[0])), (vec![2], Deleted));
    session.add(&books[0]);
    assert_eq!((ids(&ann.books().get()?), Entity::state(&books[0])), (vec![2, 1], Persistent));
    assert_eq!(books[0].removed_at, None);
    session.commit().await?;
    session.delete(&books[1]);
    session.commit().await?;
    let c = book(&session, 3).await?;
    session.add(&books[1]);
    c.edit().removed_at = None;
    setup.flights();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE books: removed_at, edits (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(BOOKS).await, ["1|f", "2|f", "3|f", "4|f"]);
    assert_eq!(session.get::<Book>(2).await?.as_ref(), Some(&books[1]));
    // One that stands for the row by now is not replaced.
    session.delete(&books[1]);
    session.commit().await?;
    let other = book(&session, 2).await?;
    session.add(&books[1]);
    assert!(session.commit().await.is_err_and(|error| error.is_already_present()));
    assert!(other.removed_at.is_some());
    Ok(())
}

#[tokio::test]
async fn a_rollback_takes_the_mark_back() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let bob = writer(&session, 2).await?;
    let d = bob.books().await?.remove(0);
    let savepoint = session.begin_nested().await?;
    session.delete(&bob);
    session.flush().await?;
    assert!(bob.gone_at.is_some() && bob.version == 2 && bob.books().get()?.is_empty());
    savepoint.rollback().await?;
    assert!(bob.gone_at.is_none() && d.removed_at.is_none() && bob.version == 1);
    assert_eq!([Entity::state(&bob), Entity::state(&d)], [Persistent, Persistent]);
    assert_eq!((bob.books().get()?, d.writer().get()?), (vec![d.clone()], bob.clone()));
    session.delete(&d);
    session.flush().await?;
    assert!(bob.books().get()?.is_empty());
    session.rollback().await?;
    assert_eq!(bob.books().get()?, std::slice::from_ref(&d));
    assert_eq!(session.get::<Book>(4).await?.as_ref(), Some(&d));
    session.commit().await?;
    assert_eq!(setup.rows(BOOKS).await, ["1|f", "2|f", "3|t", "4|f"]);
    Ok(())
}

#[tokio::test]
async fn both_sides_lose_it_at_once() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let ann = writer(&session, 1).await?;
    let (books, desk) = (ann.books().await?, ann.desk().await?.expect("there is a desk"));
    let letter = session.get::<Letter>(1).await?.expect("the letter is there");
    letter.writer().await?;
    session.delete(&books[0]);
    session.delete(&desk);
    session.flush().await?;
    assert_eq!((ids(&ann.books().get()?), ann.desk().get()?), (vec![2], None));
    session.delete(&ann);
    session.flush().await?;
    setup.flights();
    assert!(letter.writer().get().is_err_and(|error| error.is_hidden()));
    assert!(letter.writer().await.is_err_and(|error| error.is_hidden()));
    assert!(setup.flights().is_empty());
    session.rollback().await?;
    assert_eq!(letter.writer().get()?, ann);
    Ok(())
}

/// The edits of a row that is deleted are written along: who deleted it, and when.
#[tokio::test]
async fn what_was_edited_is_written_along() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let books = session.scalars(select::<Book>().order_by(Book::id)).await?.all();
    let then = "2002-02-02T00:00:00Z".parse().expect("a time");
    for book in &books {
        book.edit().removed_by = Some("ann".into());
        session.delete(book);
    }
    books[2].edit().removed_at = Some(then);
    session.set(&books[1], Book::removed_by, orm_core::func::upper(Book::title));
    session.commit().await?;
    let rows = setup.rows("SELECT removed_by, removed_at = '2002-02-02Z' FROM books ORDER BY id").await;
    assert_eq!(rows, ["ann|f", "B|f", "-|f", "ann|t"]);
    assert_eq!(books[1].removed_by.as_deref(), Some("B"));
    Ok(())
}

/// A row that somebody else has changed is not marked.
#[tokio::test]
async fn a_stale_row_is_not_marked() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let bob = writer(&session, 2).await?;
    setup.sql("UPDATE writers SET version = 7").await;
    session.delete(&bob);
    assert!(session.commit().await.is_err_and(|error| error.is_stale()));
    session.rollback().await?;
    assert_eq!((Entity::state(&bob), bob.gone_at), (Persistent, None));
    assert_eq!(setup.rows(BOOKS).await[3], "4|f");
    Ok(())
}

/// It is a delete to hooks, and to what they are shown.
#[tokio::test]
async fn hooks_see_a_delete() -> Result {
    let setup = library().await;
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let note = |what: &'static str| {
        let told = std::sync::Arc::clone(&told);
        move |book: &Entity<Book>| told.lock().expect("no hook panicked").push(format!("{what} {}", book.id))
    };
    let lists = std::sync::Arc::clone(&told);
    let events = Events::new()
        .before_update(note("before update"))
        .before_delete(note("before delete"))
        .after_update(note("after update"))
        .after_delete(note("after delete"))
        .after_flush(move |unit| {
            let mut lists = lists.lock().expect("no hook panicked");
            lists.extend(unit.deleted().iter().map(|entity| {
                let title = entity.changes().iter().map(ToString::to_string).nth(1).unwrap_or_default();
                format!("gone {} {} {title}", entity.model(), entity.key().unwrap_or_default())
            }));
            lists.extend(unit.dirty().iter().map(|entity| format!("changed {}", entity.model())));
        });
    let session = setup.db.with_events(events).session();
    session.delete(&writer(&session, 2).await?);
    session.commit().await?;
    let mut told = told.lock().expect("no hook panicked").clone();
    told[2..].sort();
    assert_eq!(
        told,
        [
            "before delete 4",
            "after delete 4",
            "gone Book id 4 title: \"d\"",
            "gone Review id 4 book_id: 4",
            "gone Writer id 2 name: \"bob\"",
        ]
    );
    Ok(())
}

/// A row that is added again with the key of one that is deleted is that row, not deleted any more.
#[tokio::test]
async fn a_new_row_takes_the_place_of_a_deleted_one() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let bob = writer(&session, 2).await?;
    session.delete(&bob);
    let new = session.add(Writer::builder().id(2).name("rob"));
    session.commit().await?;
    assert_eq!(Entity::state(&new), Persistent);
    let rows = setup.rows("SELECT name, gone_at IS NULL, version FROM writers WHERE id = 2").await;
    assert_eq!(rows, ["rob|t|2"]);
    Ok(())
}

/// What a query reads is marked before it.
#[tokio::test]
async fn a_query_sees_what_was_deleted_before_it() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let ann = writer(&session, 1).await?;
    session.delete(&ann);
    assert_eq!(session.scalar(select::<Book>().count()).await?, Some(1));
    session.rollback().await?;
    assert_eq!(session.scalar(select::<Book>().count()).await?, Some(3));
    Ok(())
}

/// One that comes from elsewhere finds its row, and says what it is.
#[tokio::test]
async fn what_is_merged_finds_a_row_that_is_out_of_sight() -> Result {
    let setup = library().await;
    let session = setup.db.session();
    let c = session.merge(Book::builder().id(3).title("C").removed_at(None)).await?;
    session.commit().await?;
    assert_eq!((&*c.title, c.removed_at), ("C", None));
    assert_eq!(setup.rows(BOOKS).await, ["1|f", "2|f", "3|f", "4|f"]);
    Ok(())
}
