//! Models of several modules refer to each other; modules may be called like fields and relationships.

use orm_core::__private::IntoNew;

mod users {
    use orm_core::Model;

    #[derive(Model, Clone)]
    #[orm(has_many(posts: super::posts::Post, back_populates = users))]
    #[orm(has_one(pub(crate) profile: super::profile::Profile, back_populates = user))]
    pub struct User {
        #[orm(primary_key)]
        pub id: i64,
    }
}

mod posts {
    use crate::users;
    use orm_core::Model;

    #[derive(Model, Clone)]
    pub struct Post {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(users: users::User, back_populates = posts))]
        pub user_id: i64,
    }
}

mod profile {
    use crate::users;
    use orm_core::Model;

    #[derive(Model, Clone)]
    pub(crate) struct Profile {
        #[orm(primary_key)]
        id: i64,
        #[orm(unique, belongs_to(user: users::User, back_populates = profile))]
        user_id: i64,
    }
}

fn add(_: impl IntoNew) {}

fn main() {
    add(users::User::builder().posts([posts::Post::builder()]).profile(profile::Profile::builder()));
}
