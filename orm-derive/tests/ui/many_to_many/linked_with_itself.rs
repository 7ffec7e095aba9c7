//! The columns of a table that links a model with itself need names.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(many_to_many(follows: User, secondary = "follows", back_populates = followers))]
#[orm(many_to_many(followers: User, back_populates = follows))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
