//! What may stand in the parentheses.

use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Letter {
    #[orm(primary_key)]
    id: i64,
    #[orm(deferred = scan)]
    text: Deferred<String>,
    #[orm(deferred(gruop = scan))]
    summary: Deferred<Option<String>>,
    #[orm(deferred(raise = true, group))]
    scan: Deferred<Option<Vec<u8>>>,
    #[orm(deferred)]
    edit: Deferred<String>,
}

#[derive(Model, Clone)]
#[orm(deferred(text))]
struct Card {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
