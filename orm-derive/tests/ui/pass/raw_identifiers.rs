//! Names that are keywords to Rust are written `r#..` and lose it in the database.

use orm_core::__private::{IntoNew, Model as _};
use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(r#loop: r#Event, back_populates = r#match), index(r#type, r#where))]
struct Place {
    #[orm(primary_key)]
    r#type: i64,
    #[orm(column = "Where It Is")]
    r#where: String,
}

#[derive(Model, Clone)]
struct r#Event {
    #[orm(primary_key)]
    r#in: i64,
    #[orm(belongs_to(r#match: Place, back_populates = r#loop))]
    r#for: i64,
}

fn add(_: impl IntoNew) {}

fn main() {
    add(Place::builder().r#where("here").r#loop([Event::builder()]));
    let names = |columns: &[orm_core::__private::ColumnFacts]| {
        columns.iter().map(|column| (column.field, column.name)).collect::<Vec<_>>()
    };
    assert_eq!(names(Place::TABLE.columns), [("type", "type"), ("where", "Where It Is")]);
    assert_eq!(Event::TABLE.relationships[0].name, "match");
    assert_eq!(Event::TABLE.name, "event");
}
