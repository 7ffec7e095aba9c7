//! Chapters 7.2.3 and 7.2.4: GROUP BY, HAVING and grouping sets.

use orm_core::prelude::*;
use orm_core::{ColumnElement, func};
use orm_tests::manual::{ItemSold, Product, Sale, Test1};
use rust_decimal::Decimal;

use super::{Result, manual};

/// 7.2.3: groups, and what is computed of each.
#[tokio::test]
async fn groups() -> Result {
    let manual = manual().await;
    let query = select::<Test1>().group_by(Test1::x).order_by(Test1::x).columns(Test1::x);
    let sql = "SELECT x FROM test1 GROUP BY x ORDER BY x";
    let found = manual.agree_column::<String>(query, sql);
    assert_eq!(found.await, ["a", "b", "c"]);
    let query =
        select::<Test1>().group_by(Test1::x).order_by(Test1::x).columns((Test1::x, func::sum(Test1::y)));
    let sums = manual
        .agree::<(String, Option<i64>)>(query, "SELECT x, sum(y) FROM test1 GROUP BY x ORDER BY x")
        .await;
    assert_eq!(sums, [("a".to_owned(), Some(4)), ("b".to_owned(), Some(5)), ("c".to_owned(), Some(2))]);
    let query = select::<Product>()
        .left_join(table::<Sale>().on(Sale::product_id.eq(Product::product_id)))
        .group_by((Product::product_id, Product::name, Product::price))
        .order_by(Product::product_id)
        .columns((
            Product::product_id,
            Product::name,
            func::sum(Sale::units).into_expr().cast::<Decimal>() * Product::price,
        ));
    let sales = manual.agree::<(i32, String, Option<Decimal>)>(
        query,
        "SELECT product_id, p.name, (sum(s.units) * p.price) AS sales
         FROM products p LEFT JOIN sales s USING (product_id)
         GROUP BY product_id, p.name, p.price ORDER BY product_id",
    );
    assert_eq!(sales.await[1], (2, "paper".to_owned(), None));
    Ok(())
}

/// 7.2.3: HAVING chooses among groups.
#[tokio::test]
async fn having() -> Result {
    let manual = manual().await;
    let above = "SELECT x, sum(y) FROM test1 GROUP BY x HAVING sum(y) > 3 ORDER BY x";
    assert_eq!(manual.sql::<(String, Option<i64>)>(above).await.len(), 2);
    let before = "SELECT x, sum(y) FROM test1 GROUP BY x HAVING x < 'c' ORDER BY x";
    assert_eq!(manual.sql::<(String, Option<i64>)>(before).await.len(), 2);
    let query = {
        let units = func::sum(Sale::units).into_expr().cast::<Decimal>();
        let lately = Sale::date.ge(func::current_date().plus_days(-27));
        select::<Product>()
            .left_join(table::<Sale>().on(Sale::product_id.eq(Product::product_id)))
            .filter(lately)
            .group_by((Product::product_id, Product::name, Product::price, Product::cost))
            .having(func::sum(Product::price * Sale::units.cast::<Decimal>()).gt(Decimal::from(5000)))
            .order_by(Product::product_id)
            .columns((Product::product_id, Product::name, units * (Product::price - Product::cost)))
    };
    let profits = manual.agree::<(i32, String, Option<Decimal>)>(
        query,
        "SELECT product_id, p.name, (sum(s.units) * (p.price - p.cost)) AS profit
         FROM products p LEFT JOIN sales s USING (product_id)
         WHERE s.date > CURRENT_DATE - INTERVAL '4 weeks'
         GROUP BY product_id, p.name, p.price, p.cost
         HAVING sum(p.price * s.units) > 5000 ORDER BY product_id",
    );
    let profits = profits.await.into_iter().map(|row| (row.0, row.2)).collect::<Vec<_>>();
    assert_eq!(profits, [(1, Some(Decimal::from(3765))), (3, Some(Decimal::from(2100)))]);
    Ok(())
}

type Sums = (Option<String>, Option<String>, Option<i64>);

/// 7.2.4: GROUPING SETS, ROLLUP and CUBE.
#[tokio::test]
async fn grouping_sets() -> Result {
    let manual = manual().await;
    let query = select::<ItemSold>()
        .group_by_sets((ItemSold::brand, ItemSold::size, ()))
        .order_by((ItemSold::brand, ItemSold::size))
        .columns((ItemSold::brand, ItemSold::size, func::sum(ItemSold::sales)));
    let sets = manual.agree::<Sums>(
        query,
        "SELECT brand, size, sum(sales) FROM items_sold GROUP BY GROUPING SETS ((brand), (size), ())
         ORDER BY brand, size",
    );
    let sums = sets.await.into_iter().map(|row| row.2).collect::<Vec<_>>();
    assert_eq!(sums, [Some(20), Some(30), Some(15), Some(35), Some(50)]);
    for (grouping, count) in [
        ("ROLLUP (brand, size)", 7),
        ("GROUPING SETS ((brand, size), (brand), ())", 7),
        ("CUBE (brand, size)", 9),
        ("GROUPING SETS ((brand, size), (brand), (size), ())", 9),
        ("brand, CUBE (size, id), GROUPING SETS ((sales), (id))", 32),
        ("DISTINCT ROLLUP (brand, size), ROLLUP (brand, id)", 15),
    ] {
        let sql =
            format!("SELECT brand, size, sum(sales) FROM items_sold GROUP BY {grouping} ORDER BY 1, 2, 3");
        assert_eq!(manual.sql::<Sums>(&sql).await.len(), count, "{grouping}");
    }
    Ok(())
}

/// 9.21: which columns a row of a grouping set is grouped by.
#[tokio::test]
async fn the_grouping_of_a_row() -> Result {
    let manual = manual().await;
    let query = select::<ItemSold>()
        .group_by_rollup((ItemSold::brand, ItemSold::size))
        .order_by((ItemSold::brand, ItemSold::size))
        .columns((
            ItemSold::brand,
            ItemSold::size,
            func::grouping((ItemSold::brand, ItemSold::size)),
            func::sum(ItemSold::sales),
        ));
    let expected = manual.agree::<(Option<String>, Option<String>, i32, Option<i64>)>(
        query,
        "SELECT brand, size, grouping(brand, size), sum(sales) FROM items_sold
         GROUP BY ROLLUP (brand, size) ORDER BY brand, size",
    );
    let marks = expected.await.into_iter().map(|row| row.2).collect::<Vec<_>>();
    assert_eq!(marks, [0, 0, 1, 0, 0, 1, 3]);
    Ok(())
}
