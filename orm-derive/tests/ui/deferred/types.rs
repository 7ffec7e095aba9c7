//! The attribute and the field's type say the same.

use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Letter {
    #[orm(primary_key)]
    id: i64,
    #[orm(deferred)]
    text: String,
    summary: Deferred<Option<String>>,
}

fn main() {}
