//! What the session must know of every row is not deferred.

use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(has_many(letters: Letter, back_populates = folder))]
struct Folder {
    #[orm(primary_key, deferred)]
    id: Deferred<i64>,
    #[orm(version, deferred)]
    version: Deferred<i32>,
}

#[derive(Model, Clone)]
#[orm(unique(number, year))]
struct Letter {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique, deferred)]
    code: Deferred<String>,
    #[orm(identity, deferred)]
    counted: Deferred<i64>,
    number: i32,
    #[orm(deferred)]
    year: Deferred<i32>,
    #[orm(deferred, belongs_to(folder: Folder, back_populates = letters))]
    folder_id: Deferred<i64>,
}

fn main() {}
