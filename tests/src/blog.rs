//! Users with a profile and posts.

use orm_core::prelude::*;

use crate::Setup;

#[derive(Model, Debug, Clone)]
#[orm(table = "users")]
#[orm(has_many(posts: Post, back_populates = user))]
#[orm(has_one(profile: Profile, back_populates = user))]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[orm(unique)]
    pub email: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "profiles")]
pub struct Profile {
    #[orm(primary_key)]
    pub id: i64,
    pub bio: Option<String>,
    #[orm(unique, belongs_to(user: User, back_populates = profile))]
    pub user_id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(index, belongs_to(user: User, back_populates = posts))]
    pub user_id: i64,
}

/// The tables.
pub const TABLES: [&orm_core::model::Table; 3] = orm_core::models![User, Profile, Post];

/// Ann and Bob with addresses in a domain, and two posts of Ann's.
pub async fn ann_and_bob(domain: &str) -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(&format!(
            "INSERT INTO users (name, email) VALUES ('Ann', 'ann@{domain}'), ('Bob', 'bob@{domain}');
             INSERT INTO posts (title, user_id) VALUES ('one', 1), ('two', 1)"
        ))
        .await;
    setup
}

/// A user who is there.
pub async fn user(session: &Session, id: i64) -> Entity<User> {
    session.get::<User>(id).await.expect("the row can be read").expect("the user is there")
}

/// The user 1 with posts and profile, as another session has it.
pub async fn elsewhere(setup: &Setup) -> orm_core::Result<Entity<User>> {
    let session = setup.db.session();
    let query = select::<User>().filter(User::id.eq(1));
    let query = query.options(selectinload(User::posts)).options(selectinload(User::profile));
    let ann = session.scalars(query).await?.one()?;
    session.close().await;
    setup.flights();
    Ok(ann)
}
