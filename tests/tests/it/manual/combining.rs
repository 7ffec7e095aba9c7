//! Chapters 7.4 to 7.7: sets of rows, order, pages and lists of values.

use super::{Result, manual};
use orm_core::nth_column;
use orm_core::prelude::*;
use orm_tests::manual::{EmpSalary, T1, T2, Test1, Weather};

/// 7.4: UNION, INTERSECT and EXCEPT, with and without ALL, and in parentheses.
#[tokio::test]
async fn combining_queries() -> Result {
    let manual = manual().await;
    let one = || select::<T1>().columns(T1::num);
    let other = || select::<T2>().columns(T2::num);
    let combinations = [
        (one().union(other()), "SELECT num FROM t1 UNION SELECT num FROM t2", vec![1, 2, 3, 5]),
        (one().union_all(other()), "SELECT num FROM t1 UNION ALL SELECT num FROM t2", vec![1, 1, 2, 3, 3, 5]),
        (one().intersect(other()), "SELECT num FROM t1 INTERSECT SELECT num FROM t2", vec![1, 3]),
        (one().intersect_all(other()), "SELECT num FROM t1 INTERSECT ALL SELECT num FROM t2", vec![1, 3]),
        (one().except(other()), "SELECT num FROM t1 EXCEPT SELECT num FROM t2", vec![2]),
        (one().except_all(other()), "SELECT num FROM t1 EXCEPT ALL SELECT num FROM t2", vec![2]),
        (
            one().union(other()).except(select::<Test1>().columns(Test1::y)),
            "(SELECT num FROM t1 UNION SELECT num FROM t2) EXCEPT SELECT y FROM test1",
            vec![],
        ),
    ];
    for (query, sql, expected) in combinations {
        let (query, sql) = (query.order_by(nth_column(1)), format!("{sql} ORDER BY 1"));
        assert_eq!(manual.agree_column::<i32>(query, &sql).await, expected, "{sql}");
    }
    let least = other().order_by(T2::num).limit(1);
    let query = one().order_by(T1::num.desc()).limit(1).union_all(least);
    let sql =
        "(SELECT num FROM t1 ORDER BY num DESC LIMIT 1) UNION ALL (SELECT num FROM t2 ORDER BY num LIMIT 1)";
    assert_eq!(manual.agree_column::<i32>(query, sql).await, [3, 1]);
    Ok(())
}

/// 7.5: order by columns, expressions and names of the result; NULL first or last.
#[tokio::test]
async fn sorting_rows() -> Result {
    let manual = manual().await;
    let all = || select::<Weather>().columns(Weather::id);
    let sum = Weather::temp_hi + Weather::temp_lo;
    for (query, order, expected) in [
        (all().order_by((sum, Weather::prcp)), "temp_hi + temp_lo, prcp", [3, 1, 2]),
        (all().order_by(Weather::prcp.asc().nulls_first()), "prcp ASC NULLS FIRST", [3, 2, 1]),
        (all().order_by(Weather::prcp.asc().nulls_last()), "prcp NULLS LAST", [2, 1, 3]),
        (all().order_by(Weather::prcp.desc()), "prcp DESC", [3, 1, 2]),
        (all().order_by(Weather::prcp.desc().nulls_last()), "prcp DESC NULLS LAST", [1, 2, 3]),
        (all().order_by((Weather::city.desc(), Weather::temp_lo)), "city DESC, temp_lo", [2, 1, 3]),
    ] {
        let sql = format!("SELECT id FROM weather ORDER BY {order}");
        assert_eq!(manual.agree_column::<i32>(query, &sql).await, expected, "{order}");
    }
    let query = select::<Test1>().order_by(nth_column(1)).columns((Test1::y + 1, Test1::x));
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
    let query = select::<EmpSalary>()
        .order_by(EmpSalary::salary.desc())
        .limit(2)
        .with_ties()
        .columns(EmpSalary::salary);
    let ties = "SELECT salary FROM empsalary ORDER BY salary DESC FETCH FIRST 2 ROWS WITH TIES";
    assert_eq!(manual.agree_column::<i32>(query, ties).await, [6000, 5200, 5200]);
    Ok(())
}

#[derive(FromRow)]
struct T {
    num: i32,
    letter: String,
}

/// 7.7: a list of values is a table.
#[tokio::test]
async fn values_lists() -> Result {
    let manual = manual().await;
    let list = || {
        let list = [(1, "one"), (2, "two"), (3, "three")];
        values(list.map(|(num, letter)| T { num, letter: letter.to_owned() })).select()
    };
    let bare = list().columns((T::num, T::letter));
    let bare = manual.agree::<(i32, String)>(bare, "VALUES (1, 'one'), (2, 'two'), (3, 'three')").await;
    assert_eq!(bare.len(), 3);
    let query = list().order_by(T::num.desc()).columns((T::num, T::letter));
    let sql = "SELECT num, letter FROM (VALUES (1, 'one'), (2, 'two'), (3, 'three')) AS t (num, letter) ORDER BY num DESC";
    let named = manual.agree::<(i32, String)>(query, sql);
    assert_eq!(named.await[0], (3, "three".to_owned()));
    Ok(())
}
