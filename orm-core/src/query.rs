//! Floor 2: columns, expressions and statements, and the SQL text and parameters that they become.
//!
//! Typed at the edge ([`Column`](crate::model::Column)'s operators, [`Condition`], [`Operand`]), plain data below it
//! (`Expression`, `SelectStatement`), one writer at the bottom. Pure: no I/O, no async. Invariant: a statement's text
//! is made of names and shapes only; every value is a parameter and every list is one array parameter, so that the
//! text depends on neither.

mod change;
mod column;
mod column_load;
mod condition;
mod criteria;
mod expr;
mod expression;
#[cfg(test)]
mod fixture;
pub mod func;
mod insert;
mod key;
mod load;
mod lock;
mod operand;
mod order;
mod parameter;
mod raw;
mod select;
mod source;
mod subquery;
mod writer;

pub use condition::{Condition, all, any, not};
pub use expr::Expr;
pub use insert::excluded;
pub use lock::{Lock, Locking};
pub use operand::{Element, Operand, Term};
pub use order::OrderBy;
pub use parameter::Parameter;
pub use raw::{Interpolate, RawSql, identifier, interpolate, raw_sql, sql_unchecked};
pub use writer::Sql;

pub(crate) use crate::schema::identifier::{quote, quote_table};
pub(crate) use change::ChangeStatement;
pub(crate) use column_load::{ColumnLoads, ColumnStrategy};
pub(crate) use criteria::Criteria;
pub(crate) use expression::{BinaryOperator, Expression, Quantifier, UnaryOperator};
pub(crate) use insert::{ConflictTarget, ConflictUpdate, InsertSource, InsertStatement, OnConflict};
pub(crate) use load::{Levels, Load, Loads, Strategy};
pub(crate) use parameter::Argument;
pub(crate) use select::SelectStatement;
pub(crate) use source::{Alias, Join, JoinKind, Source, TableReference};
pub(crate) use writer::Writer;
