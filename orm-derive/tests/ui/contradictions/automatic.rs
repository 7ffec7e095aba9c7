//! What the session writes by itself: one word says it, never of a key, and a row that is not deleted has NULL.

use orm_core::Model;

#[derive(Model, Clone)]
struct Twice {
    #[orm(primary_key)]
    id: i64,
    #[orm(created_at, default = now())]
    made: String,
    #[orm(updated_at, created_at)]
    changed: String,
    #[orm(updated_at, on_update = clock_timestamp())]
    touched: String,
    #[orm(generated = 1, on_update = 2)]
    sum: i32,
    #[orm(version, on_update = 2)]
    version: i32,
    #[orm(soft_delete, default = now())]
    deleted: Option<String>,
    #[orm(soft_delete)]
    gone: Option<String>,
}

#[derive(Model, Clone)]
struct Keys {
    #[orm(primary_key, on_update = 1)]
    id: i64,
    #[orm(references(Twice), updated_at)]
    one_id: i64,
    #[orm(references(Twice), soft_delete)]
    two_id: Option<i64>,
}

#[derive(Model, Clone)]
struct Actions {
    #[orm(primary_key)]
    id: i64,
    #[orm(references(Twice), on_update = cascade)]
    one_id: i64,
}

#[derive(Model, Clone)]
struct Never {
    #[orm(primary_key)]
    id: i64,
    #[orm(soft_delete)]
    deleted: String,
}

#[derive(Model, Clone)]
struct Late {
    #[orm(primary_key)]
    id: i64,
    #[orm(soft_delete, deferred)]
    deleted: orm_core::Deferred<Option<String>>,
}

#[derive(Model, Clone)]
struct Values {
    #[orm(primary_key)]
    id: i64,
    #[orm(created_at = now())]
    made: String,
    #[orm(on_update)]
    changed: String,
    #[orm(updated_ta)]
    touched: String,
}

fn main() {}
