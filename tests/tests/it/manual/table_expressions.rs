//! Chapters 7.1, 7.2.2 and 7.3: a query without a table, WHERE, and the select list.

use super::{Result, manual};
use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::{T1, T2, Test1};

use func::value;

/// 7.1: a query without a table.
#[tokio::test]
async fn a_select_without_a_table() -> Result {
    let manual = manual().await;
    let found = manual.agree_column::<i32>(select_row(value(3) * 4), "SELECT 3 * 4");
    assert_eq!(found.await, [12]);
    assert!(manual.column::<f64>("SELECT random()").await[0] < 1.0);
    assert!(manual.read(select_row(func::random())).await[0] < 1.0);
    Ok(())
}

/// 7.2.2: conditions, also over subqueries.
#[tokio::test]
async fn where_clauses() -> Result {
    let manual = manual().await;
    let t2 = || select::<T2>().columns(T2::num);
    let beside = select::<T2>().correlate::<T1>().filter(T2::num.eq(T1::num + 2)).columns(T2::num);
    let later = select::<T2>().correlate::<T1>().filter(T2::num.gt(T1::num + 2)).columns(T2::num);
    let least = select::<T2>().columns(func::min(T2::num)).scalar_subquery();
    let conditions = [
        (T1::num.gt(1), "num > 1", 2),
        (T1::num.in_([1, 2, 3]), "num IN (1, 2, 3)", 3),
        (T1::num.in_(t2()).about(), "num IN (SELECT num FROM t2)", 2),
        (
            (T1::num + 2).in_(beside).about(),
            "num + 2 IN (SELECT t2.num FROM t2 WHERE t2.num = t1.num + 2)",
            2,
        ),
        (T1::num.between(least, 100).about(), "num BETWEEN (SELECT min(num) FROM t2) AND 100", 3),
        (func::exists(later), "EXISTS (SELECT num FROM t2 WHERE t2.num > t1.num + 2)", 2),
    ];
    for (condition, sql, count) in conditions {
        let query = select::<T1>().filter(condition).order_by(T1::num).columns(T1::num);
        let sql = format!("SELECT num FROM t1 WHERE {sql} ORDER BY num");
        assert_eq!(manual.agree_column::<i32>(query, &sql).await.len(), count, "{sql}");
    }
    Ok(())
}

/// 7.3: items of the select list, their names, and DISTINCT.
#[tokio::test]
async fn select_lists() -> Result {
    let manual = manual().await;
    let query = {
        let sum = T1::num + T2::num;
        select::<T1>().cross_join(table::<T2>()).filter(T1::num.eq(T2::num)).order_by(sum.clone()).columns((
            T1::num,
            T2::value,
            sum,
        ))
    };
    let items = manual.agree::<(i32, String, i32)>(
        query,
        "SELECT t1.num, t2.value, t1.num + t2.num AS sum FROM t1, t2 WHERE t1.num = t2.num ORDER BY sum",
    );
    assert_eq!(items.await.iter().map(|row| row.2).collect::<Vec<_>>(), [2, 6]);
    let query = select::<Test1>().order_by(Test1::x).columns(Test1::x).distinct();
    let distinct = manual.agree_column::<String>(query, "SELECT DISTINCT x FROM test1 ORDER BY x").await;
    assert_eq!(distinct, ["a", "b", "c"]);
    let query = select::<Test1>()
        .distinct_on(Test1::x)
        .order_by((Test1::x, Test1::y.desc()))
        .columns((Test1::x, Test1::y));
    let distinct_on = manual
        .agree::<(String, i32)>(query, "SELECT DISTINCT ON (x) x, y FROM test1 ORDER BY x, y DESC")
        .await;
    assert_eq!(distinct_on, [("a".to_owned(), 3), ("b".to_owned(), 5), ("c".to_owned(), 2)]);
    Ok(())
}
