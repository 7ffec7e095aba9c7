//! A relationship leads to a model.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(colors: Color, back_populates = user))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(color: Color))]
    color_id: i64,
}

#[derive(Clone)]
struct Color {}

fn main() {}
