//! Generics.

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
enum Choice<T> {
    One,
    Two,
}

fn main() {}
