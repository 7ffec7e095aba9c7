//! Generated code is clean under the strictest lints an application may deny.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    unused_results,
    trivial_casts,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::cargo,
    clippy::min_ident_chars,
    clippy::shadow_unrelated,
    clippy::wildcard_enum_match_arm,
    clippy::missing_inline_in_public_items,
    clippy::allow_attributes,
    clippy::absolute_paths,
    clippy::renamed_function_params,
    clippy::missing_trait_methods
)]
#![allow(clippy::multiple_crate_versions, clippy::cargo_common_metadata)]

/// The models.
pub mod models {
    use orm_core::Model;

    /// A user.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "users", unique(name, email), index(email, name))]
    #[orm(has_many(posts: Post, back_populates = user))]
    #[orm(has_one(pub(crate) profile: Profile, back_populates = user))]
    pub struct User {
        /// The key.
        #[orm(primary_key)]
        pub id: i64,
        /// The name.
        pub name: Option<String>,
        #[orm(unique, column = "mail", type = "varchar(120)")]
        pub(crate) email: String,
        #[orm(default = now())]
        secret: Option<String>,
    }

    /// A profile.
    #[derive(Model, Debug, Clone)]
    pub struct Profile {
        #[orm(primary_key)]
        id: i64,
        #[orm(unique, belongs_to(user: User, back_populates = profile, on_delete = cascade))]
        user_id: i64,
    }

    /// A post.
    #[derive(Model, Debug, Clone)]
    #[orm(belongs_to(author: User, key = (name, mail), references = (name, email)))]
    pub struct Post {
        /// One half of the key.
        #[orm(primary_key)]
        pub number: i16,
        /// The other half of the key.
        #[orm(primary_key, belongs_to(user: User, back_populates = posts))]
        pub user_id: i64,
        #[orm(references(User::email))]
        mail: Option<String>,
        name: Option<String>,
    }
}

#[test]
fn nothing_is_generated_that_a_lint_finds() {
    use models::{Post, Profile, User};
    let profile = Profile::builder();
    let _ = User::builder().email("a@b.c").profile(profile).posts([Post::builder().number(1)]);
    assert_eq!(User::email.index(), 2);
}
