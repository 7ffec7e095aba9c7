//! Selects of columns, expressions, aggregates and entities, along joins of every kind.

use orm_core::func;
use orm_core::prelude::*;
use orm_core::query::{Frame, Window, window};
use orm_core::types::Interval;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};

type Result = orm_core::Result<()>;

/// Ann has two posts and a profile, Bob one post, Cid nothing; Cid has no name.
async fn blog() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO users (name, email) VALUES ('Ann', 'ann@x.org'), ('Bob', 'bob@x.org'), (NULL, 'cid@x.org');
             INSERT INTO profiles (bio, user_id) VALUES ('writes', 1);
             INSERT INTO posts (title, user_id) VALUES ('one', 1), ('two', 1), ('three', 2)",
        )
        .await;
    setup
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn columns_come_as_values_and_tuples() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let emails = select::<User>().order_by(User::id).columns(User::email);
    assert_eq!(session.scalars(emails).await?.all(), ["ann@x.org", "bob@x.org", "cid@x.org"]);
    setup.statements();
    let rows = select::<User>().order_by(User::id.desc()).columns((User::id, User::name, User::id + 10));
    let rows: Vec<(i64, Option<String>, i64)> = session.execute(rows).await?.all();
    assert_eq!(rows, [(3, None, 13), (2, Some(text("Bob")), 12), (1, Some(text("Ann")), 11)]);
    assert_eq!(setup.statements().len(), 1);
    assert!(
        session.execute(select::<User>().columns(User::name.is_null())).await?.all().contains(&Some(true))
    );
    Ok(())
}

#[tokio::test]
async fn what_an_outer_join_may_leave_empty_is_an_option() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let left =
        select::<User>().left_join(User::profile).order_by(User::id).columns((User::id, Profile::user_id));
    let rows: Vec<(i64, Option<i64>)> = session.execute(left).await?.all();
    assert_eq!(rows, [(1, Some(1)), (2, None), (3, None)]);
    let right = select::<Profile>().right_join(Profile::user).order_by(User::id);
    let rows: Vec<(Option<i64>, i64)> = session.execute(right.columns((Profile::id, User::id))).await?.all();
    assert_eq!(rows, [(Some(1), 1), (None, 2), (None, 3)]);
    let full = select::<Profile>().full_join(table::<Post>().on(Post::id.eq(Profile::user_id + 1)));
    let full = full.order_by((Profile::id, Post::id)).columns((Profile::id, Post::id));
    let rows: Vec<(Option<i64>, Option<i64>)> = session.execute(full).await?.all();
    assert_eq!(rows, [(Some(1), Some(2)), (None, Some(1)), (None, Some(3))]);
    let absorbed = select::<User>().left_join(User::profile).order_by(User::id);
    let absorbed = absorbed.columns((User::id, func::coalesce(Profile::bio, "-"), func::lower(Profile::bio)));
    let rows: Vec<(i64, String, Option<String>)> = session.execute(absorbed).await?.all();
    assert_eq!(rows[1], (2, text("-"), None));
    let pairs = select::<User>().cross_join(table::<Post>()).columns(func::count_all());
    assert_eq!(session.scalar(pairs).await?, Some(9));
    Ok(())
}

#[tokio::test]
async fn entities_come_beside_columns_and_are_the_sessions_own() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let query = select::<User>()
        .left_join(User::posts)
        .group_by(User::id)
        .order_by(User::id)
        .columns((entity::<User>(), func::count(Post::id)));
    assert_eq!(session.scalar(query.clone().count()).await?, Some(3));
    setup.statements();
    let rows = session.execute(query).await?.all();
    assert_eq!(setup.statements().len(), 1);
    assert_eq!(
        rows.iter().map(|(user, posts)| (user.id, *posts)).collect::<Vec<_>>(),
        [(1, 2), (2, 1), (3, 0)]
    );
    assert_eq!(session.get::<User>(1).await?, Some(rows[0].0.clone()));
    let query = select::<User>().left_join(User::posts).order_by((User::id, Post::id));
    let rows = session.execute(query.columns((entity::<Post>(), entity::<User>()))).await?.all();
    let ids: Vec<_> = rows.iter().map(|(post, user)| (post.as_ref().map(|post| post.id), user.id)).collect();
    assert_eq!(ids, [(Some(1), 1), (Some(2), 1), (Some(3), 2), (None, 3)]);
    assert_eq!(rows[0].1, rows[1].1);
    rows[0].1.edit().name = Some(text("Anna"));
    let names = select::<User>().order_by(User::id).columns(User::name);
    assert_eq!(session.scalars(names).await?.first(), Some(Some(text("Anna"))));
    Ok(())
}

