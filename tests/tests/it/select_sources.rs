//! Selects from subqueries, common tables, values and functions, and set operations.

use orm_core::prelude::*;
use orm_core::{func, nth_column};
use orm_tests::blog::{Post, User, ann_and_bob};

type Result = orm_core::Result<()>;

#[derive(Debug, PartialEq, FromRow)]
struct Busy {
    user_id: i64,
    posts: i64,
}

#[derive(Debug, PartialEq, FromRow)]
struct Number {
    n: i64,
}

#[derive(Debug, PartialEq, FromRow)]
struct Pair {
    id: i64,
    word: Option<String>,
}

fn busy() -> orm_core::Select<orm_core::query::Columns<Busy>, orm_core::query::From<Post>> {
    select::<Post>()
        .group_by(Post::user_id)
        .columns(row!(Busy { user_id: Post::user_id, posts: func::count_all() }))
}

#[tokio::test]
async fn a_subquery_is_joined_and_selected_from() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let query = select::<User>()
        .left_join(busy().subquery().on(Busy::user_id.eq(User::id)))
        .order_by(User::id)
        .columns((User::email, Busy::posts));
    let rows: Vec<(String, Option<i64>)> = session.execute(query).await?.all();
    assert_eq!(rows, [("ann@x.org".to_owned(), Some(2)), ("bob@x.org".to_owned(), None)]);
    let busiest = busy().subquery().select().filter(Busy::posts.gt(1));
    assert_eq!(session.execute(busiest).await?.all(), [Busy { user_id: 1, posts: 2 }]);
    Ok(())
}

#[tokio::test]
async fn a_lateral_subquery_is_asked_for_each_row() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let newest = select::<Post>()
        .correlate::<User>()
        .filter(Post::user_id.eq(User::id))
        .order_by(Post::id.desc())
        .limit(1)
        .columns(row!(Pair { id: Post::id, word: Post::title }));
    let query = select::<User>()
        .left_join(newest.subquery().lateral().on_true())
        .order_by(User::id)
        .columns((User::id, Pair::word));
    assert_eq!(session.execute(query).await?.all(), [(1, Some("two".to_owned())), (2, None)]);
    Ok(())
}

#[tokio::test]
async fn common_tables_also_recursive() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let query = select::<User>()
        .with(busy().cte().materialized())
        .join(table::<Busy>().on(Busy::user_id.eq(User::id)))
        .columns((entity::<User>(), Busy::posts));
    let rows = session.execute(query).await?.all();
    assert_eq!((rows.len(), rows[0].0.id, rows[0].1), (1, 1, 2));
    let authors = select::<User>()
        .with(busy().cte())
        .filter(User::id.in_(select_from::<Busy>().columns(Busy::user_id)));
    assert_eq!(session.scalars(authors).await?.one()?.id, 1);
    let one = values([Number { n: 1 }]).select();
    let step = select_from::<Number>().filter(Number::n.lt(5)).columns(row!(Number { n: Number::n + 1 }));
    let numbers = one.cte().recursive(step).select();
    assert_eq!(session.execute(numbers).await?.all().len(), 5);
    let circle = select_from::<Number>().columns(row!(Number { n: (Number::n + 1) % 3 }));
    let one = values([Number { n: 1 }]).select();
    let mut round = session.execute(one.cte().recursive_distinct(circle).select()).await?.all();
    round.sort_by_key(|row| row.n);
    assert_eq!(round, [Number { n: 0 }, Number { n: 1 }, Number { n: 2 }]);
    Ok(())
}

#[tokio::test]
async fn values_and_functions_are_sources() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let pair = |(id, word): (i64, Option<&str>)| Pair { id, word: word.map(str::to_owned) };
    let pairs = values([(1, Some("a")), (2, Some("$1'")), (3, None)].map(pair));
    let query = select::<User>().join(pairs.on(Pair::id.eq(User::id))).order_by(User::id);
    let rows = session.execute(query.columns((User::id, Pair::word))).await?.all();
    assert_eq!(rows, [(1, Some("a".to_owned())), (2, Some("$1'".to_owned()))]);
    let ids = values([pair((7, None))]).select();
    assert_eq!(session.execute(ids).await?.one()?, Pair { id: 7, word: None });
    let texts = [1, 2, 5].map(|n| values((0..n).map(|id| pair((id, None)))).select().to_sql().text);
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    assert_eq!(session.execute(values(Vec::<Pair>::new()).select()).await?.all(), []);
    let series = func::generate_series(1, 4).table::<Number>().select().filter(Number::n.gt(2));
    assert_eq!(session.execute(series).await?.all(), [Number { n: 3 }, Number { n: 4 }]);
    let gaps = func::generate_series(1, 3).table::<Number>();
    let gaps = gaps.select().left_join(table::<Post>().on(Post::id.eq(Number::n))).order_by(Number::n);
    let rows = session.execute(gaps.columns((Number::n, Post::id))).await?.all();
    assert_eq!(rows, [(1, Some(1)), (2, Some(2)), (3, None)]);
    Ok(())
}

#[tokio::test]
async fn sets_of_rows() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let users = || select::<User>().columns(User::id);
    let authors = || select::<Post>().columns(Post::user_id);
    let all = |query| async { Ok::<_, orm_core::Error>(session.scalars(query).await?.all()) };
    assert_eq!(all(users().union(authors()).order_by(nth_column(1))).await?, [1, 2]);
    assert_eq!(all(users().union_all(authors()).order_by(nth_column(1).desc())).await?, [2, 1, 1, 1]);
    assert_eq!(all(users().intersect(authors())).await?, [1]);
    assert_eq!(all(users().intersect_all(authors())).await?, [1]);
    assert_eq!(all(users().except(authors())).await?, [2]);
    assert_eq!(all(authors().except_all(users())).await?, [1]);
    assert_eq!(all(users().union_all(authors()).order_by(nth_column(1)).limit(1)).await?, [1]);
    assert_eq!(session.scalar(users().union_all(authors()).count()).await?, Some(4));
    assert_eq!(session.scalar(users().except(users()).exists()).await?, Some(false));
    let among = select::<User>().filter(User::id.in_(users().except(authors())));
    assert_eq!(session.scalars(among).await?.one()?.id, 2);
    let named = select::<User>().columns(row!(Number { n: User::id }));
    let named = named.union(select::<Post>().columns(row!(Number { n: Post::id }))).subquery();
    let rows = session.execute(named.select().order_by(Number::n.desc()).limit(1)).await?.one()?;
    assert_eq!(rows, Number { n: 2 });
    Ok(())
}

#[tokio::test]
async fn rollups_make_what_they_group_optional() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let rollup =
        select::<Post>().group_by_rollup((Post::user_id, Post::title)).order_by((Post::user_id, Post::title));
    let rows = session.execute(rollup.columns((Post::user_id, Post::title, func::count_all()))).await?.all();
    let titled = |title: &str| (Some(1), Some(title.to_owned()), 1);
    assert_eq!(rows, [titled("one"), titled("two"), (Some(1), None, 2), (None, None, 2)]);
    let cube = select::<Post>().group_by_cube((Post::user_id, Post::title)).columns(func::count_all());
    assert_eq!(session.execute(cube).await?.all().len(), 6);
    let sets = select::<Post>().group_by_sets(((Post::user_id, Post::title), ())).columns(func::count_all());
    let mut counts = session.scalars(sets).await?.all();
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 2]);
    Ok(())
}
