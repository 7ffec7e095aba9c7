//! Options and their chains are about the models that they have led to.

use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = user))]
#[orm(has_one(profile: Profile, back_populates = user))]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Clone)]
pub struct Profile {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique, belongs_to(user: User, back_populates = profile))]
    pub user_id: i64,
}

#[derive(Model, Clone)]
pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[orm(belongs_to(user: User, back_populates = posts))]
    pub user_id: i64,
}

fn main() {
    // A relationship of another model.
    let _ = select::<User>().options(selectinload(Post::user));
    let _ = selectinload(User::posts).selectinload(User::profile);
    // A condition on another model.
    let _ = selectinload(User::posts).filter(User::name.eq("Ann"));
    let _ = selectinload(User::posts).filter(Post::title.eq("Hello") & User::name.eq("Ann"));
    // A part of what cannot have one.
    let _ = selectinload(Post::user).filter(User::name.eq("Ann"));
    let _ = joinedload(User::posts).limit(3);
    let _ = subqueryload(User::posts).filter(Post::id.eq(1));
    // Levels of what does not lead to itself.
    let _ = selectinload(User::posts).recursive(2);
    // Nothing, where there is always one.
    let _ = noload(Post::user);
    // What only a refusal can be told, and what needs a join above it.
    let _ = selectinload(User::posts).sql_only();
    let _ = selectinload(User::posts).contains_eager(Post::user);
}
