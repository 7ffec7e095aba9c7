//! The words of a row: one error each, at the word.

use orm_core::FromRow;

#[derive(FromRow)]
#[orm(nmae = "revenue", column = "a", table = "revenues")]
struct Revenue {
    #[orm(colum = "land")]
    country: String,
    #[orm(primary_key)]
    id: i64,
    #[orm(name = "sum")]
    sum: Option<i64>,
    #[orm(column = "count")]
    number: i64,
    count: i64,
    #[orm(column = "")]
    empty: i64,
    #[orm(column)]
    alone: i64,
}

fn main() {
    let _ = Revenue::country;
}
