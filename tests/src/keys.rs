//! Keys that change, and rows that are replaced under their keys.

use orm_core::prelude::*;

/// Keys that the application gives, and what refers to them without a rule.
pub mod natural {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "accounts")]
    #[orm(has_many(notes: Note, back_populates = author), has_many(reviews: Note, back_populates = reviewer))]
    #[orm(has_one(badge: Badge, back_populates = account))]
    #[orm(has_many(seats: Seat, back_populates = account))]
    pub struct Account {
        #[orm(primary_key)]
        pub login: String,
        pub name: Option<String>,
        pub tags: Option<Vec<String>>,
        #[orm(default = 7)]
        pub credit: i64,
    }

    /// Refers to accounts twice.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "notes")]
    pub struct Note {
        #[orm(primary_key)]
        pub id: i64,
        pub body: String,
        #[orm(belongs_to(author: Account, back_populates = notes))]
        pub author_login: String,
        #[orm(belongs_to(reviewer: Account, back_populates = reviews))]
        pub reviewer_login: Option<String>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "badges")]
    pub struct Badge {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(unique, belongs_to(account: Account, back_populates = badge))]
        pub login: Option<String>,
    }

    /// Its key has its account's in it, and others refer to it.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "seats")]
    #[orm(has_many(tickets: Ticket, back_populates = seat))]
    pub struct Seat {
        #[orm(primary_key, belongs_to(account: Account, back_populates = seats))]
        pub login: String,
        #[orm(primary_key)]
        pub number: i32,
        pub row: Option<String>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "tickets")]
    #[orm(belongs_to(seat: Seat, key = (login, number), back_populates = tickets))]
    pub struct Ticket {
        #[orm(primary_key)]
        pub id: i64,
        pub login: String,
        pub number: i32,
        pub price: i32,
    }

    pub const TABLES: [&orm_core::model::Table; 5] = models![Account, Note, Badge, Seat, Ticket];
}

/// Rows that refer to each other in circles.
pub mod rings {
    use super::*;

    /// A list that is linked both ways.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "beads")]
    #[orm(has_one(next: Bead, back_populates = previous))]
    pub struct Bead {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(unique, belongs_to(previous: Bead, back_populates = next))]
        pub previous_id: Option<i64>,
        #[orm(belongs_to(twin: Bead))]
        pub twin_id: Option<i64>,
    }

    /// Each needs the other.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "hens")]
    #[orm(has_many(eggs: Egg, back_populates = mother))]
    pub struct Hen {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(egg: Egg, back_populates = hens))]
        pub egg_id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "eggs")]
    #[orm(has_many(hens: Hen, back_populates = egg))]
    pub struct Egg {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(mother: Hen, back_populates = eggs))]
        pub mother_id: i64,
    }
}

/// The database changes what refers to a key.
pub mod ruled {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "publishers")]
    #[orm(has_many(books: Book, back_populates = publisher))]
    pub struct Publisher {
        #[orm(primary_key)]
        pub code: String,
        pub city: Option<String>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "books")]
    #[orm(has_many(chapters: Chapter, back_populates = book))]
    #[orm(belongs_to(publisher: Publisher, key = (publisher_code), back_populates = books, on_update = cascade))]
    pub struct Book {
        #[orm(primary_key)]
        pub publisher_code: String,
        #[orm(primary_key)]
        pub number: i32,
        pub title: Option<String>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "chapters")]
    #[orm(belongs_to(book: Book, key = (publisher_code, number), back_populates = chapters, on_update = cascade))]
    pub struct Chapter {
        #[orm(primary_key)]
        pub id: i64,
        pub publisher_code: String,
        pub number: i32,
    }

    /// Knows its publisher, which does not know it.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "agents")]
    pub struct Agent {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(publisher: Publisher, on_update = cascade))]
        pub publisher_code: Option<String>,
        #[orm(references(Publisher, on_update = set_null))]
        pub former_code: Option<String>,
    }

    pub const TABLES: [&orm_core::model::Table; 4] = models![Publisher, Book, Chapter, Agent];
}

/// A key of two columns, of which one is a key to another table.
pub mod nested {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "boxes")]
    #[orm(has_many(items: Item, back_populates = parent))]
    pub struct Crate {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "items")]
    #[orm(has_many(parts: Part, back_populates = item))]
    pub struct Item {
        #[orm(primary_key, belongs_to(parent: Crate, back_populates = items))]
        pub box_id: i64,
        #[orm(primary_key)]
        pub number: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "parts")]
    #[orm(belongs_to(item: Item, key = (box_id, number), back_populates = parts))]
    pub struct Part {
        #[orm(primary_key)]
        pub id: i64,
        pub box_id: i64,
        pub number: i64,
    }

    pub const TABLES: [&orm_core::model::Table; 3] = models![Crate, Item, Part];
}

/// Unique values that rows trade.
pub mod trading {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "stalls")]
    #[orm(unique(market, place; deferrable))]
    #[orm(has_one(permit: Permit, back_populates = stall))]
    pub struct Stall {
        #[orm(primary_key)]
        pub id: i64,
        pub market: String,
        pub place: i32,
        #[orm(unique = deferrable)]
        pub phone: String,
        pub sells: Option<String>,
    }

    /// One-to-one over a key that is not nullable.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "permits")]
    pub struct Permit {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(unique = deferrable, belongs_to(stall: Stall, back_populates = permit))]
        pub stall_id: i64,
    }

    pub const TABLES: [&orm_core::model::Table; 2] = models![Stall, Permit];
}