#[tokio::test]
async fn groups_are_counted_filtered_and_ordered() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let counts = select::<Post>().group_by(Post::user_id).order_by(func::count_all().desc());
    let rows = session.execute(counts.columns((Post::user_id, func::count_all()))).await?.all();
    assert_eq!(rows, [(1, 2), (2, 1)]);
    let busy =
        select::<Post>().group_by(Post::user_id).having(func::count_all().gt(1)).columns(Post::user_id);
    assert_eq!(session.scalars(busy.clone()).await?.all(), [1]);
    assert_eq!(session.scalar(busy.count()).await?, Some(1));
    let all = select::<Post>().columns((
        func::count(Post::user_id).distinct(),
        func::max(Post::title),
        func::string_agg(Post::title, "+").order_by(Post::title),
        func::array_agg(Post::id).order_by(Post::id.desc()).filter(Post::user_id.eq(1)),
        func::percentile_cont(0.5, Post::id),
        func::bool_and(Post::id.gt(1)),
    ));
    let row = session.execute(all).await?.one()?;
    let titles = Some(text("one+three+two"));
    assert_eq!(row, (2, Some(text("two")), titles, Some(vec![2, 1]), Some(2.0), Some(false)));
    let none = select::<Post>().filter(Post::id.gt(9)).columns((func::max(Post::id), func::count_all()));
    assert_eq!(session.execute(none).await?.one()?, (None, 0));
    Ok(())
}

#[tokio::test]
async fn windows() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let mine = || window().partition_by(Post::user_id).order_by(Post::id);
    let query = select::<Post>().order_by(Post::id).columns((
        Post::title,
        func::row_number().over(mine()),
        func::lag(Post::title, 1).over(mine()),
        func::count_all().over(window()),
    ));
    let rows = session.execute(query).await?.all();
    let expected = [("one", 1, None, 3), ("two", 2, Some("one"), 3), ("three", 1, None, 3)];
    let expected = expected.map(|(title, number, lag, all)| (text(title), number, lag.map(text), all));
    assert_eq!(rows, expected);
    let named = select::<Post>()
        .window("w", mine())
        .order_by(Post::id)
        .columns((func::rank().over(Window::named("w")), func::max(Post::id).over(Window::named("w"))));
    assert_eq!(session.execute(named).await?.all(), [(1, Some(1)), (2, Some(2)), (1, Some(3))]);
    Ok(())
}

#[tokio::test]
async fn rows_that_are_there_once() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let authors = select::<Post>().columns(Post::user_id).distinct();
    let mut ids = session.scalars(authors.clone()).await?.all();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2]);
    assert_eq!(session.scalar(authors.count()).await?, Some(2));
    let newest = select::<Post>().distinct_on(Post::user_id).order_by((Post::user_id, Post::id.desc()));
    let newest = session.scalars(newest).await?.all();
    assert_eq!(newest.iter().map(|post| post.id).collect::<Vec<_>>(), [2, 3]);
    Ok(())
}

#[tokio::test]
async fn queries_within_queries() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let authors =
        select::<User>().filter(User::id.in_(select::<Post>().columns(Post::user_id))).order_by(User::id);
    let ids = |users: Vec<Entity<User>>| users.iter().map(|user| user.id).collect::<Vec<_>>();
    assert_eq!(ids(session.scalars(authors).await?.all()), [1, 2]);
    let silent = select::<User>().filter(User::id.not_in(select::<Post>().columns(Post::user_id)));
    assert_eq!(ids(session.scalars(silent).await?.all()), [3]);
    let theirs = || select::<Post>().correlate::<User>().filter(Post::user_id.eq(User::id));
    let silent = select::<User>().filter(!func::exists(theirs()));
    assert_eq!(ids(session.scalars(silent).await?.all()), [3]);
    let counts = select::<User>().order_by(User::id);
    let counts = counts.columns((User::id, theirs().columns(func::count_all()).scalar_subquery()));
    assert_eq!(session.execute(counts).await?.all(), [(1, Some(2)), (2, Some(1)), (3, Some(0))]);
    Ok(())
}

