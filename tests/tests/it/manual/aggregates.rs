//! Chapter 9.21: aggregate functions, and 9.17: sequences.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::{Test1, Weather};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Result, manual};

/// 9.21: the general-purpose functions.
#[tokio::test]
async fn general_purpose_aggregates() -> Result {
    let manual = manual().await;
    type Row = (i64, i64, Option<i64>, Option<Decimal>, Option<i32>, Option<i32>);
    let query = select::<Weather>().columns((
        func::count_all(),
        func::count(Weather::prcp),
        func::sum(Weather::temp_lo),
        func::round_to(func::avg(Weather::temp_lo), 2),
        func::min(Weather::temp_lo),
        func::max(Weather::temp_lo),
    ));
    let sql = "SELECT count(*), count(prcp), sum(temp_lo), round(avg(temp_lo), 2), min(temp_lo), max(temp_lo) FROM weather";
    let numbers = manual.agree::<Row>(query, sql);
    let mean = Some(Decimal::new(4200, 2));
    assert_eq!(numbers.await, [(3, 2, Some(126), mean, Some(37), Some(46))]);
    type Sets = (Option<Vec<i32>>, Option<String>, Option<bool>, Option<bool>, Option<bool>);
    let query = select::<Test1>().columns((
        func::array_agg(Test1::y).order_by(Test1::y.desc()),
        func::string_agg(Test1::x, ",").distinct().order_by(Test1::x),
        func::bool_and(Test1::y.gt(0)),
        func::bool_or(Test1::y.gt(4)),
        func::every(Test1::y.gt(2)),
    ));
    let sql = "SELECT array_agg(y ORDER BY y DESC), string_agg(DISTINCT x, ',' ORDER BY x), bool_and(y > 0), bool_or(y > 4),
                every(y > 2) FROM test1";
    let sets = manual.agree::<Sets>(query, sql);
    let xs = Some("a,b,c".to_owned());
    assert_eq!(sets.await, [(Some(vec![5, 3, 2, 1]), xs, Some(true), Some(true), Some(false))]);
    Ok(())
}

/// 9.21: the same for bits and documents.
#[tokio::test]
async fn aggregates_of_bits_and_documents() -> Result {
    let manual = manual().await;
    let query =
        select::<Test1>().columns((func::bit_and(Test1::y), func::bit_or(Test1::y), func::bit_xor(Test1::y)));
    let bits = manual.agree::<(Option<i32>, Option<i32>, Option<i32>)>(
        query,
        "SELECT bit_and(y), bit_or(y), bit_xor(y) FROM test1",
    );
    assert_eq!(bits.await, [(Some(0), Some(7), Some(5))]);
    let query = select::<Test1>().columns((
        func::jsonb_agg(Test1::x).order_by(Test1::id),
        func::jsonb_object_agg(Test1::id, Test1::y),
    ));
    let documents = manual.agree::<(Option<Value>, Option<Value>)>(
        query,
        "SELECT jsonb_agg(x ORDER BY id), jsonb_object_agg(id, y) FROM test1",
    );
    let object = json!({"1": 3, "2": 2, "3": 5, "4": 1});
    assert_eq!(documents.await, [(Some(json!(["a", "c", "b", "a"])), Some(object))]);
    Ok(())
}

/// 9.21: no rows are a count of 0, and NULL for all others.
#[tokio::test]
async fn aggregates_of_nothing() -> Result {
    let manual = manual().await;
    type Row =
        (i64, Option<i64>, Option<Decimal>, Option<i32>, Option<Vec<i32>>, Option<String>, Option<bool>);
    let query = select::<Test1>().filter(Test1::id.lt(0)).columns((
        func::count_all(),
        func::sum(Test1::y),
        func::avg(Test1::y),
        func::max(Test1::y),
        func::array_agg(Test1::y),
        func::string_agg(Test1::x, ","),
        func::bool_and(Test1::y.gt(0)),
    ));
    let expected = manual.agree::<Row>(
        query,
        "SELECT count(*), sum(y), avg(y), max(y), array_agg(y), string_agg(x, ','), bool_and(y > 0)
         FROM test1 WHERE FALSE",
    );
    assert_eq!(expected.await, [(0, None, None, None, None, None, None)]);
    Ok(())
}

