//! A row is inserted with all that it must have, and a conflict says what is done.

use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key)]
    id: i64,
    email: String,
    logins: i64,
}

fn main() {}

async fn incomplete(session: &Session) {
    let _ = session.execute(insert::<User>().value(User::builder().email("ann@example.org"))).await;
}

async fn text_for_a_number(session: &Session) {
    let _ = session.execute(update::<User>().set(User::logins, "1")).await;
}

async fn nothing_said(session: &Session) {
    let ann = User::builder().email("ann@example.org").logins(1);
    let _ = session.execute(insert::<User>().value(ann).on_conflict(User::email)).await;
}

async fn other_rows(session: &Session) {
    let emails = select::<User>().columns((User::id, User::email));
    let _ = session.execute(insert::<User>().from_select((User::email, User::logins), emails)).await;
}
