//! Many documents with long texts: columns that are loaded when they are asked for, and folders that are never loaded whole.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "folders")]
#[orm(has_many(documents: Document, back_populates = folder, write_only))]
pub struct Folder {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

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
    #[orm(index, belongs_to(folder: Folder, back_populates = documents, on_delete = cascade))]
    pub folder_id: Option<i64>,
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
