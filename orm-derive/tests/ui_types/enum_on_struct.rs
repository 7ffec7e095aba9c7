//! The wrong derive.

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
struct UserId(i64);

fn main() {}
