//! What stands in the braces of `sql!`, and behind its text.

use orm_core::sql;

struct Money(i64);

fn main() {
    let (id, price) = (1_i64, Money(1));
    let _ = sql!("select {}, {}", id);
    let _ = sql!("select {}", id, 2);
    let _ = sql!("select {id}", ib = 2);
    let _ = sql!("select {a}", a = 2, a = 3);
    let _ = sql!("select {di}");
    let _ = sql!("select {price}");
    let _ = sql!("select {}", price);
    let _ = sql!("select {}", vec![Money(1)]);
    let _ = sql!("select {}", price.0, );
}
