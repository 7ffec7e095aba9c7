//! Every unknown word is reported, with the nearest known one.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(tabel = "users", colour = "red")]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(primray_key, uniqe)]
    name: String,
    #[orm(belongs_to(boss: User, on_delet = cascade))]
    boss_id: i64,
    #[orm(belongs_to(owner: User, on_delete = cascde))]
    owner_id: i64,
    #[orm(references(User, on_delete = explode))]
    other_id: i64,
}

fn main() {}
