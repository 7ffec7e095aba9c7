//! Documents whose texts are long: columns that are loaded when they are asked for.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "documents")]
#[orm(has_many(notes: Note, back_populates = document))]
pub struct Document {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(deferred)]
    pub text: Deferred<String>,
    #[orm(deferred(group = scan))]
    pub summary: Deferred<Option<String>>,
    #[orm(deferred(group = scan))]
    pub scan: Deferred<Option<Vec<u8>>>,
    pub pages: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "notes")]
pub struct Note {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[orm(index, belongs_to(document: Document, back_populates = notes))]
    pub document_id: i64,
}
