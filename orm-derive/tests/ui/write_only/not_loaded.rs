//! What is too large to be loaded is asked for by a query.

use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(has_many(entries: Entry, back_populates = account, write_only))]
struct Account {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Entry {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(account: Account, back_populates = entries))]
    account_id: Option<i64>,
}

async fn awaited(account: Entity<Account>) -> orm_core::Result<()> {
    let entries = account.entries().await?;
    Ok(())
}

fn read(account: &Entity<Account>) {
    let entries = account.entries().get();
}

fn iterated(account: &Entity<Account>) {
    for entry in account.entries() {}
}

fn loaded() {
    let accounts = select::<Account>().options(selectinload(Account::entries));
}

fn replaced(account: &Entity<Account>, entry: &Entity<Entry>) {
    account.entries().add(entry);
    account.entries().remove(entry);
    account.entries().replace([entry]);
}

fn main() {}
