//! Chapters 2.4 to 2.7 and 3.6: the tutorial.

use chrono::NaiveDate;
use orm_core::prelude::*;
use orm_core::{Insert, func};
use orm_tests::manual::{City, Weather};

use super::{Result, manual};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("the text is a day")
}

fn inserts() -> [(Insert<Weather>, &'static str); 3] {
    [
        (
            insert::<Weather>().value(
                Weather::builder()
                    .id(10)
                    .city("San Francisco")
                    .temp_lo(46)
                    .temp_hi(50)
                    .prcp(0.25)
                    .date(day("1994-11-27")),
            ),
            "VALUES (10, 'San Francisco', 46, 50, 0.25, '1994-11-27')",
        ),
        (
            insert::<Weather>().value(
                Weather::builder()
                    .city("San Francisco")
                    .id(11)
                    .temp_lo(43)
                    .temp_hi(57)
                    .prcp(0.0)
                    .date(day("1994-11-29")),
            ),
            "(id, city, temp_lo, temp_hi, prcp, date) VALUES (11, 'San Francisco', 43, 57, 0.0, '1994-11-29')",
        ),
        (
            insert::<Weather>().value(
                Weather::builder().date(day("1994-11-29")).city("Hayward").temp_hi(54).temp_lo(37).id(12),
            ),
            "(id, date, city, temp_hi, temp_lo) VALUES (12, '1994-11-29', 'Hayward', 54, 37)",
        ),
    ]
}

/// 2.4: rows come in by INSERT, in whatever order the columns are said, and what is not said is NULL.
#[tokio::test]
async fn populating_a_table() -> Result {
    let manual = manual().await;
    type Row = (String, i32, i32, Option<f32>, NaiveDate);
    for (statement, sql) in inserts() {
        let columns = (Weather::city, Weather::temp_lo, Weather::temp_hi, Weather::prcp, Weather::date);
        let session = manual.db.session();
        let typed = session.execute(statement.returning(columns)).await?.all();
        session.rollback().await?;
        manual.run("BEGIN").await;
        let sql = format!("INSERT INTO weather {sql} RETURNING city, temp_lo, temp_hi, prcp, date");
        assert_eq!(typed, manual.sql::<Row>(&sql).await);
        manual.run("ROLLBACK").await;
    }
    Ok(())
}

/// 2.5: all of a table, expressions, qualified, sorted, without duplicates.
#[tokio::test]
async fn querying_a_table() -> Result {
    let manual = manual().await;
    type Row = (String, i32, i32, Option<f32>, NaiveDate);
    let query = select::<Weather>().order_by(Weather::id).columns((
        Weather::city,
        Weather::temp_lo,
        Weather::temp_hi,
        Weather::prcp,
        Weather::date,
    ));
    let all = manual
        .agree::<Row>(query, "SELECT city, temp_lo, temp_hi, prcp, date FROM weather ORDER BY id")
        .await;
    assert_eq!(all.len(), 3);
    let query = select::<Weather>().order_by(Weather::id).columns((
        Weather::city,
        (Weather::temp_hi + Weather::temp_lo) / 2,
        Weather::date,
    ));
    let means = manual.agree::<(String, i32, NaiveDate)>(
        query,
        "SELECT city, (temp_hi+temp_lo)/2 AS temp_avg, date FROM weather ORDER BY id",
    );
    assert_eq!(means.await.iter().map(|row| row.1).collect::<Vec<_>>(), [48, 50, 45]);
    let query = select::<Weather>()
        .filter(Weather::city.eq("San Francisco").and(Weather::prcp.gt(0.0)))
        .columns((Weather::city, Weather::temp_lo, Weather::temp_hi, Weather::prcp, Weather::date));
    let rainy = manual.agree::<Row>(
        query,
        "SELECT city, temp_lo, temp_hi, prcp, date FROM weather WHERE city = 'San Francisco' AND prcp > 0.0",
    );
    assert_eq!(rainy.await, [("San Francisco".to_owned(), 46, 50, Some(0.25), day("1994-11-27"))]);
    Ok(())
}

/// 2.5: in order, and without duplicates.
#[tokio::test]
async fn sorting_a_table() -> Result {
    let manual = manual().await;
    let query = select::<Weather>()
        .order_by((Weather::city, Weather::temp_lo))
        .columns((Weather::city, Weather::temp_lo));
    let sorted = manual
        .agree::<(String, i32)>(query, "SELECT city, temp_lo FROM weather ORDER BY city, temp_lo")
        .await;
    assert_eq!(sorted.iter().map(|row| row.1).collect::<Vec<_>>(), [37, 43, 46]);
    let query = select::<Weather>().order_by(Weather::city).columns(Weather::city).distinct();
    let sql = "SELECT DISTINCT city FROM weather ORDER BY city";
    let cities = manual.agree_column::<String>(query, sql);
    assert_eq!(cities.await, ["Hayward", "San Francisco"]);
    Ok(())
}

/// 2.6: two tables, an outer join, and a table with itself.
#[tokio::test]
async fn joins_between_tables() -> Result {
    let manual = manual().await;
    type Row = (String, i32, i32, Option<f32>, NaiveDate, String);
    let query = select::<Weather>()
        .join(table::<City>().on(Weather::city.eq(City::name)))
        .order_by(Weather::id)
        .columns((
            Weather::city,
            Weather::temp_lo,
            Weather::temp_hi,
            Weather::prcp,
            Weather::date,
            City::location,
        ));
    let joined = manual.agree::<Row>(
        query,
        "SELECT city, temp_lo, temp_hi, prcp, date, location FROM weather JOIN cities ON city = name
         ORDER BY weather.id",
    );
    assert_eq!(joined.await.len(), 2);
    let query = select::<Weather>()
        .cross_join(table::<City>())
        .filter(Weather::city.eq(City::name))
        .order_by(Weather::id)
        .columns((Weather::city, City::location));
    let older = manual.agree::<(String, String)>(
        query,
        "SELECT weather.city, cities.location FROM weather, cities WHERE city = name ORDER BY weather.id",
    );
    assert_eq!(older.await.len(), 2);
    Ok(())
}

/// 2.6: what has no match, and a table beside itself.
#[tokio::test]
async fn outer_joins_and_self_joins() -> Result {
    let manual = manual().await;
    let query = select::<Weather>()
        .left_join(table::<City>().on(Weather::city.eq(City::name)))
        .order_by(Weather::id)
        .columns((Weather::city, Weather::temp_lo, City::name));
    let outer = manual.agree::<(String, i32, Option<String>)>(
        query,
        "SELECT weather.city, weather.temp_lo, cities.name FROM weather LEFT OUTER JOIN cities
         ON weather.city = cities.name ORDER BY weather.id",
    );
    assert_eq!(outer.await.last(), Some(&("Hayward".to_owned(), 37, None)));
    let query = {
        alias!(W2 = Weather);
        let (low, high) = (W2::col(Weather::temp_lo), W2::col(Weather::temp_hi));
        let within = Weather::temp_lo.lt(low.clone()).and(Weather::temp_hi.gt(high.clone()));
        select::<Weather>()
            .join(table::<W2>().on(within))
            .order_by((Weather::id, W2::col(Weather::id)))
            .columns((Weather::city, Weather::temp_lo, Weather::temp_hi, W2::col(Weather::city), low, high))
    };
    let sql = "SELECT w1.city, w1.temp_lo AS low, w1.temp_hi AS high, w2.city, w2.temp_lo AS low, w2.temp_hi AS high
         FROM weather w1 JOIN weather w2 ON w1.temp_lo < w2.temp_lo AND w1.temp_hi > w2.temp_hi
         ORDER BY w1.id, w2.id";
    let with_itself = manual.agree::<(String, i32, i32, String, i32, i32)>(query, sql);
    let lows = with_itself.await.into_iter().map(|row| (row.1, row.4)).collect::<Vec<_>>();
    assert_eq!(lows, [(43, 46), (37, 46)]);
    Ok(())
}

/// 2.7: aggregate functions.
#[tokio::test]
async fn aggregate_functions() -> Result {
    let manual = manual().await;
    let query = select::<Weather>().columns(func::max(Weather::temp_lo));
    let sql = "SELECT max(temp_lo) FROM weather";
    let found = manual.agree_column::<Option<i32>>(query, sql);
    assert_eq!(found.await, [Some(46)]);
    let query = {
        let highest = select::<Weather>().columns(func::max(Weather::temp_lo)).scalar_subquery();
        select::<Weather>().filter(Weather::temp_lo.eq(highest)).columns(Weather::city)
    };
    let coldest = manual.agree_column::<String>(
        query,
        "SELECT city FROM weather WHERE temp_lo = (SELECT max(temp_lo) FROM weather)",
    );
    assert_eq!(coldest.await, ["San Francisco"]);
    let query = select::<Weather>().group_by(Weather::city).order_by(Weather::city).columns((
        Weather::city,
        func::count_all(),
        func::max(Weather::temp_lo),
    ));
    let counted = manual.agree::<(String, i64, Option<i32>)>(
        query,
        "SELECT city, count(*), max(temp_lo) FROM weather GROUP BY city ORDER BY city",
    );
    assert_eq!(
        counted.await,
        [("Hayward".to_owned(), 1, Some(37)), ("San Francisco".to_owned(), 2, Some(46))]
    );
    Ok(())
}

/// 2.7: HAVING and FILTER.
#[tokio::test]
async fn conditions_on_groups() -> Result {
    let manual = manual().await;
    let query = select::<Weather>()
        .group_by(Weather::city)
        .having(func::max(Weather::temp_lo).lt(40))
        .columns((Weather::city, func::count_all(), func::max(Weather::temp_lo)));
    let having = manual.agree::<(String, i64, Option<i32>)>(
        query,
        "SELECT city, count(*), max(temp_lo) FROM weather GROUP BY city HAVING max(temp_lo) < 40",
    );
    assert_eq!(having.await, [("Hayward".to_owned(), 1, Some(37))]);
    let query = select::<Weather>().filter(Weather::city.like("S%")).group_by(Weather::city).columns((
        Weather::city,
        func::count_all().filter(Weather::temp_lo.lt(45)),
        func::max(Weather::temp_lo),
    ));
    let filtered = manual.agree::<(String, i64, Option<i32>)>(
        query,
        "SELECT city, count(*) FILTER (WHERE temp_lo < 45), max(temp_lo) FROM weather
         WHERE city LIKE 'S%' GROUP BY city",
    );
    assert_eq!(filtered.await, [("San Francisco".to_owned(), 1, Some(46))]);
    Ok(())
}
