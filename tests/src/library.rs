//! A library: authors, books, reviews and readers; a shelf has a key of two columns.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "authors")]
#[orm(has_many(books: Book, back_populates = author))]
#[orm(has_many(edited: Book, back_populates = editor))]
#[orm(has_one(portrait: Portrait, back_populates = author))]
pub struct Author {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "portraits")]
pub struct Portrait {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, belongs_to(author: Author, back_populates = portrait))]
    pub author_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "books")]
#[orm(has_many(reviews: Review, back_populates = book))]
pub struct Book {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(index, belongs_to(author: Author, back_populates = books))]
    pub author_id: i64,
    #[orm(index, belongs_to(editor: Author, back_populates = edited))]
    pub editor_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "readers")]
#[orm(has_many(reviews: Review, back_populates = reader))]
#[orm(has_many(guests: Reader, back_populates = host))]
pub struct Reader {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(belongs_to(host: Reader, back_populates = guests))]
    pub host_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "reviews")]
pub struct Review {
    #[orm(primary_key)]
    pub id: i64,
    pub stars: i32,
    #[orm(index, belongs_to(book: Book, back_populates = reviews, on_delete = cascade))]
    pub book_id: i64,
    #[orm(index, belongs_to(reader: Reader, back_populates = reviews))]
    pub reader_id: Option<i64>,
}

/// The tables.
pub const LIBRARY: [&orm_core::model::Table; 5] = orm_core::models![Author, Portrait, Book, Reader, Review];

#[derive(Model, Debug, Clone)]
#[orm(table = "shelves")]
#[orm(has_many(copies: Copy, back_populates = shelf))]
pub struct Shelf {
    #[orm(primary_key)]
    pub room: i32,
    #[orm(primary_key)]
    pub number: i32,
    pub label: String,
}

/// The key names the shelf's columns in another order than the shelf's own key does.
#[derive(Model, Debug, Clone)]
#[orm(table = "copies")]
#[orm(belongs_to(
    shelf: Shelf,
    key = (shelf_number, shelf_room),
    references = (number, room),
    back_populates = copies
))]
pub struct Copy {
    #[orm(primary_key)]
    pub id: i64,
    pub shelf_number: Option<i32>,
    pub shelf_room: Option<i32>,
}

/// The tables of shelves.
pub const SHELVES: [&orm_core::model::Table; 2] = orm_core::models![Shelf, Copy];

/// Authors with two books each, three reviews a book, by readers of whom each hosts the next; no ids are given.
pub fn filled(authors: u32) -> String {
    format!(
        "INSERT INTO authors (name) SELECT 'author ' || n FROM generate_series(1, {authors}) n;
         INSERT INTO readers (name, host_id) SELECT 'reader ' || n, nullif(n - 1, 0) FROM generate_series(1, 3) n;
         INSERT INTO books (title, author_id, editor_id)
             SELECT 'book ' || n, (n - 1) / 2 + 1, CASE WHEN n % 2 = 0 THEN 1 END
             FROM generate_series(1, {authors} * 2) n;
         INSERT INTO reviews (stars, book_id, reader_id)
             SELECT n % 5, (n - 1) / 3 + 1, CASE WHEN n % 3 = 0 THEN NULL ELSE n % 3 END
             FROM generate_series(1, {authors} * 6) n;
         INSERT INTO portraits (author_id) SELECT id FROM authors WHERE id = 1"
    )
}
