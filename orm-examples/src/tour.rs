//! The tour: the operations of a session in the order in which they are shown, and questions.
//!
//! What an application would write stands in `tour/*.rs`, a function for each operation.

mod change;
mod create;
mod posts;
mod queries;
mod read;
mod stage;

use orm_core::prelude::*;

use crate::Result;
use crate::blog::{Post, Profile, User};
pub use stage::Stage;

/// The tour, printed with the statements and round trips of each operation.
///
/// # Errors
/// What the library or the server refuses.
pub async fn run(stage: &mut Stage) -> Result {
    // The first time that a connection meets a statement, it is prepared: one more round trip. So there is a rehearsal.
    stage.begin(false).await?;
    visit(stage).await?;
    stage.begin(true).await?;
    stage.say("The operations of a session: what each printed, and what it sent, round trip by round trip.");
    stage.say("Statements are warm: one that is new to a connection is prepared first, which is one more round trip.");
    visit(stage).await
}

async fn visit(stage: &Stage) -> Result {
    stage.say("\n== A user and a profile: tour/read.rs, tour/create.rs, tour/change.rs");
    ten_operations(stage).await?;
    stage.say("\n== The same with posts, one-to-many and many-to-one: tour/posts.rs");
    with_posts(stage).await?;
    stage.say("\n== Questions: tour/queries.rs");
    questions(stage).await
}

async fn ten_operations(stage: &Stage) -> Result {
    stage.show("\n 1 - select an entity", read::select_one).await?;
    stage.show_on("\n 2 - add a row, its parent given by key", user::<1>, create::by_key).await?;
    stage.show_on("\n 3 - add a row, its parent given as an object", user::<2>, create::by_object).await?;
    stage.show("\n 4 - walk a relationship that was not loaded", read::lazy).await?;
    stage.show("\n 5 - load a relationship along with a select", read::eager).await?;
    stage.show_on("\n 6 - change a field", profile, change::update).await?;
    stage.show_on("\n 7 - delete a row", profile, change::delete).await?;
    stage.show("\n 8 - add a graph of objects in one transaction", create::graph).await?;
    stage.show("\n 9 - load the other side of the relationship along", read::eager_user).await?;
    stage.show("\n10 - get by key, refresh one relationship, walk there and back", read::there_and_back).await
}

async fn with_posts(stage: &Stage) -> Result {
    stage.show("\n 8 - add a user with posts", posts::create).await?;
    stage.show_on("\n 3 - add a post to a user", user::<1>, posts::add_to).await?;
    stage.show("\n 4 - walk from every post to its user", posts::lazy).await?;
    stage.show("\n 5 - load the posts of all users along, by one more statement", posts::eager).await?;
    stage.show("\n 9 - load the posts of a user along, by a join", posts::joined).await?;
    stage
        .show_on("\n 6 and 7 - rename, delete and move posts in one commit", three_posts, posts::change)
        .await?;
    stage.show("\n10 - get by key, refresh the collection, walk there and back", posts::there_and_back).await
}

async fn questions(stage: &Stage) -> Result {
    stage.show("\nJoined, grouped and aggregated rows as structs", queries::into_structs).await?;
    stage.show("\nA condition on a relationship", queries::on_relationship).await?;
    stage.show("\nA query under a name, which another reads", queries::common_table).await?;
    stage.show("\nSQL by hand", queries::by_hand).await?;
    stage.show_on("\nA row that may be there already", user::<1>, queries::insert_on_conflict).await
}

/// A user who is in memory before the operation begins.
async fn user<const ID: i64>(session: &Session) -> Result<Entity<User>> {
    session.get::<User>(ID).await?.ok_or_else(|| "the user is missing".into())
}

async fn profile(session: &Session) -> Result<Entity<Profile>> {
    session.get::<Profile>(2).await?.ok_or_else(|| "the profile is missing".into())
}

async fn three_posts(session: &Session) -> Result<[Entity<Post>; 3]> {
    let query = select::<Post>().options(selectinload(Post::user)).order_by(Post::title);
    session.scalars(query).await?.all().try_into().map_err(|_| "there are not three posts".into())
}
