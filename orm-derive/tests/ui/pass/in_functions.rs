//! Models are declared inside functions too, and refer to each other there.

use orm_core::__private::{IntoNew, Model as _};
use orm_core::Model;

fn add(_: impl IntoNew) {}

fn one() {
    #[derive(Model, Clone)]
    #[orm(has_many(posts: Post, back_populates = user))]
    struct User {
        #[orm(primary_key)]
        id: i64,
    }

    #[derive(Model, Clone)]
    struct Post {
        #[orm(primary_key)]
        id: i64,
        #[orm(belongs_to(user: User, back_populates = posts))]
        user_id: Option<i64>,
    }

    add(User::builder().posts([Post::builder()]));
    assert_eq!(User::TABLE.name, "user");
}

fn main() {
    #[derive(Model, Clone)]
    struct User {
        #[orm(primary_key)]
        name: String,
    }

    add(User::builder().name("other"));
    one();
}