/// 9.21: statistics.
#[tokio::test]
async fn statistics() -> Result {
    let manual = manual().await;
    type Row = (Option<f64>, Option<f64>, Option<f64>, Option<f64>, Option<f64>, i64);
    let query = select::<Test1>().columns((
        func::corr(Test1::y, Test1::id),
        func::covar_pop(Test1::y, Test1::id),
        func::regr_slope(Test1::y, Test1::id),
        func::regr_intercept(Test1::y, Test1::id),
        func::regr_r2(Test1::y, Test1::id),
        func::call_aggregate::<i64, _>("regr_count", (Test1::y, Test1::id)),
    ));
    let regression = manual.agree::<Row>(
        query,
        "SELECT corr(y, id), covar_pop(y, id), regr_slope(y, id), regr_intercept(y, id), regr_r2(y, id),
                regr_count(y, id) FROM test1",
    );
    let regression = regression.await;
    assert_eq!((regression[0].1, regression[0].5), (Some(-0.375), 4));
    type Spread = (Option<Decimal>, Option<Decimal>, Option<Decimal>, Option<Decimal>);
    let query = select::<Test1>().columns((
        func::round_to(func::stddev_pop(Test1::y), 4),
        func::round_to(func::stddev_samp(Test1::y), 4),
        func::var_pop(Test1::y),
        func::round_to(func::var_samp(Test1::y), 4),
    ));
    let sql = "SELECT round(stddev_pop(y), 4), round(stddev_samp(y), 4), var_pop(y), round(variance(y), 4) FROM test1";
    let spread = manual.agree::<Spread>(query, sql);
    assert_eq!(spread.await[0].2, Some(Decimal::new(21875, 4)));
    Ok(())
}

/// 9.21: ordered sets, and ranks of what is not there.
#[tokio::test]
async fn ordered_set_aggregates() -> Result {
    let manual = manual().await;
    type Row = (Option<String>, Option<f64>, Option<i32>, Option<Vec<f64>>);
    let query = select::<Test1>().columns((
        func::mode(Test1::x),
        func::percentile_cont(0.5, Test1::y),
        func::percentile_disc(0.5, Test1::y),
        func::percentiles_cont([0.25, 0.75], Test1::y),
    ));
    let sets = manual.agree::<Row>(
        query,
        "SELECT mode() WITHIN GROUP (ORDER BY x), percentile_cont(0.5) WITHIN GROUP (ORDER BY y),
                percentile_disc(0.5) WITHIN GROUP (ORDER BY y),
                percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY y) FROM test1",
    );
    assert_eq!(sets.await, [(Some("a".to_owned()), Some(2.5), Some(2), Some(vec![1.75, 3.5]))]);
    let query = select::<Test1>().columns((
        func::rank_of(3, Test1::y),
        func::dense_rank_of(3, Test1::y),
        func::percent_rank_of(3, Test1::y),
        func::cume_dist_of(3, Test1::y),
    ));
    let ranks = manual.agree::<(i64, i64, f64, f64)>(
        query,
        "SELECT rank(3) WITHIN GROUP (ORDER BY y), dense_rank(3) WITHIN GROUP (ORDER BY y),
                percent_rank(3) WITHIN GROUP (ORDER BY y), cume_dist(3) WITHIN GROUP (ORDER BY y) FROM test1",
    );
    assert_eq!(ranks.await, [(3, 3, 0.5, 0.8)]);
    Ok(())
}

/// 9.17: what sequences say. The column's default draws from them, so that applications seldom ask.
#[tokio::test]
async fn sequences() -> Result {
    let manual = manual().await;
    manual.run("CREATE SEQUENCE drawn_from").await;
    let query = select_row((
        func::nextval("drawn_from"),
        func::currval("drawn_from"),
        func::setval("drawn_from", 10),
    ));
    assert_eq!(manual.read(query).await, [(1, 1, 10)]);
    let sql = "SELECT nextval('drawn_from'), currval('drawn_from'), setval('drawn_from', 10)";
    assert_eq!(manual.sql::<(i64, i64, i64)>(sql).await, [(11, 11, 10)]);
    manual.run("DROP SEQUENCE drawn_from").await;
    Ok(())
}
