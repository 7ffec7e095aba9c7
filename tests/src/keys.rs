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
