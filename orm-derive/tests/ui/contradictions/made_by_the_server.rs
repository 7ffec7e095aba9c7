//! What the session counts, the database computes or a trigger writes: one word says it, and never of a key.

use orm_core::Model;
use orm_core::types::Xid;

#[derive(Model, Clone)]
struct Ways {
    #[orm(primary_key)]
    id: i64,
    #[orm(generated = 1, default = 2)]
    sum: i32,
    #[orm(version, fetched)]
    version: i32,
    #[orm(fetched, identity)]
    number: i32,
}

#[derive(Model, Clone)]
struct System {
    #[orm(primary_key)]
    id: i64,
    #[orm(version = xmin, default = 1, column = "version", type = "xid", index)]
    version: Xid,
}

#[derive(Model, Clone)]
struct Two {
    #[orm(primary_key)]
    id: i64,
    #[orm(version)]
    one: i32,
    #[orm(version = server)]
    other: i32,
}

#[derive(Model, Clone)]
struct Key {
    #[orm(primary_key, version)]
    id: i64,
    #[orm(references(Two), generated = 1)]
    two_id: i64,
}

#[derive(Model, Clone)]
struct Sources {
    #[orm(primary_key)]
    id: i64,
    #[orm(version = xmim)]
    version: Xid,
    #[orm(version = "xmin")]
    other: Xid,
}

fn main() {}
