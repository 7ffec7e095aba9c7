//! What cannot be said of what is never loaded.

use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(has_many(entries: Entry, back_populates = account, write_only, cascade = delete))]
#[orm(has_many(checks: Check, back_populates = account, lazy = selectin, write_only = true))]
#[orm(has_one(card: Card, back_populates = account, write_only))]
struct Account {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Entry {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(account: Account, back_populates = entries, on_delete = cascade))]
    account_id: i64,
}

#[derive(Model, Clone)]
struct Check {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(account: Account, back_populates = checks, write_only))]
    account_id: i64,
}

#[derive(Model, Clone)]
struct Card {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique, belongs_to(account: Account, back_populates = card))]
    account_id: i64,
}

fn main() {}
