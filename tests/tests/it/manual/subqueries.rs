//! Chapter 9.23 and what of 9.24 compares rows: EXISTS, IN, ANY and ALL over subqueries.

use super::{Result, manual};
use orm_core::prelude::*;
use orm_core::{Condition, func};
use orm_tests::manual::{T1, T2};

/// 9.23: each form, over one table's rows.
#[tokio::test]
async fn subquery_expressions() -> Result {
    let manual = manual().await;
    let t2 = || select::<T2>().columns(T2::num);
    let same = || select::<T2>().correlate::<T1>().filter(T2::num.eq(T1::num));
    let pairs = select::<T2>().columns((T2::num, func::value("a")));
    let row = || func::row((T1::num, T1::name));
    let conditions: [(Condition<T1>, &str, &[i32]); 9] = [
        (func::exists(same()), "EXISTS (SELECT 1 FROM t2 WHERE t2.num = t1.num)", &[1, 3]),
        (!func::exists(same()), "NOT EXISTS (SELECT 1 FROM t2 WHERE t2.num = t1.num)", &[2]),
        (T1::num.in_(t2()).about(), "num IN (SELECT num FROM t2)", &[1, 3]),
        (row().in_(pairs).about(), "(num, name) IN (SELECT num, 'a' FROM t2)", &[1]),
        (T1::num.not_in(t2()).about(), "num NOT IN (SELECT num FROM t2)", &[2]),
        (T1::num.eq(func::any_of(t2())).about(), "num = ANY (SELECT num FROM t2)", &[1, 3]),
        (
            T1::num.lt(func::any_of(t2().filter(T2::value.eq("yyy")))).about(),
            "num < SOME (SELECT num FROM t2 WHERE value = 'yyy')",
            &[1, 2],
        ),
        (T1::num.ne(func::all_of(t2())).about(), "num <> ALL (SELECT num FROM t2)", &[2]),
        (row().lt((2, "c")).about(), "(num, name) < (2, 'c')", &[1, 2]),
    ];
    for (condition, sql, expected) in conditions {
        let query = select::<T1>().filter(condition).order_by(T1::num).columns(T1::num);
        let sql = format!("SELECT num FROM t1 WHERE {sql} ORDER BY num");
        assert_eq!(manual.agree_column::<i32>(query, &sql).await, expected, "{sql}");
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
    let query = select_row(select::<T2>().order_by(T2::num.desc()).columns(T2::num).array_subquery());
    let sql = "SELECT ARRAY(SELECT num FROM t2 ORDER BY num DESC)";
    assert_eq!(manual.agree_column::<Vec<i32>>(query, sql).await, [[5, 3, 1]]);
    Ok(())
}
