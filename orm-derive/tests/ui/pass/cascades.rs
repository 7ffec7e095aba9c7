//! What goes with what.

use orm_core::Model;
use orm_core::model::Cascade;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = user, cascade = delete_orphan))]
#[orm(has_many(notes: Note, back_populates = user, cascade = delete))]
#[orm(has_one(profile: Profile, back_populates = user, cascade = delete))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User, back_populates = posts, on_delete = cascade))]
    user_id: i64,
}

#[derive(Model, Clone)]
struct Note {
    #[orm(primary_key)]
    id: i64,
    #[orm(belongs_to(user: User, back_populates = notes, on_delete = no_action))]
    user_id: Option<i64>,
}

/// Both sides of a one-to-one may say it, and a to-one that is not named back.
#[derive(Model, Clone)]
struct Profile {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique, belongs_to(user: User, back_populates = profile, cascade = delete))]
    user_id: i64,
    #[orm(belongs_to(picture: Post, cascade = delete_orphan, on_delete = set_null))]
    picture_id: Option<i64>,
}

fn main() {
    let cascade = |relationship: usize| User::TABLE.relationships[relationship].cascade;
    assert_eq!(cascade(User::posts.index()), Cascade::DeleteOrphan);
    assert_eq!(cascade(User::notes.index()), Cascade::Delete);
    assert_eq!(Profile::TABLE.relationships[Profile::picture.index()].cascade, Cascade::DeleteOrphan);
}
