//! Models whose columns the session writes by itself.

use chrono::{DateTime, Utc};
use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "binders", has_many(sheets: Sheet, back_populates = binder))]
pub struct Binder {
    #[orm(primary_key)]
    pub id: i64,
    pub label: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "sheets")]
pub struct Sheet {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    pub tags: Option<Vec<String>>,
    #[orm(index, belongs_to(binder: Binder, back_populates = sheets))]
    pub binder_id: Option<i64>,
    #[orm(created_at)]
    pub made: DateTime<Utc>,
    #[orm(updated_at)]
    pub changed: DateTime<Utc>,
    /// Any expression will do; a column that it reads is named with its table.
    #[orm(default = 0, on_update = "sheets.edits + 1")]
    pub edits: i32,
    #[orm(version)]
    pub version: i32,
}

pub const TABLES: [&orm_core::model::Table; 2] = models![Binder, Sheet];

/// A circle of rows that count their updates.
#[derive(Model, Debug, Clone)]
#[orm(table = "knots")]
pub struct Knot {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(index, belongs_to(next: Knot))]
    pub next_id: Option<i64>,
    #[orm(default = 0, on_update = "knots.edits + 1")]
    pub edits: i32,
}

/// What an audit hook writes.
#[derive(Model, Debug, Clone)]
#[orm(table = "audit_lines")]
pub struct AuditLine {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
}
