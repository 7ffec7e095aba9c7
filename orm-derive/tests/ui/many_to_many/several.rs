//! Where several relationships could be meant, one is named; and it is one that can be.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(sent: Follow, back_populates = follower))]
#[orm(has_many(received: Follow, back_populates = followee))]
#[orm(many_to_many(follows: User, through = Follow))]
#[orm(many_to_many(followers: User, through = Follow, source = because_of))]
#[orm(many_to_many(friends: User, through = Follow, source = follower, target = because_of))]
#[orm(many_to_many(reasons: Reason, through = Follow, source = follower))]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Reason {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
struct Follow {
    #[orm(primary_key, belongs_to(follower: User, back_populates = sent))]
    follower_id: i64,
    #[orm(primary_key, belongs_to(followee: User, back_populates = received))]
    followee_id: i64,
    #[orm(belongs_to(because_of: Reason))]
    reason_id: i64,
    #[orm(belongs_to(or_of: Reason))]
    other_reason_id: i64,
}

fn main() {}
