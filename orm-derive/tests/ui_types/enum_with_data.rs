//! A variant that holds data, one error each, and nothing about the enum's use.

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
enum Status {
    Open,
    Closed(i64),
    Moved { to: i64 },
}

fn use_it<T: orm_core::types::ColumnType>() {}

fn main() {
    use_it::<Status>();
}
