//! Who makes a key's values is decided by its type, and can be said.

use orm_core::__private::{Default, IntoNew, Model as _};
use orm_core::Model;

type Number = i32;

#[derive(Model, Clone)]
struct ByServer {
    #[orm(primary_key)]
    number: Number,
}

#[derive(Model, Clone)]
struct ByApplication {
    #[orm(primary_key, identity = false)]
    number: Number,
}

#[derive(Model, Clone)]
struct ByDefault {
    #[orm(primary_key, type = "char(12)", default = "left(md5(random()::text), 12)")]
    code: String,
    #[orm(identity)]
    position: i64,
    #[orm(default = current_setting("app.tenant").0 + 1)]
    tenant: i64,
}

#[derive(Model, Clone)]
struct Text {
    #[orm(primary_key)]
    code: String,
}

fn add(_: impl IntoNew) {}

fn main() {
    add(ByServer::builder());
    add(ByApplication::builder().number(1));
    add(ByDefault::builder());
    add(Text::builder().code("x"));
    let default = |table: &orm_core::__private::Table, column: usize| table.columns[column].default;
    assert_eq!(default(ByServer::TABLE, 0), Default::Identity);
    assert_eq!(default(ByApplication::TABLE, 0), Default::None);
    assert_eq!(default(ByDefault::TABLE, 0), Default::Expression("left(md5(random()::text), 12)"));
    assert_eq!(default(ByDefault::TABLE, 1), Default::Identity);
    assert_eq!(ByDefault::TABLE.columns[0].declared_type, Some("char(12)"));
    assert_eq!(default(Text::TABLE, 0), Default::None);
    assert_eq!(ByServer::TABLE.name, "by_server");
}
