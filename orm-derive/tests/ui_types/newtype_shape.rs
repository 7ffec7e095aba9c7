//! Newtypes with none or two fields, around nothing that is a column, and on an enum.

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnNewtype)]
struct Two(i64, i64);

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnNewtype)]
struct None;

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnNewtype)]
enum Status {
    Open,
}

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnNewtype)]
struct Id<T>(i64, std::marker::PhantomData<T>);

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnNewtype)]
#[orm(type = "text")]
struct Email(String);

fn main() {}
