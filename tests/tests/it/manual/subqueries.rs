//! Chapter 9.23 and what of 9.24 compares rows: EXISTS, IN, ANY and ALL over subqueries.

use super::{Result, manual};
use orm_core::prelude::*;
use orm_tests::manual::{T1, T2};

/// 9.23: each form, over one table's rows.
#[tokio::test]
async fn subquery_expressions() -> Result {
    let manual = manual().await;
    let conditions: [(&str, &[i32]); 10] = [
        ("EXISTS (SELECT 1 FROM t2 WHERE t2.num = t1.num)", &[1, 3]),
        ("NOT EXISTS (SELECT 1 FROM t2 WHERE t2.num = t1.num)", &[2]),
        ("num IN (SELECT num FROM t2)", &[1, 3]),
        ("(num, name) IN (SELECT num, 'a' FROM t2)", &[1]),
        ("num NOT IN (SELECT num FROM t2)", &[2]),
        ("num = ANY (SELECT num FROM t2)", &[1, 3]),
        ("num < SOME (SELECT num FROM t2 WHERE value = 'yyy')", &[1, 2]),
        ("num <> ALL (SELECT num FROM t2)", &[2]),
        ("(num, name) = (SELECT 3, 'c')", &[3]),
        ("(num, name) < (2, 'c')", &[1, 2]),
    ];
    for (condition, expected) in conditions {
        let found = manual.column::<i32>(&format!("SELECT num FROM t1 WHERE {condition} ORDER BY num")).await;
        assert_eq!(found, expected, "{condition}");
    }
    Ok(())
}

/// 9.23: a subquery as a value, which is NULL where there is no row.
#[tokio::test]
async fn scalar_subqueries() -> Result {
    let manual = manual().await;
    let query = {
        let value = select::<T2>().correlate::<T1>().filter(T2::num.eq(T1::num)).columns(T2::value);
        select::<T1>().order_by(T1::num).columns((T1::name, value.scalar_subquery()))
    };
    let expected = manual.agree::<(String, Option<String>)>(
        query,
        "SELECT name, (SELECT value FROM t2 WHERE t2.num = t1.num) FROM t1 ORDER BY num",
    );
    let values = expected.await.into_iter().map(|row| row.1).collect::<Vec<_>>();
    assert_eq!(values, [Some("xxx".to_owned()), None, Some("yyy".to_owned())]);
    let array = manual.column::<Vec<i32>>("SELECT ARRAY(SELECT num FROM t2 ORDER BY num DESC)").await;
    assert_eq!(array, [[5, 3, 1]]);
    Ok(())
}
