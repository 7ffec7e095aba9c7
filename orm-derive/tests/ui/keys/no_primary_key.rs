//! A model has a primary key; what uses it compiles nevertheless.

use orm_core::Model;

#[derive(Model, Clone)]
struct User {
    id: i64,
    email: String,
}

fn add(_: impl orm_core::__private::IntoNew) {}

fn main() {
    let _ = User::email;
    add(User::builder().email("a@b.c"));
}
