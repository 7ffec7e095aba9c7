//! Chapter 7.8.1, 7.8.3 and 7.8.4: WITH.

use super::{Result, manual};
use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::{Graph, Order};
use rust_decimal::Decimal;

#[derive(FromRow)]
struct RegionalSales {
    region: String,
    total_sales: Option<i64>,
}

#[derive(FromRow)]
struct TopRegions {
    region: String,
}

/// 7.8.1: one query in WITH reads another.
#[tokio::test]
async fn select_in_with() -> Result {
    let manual = manual().await;
    let query = {
        let sales = select::<Order>()
            .group_by(Order::region)
            .columns(row!(RegionalSales { region: Order::region, total_sales: func::sum(Order::amount) }));
        let all =
            select_from::<RegionalSales>().columns(func::sum(RegionalSales::total_sales)).scalar_subquery();
        let top = select_from::<RegionalSales>()
            .filter(RegionalSales::total_sales.cast::<Decimal>().gt(all / Decimal::TEN))
            .columns(row!(TopRegions { region: RegionalSales::region }));
        select::<Order>()
            .with(sales.cte())
            .with(top.cte())
            .filter(Order::region.in_(select_from::<TopRegions>().columns(TopRegions::region)))
            .group_by((Order::region, Order::product))
            .order_by((Order::region, Order::product))
            .columns((Order::region, Order::product, func::sum(Order::quantity), func::sum(Order::amount)))
    };
    let sql = "WITH regional_sales AS (
             SELECT region, sum(amount) AS total_sales FROM orders GROUP BY region),
         top_regions AS (
             SELECT region FROM regional_sales
             WHERE total_sales > (SELECT sum(total_sales) / 10 FROM regional_sales))
         SELECT region, product, sum(quantity) AS product_units, sum(amount) AS product_sales
         FROM orders WHERE region IN (SELECT region FROM top_regions)
         GROUP BY region, product ORDER BY region, product";
    let expected = manual.agree::<(String, String, Option<i64>, Option<i64>)>(query, sql);
    let regions = expected.await.into_iter().map(|row| row.0).collect::<Vec<_>>();
    assert_eq!(regions, ["north", "north", "west"]);
    Ok(())
}

#[derive(FromRow)]
struct W {
    id: i32,
    link: i32,
}

/// 7.8.3: what is said of keeping a query's rows.
#[tokio::test]
async fn materialized_or_not() -> Result {
    let manual = manual().await;
    let w = || select::<Graph>().columns(row!(W { id: Graph::id, link: Graph::link })).cte();
    for (word, w) in
        [("", w()), ("MATERIALIZED", w().materialized()), ("NOT MATERIALIZED", w().not_materialized())]
    {
        let query = {
            alias!(W2 = W);
            w.select()
                .join(table::<W2>().on(W::link.eq(W2::col(W::id))))
                .filter(W2::col(W::link).eq(4))
                .order_by(W::id)
                .columns((W::id, W2::col(W::link)))
        };
        let sql = format!(
            "WITH w AS {word} (SELECT * FROM graph)
             SELECT w1.id, w2.link FROM w AS w1 JOIN w AS w2 ON w1.link = w2.id WHERE w2.link = 4 ORDER BY 1"
        );
        assert_eq!(manual.agree::<(i32, i32)>(query, &sql).await, [(2, 4)], "{word}");
    }
    Ok(())
}

/// 7.8.4: WITH that writes: rows move, and what was written is read by RETURNING.
#[tokio::test]
async fn data_modifying_statements() -> Result {
    let manual = manual().await;
    let moved = manual.sql::<(i32, String)>(
        "WITH moved_rows AS (DELETE FROM t1 WHERE num > 100 RETURNING *)
         INSERT INTO t1 SELECT * FROM moved_rows RETURNING *",
    );
    assert!(moved.await.is_empty());
    let raised = manual.sql::<(i32, i32)>(
        "WITH t AS (UPDATE empsalary SET salary = salary WHERE empno = 8 RETURNING *)
         SELECT empno, salary FROM t",
    );
    assert_eq!(raised.await, [(8, 6000)]);
    Ok(())
}
