//! Models with versions, and with columns that the database makes.

use orm_core::prelude::*;

use crate::Setup;
use orm_core::types::Xid;
use uuid::Uuid;

/// Counted by the session.
#[derive(Model, Debug, Clone)]
#[orm(table = "accounts")]
pub struct Account {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub owner: Option<String>,
    pub balance: i64,
    #[orm(version)]
    pub version: i32,
}

/// Two tables that name each other.
#[derive(Model, Debug, Clone)]
#[orm(table = "crews", has_many(sailors: Sailor, back_populates = crew))]
pub struct Crew {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(belongs_to(captain: Sailor, back_populates = commands))]
    pub captain_id: Option<i64>,
    #[orm(version)]
    pub version: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "sailors", has_many(commands: Crew, back_populates = captain))]
pub struct Sailor {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(belongs_to(crew: Crew, back_populates = sailors))]
    pub crew_id: Option<i64>,
    #[orm(version = xmin)]
    pub version: Xid,
}

/// A version that every UPDATE sets to its default.
#[derive(Model, Debug, Clone)]
#[orm(table = "pages")]
pub struct Page {
    #[orm(primary_key)]
    pub number: i32,
    pub text: String,
    #[orm(version = server, default = gen_random_uuid())]
    pub token: Uuid,
}

/// Columns that the database computes, or a trigger fills.
#[derive(Model, Debug, Clone)]
#[orm(table = "items")]
pub struct Item {
    #[orm(primary_key)]
    pub id: i64,
    pub price: i32,
    pub quantity: i32,
    #[orm(generated = price * quantity)]
    pub total: i32,
    #[orm(fetched, default = "'new'")]
    pub note: String,
}

/// A column with a default that may be NULL, and bytes.
#[derive(Model, Debug, Clone)]
#[orm(table = "notes")]
pub struct Note {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[orm(default = "'white'")]
    pub colour: Option<String>,
    pub drawing: Option<Vec<u8>>,
}

pub const TABLES: [&orm_core::model::Table; 6] = models![Account, Crew, Sailor, Page, Item, Note];

/// Accounts of these owners, committed.
pub async fn accounts(
    setup: &Setup,
    session: &Session,
    owners: &[&str],
) -> orm_core::Result<Vec<Entity<Account>>> {
    let accounts = owners.iter().map(|owner| Account::builder().owner(*owner).balance(100));
    let accounts = session.add_all(accounts);
    session.commit().await?;
    setup.flights();
    Ok(accounts)
}
