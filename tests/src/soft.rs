//! Models whose rows stay when they are deleted, next to others.

use chrono::{DateTime, Utc};
use orm_core::prelude::*;

use crate::Setup;

#[derive(Model, Debug, Clone)]
#[orm(table = "writers")]
#[orm(has_many(books: Book, back_populates = writer, cascade = delete))]
#[orm(has_many(letters: Letter, back_populates = writer, cascade = delete))]
#[orm(has_one(desk: Desk, back_populates = writer, cascade = delete_orphan))]
pub struct Writer {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(soft_delete)]
    pub gone_at: Option<DateTime<Utc>>,
    #[orm(version)]
    pub version: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "books")]
#[orm(has_many(reviews: Review, back_populates = book, cascade = delete))]
#[orm(many_to_many(tags: Tag, secondary = "book_tags", back_populates = books))]
pub struct Book {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(default = 1)]
    pub tenant: i32,
    #[orm(index, belongs_to(writer: Writer, back_populates = books))]
    pub writer_id: i64,
    #[orm(index, belongs_to(shelf: Shelf, back_populates = books))]
    pub shelf_id: Option<i64>,
    /// By whom: written along when the book is deleted.
    pub removed_by: Option<String>,
    #[orm(soft_delete)]
    pub removed_at: Option<DateTime<Utc>>,
    #[orm(default = 0, on_update = "books.edits + 1")]
    pub edits: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "reviews")]
pub struct Review {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(index, belongs_to(book: Book, back_populates = reviews))]
    pub book_id: i64,
    /// What marks a row need not be a time.
    #[orm(soft_delete = TRUE)]
    pub hidden: Option<bool>,
}

/// Its rows go for good.
#[derive(Model, Debug, Clone)]
#[orm(table = "letters")]
pub struct Letter {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(index, belongs_to(writer: Writer, back_populates = letters))]
    pub writer_id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "desks")]
pub struct Desk {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, belongs_to(writer: Writer, back_populates = desk))]
    pub writer_id: Option<i64>,
    #[orm(soft_delete)]
    pub sold_at: Option<DateTime<Utc>>,
}

/// Books that stood on it are let go.
#[derive(Model, Debug, Clone)]
#[orm(table = "shelves", has_many(books: Book, back_populates = shelf))]
pub struct Shelf {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "tags", many_to_many(books: Book, back_populates = tags))]
pub struct Tag {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(soft_delete)]
    pub retired_at: Option<DateTime<Utc>>,
}

/// Its rows go for good, and with them those of imprints, which else would stay.
#[derive(Model, Debug, Clone)]
#[orm(table = "publishers", has_many(imprints: Imprint, back_populates = publisher, cascade = delete))]
pub struct Publisher {
    #[orm(primary_key)]
    pub id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "imprints")]
pub struct Imprint {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(index, belongs_to(publisher: Publisher, back_populates = imprints))]
    pub publisher_id: i64,
    #[orm(soft_delete)]
    pub closed_at: Option<DateTime<Utc>>,
}

/// The database deletes its photos with it.
#[derive(Model, Debug, Clone)]
#[orm(table = "albums", has_many(photos: Photo, back_populates = album))]
pub struct Album {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(soft_delete)]
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "photos")]
pub struct Photo {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(index, belongs_to(album: Album, back_populates = photos, on_delete = cascade))]
    pub album_id: i64,
}

pub const TABLES: [&orm_core::model::Table; 11] =
    models![Writer, Book, Review, Letter, Desk, Shelf, Tag, Publisher, Imprint, Album, Photo];

/// Two writers: the first with three books, of which the third is deleted, the second with one; letters, reviews, a desk,
/// a shelf with the last three books, and a tag on all.
pub async fn library() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO writers (name, version) VALUES ('ann', 1), ('bob', 1);
             INSERT INTO shelves (name) VALUES ('top');
             INSERT INTO books (title, writer_id, shelf_id, removed_at) VALUES
                 ('a', 1, NULL, NULL), ('b', 1, 1, NULL), ('c', 1, 1, '2001-01-01Z'), ('d', 2, 1, NULL);
             INSERT INTO reviews (book_id) VALUES (1), (2), (3), (4);
             INSERT INTO letters (writer_id) VALUES (1), (1);
             INSERT INTO desks (writer_id) VALUES (1);
             INSERT INTO tags (name, retired_at) VALUES ('fun', NULL), ('old', '2001-01-01Z');
             INSERT INTO book_tags (book_id, tag_id) VALUES (1, 1), (1, 2), (2, 1), (3, 1), (4, 1)",
        )
        .await;
    setup.flights();
    setup
}

/// A writer who is there.
pub async fn writer(session: &Session, id: i64) -> orm_core::Result<Entity<Writer>> {
    Ok(session.get::<Writer>(id).await?.expect("the writer is there"))
}

/// A book, marked as deleted or not.
pub async fn book(session: &Session, id: i64) -> orm_core::Result<Entity<Book>> {
    Ok(session.get::<Book>(id).with_deleted().await?.expect("the book is there"))
}
