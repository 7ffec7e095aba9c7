//! Chapter 7.2.1: what stands in FROM: joined tables, aliases, subqueries, functions, LATERAL.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::{Sample, T1, T2, Tree, Weather};

use super::{Result, manual};

type Joined = (Option<i32>, Option<String>, Option<i32>, Option<String>);

/// The columns of both tables, all of them said to be NULL at times, so that the kinds of joins are of one type.
macro_rules! both {
    () => {
        (
            func::nullable(T1::num),
            func::nullable(T1::name),
            func::nullable(T2::num),
            func::nullable(T2::value),
        )
    };
}

fn sql(join: &str) -> String {
    format!("SELECT t1.num, t1.name, t2.num, t2.value FROM t1 {join} ORDER BY t1.num, t2.num")
}

/// 7.2.1.1: the kinds of joins.
#[tokio::test]
async fn kinds_of_joins() -> Result {
    let manual = manual().await;
    let by_num = || table::<T2>().on(T1::num.eq(T2::num));
    let query = select::<T1>().cross_join(table::<T2>()).order_by((T1::num, T2::num)).columns(both!());
    assert_eq!(manual.agree::<Joined>(query, &sql("CROSS JOIN t2")).await.len(), 9);
    let query = select::<T1>().join(by_num()).order_by((T1::num, T2::num)).columns(both!());
    assert_eq!(manual.agree::<Joined>(query, &sql("INNER JOIN t2 ON t1.num = t2.num")).await.len(), 2);
    let query = select::<T1>().left_join(by_num()).order_by((T1::num, T2::num)).columns(both!());
    assert_eq!(manual.agree::<Joined>(query, &sql("LEFT JOIN t2 ON t1.num = t2.num")).await.len(), 3);
    let query = select::<T1>().right_join(by_num()).order_by((T1::num, T2::num)).columns(both!());
    assert_eq!(manual.agree::<Joined>(query, &sql("RIGHT JOIN t2 ON t1.num = t2.num")).await.len(), 3);
    let query = select::<T1>().full_join(by_num()).order_by((T1::num, T2::num)).columns(both!());
    assert_eq!(manual.agree::<Joined>(query, &sql("FULL JOIN t2 ON t1.num = t2.num")).await.len(), 4);
    Ok(())
}

/// 7.2.1.1: a condition on the joined table is another one in ON than in WHERE.
#[tokio::test]
async fn conditions_of_outer_joins() -> Result {
    let manual = manual().await;
    let query = select::<T1>()
        .left_join(table::<T2>().on(T1::num.eq(T2::num).and_with(T2::value.eq("xxx"))))
        .order_by((T1::num, T2::num))
        .columns(both!());
    let within = sql("LEFT JOIN t2 ON t1.num = t2.num AND t2.value = 'xxx'");
    assert_eq!(manual.agree::<Joined>(query, &within).await.len(), 3);
    let query = select::<T1>()
        .left_join(table::<T2>().on(T1::num.eq(T2::num)))
        .filter(T2::value.eq("xxx"))
        .order_by((T1::num, T2::num))
        .columns(both!());
    let after = sql("LEFT JOIN t2 ON t1.num = t2.num WHERE t2.value = 'xxx'");
    assert_eq!(manual.agree::<Joined>(query, &after).await.len(), 1);
    Ok(())
}

/// 7.2.1.1: USING and NATURAL give the common column once; here it is said once.
#[tokio::test]
async fn joins_by_common_columns() -> Result {
    let manual = manual().await;
    for join in ["INNER JOIN t2 USING (num)", "NATURAL INNER JOIN t2"] {
        let query = select::<T1>().join(table::<T2>().on(T1::num.eq(T2::num))).order_by(T1::num).columns((
            T1::num,
            T1::name,
            T2::value,
        ));
        let sql = format!("SELECT * FROM t1 {join} ORDER BY num");
        let rows = manual.agree::<(i32, String, String)>(query, &sql).await;
        assert_eq!(rows, [(1, "a".to_owned(), "xxx".to_owned()), (3, "c".to_owned(), "yyy".to_owned())]);
    }
    let query = select::<T1>()
        .full_join(table::<T2>().on(T1::num.eq(T2::num)))
        .order_by(func::coalesce(T1::num, T2::num))
        .columns((func::coalesce(func::nullable(T1::num), T2::num), T1::name, T2::value));
    let sql = "SELECT * FROM t1 FULL JOIN t2 USING (num) ORDER BY num";
    let rows = manual.agree::<(Option<i32>, Option<String>, Option<String>)>(query, sql).await;
    assert_eq!(rows.into_iter().filter_map(|row| row.0).collect::<Vec<_>>(), [1, 2, 3, 5]);
    Ok(())
}

