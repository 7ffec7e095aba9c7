//! Nothing that the application calls its own is in the way of generated code.

#![allow(non_camel_case_types)]

use ::orm_core::Model;
use ::std::clone::Clone;

struct Some {}
struct Ok {}
struct Option {}
struct Set {}
struct Table {}
struct Builder {}
struct Default {}
struct Entity {}
struct Field {}
struct Result {}
struct posts {}
struct email {}

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = user))]
struct User {
    #[orm(primary_key)]
    id: i64,
    email: ::std::string::String,
    value: i64,
    cells: i64,
    column: i64,
    key: i64,
    row: i64,
    state: i64,
    children: i64,
    entity: i64,
    handle: i64,
    number: i64,
    unset: i64,
    into_new: ::std::option::Option<i64>,
    new: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User, back_populates = posts))]
    user_id: i64,
    #[orm(default = now())]
    option: i64,
}

macro_rules! model {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        #[derive(Model, Clone)]
        struct $name {
            #[orm(primary_key)]
            id: i64,
            $(#[orm(belongs_to(user: User))] $field: $ty),*
        }
    };
}

model!(Made { user_id: ::std::option::Option<i64> });

fn add(_: impl ::orm_core::__private::IntoNew) {}

fn main() {
    let posts = [Post::builder()];
    add(User::builder().email("a").value(1).cells(1).column(1).key(1).row(1).state(1).children(1).entity(1).handle(1)
        .number(1).unset(1).new(1).posts(posts));
    add(Made::builder());
}
