//! Chapters 7.4 to 7.7: sets of rows, order, pages and lists of values.

use super::{Result, manual};
use orm_core::prelude::*;
use orm_tests::manual::{EmpSalary, Test1};

/// 7.4: UNION, INTERSECT and EXCEPT, with and without ALL, and in parentheses.
#[tokio::test]
async fn combining_queries() -> Result {
    let manual = manual().await;
    let combinations: [(&str, &[i32]); 7] = [
        ("SELECT num FROM t1 UNION SELECT num FROM t2", &[1, 2, 3, 5]),
        ("SELECT num FROM t1 UNION ALL SELECT num FROM t2", &[1, 1, 2, 3, 3, 5]),
        ("SELECT num FROM t1 INTERSECT SELECT num FROM t2", &[1, 3]),
        ("SELECT num FROM t1 INTERSECT ALL SELECT num FROM t2", &[1, 3]),
        ("SELECT num FROM t1 EXCEPT SELECT num FROM t2", &[2]),
        ("SELECT num FROM t1 EXCEPT ALL SELECT num FROM t2", &[2]),
        ("(SELECT num FROM t1 UNION SELECT num FROM t2) EXCEPT SELECT y FROM test1", &[]),
    ];
    for (sql, expected) in combinations {
        let found = manual.column::<i32>(&format!("{sql} ORDER BY 1")).await;
        if expected.is_empty() {
            assert!(found.is_empty(), "{sql}");
        }
        assert!(expected.is_empty() || found == expected, "{sql}: {found:?}");
    }
    let limited = manual.column::<i32>(
        "(SELECT num FROM t1 ORDER BY num DESC LIMIT 1) UNION ALL (SELECT num FROM t2 ORDER BY num LIMIT 1)",
    );
    assert_eq!(limited.await, [3, 1]);
    Ok(())
}

/// 7.5: order by columns, expressions and names of the result; NULL first or last.
#[tokio::test]
async fn sorting_rows() -> Result {
    let manual = manual().await;
    let order = |order: &str| format!("SELECT id FROM weather ORDER BY {order}");
    for (by, expected) in [
        ("temp_hi + temp_lo, prcp", [3, 1, 2]),
        ("prcp ASC NULLS FIRST", [3, 2, 1]),
        ("prcp NULLS LAST", [2, 1, 3]),
        ("prcp DESC", [3, 1, 2]),
        ("prcp DESC NULLS LAST", [1, 2, 3]),
        ("city DESC, temp_lo", [2, 1, 3]),
    ] {
        assert_eq!(manual.column::<i32>(&order(by)).await, expected, "{by}");
    }
    let query = select::<Test1>().order_by(Test1::y + 1).columns((Test1::y + 1, Test1::x));
    let named = manual.agree::<(i32, String)>(query, "SELECT y + 1 AS sum, x FROM test1 ORDER BY sum").await;
    assert_eq!(named.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 3, 4, 6]);
    Ok(())
}

/// 7.6: LIMIT and OFFSET.
#[tokio::test]
async fn limit_and_offset() -> Result {
    let manual = manual().await;
    let query = select::<EmpSalary>().order_by(EmpSalary::empno).limit(3).offset(2).columns(EmpSalary::empno);
    let page = manual
        .agree_column::<i32>(query, "SELECT empno FROM empsalary ORDER BY empno LIMIT 3 OFFSET 2")
        .await;
    assert_eq!(page, [3, 4, 5]);
    let query = select::<EmpSalary>().order_by(EmpSalary::empno).offset(8).columns(EmpSalary::empno);
    let all = manual
        .agree_column::<i32>(query, "SELECT empno FROM empsalary ORDER BY empno LIMIT ALL OFFSET 8")
        .await;
    assert_eq!(all, [10, 11]);
    let ties = manual
        .column::<i32>("SELECT salary FROM empsalary ORDER BY salary DESC FETCH FIRST 2 ROWS WITH TIES");
    assert_eq!(ties.await, [6000, 5200, 5200]);
    Ok(())
}

/// 7.7: a list of values is a table.
#[tokio::test]
async fn values_lists() -> Result {
    let manual = manual().await;
    let bare = manual.sql::<(i32, String)>("VALUES (1, 'one'), (2, 'two'), (3, 'three')").await;
    assert_eq!(bare.len(), 3);
    let query = {
        #[derive(FromRow)]
        #[allow(dead_code)]
        struct T {
            num: i32,
            letter: String,
        }
        let list = values::<T>().column(T::num, [1, 2, 3]).column(T::letter, ["one", "two", "three"]);
        list.table().select().order_by(T::num.desc()).columns((T::num, T::letter))
    };
    let sql = "SELECT num, letter FROM (VALUES (1, 'one'), (2, 'two'), (3, 'three')) AS t (num, letter) ORDER BY num DESC";
    let named = manual.agree::<(i32, String)>(query, sql);
    assert_eq!(named.await[0], (3, "three".to_owned()));
    Ok(())
}
