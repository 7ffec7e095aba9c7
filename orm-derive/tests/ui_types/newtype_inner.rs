//! A newtype around what is no data type.

#[derive(Debug, Clone, PartialEq)]
struct Money;

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnNewtype)]
struct Price(Money);

fn main() {}
