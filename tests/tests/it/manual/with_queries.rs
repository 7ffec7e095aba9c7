//! Chapter 7.8.1, 7.8.3 and 7.8.4: WITH.

use super::{Result, dec, manual};
use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::{Graph, Order, Part, Product, T1, T2};
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

#[derive(FromRow)]
struct MovedRows {
    num: i32,
    name: String,
}

#[derive(FromRow)]
struct T {
    name: String,
    price: Decimal,
}

#[derive(FromRow)]
struct IncludedParts {
    sub_part: String,
    part: String,
}

/// 7.8.4: WITH that writes: rows move, and what was written is read by RETURNING.
#[tokio::test]
async fn data_modifying_statements() -> Result {
    let manual = manual().await;
    let moved =
        delete::<T1>().filter(T1::num.ge(2)).returning(row!(MovedRows { num: T1::num, name: T1::name }));
    let moved = select_from::<MovedRows>().with(moved.cte()).columns((MovedRows::num + 10, MovedRows::name));
    let query = insert::<T2>().from_select((T2::num, T2::value), moved).returning((T2::num, T2::value));
    let sql = "WITH moved_rows AS (DELETE FROM t1 WHERE num >= 2 RETURNING *)
         INSERT INTO t2 SELECT num + 10, name FROM moved_rows RETURNING *";
    let moved = manual.agree_writing::<(i32, String)>(query, sql);
    assert_eq!(moved.await, [(12, "b".to_owned()), (13, "c".to_owned())]);
    Ok(())
}

/// 7.8.4: RETURNING shows what was written, the table what was there before.
#[tokio::test]
async fn what_was_written_and_what_was_there() -> Result {
    let manual = manual().await;
    let t = || {
        let raise = update::<Product>().set(Product::price, Product::price * dec("1.05"));
        raise.returning(row!(T { name: Product::name, price: Product::price })).cte()
    };
    let before = select::<Product>().with(t()).order_by(Product::price).columns((Product::price,));
    let sql = "WITH t AS (UPDATE products SET price = price * 1.05 RETURNING *)
         SELECT price FROM products ORDER BY 1";
    let before = manual.agree_writing::<(Decimal,)>(before, sql);
    assert_eq!(before.await, ["2.5", "5", "12"].map(|price| (dec(price),)));
    let after = t().select().order_by(T::price).columns((T::price,));
    let sql =
        "WITH t AS (UPDATE products SET price = price * 1.05 RETURNING *) SELECT price FROM t ORDER BY 1";
    let after = manual.agree_writing::<(Decimal,)>(after, sql);
    assert_eq!(after.await, ["2.625", "5.25", "12.6"].map(|price| (dec(price),)));
    Ok(())
}

/// 7.8.4: all parts of a product are deleted, which a recursive query finds.
#[tokio::test]
async fn what_a_recursive_query_finds_is_deleted() -> Result {
    let manual = manual().await;
    let start = select::<Part>().filter(Part::part.eq("our_product"));
    let start = start.columns(row!(IncludedParts { sub_part: Part::sub_part, part: Part::part }));
    let step =
        select_from::<IncludedParts>().join(table::<Part>().on(Part::part.eq(IncludedParts::sub_part)));
    let step = step.columns(row!(IncludedParts { sub_part: Part::sub_part, part: Part::part }));
    let query = delete::<Part>()
        .with(start.cte().recursive(step))
        .filter(Part::part.in_(select_from::<IncludedParts>().columns(IncludedParts::part)))
        .returning((Part::part, Part::sub_part));
    let sql = "WITH RECURSIVE included_parts(sub_part, part) AS (
             SELECT sub_part, part FROM parts WHERE part = 'our_product'
             UNION ALL
             SELECT p.sub_part, p.part FROM included_parts pr, parts p WHERE p.part = pr.sub_part)
         DELETE FROM parts WHERE part IN (SELECT part FROM included_parts) RETURNING part, sub_part";
    assert_eq!(manual.agree_writing::<(String, String)>(query, sql).await.len(), 5);
    Ok(())
}

/// 7.8.4: two tables are emptied by one statement.
#[tokio::test]
async fn two_tables_are_emptied() -> Result {
    let manual = manual().await;
    let t = delete::<T1>().returning(row!(MovedRows { num: T1::num, name: T1::name })).cte();
    let query = delete::<T2>().with(t).returning((T2::num, T2::value));
    let sql = "WITH t AS (DELETE FROM t1) DELETE FROM t2 RETURNING num, value";
    assert_eq!(manual.agree_writing::<(i32, String)>(query, sql).await.len(), 3);
    Ok(())
}
