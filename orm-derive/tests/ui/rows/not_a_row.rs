//! What rows are read as.

use orm_core::sql_unchecked;
use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

struct Plain {
    id: i64,
}

fn main() {
    let _ = sql_unchecked("select 1").rows::<Plain>();
    let _ = sql_unchecked("select 1").rows::<User>();
    let _ = sql_unchecked("select 1").rows::<(i64, &str)>();
    let _ = sql_unchecked("select 1").entities::<Plain>();
}
