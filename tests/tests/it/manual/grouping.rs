//! Chapters 7.2.3 and 7.2.4: GROUP BY, HAVING and grouping sets.

use orm_core::prelude::*;
use orm_core::{ColumnElement, func, nth_column};
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
    let sums =
        || select::<Test1>().group_by(Test1::x).order_by(Test1::x).columns((Test1::x, func::sum(Test1::y)));
    let above = "SELECT x, sum(y) FROM test1 GROUP BY x HAVING sum(y) > 3 ORDER BY x";
    let query = sums().having(func::sum(Test1::y).gt(3));
    assert_eq!(manual.agree::<(String, Option<i64>)>(query, above).await.len(), 2);
    let before = "SELECT x, sum(y) FROM test1 GROUP BY x HAVING x < 'c' ORDER BY x";
    let query = sums().having(Test1::x.lt("c"));
    assert_eq!(manual.agree::<(String, Option<i64>)>(query, before).await.len(), 2);
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
    Ok(())
}

/// The brand, the size and the sum of the sales of each group, in this order.
macro_rules! sums {
    ($query:expr) => {
        $query.order_by((nth_column(1), nth_column(2), nth_column(3))).columns((
            ItemSold::brand,
            ItemSold::size,
            func::sum(ItemSold::sales),
        ))
    };
}

/// 7.2.4: what the words stand for, and several of them.
#[tokio::test]
async fn rollup_and_cube() -> Result {
    let manual = manual().await;
    let sql =
        |by: &str| format!("SELECT brand, size, sum(sales) FROM items_sold GROUP BY {by} ORDER BY 1, 2, 3");
    let both = (ItemSold::brand, ItemSold::size);
    let rollup = sums!(select::<ItemSold>().group_by_rollup(both));
    assert_eq!(manual.agree::<Sums>(rollup, &sql("ROLLUP (brand, size)")).await.len(), 7);
    let sets = sums!(select::<ItemSold>().group_by_sets((both, ItemSold::brand, ())));
    let by = "GROUPING SETS ((brand, size), (brand), ())";
    assert_eq!(manual.agree::<Sums>(sets, &sql(by)).await.len(), 7);
    let cube = sums!(select::<ItemSold>().group_by_cube(both));
    assert_eq!(manual.agree::<Sums>(cube, &sql("CUBE (brand, size)")).await.len(), 9);
    let sets = sums!(select::<ItemSold>().group_by_sets((both, ItemSold::brand, ItemSold::size, ())));
    let by = "GROUPING SETS ((brand, size), (brand), (size), ())";
    assert_eq!(manual.agree::<Sums>(sets, &sql(by)).await.len(), 9);
    let several = select::<ItemSold>()
        .group_by(ItemSold::brand)
        .group_by_cube((ItemSold::size, ItemSold::id))
        .group_by_sets((ItemSold::sales, ItemSold::id));
    let by = "brand, CUBE (size, id), GROUPING SETS ((sales), (id))";
    assert_eq!(manual.agree::<Sums>(sums!(several), &sql(by)).await.len(), 32);
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
