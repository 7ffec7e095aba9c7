//! Chapters 7.2.3 and 7.2.4: GROUP BY, HAVING and grouping sets.

use rust_decimal::Decimal;

use super::{Result, manual};

/// 7.2.3: groups, and what is computed of each.
#[tokio::test]
async fn groups() -> Result {
    let manual = manual().await;
    assert_eq!(manual.column::<String>("SELECT x FROM test1 GROUP BY x ORDER BY x").await, ["a", "b", "c"]);
    let sums = manual.sql::<(String, Option<i64>)>("SELECT x, sum(y) FROM test1 GROUP BY x ORDER BY x").await;
    assert_eq!(sums, [("a".to_owned(), Some(4)), ("b".to_owned(), Some(5)), ("c".to_owned(), Some(2))]);
    let sales = manual.sql::<(i32, String, Option<Decimal>)>(
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
    let profits = manual.sql::<(i32, String, Option<Decimal>)>(
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
    let sets = manual.sql::<Sums>(
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
    let expected = manual.sql::<(Option<String>, Option<String>, i32, Option<i64>)>(
        "SELECT brand, size, grouping(brand, size), sum(sales) FROM items_sold
         GROUP BY ROLLUP (brand, size) ORDER BY brand, size",
    );
    let marks = expected.await.into_iter().map(|row| row.2).collect::<Vec<_>>();
    assert_eq!(marks, [0, 0, 1, 0, 0, 1, 3]);
    Ok(())
}
