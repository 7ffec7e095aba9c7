//! `tokio-postgres` by hand, as well as it can be done: one connection without a pool, statements prepared once,
//! whatever need not wait pipelined in one flight, arrays and `unnest` for many rows.

mod read;
mod write;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::RangeInclusive;

use harness::{Contestant, NewGraph, NewPost, NewUser, Result, Seen};
use tokio_postgres::{Client, NoTls, Statement};

struct Raw {
    client: Client,
    prepared: RefCell<HashMap<&'static str, Statement>>,
}

impl Raw {
    /// The statement of that text, prepared when it is first asked for.
    async fn statement(&self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.prepared.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.prepared.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Contestant for Raw {
    type Loaded = Vec<read::User>;

    async fn connect(url: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(Self { client, prepared: RefCell::default() })
    }

    async fn get(&self, id: i64) -> Result<impl FnOnce() -> Seen> {
        let user = self.user(id).await?;
        Ok(move || read::seen(&[user], read::User::see))
    }

    async fn load(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = self.users(1..=n).await?;
        Ok(move || read::seen(&users, read::User::see))
    }

    async fn insert(&self, users: Vec<NewUser>) -> Result<impl FnOnce() -> Seen> {
        let users = self.insert_users(users).await?;
        Ok(move || read::seen(&users, read::User::see))
    }

    async fn graph(&self, graphs: Vec<NewGraph>) -> Result<impl FnOnce() -> Seen> {
        let families = self.insert_graphs(graphs).await?;
        Ok(move || read::seen(&families, read::Family::see))
    }

    async fn eager(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let families = self.families(n).await?;
        Ok(move || read::seen(&families, read::Family::see))
    }

    async fn nested(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let families = self.tagged(n).await?;
        Ok(move || read::seen(&families, read::Family::see))
    }

    async fn change(&self, keys: RangeInclusive<i64>) -> Result<impl FnOnce() -> Seen> {
        let mut users = self.users(keys).await?;
        for user in &mut users {
            user.name = NewUser::changed(user.id);
        }
        self.save_names(&users).await?;
        Ok(move || read::seen(&users, read::User::see))
    }

    async fn loaded(&self, keys: RangeInclusive<i64>) -> Result<Self::Loaded> {
        self.users(keys).await
    }

    async fn delete(&self, loaded: Self::Loaded) -> Result<usize> {
        self.delete_users(&loaded).await
    }

    async fn request(&self, id: i64, post: NewPost) -> Result<impl FnOnce() -> Seen> {
        let family = self.edit(id, post).await?;
        Ok(move || read::seen(&[family], read::Family::see))
    }
}

fn main() -> Result<()> {
    harness::serve::<Raw>()
}
