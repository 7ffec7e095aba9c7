//! Two variants with one label.

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
enum Status {
    Open,
    #[orm(rename = "open")]
    Reopened,
}

fn main() {}
