//! The text of `sql!`: one error for each mistake, which says what to write.

use orm_core::{sql, sql_unchecked};

fn main() {
    let (id, text) = (1_i64, String::from("select 1"));
    let _ = sql!("select $1");
    let _ = sql!("select {id");
    let _ = sql!("select id}");
    let _ = sql!("select '{id}'");
    let _ = sql!("select 1 -- {id}");
    let _ = sql!("select {id:?}");
    let _ = sql!("select {0}", id);
    let _ = sql!("select 'it");
    let _ = sql!("commit");
    let _ = sql!("  ");
    let _ = sql!(text);
    let _ = sql!(format!("select {}", id));
    let _ = sql_unchecked(text);
}
