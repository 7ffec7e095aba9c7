//! Questions: rows that are no entities, conditions on relationships, common tables, SQL by hand, and inserts that may meet
//! a row.

use std::fmt::Write;

use orm_core::prelude::*;
use orm_core::{Query, func};

use crate::Result;
use crate::blog::{Post, User};

/// What is asked of each user, as a struct: the fields' names and types are checked.
#[derive(FromRow)]
pub(super) struct Author {
    pub(super) name: String,
    pub(super) posts: i64,
    pub(super) last: Option<String>,
}

/// A query can be a function's result. What a left join may leave out comes as an `Option`: `last` must be one.
fn authors() -> Query<Author> {
    select::<User>()
        .left_join(User::posts)
        .group_by((User::id, User::name))
        .order_by((func::count(Post::id).desc(), User::id))
        .columns(row!(Author {
            name: func::coalesce(User::name, "somebody"),
            posts: func::count(Post::id),
            last: func::max(Post::title),
        }))
        .forget_joins()
}

/// Joined, grouped and aggregated rows as structs.
pub(super) async fn into_structs(session: &Session, out: &mut String) -> Result {
    for author in session.execute(authors().limit(3)).await? {
        writeln!(out, "{} wrote {} posts, the last of them {:?}", author.name, author.posts, author.last)?;
    }
    Ok(())
}

/// A condition on what a relationship leads to: EXISTS, and nothing is joined.
pub(super) async fn on_relationship(session: &Session, out: &mut String) -> Result {
    let wrote_of_knots = User::posts.any(Post::title.contains("knots"));
    let query = select::<User>().filter(!wrote_of_knots).order_by(User::id);
    for user in session.scalars(query).await? {
        writeln!(out, "{}", user.email)?;
    }
    Ok(())
}

/// A query under a name, which another reads as a table: its columns are called as the struct's fields.
pub(super) async fn common_table(session: &Session, out: &mut String) -> Result {
    let query = authors()
        .cte()
        .select()
        .filter(Author::posts.gt(0))
        .columns((func::count_all(), func::sum(Author::posts)));
    let (authors, posts) = session.execute(query).await?.one()?;
    writeln!(out, "authors: {authors}, posts: {posts:?}")?;
    Ok(())
}

/// SQL by hand. Every brace is a parameter, or a piece of a typed query; there is no way from a value to text.
pub(super) async fn by_hand(session: &Session, out: &mut String) -> Result {
    let (hostile, least) = ("'; drop table users; --", 1_i64);
    let query = sql!(
        "select name, 0::bigint as posts, null::text as last from users where id >= {least} and email <> {hostile} order by id limit 1"
    );
    let author: Author = session.execute(query.rows()).await?.one()?;
    writeln!(out, "{} wrote {} posts", author.name, author.posts)?;
    Ok(())
}

/// A row that may be there already: then it is changed, and the entity in memory follows.
pub(super) async fn insert_on_conflict(session: &Session, user: &Entity<User>, out: &mut String) -> Result {
    let again = User::builder().email(user.email.as_str()).name("Ada Lovelace");
    let upsert = insert::<User>()
        .value(again)
        .on_conflict(User::email)
        .do_update()
        .set(User::name, excluded(User::name));
    session.execute(upsert).await?;
    session.commit().await?;
    writeln!(out, "{:?}", user.name)?;
    Ok(())
}
