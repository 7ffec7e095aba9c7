//! What stands beside groups of rows: what does not compile is in `orm-derive/tests/ui/queries/groups.rs`, the rest the server says.

use orm_core::func;
use orm_core::prelude::*;
use orm_core::query::window;
use orm_core::{Error, Statement};
use orm_tests::blog::{Post, User, ann_and_bob};

type Result = orm_core::Result<()>;

/// The server's error, and what its position points at.
async fn refused(session: &Session, query: impl Statement) -> (Error, String) {
    let error = session.execute(query).await.err().expect("the server refuses it");
    let (sql, position) = (error.sql().unwrap_or_default(), error.position().unwrap_or_default());
    let pointed = sql.chars().skip(position - 1).take_while(|letter| !" ,()".contains(*letter)).collect();
    session.rollback().await.expect("the session goes on");
    (error, pointed)
}

#[tokio::test]
async fn a_column_that_is_not_grouped_by_is_an_error_that_points_at_it() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let query = select::<Post>().columns((Post::title, func::count_all()));
    let (error, pointed) = refused(&session, query).await;
    assert!(error.to_string().contains("\"posts.title\" must appear in the GROUP BY clause"), "{error}");
    assert_eq!(
        (pointed.as_str(), error.sql()),
        ("posts.title", Some("SELECT posts.title, count(*) FROM posts"))
    );
    let query =
        select::<User>().left_join(User::posts).group_by(User::id).columns((User::email, Post::title));
    let (error, pointed) = refused(&session, query).await;
    assert!(error.to_string().contains("posts.title"), "{error}");
    assert_eq!(pointed, "posts.title");
    let query = select::<Post>().having(func::count_all().gt(1)).columns(Post::user_id);
    assert_eq!(refused(&session, query).await.1, "posts.user_id");
    let query = select::<Post>().group_by(Post::user_id).order_by(Post::title).columns(Post::user_id);
    assert_eq!(refused(&session, query).await.1, "posts.title");
    Ok(())
}

/// What can be said: a window over groups, an aggregate of aggregates by a subquery, groups without `group_by`.
#[tokio::test]
async fn aggregates_over_groups_go_into_windows_and_subqueries() -> Result {
    #[derive(FromRow)]
    struct Counted {
        posts: i64,
    }
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let counts = select::<User>().left_join(User::posts).group_by(User::id);
    let shares = counts
        .clone()
        .order_by(User::id)
        .columns((User::id, func::sum(func::count(Post::id)).over(window())));
    let shares: Vec<_> = session.execute(shares).await?.into_iter().map(|(id, _)| id).collect();
    assert_eq!(shares, [1, 2]);
    let counted = counts.columns(row!(Counted { posts: func::count(Post::id) })).subquery();
    assert_eq!(session.scalar(counted.select().columns(func::max(Counted::posts))).await?, Some(Some(2)));
    let all = select::<Post>().having(func::count_all().gt(1)).columns(func::count_all());
    assert_eq!(session.scalar(all).await?, Some(2));
    Ok(())
}