/// 7.2.1.2: aliases of tables and columns; a table beside itself.
#[tokio::test]
async fn aliases() -> Result {
    let manual = manual().await;
    let query = {
        alias!(Child = Tree);
        select::<Tree>()
            .join(table::<Child>().on(Tree::id.eq(Child::col(Tree::link))))
            .order_by(Child::col(Tree::id))
            .columns((Tree::data, Child::col(Tree::data)))
    };
    let children = manual.agree::<(String, String)>(
        query,
        "SELECT mother.data, child.data FROM tree AS mother JOIN tree AS child ON mother.id = child.link
         ORDER BY child.id",
    );
    assert_eq!(children.await.len(), 4);
    Ok(())
}

#[derive(FromRow)]
struct AliasName {
    city: String,
    readings: i64,
}

#[derive(FromRow)]
struct Names {
    first: String,
    last: String,
}

/// 7.2.1.3: a query, and a list of values, as tables.
#[tokio::test]
async fn subqueries_in_from() -> Result {
    let manual = manual().await;
    let query = select::<Weather>()
        .group_by(Weather::city)
        .columns(row!(AliasName { city: Weather::city, readings: func::count_all() }))
        .subquery()
        .select()
        .order_by(AliasName::city)
        .columns((AliasName::city, AliasName::readings));
    let sql = "SELECT alias_name.city, alias_name.readings
         FROM (SELECT city, count(*) AS readings FROM weather GROUP BY city) AS alias_name ORDER BY 1";
    let alias = manual.agree::<(String, i64)>(query, sql);
    assert_eq!(alias.await, [("Hayward".to_owned(), 1), ("San Francisco".to_owned(), 2)]);
    let names = [("anne", "smith"), ("bob", "jones"), ("joe", "blow")];
    let names = names.map(|(first, last)| Names { first: first.to_owned(), last: last.to_owned() });
    let query = values(names).select().columns((Names::first, Names::last));
    let sql = "SELECT first, last FROM (VALUES ('anne', 'smith'), ('bob', 'jones'), ('joe', 'blow')) AS names(first, last)";
    assert_eq!(manual.agree::<(String, String)>(query, sql).await.len(), 3);
    Ok(())
}

#[derive(FromRow)]
struct Number {
    n: i32,
}

#[derive(FromRow)]
struct Member {
    tag: String,
    place: i64,
}

/// 7.2.1.4: functions as tables, with numbers.
#[tokio::test]
async fn table_functions() -> Result {
    let manual = manual().await;
    let numbers = func::generate_series_by(2, 10, 4).table::<Number>().select().columns(Number::n);
    let numbers = manual.agree_column::<i32>(numbers, "SELECT n FROM generate_series(2, 10, 4) AS n");
    assert_eq!(numbers.await, [2, 6, 10]);
    let query = select::<Sample>()
        .join(func::unnest(Sample::tags).table::<Member>().with_ordinality().on_true())
        .order_by(Member::place)
        .columns((Member::tag, Member::place));
    let sql = "SELECT tag, place FROM samples, unnest(samples.tags) WITH ORDINALITY AS member (tag, place) ORDER BY place";
    let members = manual.agree::<(String, i64)>(query, sql);
    let expected = ["sun", "mon", "tue"].map(str::to_owned).into_iter().zip(1..).collect::<Vec<_>>();
    assert_eq!(members.await, expected);
    Ok(())
}

#[derive(FromRow)]
struct Ss {
    value: String,
}

#[derive(FromRow)]
struct Before {
    num: i32,
}

/// 7.2.1.5: what stands in FROM may read what stands before it.
#[tokio::test]
async fn lateral_subqueries() -> Result {
    let manual = manual().await;
    let ss =
        select::<T2>().correlate::<T1>().filter(T2::num.eq(T1::num)).columns(row!(Ss { value: T2::value }));
    let query = select::<T1>().join(ss.subquery().lateral().on_true()).order_by(T1::num).columns((
        T1::num,
        T1::name,
        Ss::value,
    ));
    let sql = "SELECT t1.num, t1.name, ss.value FROM t1, LATERAL (SELECT * FROM t2 WHERE t2.num = t1.num) ss ORDER BY 1";
    assert_eq!(manual.agree::<(i32, String, String)>(query, sql).await.len(), 2);
    let before = func::unnest(func::array::<i32, _>((T1::num - 1,))).table::<Before>().lateral();
    let query = select::<T1>()
        .left_join(before.on(Before::num.eq(0)))
        .filter(Before::num.is_null())
        .order_by(T1::name)
        .columns(T1::name);
    let sql =
        "SELECT t1.name FROM t1 LEFT JOIN LATERAL unnest(ARRAY[t1.num - 1]) AS before (num) ON before.num = 0
         WHERE before.num IS NULL ORDER BY 1";
    assert_eq!(manual.agree_column::<String>(query, sql).await, ["b", "c"]);
    Ok(())
}
