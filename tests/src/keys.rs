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
