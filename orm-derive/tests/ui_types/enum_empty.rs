//! An enum without variants has no value.

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
enum Nothing {}

fn main() {}
