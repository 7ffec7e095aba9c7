//! An expression has the column's type, and only numbers are calculated with.

use orm_core::func;
use orm_core::prelude::*;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    email: String,
    logins: i64,
}

fn main() {}

fn text_and_number(session: &Session, user: &Entity<User>) {
    session.set(user, User::logins, User::logins + "1");
}

fn text_for_a_number(session: &Session, user: &Entity<User>) {
    session.set(user, User::logins, func::lower(User::email));
}

fn text_is_not_added(session: &Session, user: &Entity<User>) {
    session.set(user, User::email, User::email + "x");
}
