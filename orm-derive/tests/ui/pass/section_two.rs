//! The models of the guide, and what their builders accept.

use orm_core::Model;
use orm_core::__private::{Entity, IntoNew, Model as _};

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
    #[orm(default = now())]
    pub created: i64,
}

fn add(_: impl IntoNew) {}

fn by_object(user: &Entity<User>) {
    add(Profile::builder().bio("Backend Engineer").user(user));
    let _ = user.posts();
    let _: &String = &user.email;
}

fn main() {
    add(User::builder().name(None).name("Nouman042").email("nouman042@gmail.com"));
    add(Profile::builder().bio("Backend Engineer").user_id(1));
    add(User::builder()
        .email("a@b.c")
        .profile(Profile::builder().bio("none"))
        .posts([Post::builder().title("one"), Post::builder().title("two")]));
    let _ = by_object;
    assert_eq!(User::posts.index(), 0);
    assert_eq!(User::email.index(), 2);
    let table = <Post as orm_core::__private::Model>::TABLE;
    assert_eq!(table.name, "posts");
    assert_eq!(table.columns[3].default, orm_core::__private::Default::Expression("now()"));
    assert_eq!(table.columns[0].default, orm_core::__private::Default::Identity);
    assert!(table.columns[2].index && !table.columns[2].nullable);
    assert_eq!((table.foreign_keys[0].references)(), [0]);
    assert_eq!(User::unset().key(), 0);
}
