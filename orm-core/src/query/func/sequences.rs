//! Floor 2: functions on sequences.

use crate::query::argument::{argument, operand};
use crate::query::{Expr, Expression, Operand};
use crate::types::SqlType;

/// The sequence of this name, which the program writes as SQL does: `app.numbers`, `"Numbers"`.
fn sequence(name: &str) -> Expression {
    Expression::Cast(Box::new(argument(name)), SqlType::new("regclass"))
}

/// `nextval(sequence)`: draws the sequence's next number. No rollback gives it back.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let number = select_row(func::nextval("invoice_numbers"));
/// assert_eq!(number.to_string(), "SELECT nextval($1::text::regclass)");
/// ```
pub fn nextval(name: &str) -> Expr<i64> {
    Expr::call("nextval", vec![sequence(name)])
}

/// `currval(sequence)`: the number that this connection has drawn last; an error of the server's if it has drawn none.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let number = select_row(func::currval("invoice_numbers"));
/// # let _ = number;
/// ```
pub fn currval(name: &str) -> Expr<i64> {
    Expr::call("currval", vec![sequence(name)])
}

/// `setval(sequence, number)`: the sequence's next number is the one after this. No rollback takes it back.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let from_now_on = select_row(func::setval("invoice_numbers", 1_000));
/// # let _ = from_now_on;
/// ```
pub fn setval<O: Operand<i64>>(name: &str, number: O) -> Expr<i64, O::Sources> {
    Expr::call("setval", vec![sequence(name), operand(number)])
}
