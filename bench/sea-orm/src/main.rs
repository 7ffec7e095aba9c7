//! SeaORM with its pool: `insert_many`, the nested active model for graphs, the entity loader for relations.

mod models;

use std::ops::RangeInclusive;

use harness::{Contestant, NewGraph, NewPost, NewUser, Result, Seen};
use models::{post, profile, tag, user};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{Database, DatabaseConnection, IntoActiveModel, QueryOrder, TransactionTrait};

struct SeaOrm {
    database: DatabaseConnection,
}

async fn users(
    database: &impl ConnectionTrait,
    keys: RangeInclusive<i64>,
) -> std::result::Result<Vec<user::Model>, DbErr> {
    let found = user::Entity::find().filter(user::COLUMN.id.between(*keys.start(), *keys.end()));
    found.order_by_asc(user::COLUMN.id).all(database).await
}

fn see_users(users: &[user::Model]) -> Seen {
    let mut seen = Seen::default();
    users.iter().for_each(|user| seen.row(user.id, &[&user.name, &user.email]));
    seen
}

fn see_post(post: &post::ModelEx, seen: &mut Seen) {
    seen.row(post.id, &[&post.title, post.body.as_deref().unwrap_or_default()]);
    post.tags.iter().for_each(|tag| seen.row(tag.id, &[&tag.name]));
}

/// The users with everything that is loaded of what belongs to them.
fn see_families(users: &[user::ModelEx]) -> Seen {
    let mut seen = Seen::default();
    for user in users {
        seen.row(user.id, &[&user.name, &user.email]);
        if let Some(profile) = user.profile.as_ref() {
            seen.row(profile.id, &[profile.bio.as_deref().unwrap_or_default()]);
        }
        user.posts.iter().for_each(|post| see_post(post, &mut seen));
    }
    seen
}

impl Contestant for SeaOrm {
    type Loaded = Vec<user::Model>;

    async fn connect(url: &str) -> Result<Self> {
        Ok(Self { database: Database::connect(url).await? })
    }

    async fn get(&self, id: i64) -> Result<impl FnOnce() -> Seen> {
        let user = user::Entity::find_by_id(id).one(&self.database).await?.ok_or("no such user")?;
        Ok(move || see_users(&[user]))
    }

    async fn load(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = users(&self.database, 1..=n).await?;
        Ok(move || see_users(&users))
    }

    async fn insert(&self, users: Vec<NewUser>) -> Result<impl FnOnce() -> Seen> {
        let transaction = self.database.begin().await?;
        let new = |user: NewUser| user::ActiveModel {
            name: Set(user.name),
            email: Set(user.email),
            ..Default::default()
        };
        let insert = user::Entity::insert_many(users.into_iter().map(new));
        let users = insert.exec_with_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(move || see_users(&users))
    }

    async fn graph(&self, graphs: Vec<NewGraph>) -> Result<impl FnOnce() -> Seen> {
        let transaction = self.database.begin().await?;
        let mut users = Vec::with_capacity(graphs.len());
        for graph in graphs {
            let mut user = user::ActiveModel::builder().set_name(graph.user.name).set_email(graph.user.email);
            user = user.set_profile(profile::ActiveModel::builder().set_bio(Some(graph.bio)));
            for post in graph.posts {
                let post = post::ActiveModel::builder().set_title(post.title).set_body(Some(post.body));
                user = user.add_post(post);
            }
            users.push(user.insert(&transaction).await?);
        }
        transaction.commit().await?;
        Ok(move || see_families(&users))
    }

    async fn eager(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = user::Entity::load().filter(user::COLUMN.id.between(1, n)).order_by_asc(user::COLUMN.id);
        let users = users.with(profile::Entity).with(post::Entity).all(&self.database).await?;
        Ok(move || see_families(&users))
    }

    async fn nested(&self, n: i64) -> Result<impl FnOnce() -> Seen> {
        let users = user::Entity::load().filter(user::COLUMN.id.between(1, n)).order_by_asc(user::COLUMN.id);
        let users = users.with((post::Entity, tag::Entity)).all(&self.database).await?;
        Ok(move || see_families(&users))
    }

    async fn change(&self, keys: RangeInclusive<i64>) -> Result<impl FnOnce() -> Seen> {
        let transaction = self.database.begin().await?;
        let mut changed = Vec::new();
        for user in users(&transaction, keys).await? {
            let name = NewUser::changed(user.id);
            let mut user = user.into_active_model();
            user.name = Set(name);
            changed.push(user.update(&transaction).await?);
        }
        transaction.commit().await?;
        Ok(move || see_users(&changed))
    }

    async fn loaded(&self, keys: RangeInclusive<i64>) -> Result<Self::Loaded> {
        Ok(users(&self.database, keys).await?)
    }

    async fn delete(&self, loaded: Self::Loaded) -> Result<usize> {
        let transaction = self.database.begin().await?;
        let ids = loaded.iter().map(|user| user.id);
        let deleted = user::Entity::delete_many().filter(user::COLUMN.id.is_in(ids));
        let deleted = deleted.exec(&transaction).await?;
        transaction.commit().await?;
        Ok(usize::try_from(deleted.rows_affected)?)
    }

    async fn request(&self, id: i64, post: NewPost) -> Result<impl FnOnce() -> Seen> {
        let transaction = self.database.begin().await?;
        let found = user::Entity::find_by_id(id).one(&transaction).await?.ok_or("no such user")?;
        let posts = found.find_related(post::Entity).all(&transaction).await?;
        let mut user = found.into_active_model();
        user.name = Set(NewUser::changed(id));
        let user = user.update(&transaction).await?;
        let new = post::ActiveModel {
            title: Set(post.title),
            body: Set(Some(post.body)),
            user_id: Set(id),
            ..Default::default()
        };
        let new = new.insert(&transaction).await?;
        transaction.commit().await?;
        Ok(move || {
            let mut seen = see_users(&[user]);
            for post in posts.iter().chain([&new]) {
                seen.row(post.id, &[&post.title, post.body.as_deref().unwrap_or_default()]);
            }
            seen
        })
    }
}

fn main() -> Result<()> {
    harness::serve::<SeaOrm>()
}
