//! Models that say how their relationships are loaded.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "sites")]
#[orm(has_many(pages: Page, back_populates = site, lazy = selectin))]
#[orm(has_one(owner: Owner, back_populates = site, lazy = joined))]
pub struct Site {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

/// A page and its site, and a page and the pages below it, are each loaded with the other.
#[derive(Model, Debug, Clone)]
#[orm(table = "pages")]
#[orm(has_many(notes: Note, back_populates = page, lazy = subquery))]
#[orm(has_many(children: Page, back_populates = parent, lazy = selectin))]
pub struct Page {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(belongs_to(site: Site, back_populates = pages, lazy = joined))]
    pub site_id: i64,
    #[orm(belongs_to(parent: Page, back_populates = children))]
    pub parent_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "notes")]
pub struct Note {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(belongs_to(page: Page, back_populates = notes, lazy = raise_on_sql))]
    pub page_id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "owners")]
pub struct Owner {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, belongs_to(site: Site, back_populates = owner))]
    pub site_id: i64,
}

/// The tables of sites.
pub const SITES: [&orm_core::model::Table; 4] = models![Site, Page, Note, Owner];

#[derive(Model, Debug, Clone)]
#[orm(table = "vaults")]
#[orm(has_many(coins: Coin, back_populates = vault, lazy = raise))]
#[orm(has_many(notes: Bill, back_populates = vault, lazy = joined))]
pub struct Vault {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "coins")]
pub struct Coin {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(belongs_to(vault: Vault, back_populates = coins, lazy = raise))]
    pub vault_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "bills")]
pub struct Bill {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(belongs_to(vault: Vault, back_populates = notes))]
    pub vault_id: Option<i64>,
}

/// What is in it goes with it, and is never loaded by being asked for.
#[derive(Model, Debug, Clone)]
#[orm(table = "chests")]
#[orm(has_many(gems: Gem, back_populates = chest, cascade = delete, lazy = raise))]
pub struct Chest {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "gems")]
pub struct Gem {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(belongs_to(chest: Chest, back_populates = gems))]
    pub chest_id: i64,
}

/// The tables of chests.
pub const CHESTS: [&orm_core::model::Table; 2] = models![Chest, Gem];

/// The tables of vaults.
pub const VAULTS: [&orm_core::model::Table; 3] = models![Vault, Coin, Bill];