#[derive(Debug, PartialEq, FromRow)]
struct Author {
    email: String,
    name: Option<String>,
    posts: i64,
    last: Option<String>,
}

#[tokio::test]
async fn a_struct_takes_what_its_fields_say() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let authors =
        select::<User>().left_join(User::posts).group_by(User::id).order_by(User::id).columns(row!(Author {
            last: func::max(Post::title),
            posts: func::count(Post::id),
            name: User::email,
            email: User::email,
        }));
    let rows = session.execute(authors).await?.all();
    let author = |email: &str, posts, last: Option<&str>| Author {
        email: text(email),
        name: Some(text(email)),
        posts,
        last: last.map(text),
    };
    assert_eq!(
        rows,
        [
            author("ann@x.org", 2, Some("two")),
            author("bob@x.org", 1, Some("three")),
            author("cid@x.org", 0, None)
        ]
    );
    Ok(())
}

#[tokio::test]
async fn values_are_compared_with_all_rows_of_a_query() -> Result {
    let setup = blog().await;
    let session = setup.db.session();
    let posts = || select::<Post>().columns(Post::id);
    let newest = select::<Post>().filter(Post::id.ge(func::all_of(posts()))).columns(Post::id);
    assert_eq!(session.scalars(newest).await?.all(), [3]);
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(sent.ends_with("WHERE posts.id >= ALL (SELECT posts.id FROM posts)"), "{sent}");
    let older =
        select::<Post>().filter(Post::id.lt(func::any_of(posts()))).order_by(Post::id).columns(Post::id);
    assert_eq!(session.scalars(older).await?.all(), [1, 2]);
    let authors = select::<User>().filter(User::id.eq(func::any_of(select::<Post>().columns(Post::user_id))));
    assert_eq!(session.scalars(authors.order_by(User::id).columns(User::id)).await?.all(), [1, 2]);
    // Also of a query that reads the one around it.
    let own = select::<Post>().correlate::<User>().filter(Post::user_id.eq(User::id)).columns(Post::title);
    let first =
        select::<User>().filter(User::email.lt(func::all_of(own))).order_by(User::id).columns(User::id);
    assert_eq!(session.scalars(first).await?.all(), [1, 2, 3]);
    Ok(())
}

#[tokio::test]
async fn windows_reach_over_values() -> Result {
    let setup = Setup::new(&[]).await;
    let session = setup.db.session();
    let day = |n: u32| chrono::NaiveDate::from_ymd_opt(2024, 3, n).expect("it is one");
    let sales = || {
        let sales = [(1, 10), (2, 20), (4, 40), (9, 90), (10, 100)];
        values(sales.map(|(n, amount)| Sale { day: day(n), amount })).select().order_by(Sale::day)
    };
    let week = |from| window().range_by(Sale::day, Frame::Preceding(from), Frame::CurrentRow);
    let sums = sales().columns(func::sum(Sale::amount).over(week(Interval::days(3))));
    let sums: Vec<Option<i64>> = session.scalars(sums).await?.all();
    assert_eq!(sums, [10, 30, 70, 90, 190].map(Some));
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(
        sent.contains("OVER (ORDER BY sale.day RANGE BETWEEN $1::interval PRECEDING AND CURRENT ROW)"),
        "{sent}"
    );
    // The text does not depend on how far.
    session.execute(sales().columns(func::sum(Sale::amount).over(week(Interval::days(5))))).await?;
    assert_eq!(setup.statements(), [sent]);
    let near = window()
        .range_by(Sale::amount.desc(), Frame::Following(0), Frame::Following(30))
        .exclude_current_row();
    let near: Vec<i64> = session.scalars(sales().columns(func::count_all().over(near))).await?.all();
    assert_eq!(near, [0, 1, 2, 0, 1]);
    Ok(())
}

#[derive(FromRow, Debug, PartialEq)]
#[allow(dead_code, reason = "only its columns are named")]
struct Sale {
    day: chrono::NaiveDate,
    amount: i32,
}
