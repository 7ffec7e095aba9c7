//! Chapters 7.1, 7.2.1, 7.2.2 and 7.3: FROM, WHERE and the select list.

use super::{Result, manual};
use orm_core::prelude::*;
use orm_tests::manual::{T1, T2, Test1, Tree};

type Joined = (Option<i32>, Option<String>, Option<i32>, Option<String>);

/// 7.1: a query without a table.
#[tokio::test]
async fn a_select_without_a_table() -> Result {
    let manual = manual().await;
    let found = manual.column::<i32>("SELECT 3 * 4");
    assert_eq!(found.await, [12]);
    assert!(manual.column::<f64>("SELECT random()").await[0] < 1.0);
    Ok(())
}

/// 7.2.1.1: the kinds of joins.
#[tokio::test]
async fn joined_tables() -> Result {
    let manual = manual().await;
    let kinds = [
        ("CROSS JOIN t2", 9),
        ("INNER JOIN t2 ON t1.num = t2.num", 2),
        ("LEFT JOIN t2 ON t1.num = t2.num", 3),
        ("RIGHT JOIN t2 ON t1.num = t2.num", 3),
        ("FULL JOIN t2 ON t1.num = t2.num", 4),
        ("LEFT JOIN t2 ON t1.num = t2.num AND t2.value = 'xxx'", 3),
        ("LEFT JOIN t2 ON t1.num = t2.num WHERE t2.value = 'xxx'", 1),
    ];
    for (join, count) in kinds {
        let sql = format!("SELECT t1.num, t1.name, t2.num, t2.value FROM t1 {join} ORDER BY t1.num, t2.num");
        assert_eq!(manual.sql::<Joined>(&sql).await.len(), count, "{join}");
    }
    Ok(())
}

/// 7.2.1.1: USING and NATURAL give the common column once.
#[tokio::test]
async fn joins_by_common_columns() -> Result {
    let manual = manual().await;
    for join in ["INNER JOIN t2 USING (num)", "NATURAL INNER JOIN t2"] {
        let rows =
            manual.sql::<(i32, String, String)>(&format!("SELECT * FROM t1 {join} ORDER BY num")).await;
        assert_eq!(rows, [(1, "a".to_owned(), "xxx".to_owned()), (3, "c".to_owned(), "yyy".to_owned())]);
    }
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

/// 7.2.1.3: a query, and a list of values, as tables.
#[tokio::test]
async fn subqueries_in_from() -> Result {
    let manual = manual().await;
    let alias = manual.sql::<(String, i64)>(
        "SELECT alias_name.city, alias_name.readings
         FROM (SELECT city, count(*) AS readings FROM weather GROUP BY city) AS alias_name ORDER BY 1",
    );
    assert_eq!(alias.await, [("Hayward".to_owned(), 1), ("San Francisco".to_owned(), 2)]);
    let names = manual.sql::<(String, String)>(
        "SELECT first, last FROM (VALUES ('anne', 'smith'), ('bob', 'jones'), ('joe', 'blow')) AS names(first, last)",
    );
    assert_eq!(names.await.len(), 3);
    Ok(())
}

/// 7.2.1.4: functions as tables, one beside the other, with numbers.
#[tokio::test]
async fn table_functions() -> Result {
    let manual = manual().await;
    let numbers = manual.column::<i32>("SELECT n FROM generate_series(2, 10, 4) AS n").await;
    assert_eq!(numbers, [2, 6, 10]);
    let members = manual.sql::<(String, i64)>(
        "SELECT tag, place FROM samples, unnest(samples.tags) WITH ORDINALITY AS member (tag, place) ORDER BY place",
    );
    let expected = ["sun", "mon", "tue"].map(str::to_owned).into_iter().zip(1..).collect::<Vec<_>>();
    assert_eq!(members.await, expected);
    let beside = manual.sql::<(Option<i32>, Option<String>, Option<i32>)>(
        r#"SELECT * FROM ROWS FROM (json_to_recordset('[{"a":40,"b":"foo"},{"a":"100","b":"bar"}]')
                AS (a INTEGER, b TEXT), generate_series(1, 3)) AS x (p, q, s) ORDER BY p"#,
    );
    assert_eq!(beside.await.last(), Some(&(None, None, Some(3))));
    Ok(())
}

/// 7.2.1.5: what stands in FROM may read what stands before it.
#[tokio::test]
async fn lateral_subqueries() -> Result {
    let manual = manual().await;
    let lateral = manual.sql::<(i32, String, String)>(
        "SELECT t1.num, t1.name, ss.value FROM t1, LATERAL (SELECT * FROM t2 WHERE t2.num = t1.num) ss ORDER BY 1",
    );
    assert_eq!(lateral.await.len(), 2);
    let anti = manual.column::<String>(
        "SELECT t1.name FROM t1 LEFT JOIN LATERAL unnest(ARRAY[t1.num - 1]) AS before (num) ON before.num = 0
         WHERE before.num IS NULL ORDER BY 1",
    );
    assert_eq!(anti.await, ["b", "c"]);
    Ok(())
}

/// 7.2.2: conditions, also over subqueries.
#[tokio::test]
async fn where_clauses() -> Result {
    let manual = manual().await;
    let conditions = [
        ("num > 1", 2),
        ("num IN (1, 2, 3)", 3),
        ("num IN (SELECT num FROM t2)", 2),
        ("num + 2 IN (SELECT t2.num FROM t2 WHERE t2.num = t1.num + 2)", 2),
        ("num BETWEEN (SELECT min(num) FROM t2) AND 100", 3),
        ("EXISTS (SELECT num FROM t2 WHERE t2.num > t1.num + 2)", 2),
    ];
    for (condition, count) in conditions {
        let rows = manual.column::<i32>(&format!("SELECT num FROM t1 WHERE {condition} ORDER BY num")).await;
        assert_eq!(rows.len(), count, "{condition}");
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
