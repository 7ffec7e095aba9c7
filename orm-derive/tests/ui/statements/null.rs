//! What may be NULL is set only where the column may be.

use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(table = "users")]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: Option<String>,
    email: String,
}

fn main() {}

async fn none(session: &Session) {
    let _ = session.execute(update::<User>().set(User::email, None)).await;
}

async fn a_column_that_may_be(session: &Session) {
    let _ = session.execute(update::<User>().set(User::email, User::name)).await;
}

async fn a_query(session: &Session) {
    let names = select::<User>().columns(User::name);
    let _ = session.execute(insert::<User>().from_select(User::email, names)).await;
}
