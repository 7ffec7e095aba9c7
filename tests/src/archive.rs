//! Letters in folders, with columns that are loaded when they are asked for.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq, Eq, Hash)]
#[orm(table = "folders")]
#[orm(has_many(letters: Letter, back_populates = folder))]
pub struct Folder {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(deferred)]
    pub remarks: Deferred<Option<String>>,
}

#[derive(Model, Debug, Clone, PartialEq, Eq, Hash)]
#[orm(table = "letters")]
pub struct Letter {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(deferred)]
    pub text: Deferred<String>,
    pub title: String,
    #[orm(deferred(group = scan))]
    pub summary: Deferred<Option<String>>,
    #[orm(deferred(group = scan))]
    pub scan: Deferred<Option<Vec<u8>>>,
    #[orm(deferred(raise))]
    pub secret: Deferred<Option<String>>,
    #[orm(index, belongs_to(folder: Folder, back_populates = letters))]
    pub folder_id: Option<i64>,
}

/// Two folders with three letters each.
pub const FILLED: &str = "INSERT INTO folders (name, remarks) VALUES ('one', 'old'), ('two', NULL);
     INSERT INTO letters (text, title, summary, scan, secret, folder_id)
     SELECT 'text ' || n, 'title ' || n, 'summary ' || n, decode(lpad(n::text, 2, '0'), 'hex'), 'secret ' || n, 1 + (n - 1) / 3
     FROM generate_series(1, 6) AS n";

/// A page, which knows its version.
#[derive(Model, Debug, Clone)]
#[orm(table = "pages")]
pub struct Page {
    #[orm(primary_key)]
    pub book: String,
    #[orm(primary_key)]
    pub number: i32,
    #[orm(deferred)]
    pub text: Deferred<String>,
    #[orm(version)]
    pub version: i32,
}

/// A draft, of which the server makes much.
#[derive(Model, Debug, Clone)]
#[orm(table = "drafts")]
pub struct Draft {
    #[orm(primary_key)]
    pub id: i64,
    pub words: String,
    #[orm(deferred, default = "'none'")]
    pub note: Deferred<String>,
    #[orm(deferred, generated = length(words))]
    pub length: Deferred<Option<i32>>,
}

/// The tables.
pub const TABLES: [&orm_core::model::Table; 4] = orm_core::models![Folder, Letter, Page, Draft];

/// An account, whose entries are too many to be loaded.
#[derive(Model, Debug, Clone)]
#[orm(table = "accounts")]
#[orm(has_many(entries: Entry, back_populates = account, write_only))]
pub struct Account {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "entries")]
#[orm(many_to_many(labels: Label, secondary = "entry_labels", back_populates = entries, on_delete = cascade))]
pub struct Entry {
    #[orm(primary_key)]
    pub id: i64,
    pub amount: i64,
    #[orm(index, belongs_to(account: Account, back_populates = entries, on_delete = cascade))]
    pub account_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "labels")]
#[orm(many_to_many(entries: Entry, back_populates = labels, write_only))]
#[orm(many_to_many(accounts: Account, secondary = "account_labels", write_only))]
pub struct Label {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

/// The tables of accounts.
pub const LEDGER: [&orm_core::model::Table; 3] = orm_core::models![Account, Entry, Label];
