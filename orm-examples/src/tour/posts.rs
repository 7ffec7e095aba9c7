//! The same with posts: a user has many, a post has one user.

use std::fmt::Write;

use orm_core::prelude::*;

use crate::Result;
use crate::blog::{Post, User};

/// A user and two posts as one nested builder: all posts are inserted by one statement.
pub(super) async fn create(session: &Session, out: &mut String) -> Result {
    let posts = ["On nets", "On knots"].map(|title| Post::builder().title(title));
    let user = session.add(User::builder().name("Barbara").email("barbara@example.org").posts(posts));
    session.commit().await?;
    writeln!(out, "{user:?}")?;
    Ok(())
}

/// A post for a user who is there already.
pub(super) async fn add_to(session: &Session, user: &Entity<User>, out: &mut String) -> Result {
    let post = session.add(Post::builder().title("On engines").user(user));
    session.commit().await?;
    session.refresh(&post).await?;
    writeln!(out, "{post:?}")?;
    Ok(())
}

/// Many-to-one, lazily: awaited for one post, the user is loaded for all posts of the result, in one statement.
pub(super) async fn lazy(session: &Session, out: &mut String) -> Result {
    let posts = session.scalars(select::<Post>().order_by(Post::id)).await?.all();
    for post in &posts {
        let user = post.user().await?;
        writeln!(out, "{} by {:?}", post.title, user.name)?;
    }
    Ok(())
}

/// One-to-many, eagerly: one more statement, for however many users.
pub(super) async fn eager(session: &Session, out: &mut String) -> Result {
    let query = select::<User>().options(selectinload(User::posts)).order_by(User::id);
    for user in session.scalars(query).await? {
        let titles: Vec<_> = user.posts().get()?.iter().map(|post| post.title.clone()).collect();
        writeln!(out, "{:?}: {titles:?}", user.name)?;
    }
    Ok(())
}

/// The same in the statement of the users: a LEFT JOIN.
pub(super) async fn joined(session: &Session, out: &mut String) -> Result {
    let query = select::<User>().options(joinedload(User::posts)).filter(User::name.eq("Barbara"));
    let user = session.execute(query).await?.scalar_one()?;
    writeln!(out, "{} posts", user.posts().get()?.len())?;
    Ok(())
}

/// Changes of every kind in one commit, in one round trip: a post is renamed, one deleted, one handed to another user.
pub(super) async fn change(session: &Session, posts: &[Entity<Post>; 3], out: &mut String) -> Result {
    let [engines, nets, knots] = posts;
    knots.edit().title = "On knots and links".into();
    session.delete(nets);
    let barbara = knots.user().get()?;
    barbara.posts().add(engines);
    session.commit().await?;
    writeln!(out, "{engines:?}")?;
    Ok(())
}

/// There and back: the collection is loaded, and each post leads to the same user.
pub(super) async fn there_and_back(session: &Session, out: &mut String) -> Result {
    let user = session.get::<User>(4).await?.ok_or("there is no user 4")?;
    session.refresh(&user).attribute(User::posts).await?;
    for post in user.posts().get()? {
        writeln!(out, "{:?}, by the same object: {}", post.title, post.user().get()? == user)?;
    }
    Ok(())
}
