//! A missing comma, a value too many, something that is no word.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(table "users")]
#[orm]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(index type = "text")]
    name: String,
    #[orm(unique = true, "index")]
    email: String,
    #[orm = "index"]
    title: String,
    #[orm(default = now() , = 3, type = "text" "varchar")]
    text: String,
}

fn main() {}
