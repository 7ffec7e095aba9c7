//! One side has the key, and only one.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(others: User, back_populates = more))]
#[orm(has_many(more: User, back_populates = others))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(left: User, back_populates = right))]
    left_id: i64,
    #[orm(belongs_to(right: User, back_populates = left))]
    right_id: i64,
}

fn main() {}
