//! A field's type is one that can be a column.

use orm_core::{Column, FromRow};

struct Money;

#[derive(FromRow)]
struct Revenue {
    country: String,
    total: Money,
    tags: Option<Vec<Option<String>>>,
}

fn main() {
    let _: Column<Revenue, i64> = Revenue::country;
    let _ = Revenue::contry;
}
